// Doubt: whether what is stored of a monitor may still be said, or is only what was known once.
// Promises that nothing is called well out of silence, be it the target's, the clock's or our own store's. Pure.
import { sayTime } from './deadline.ts'
import type { MonitorState } from './state.ts'

/** What says how far a stored state may be believed. */
export interface Trust {
  /** Epoch ms. */
  readonly now: number
  /** Between two checks, ms; null for a monitor that is only listened to. */
  readonly interval: number | null
  /** Since when nothing could be stored, epoch ms; null: all is stored. */
  readonly unstoredSince: number | null
}

/** Data older than this says nothing about now, ms. */
export const freshFor = 60_000
/** A deadline is looked at twice a second; one that passed so long ago, ms, and changed nothing: nobody looks. */
export const overdueAfter = 15_000

/** From when on a stored state is not believed any more, and why in a sentence; null: it is believed. */
export function doubtOf(
  state: Pick<MonitorState, 'status' | 'paused' | 'lastAt' | 'wakeAt'>,
  trust: Trust,
): { readonly since: number; readonly sentence: string } | null {
  const { lastAt, wakeAt } = state
  const { now, unstoredSince } = trust
  if (state.paused || state.status === 'unknown') return null
  if (lastAt !== null && isQuiet(lastAt, trust))
    return { since: lastAt, sentence: `Nothing has been observed since ${sayTime(lastAt)}.` }
  if (unstored(unstoredSince, now))
    return { since: unstoredSince, sentence: `Nothing can be stored since ${sayTime(unstoredSince)}.` }
  if (wakeAt !== null && wakeAt < overdueBefore(now))
    return { since: wakeAt, sentence: `It should have been looked at by ${sayTime(wakeAt)}, and was not.` }
  return null
}

/** Checks that come every `interval` have not come for long. */
export const isQuiet = (lastAt: number, { now, interval }: Pick<Trust, 'now' | 'interval'>): boolean =>
  interval !== null && now - lastAt > Math.max(3 * interval, freshFor)

/** The state as it may be told at this moment. */
export function believed(state: MonitorState, trust: Trust): MonitorState {
  const doubt = doubtOf(state, trust)
  if (doubt === null) return state
  return { ...state, status: 'unknown', reason: 'no_data', ...doubt }
}

/** Nothing could be stored for so long that everything stored is old. */
export const unstored = (since: number | null, now: number): since is number => since !== null && now - since > freshFor

/** A deadline before this was missed. */
export const overdueBefore = (now: number): number => now - overdueAfter
