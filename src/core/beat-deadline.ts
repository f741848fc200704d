// The deadlines of what reports by itself: late, down, a run too long, and when trouble is over by silence alone.
// Promises sentences that say what was expected, and since when it did not come. Pure.
import type { Deadline } from './deadline.ts'
import { sayDuration } from './duration.ts'
import { dueAt, type Expected, thresholdMs } from './expected.ts'
import { sayTime } from './moment.ts'
import { learnt } from './rhythm.ts'
import { openRuns } from './run.ts'
import type { MonitorState } from './state.ts'

const minute = 60_000
const hour = 60 * minute

/** All deadlines of a state, in no order. `listeningSince`: from when on nothing can have been missed. */
export function beatDeadlines(state: MonitorState, expected: Expected, listeningSince: number): readonly Deadline[] {
  if (expected.calmAfter !== null) return calm(state, expected.calmAfter, listeningSince)
  if (state.status === 'down') return []
  const found: Deadline[] = []
  const due = expected.downAfter === null && expected.degradedAfter === null ? null : dueOf(state, expected)
  if (due !== null) {
    if (state.status !== 'degraded') late(found, state, expected, 'degraded', due, listeningSince)
    late(found, state, expected, 'down', due, listeningSince)
  }
  overrun(found, state, expected, listeningSince)
  if (state.reason === 'too_often' && expected.minGap !== null && state.lastAt !== null) {
    found.push(well(state.lastAt + expected.minGap))
  }
  return found
}

const dueOf = (state: MonitorState, expected: Expected) => dueAt(expected, state.beatAt, state.armedAt)

const well = (at: number): Deadline => ({ at, status: 'up', reason: null, sentence: () => null })

/** What must be silent is well when it was silent for long enough, and somebody listened. */
function calm(state: MonitorState, calmAfter: number, listeningSince: number): Deadline[] {
  if (state.status === 'up') return []
  const last = Math.max(state.lastAt ?? state.armedAt, state.armedAt)
  return [well(Math.max(last, listeningSince) + calmAfter)]
}

function late(
  found: Deadline[],
  state: MonitorState,
  expected: Expected,
  status: 'degraded' | 'down',
  due: number,
  listeningSince: number,
): void {
  const after = thresholdMs(status === 'down' ? expected.downAfter : expected.degradedAfter, state.rhythm)
  if (after === null) return
  const hold = listeningSince + holdMs(expected, after)
  found.push({
    // What is expected since a moment ago is not late before.
    at: Math.max(due + after, hold, state.armedAt),
    status,
    reason: 'late',
    sentence: () => sayLate(state, expected, status, due, after),
  })
}

/**
 * How long we listen before we call anything late. With a period or a schedule it is the grace; without grace the
 * period, but a minute at most. Counted from the last beat, the next one may take all that long: an hour of it, or a
 * fifth.
 */
function holdMs({ due }: Expected, after: number): number {
  if (due === null) return Math.max(Math.min(after, hour), after / 5)
  if (after > 0) return after
  return 'every' in due ? Math.min(due.every, minute) : minute
}

function overrun(found: Deadline[], state: MonitorState, { maxRun }: Expected, listeningSince: number): void {
  if (maxRun === null) return
  for (const { id, at } of openRuns(state)) {
    const name = id === '' ? 'It' : `The run “${id}”`
    found.push({
      at: Math.max(at, listeningSince) + maxRun,
      status: 'down',
      reason: 'overrun',
      sentence: () => `${name} started at ${sayTime(at)} and did not finish within ${sayDuration(maxRun)}.`,
    })
  }
}

function sayLate(
  state: MonitorState,
  expected: Expected,
  status: 'degraded' | 'down',
  due: number,
  after: number,
): string {
  const { beatAt } = state
  const heard = beatAt === null ? 'No heartbeat has ever arrived' : `No heartbeat since ${sayTime(beatAt)}`
  const threshold = status === 'down' ? expected.downAfter : expected.degradedAfter
  if (expected.due === null) return `${heard}; ${sayThreshold(state, threshold === 'auto', status, after)}.`
  const leniently =
    status === 'degraded' ? sayDegraded(after) : after > 0 ? `, with ${sayDuration(after)} of grace` : ''
  if ('every' in expected.due) return `${heard}; one was expected every ${sayDuration(expected.due.every)}${leniently}.`
  return `${heard}; one was due at ${sayTime(due)} (${expected.due.words})${leniently}.`
}

const sayDegraded = (after: number) => (after > 0 ? `, and it is ${sayDuration(after)} late` : ', and it is late')

function sayThreshold(state: MonitorState, isLearnt: boolean, status: 'degraded' | 'down', after: number): string {
  const limit = `without one for ${sayDuration(after)} it counts as ${status}`
  const known = isLearnt ? learnt(state.rhythm) : null
  if (known === null) return limit
  return `they usually come every ${sayDuration(known.median)}, so ${limit}`
}
