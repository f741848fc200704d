// Deadlines: when time alone changes a state. A heartbeat late, a run too long, an active monitor silent.
// Promises that our own absence raises no alarm: what we could not have heard is held for one grace.
import { sayDuration } from './duration.ts'
import type { Policy } from './policy.ts'
import type { Reason } from './reason.ts'
import type { MonitorState } from './state.ts'
import type { Status } from './words.ts'

export interface Deadline {
  /** When it passes, epoch ms, holding included. */
  readonly at: number
  readonly status: Status
  readonly reason: Reason
  /** Made when it is asked for: most deadlines never pass. */
  readonly sentence: () => string
}

/** A heartbeat without grace is held for its period, but a minute at most. */
const holdMs = (every: number, grace: number): number => (grace > 0 ? grace : Math.min(every, 60_000))

/** `2026-11-21 14:05 UTC`: how a moment stands in a sentence. */
export const sayTime = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`

/** The earliest deadline of this state, or null. `listeningSince`: from when on nothing can have been missed. */
export function nextDeadline(state: MonitorState, policy: Policy, listeningSince: number): Deadline | null {
  if (state.paused) return null
  if (policy.beat) return beatDeadline(state, policy.beat, listeningSince)
  return staleDeadline(state, policy, listeningSince)
}

function beatDeadline(state: MonitorState, beat: NonNullable<Policy['beat']>, listeningSince: number): Deadline | null {
  if (state.status === 'down') return null
  const found: Deadline[] = []
  const { every, grace } = beat
  const { beatAt, startedAt } = state
  if (every !== null) {
    found.push({
      at: hold((beatAt ?? state.armedAt) + every + grace, holdMs(every, grace), listeningSince),
      status: 'down',
      reason: 'late',
      sentence: () => {
        const leniently = grace > 0 ? `, with ${sayDuration(grace)} of grace` : ''
        const rhythm = `one was expected every ${sayDuration(every)}${leniently}`
        return beatAt === null
          ? `No heartbeat has ever arrived; ${rhythm}.`
          : `No heartbeat since ${sayTime(beatAt)}; ${rhythm}.`
      },
    })
  }
  if (startedAt !== null && grace > 0) {
    found.push({
      at: hold(startedAt + grace, grace, listeningSince),
      status: 'down',
      reason: 'overrun',
      sentence: () => `It started at ${sayTime(startedAt)} and did not finish within ${sayDuration(grace)}.`,
    })
  }
  return found.sort((one, other) => one.at - other.at)[0] ?? null
}

function staleDeadline(state: MonitorState, policy: Policy, listeningSince: number): Deadline | null {
  if (policy.staleAfter === null || state.status === 'unknown') return null
  const last = Math.max(state.armedAt, ...Object.values(state.locations).map((location) => location.at))
  return {
    at: hold(last + policy.staleAfter, policy.staleAfter, listeningSince),
    status: 'unknown',
    reason: 'no_data',
    sentence: () => `Nothing has been observed since ${sayTime(last)}.`,
  }
}

/** No deadline passes before we have listened for one hold. */
const hold = (due: number, span: number, listeningSince: number): number => Math.max(due, listeningSince + span)
