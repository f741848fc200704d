// Accounting: the time a state has lasted, handed to the roll-ups once and only once.
// Promises spans that follow on each other without gap or overlap. Pure.
import { cutBy, type Window } from './maintenance.ts'
import type { TimeOf } from './rollup.ts'
import { type MonitorState, shown } from './state.ts'

/** A stretch of one monitor's time, epoch ms, `to` not included. */
export interface Span {
  readonly from: number
  readonly to: number
  readonly status: TimeOf
}

/** The state counted up to `to`, and what that adds; `as` where time counts as something else (our own absence). */
export function account(state: MonitorState, to: number, as?: TimeOf): { state: MonitorState; span: Span | null } {
  if (to <= state.accountedAt) return { state, span: null }
  return {
    state: { ...state, accountedAt: to },
    span: { from: state.accountedAt, to, status: as ?? shown(state) },
  }
}

/** The same where maintenance lay over a part of the time, which counts apart; what is paused stays so. */
export function accountOver(
  state: MonitorState,
  to: number,
  windows: readonly Window[],
): { state: MonitorState; spans: readonly Span[] } {
  const counted = account(state, to)
  if (counted.span === null) return { state, spans: [] }
  if (windows.length === 0 || state.paused) return { state: counted.state, spans: [counted.span] }
  const { from, status } = counted.span
  const spans = cutBy(from, to, windows).map((part): Span => {
    return { from: part.from, to: part.to, status: part.inside ? 'maintenance' : status }
  })
  return { state: counted.state, spans }
}
