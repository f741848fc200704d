// Runs: jobs that said that they began. Which ones are under way, and how long one took.
// Promises a few numbers of memory, however many begin and never end. Pure.
import type { Observation } from './observation.ts'
import type { MonitorState } from './state.ts'

export interface Run {
  /** The name that its sender gave to it; empty: none. */
  readonly id: string
  readonly at: number
  /** It took too long, and that was said: no deadline of it is left. */
  readonly over?: true
}

/** So many with names are remembered; the oldest one is forgotten for a further one. */
const runsMost = 16

/** Those under way that may yet take too long. */
export function* openRuns(state: MonitorState): Generator<Run> {
  if (state.startedAt !== null) yield { id: '', at: state.startedAt }
  for (const run of state.runs ?? []) if (run.over === undefined) yield run
}

/** A state with other runs; without any it has no list of them. */
function withRuns(state: MonitorState, startedAt: number | null, runs: readonly Run[]): MonitorState {
  if (runs.length > 0) return { ...state, startedAt, runs }
  if (state.runs === undefined) return startedAt === state.startedAt ? state : { ...state, startedAt }
  const { runs: _, ...rest } = state
  return { ...rest, startedAt }
}

/** The state after a run began; null: that is old news. */
export function began(state: MonitorState, { run, at }: Observation): MonitorState | null {
  if (run === undefined) {
    if (at < (state.beatAt ?? 0) || at <= (state.startedAt ?? -1)) return null
    return withRuns(state, at, others(state, ''))
  }
  return withRuns(state, state.startedAt, [...others(state, run).slice(1 - runsMost), { id: run, at }])
}

/** The state after a run ended, well or not: that of its name, or else the one without. */
export function ended(state: MonitorState, { run, at }: Observation): MonitorState {
  const named = runOf(state, run)
  const startedAt = named || at < (state.startedAt ?? 0) ? state.startedAt : null
  return withRuns(state, startedAt, others(state, named?.id ?? ''))
}

/** How long the run took that ends with this, ms; null: nobody said that it began. */
export function duration(state: MonitorState, { run, at }: Observation): number | null {
  const from = runOf(state, run)?.at ?? state.startedAt ?? runOf(state, '')?.at
  return from === undefined || from > at ? null : at - from
}

/** The state after those that began at or before `at` took too long, and that was said. */
export function overrunning(state: MonitorState, at: number): MonitorState {
  const { startedAt } = state
  const marked = (state.runs ?? []).map((run) => (run.at <= at ? { ...run, over: true as const } : run))
  if (startedAt === null || startedAt > at) return withRuns(state, startedAt, marked)
  return withRuns(state, null, [...marked.filter(({ id }) => id !== ''), { id: '', at: startedAt, over: true }])
}

/** The moments moved along with the wall clock. */
export const shiftRuns = (runs: readonly Run[], moved: (at: number) => number): readonly Run[] =>
  runs.map((run) => ({ ...run, at: moved(run.at) }))

const runOf = ({ runs }: MonitorState, id: string | undefined) => runs?.find((run) => run.id === id)
const others = ({ runs }: MonitorState, id: string) => (runs ?? []).filter((run) => run.id !== id)
