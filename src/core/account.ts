// Accounting: the time a state has lasted, handed to the roll-ups once and only once.
// Promises spans that follow on each other without gap or overlap. Pure.
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
