// The truth of the simulated world: when each target is really well, slow or broken, in true time since it began.
// Promises that nothing which Allswell does changes it. Decided by the seed before the first step.
import type { Random } from './random.ts'

export type Health = 'up' | 'degraded' | 'down'

export interface Outage {
  /** True time, ms since the world began. */
  readonly from: number
  readonly to: number
  readonly health: 'degraded' | 'down'
}

export interface Target {
  readonly key: string
  readonly outages: readonly Outage[]
}

/** A target that breaks every `meanUp` ms or so, for `meanDown` or so; a fifth of the times it is only slow. */
export function makeTarget(key: string, random: Random, until: number, meanUp: number, meanDown: number): Target {
  const outages: Outage[] = []
  let at = random.wait(meanUp)
  while (at < until) {
    const to = at + 1 + random.wait(meanDown)
    outages.push({ from: at, to, health: random.chance(0.2) ? 'degraded' : 'down' })
    at = to + random.wait(meanUp)
  }
  return { key, outages }
}

/** How the target really is at a true time. */
export function healthAt(target: Target, at: number): Health {
  let low = 0
  let high = target.outages.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((target.outages[middle] as Outage).to <= at) low = middle + 1
    else high = middle
  }
  const outage = target.outages[low]
  return outage !== undefined && outage.from <= at ? outage.health : 'up'
}
