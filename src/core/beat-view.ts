// What may be told of a monitor that reports by itself: when its next beat is due, what it learnt, what runs.
// Promises the same reckoning as its deadlines. Pure.
import { sayDuration } from './duration.ts'
import { dueAt, type Expected, learns, thresholdMs } from './expected.ts'
import { learnt, rhythmLeast } from './rhythm.ts'
import type { MonitorState } from './state.ts'

export interface BeatView {
  readonly lastAt: number | null
  /** When the next beat is due; null: at no certain time. */
  readonly dueAt: number | null
  /** When it is degraded or down if none comes; null: never, or not known yet. */
  readonly degradedAt: number | null
  readonly downAt: number | null
  /** Runs under way; empty names are those without one. */
  readonly runs: readonly { readonly id: string; readonly at: number }[]
  /** Null: nothing is to be learnt. */
  readonly learnt: {
    readonly samples: number
    readonly needed: number
    readonly intervals: readonly number[]
    readonly median: number | null
    readonly timeout: number | null
    readonly words: string
  } | null
}

export function beatView(state: MonitorState, expected: Expected): BeatView {
  const { beatAt, armedAt, rhythm, paused } = state
  const due = paused || expected.calmAfter !== null ? null : dueAt(expected, beatAt, armedAt)
  const after = (threshold: Expected['downAfter']) => {
    const ms = thresholdMs(threshold, rhythm)
    return ms === null || due === null ? null : due + ms
  }
  const nameless = state.startedAt === null ? [] : [{ id: '', at: state.startedAt }]
  return {
    lastAt: beatAt,
    dueAt: expected.due === null ? usual(state, expected) : due,
    degradedAt: after(expected.degradedAfter),
    downAt: after(expected.downAfter),
    runs: [...nameless, ...(state.runs ?? []).map(({ id, at }) => ({ id, at }))],
    learnt: learns(expected) ? known(state, expected) : null,
  }
}

/** When it comes if it comes as it usually does. */
function usual({ beatAt, rhythm, paused }: MonitorState, expected: Expected): number | null {
  const found = learns(expected) && !paused ? learnt(rhythm) : null
  return found === null || beatAt === null ? null : beatAt + found.median
}

function known({ rhythm }: MonitorState, { downAfter }: Expected): BeatView['learnt'] {
  const intervals = rhythm?.intervals ?? []
  const samples = intervals.length
  const found = learnt(rhythm)
  const status = downAfter === 'auto' ? 'down' : 'degraded'
  const words =
    found === null
      ? `It learns how often beats come: ${samples} of ${rhythmLeast} intervals are known, and until then none is late.`
      : `Beats usually come every ${sayDuration(found.median)}, the median of the last ${samples} intervals. ` +
        `Half more than that without one, ${sayDuration(found.timeout)}, and it counts as ${status}.`
  const { median = null, timeout = null } = found ?? {}
  return { samples, needed: rhythmLeast, intervals, median, timeout, words }
}
