// Deadlines: when time alone changes a state. A heartbeat late, a run too long, an active monitor silent.
// Promises that our own absence raises no alarm: what we could not have heard is held for one grace.
import { beatDeadlines } from './beat-deadline.ts'
import { sayTime } from './moment.ts'
import type { Policy } from './policy.ts'
import type { Reason } from './reason.ts'
import type { MonitorState } from './state.ts'
import type { Status } from './words.ts'

export { sayTime } from './moment.ts'

export interface Deadline {
  /** When it passes, epoch ms, holding included. */
  readonly at: number
  readonly status: Status
  /** Null for a deadline that makes well. */
  readonly reason: Reason | null
  /** Made when it is asked for: most deadlines never pass. */
  readonly sentence: () => string | null
}

/** The earliest deadline of this state, or null. `listeningSince`: from when on nothing can have been missed. */
export function nextDeadline(state: MonitorState, policy: Policy, listeningSince: number): Deadline | null {
  let next: Deadline | null = null
  for (const one of deadlines(state, policy, listeningSince)) if (next === null || one.at < next.at) next = one
  return next
}

const severity: Record<Status, number> = { up: 0, unknown: 1, degraded: 2, down: 3 }

/** Of the deadlines that have passed by `at` the one that leaves the worst behind; null: none has passed. */
export function passedDeadline(state: MonitorState, policy: Policy, since: number, at: number): Deadline | null {
  let passed: Deadline | null = null
  for (const one of deadlines(state, policy, since)) {
    if (one.at > at) continue
    if (passed === null || severity[one.status] > severity[passed.status]) passed = one
    else if (one.status === passed.status && one.at < passed.at) passed = one
  }
  return passed
}

function deadlines(state: MonitorState, policy: Policy, listeningSince: number): readonly Deadline[] {
  if (state.paused) return []
  if (policy.beat) return beatDeadlines(state, policy.beat, listeningSince)
  const stale = staleDeadline(state, policy, listeningSince)
  return stale === null ? [] : [stale]
}

function staleDeadline(state: MonitorState, policy: Policy, listeningSince: number): Deadline | null {
  if (policy.staleAfter === null || state.status === 'unknown') return null
  const last = Math.max(state.armedAt, ...Object.values(state.locations).map((location) => location.at))
  return {
    at: Math.max(last + policy.staleAfter, listeningSince + policy.staleAfter),
    status: 'unknown',
    reason: 'no_data',
    sentence: () => `Nothing has been observed since ${sayTime(last)}.`,
  }
}
