// Waking: when time alone changes something about a monitor – a deadline of its status, or the end of a hold.
// Promises that a state never leaves without knowing its next moment. Pure.
import { nextDeadline } from './deadline.ts'
import type { Policy } from './policy.ts'
import type { MonitorState } from './state.ts'

/** The next moment at which time alone changes something; null: none. */
export function wakeOf(state: MonitorState, policy: Policy, listeningSince = Number.NEGATIVE_INFINITY): number | null {
  if (state.paused) return null
  const moments = [nextDeadline(state, policy, listeningSince)?.at, state.snooze?.until, state.owed?.until]
  const known = moments.filter((at) => at !== undefined)
  return known.length > 0 ? Math.min(...known) : null
}

/** One version on, with its next moment. */
export function keep(next: MonitorState, policy: Policy): MonitorState {
  return { ...next, version: next.version + 1, wakeAt: wakeOf(next, policy) }
}
