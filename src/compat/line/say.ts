// What a line's verb and number say of a heartbeat: that it lives, and after how long without a sign it does not.
// Promises the meaning that each of lovebeat's generations gave to its verbs. Pure.
import type { Adjustment } from '#core/expected.ts'
import type { Verb } from './grammar.ts'

const second = 1_000

/** Whether a line with this verb is a sign of life. */
export const isBeat = (verb: Verb): boolean => verb === 'beat' || verb === 'autobeat'

/** What the line says of a threshold; null: nothing. */
export function adjustmentOf(verb: Verb, value: number): Adjustment | null {
  if (verb === 'beat') return null
  if (verb === 'autobeat') return { threshold: 'down', to: 'auto', unlessSet: true }
  const threshold = verb === 'warn' ? 'degraded' : 'down'
  if (value > 0) return { threshold, to: value * second }
  if (value === -2) return { threshold, to: 'auto' }
  if (value === -1) return { threshold, to: null }
  // The older generation left a timeout of 0 as it was and ignored other numbers; the newer one called 0 always down,
  // and any other number below 0 no timeout.
  if (verb !== 'timeout') return null
  return { threshold, to: value === 0 ? 0 : null }
}
