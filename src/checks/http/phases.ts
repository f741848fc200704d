// Phases of a check: how long each part of an exchange took.
// Promises the same names in evidence for every exchange. Must not know what happens in them.
import type { Facts } from '#core/observation.ts'

/** Ms of each phase; the sum over all hops. */
export interface Phases {
  resolve: number
  connect: number
  /** Until a proxy had opened the way. */
  proxy: number
  tls: number
  firstByte: number
  body: number
}

export const startPhases = (): Phases => ({ resolve: 0, connect: 0, proxy: 0, tls: 0, firstByte: 0, body: 0 })

/** Ms with two decimals, phases that did not happen left out. */
export function timings(phases: Phases): Facts {
  const spent = Object.entries(phases).filter(([, ms]) => ms > 0)
  return Object.fromEntries(spent.map(([name, ms]) => [name, Math.round(ms * 100) / 100]))
}
