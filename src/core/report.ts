// Reports: what a sign of life means to the monitor that it came for, as is stored of it.
// Promises that a report which was looked at once says the same when it is looked at again. Pure.
import { sayDuration } from './duration.ts'
import type { Expected } from './expected.ts'
import { sayTime } from './moment.ts'
import type { Observation } from './observation.ts'
import type { Policy } from './policy.ts'
import type { Reason } from './reason.ts'
import { duration } from './run.ts'
import type { MonitorState } from './state.ts'
import type { Signal, Status } from './words.ts'

const reports: ReadonlySet<Signal> = new Set(['beat', 'start', 'fail'])

/** Whether the watched thing said it itself. */
export const isReport = ({ signal }: Pick<Observation, 'signal'>): boolean => reports.has(signal)

/** A report as its monitor takes it: how long the run took, and whether it should have come at all. */
export function taken(state: MonitorState, seen: Observation, { beat }: Policy): Observation {
  if (beat === null || !isReport(seen)) return seen
  const judged = seen.signal === 'fail' ? seen : judge(state, seen, beat)
  if (seen.signal === 'start' || seen.latency !== null) return judged
  const latency = duration(state, seen)
  if (latency === null) return judged
  const { signal, sentence } = judged
  const said = signal === 'fail' && sentence !== null ? `${sentence} It ran for ${sayDuration(latency)}.` : sentence
  return { ...judged, latency, sentence: said }
}

function judge(state: MonitorState, seen: Observation, expected: Expected): Observation {
  const { calmAfter, minGap, downAfter } = expected
  if (calmAfter !== null) return as('down', seen, 'noise', sayNoise(seen.at, calmAfter))
  if (downAfter === 0 && expected.due === null && seen.signal === 'beat') return as('down', seen, 'late', alwaysDown)
  if (minGap === null || state.beatAt === null || seen.outcome === 'degraded') return seen
  // One that said that it began and ends now is no further one: it came too soon if it began too soon.
  const ran = seen.signal === 'beat' ? duration(state, seen) : null
  const gap = seen.at - (ran ?? 0) - state.beatAt
  if (gap < 0 || seen.at - state.beatAt >= minGap) return seen
  const verb = seen.signal === 'start' || ran !== null ? 'began' : 'reported'
  return as('degraded', seen, 'too_often', sayTooOften(verb, gap, minGap))
}

const as = (outcome: Status, seen: Observation, reason: Reason, sentence: string): Observation => ({
  ...seen,
  outcome,
  reason,
  sentence,
})

const alwaysDown = 'It counts as down whatever comes: it is down after 0 s without a heartbeat.'

const sayNoise = (at: number, calmAfter: number) =>
  `A heartbeat arrived at ${sayTime(at)}, and none should; ` +
  `that counts as trouble until ${sayDuration(calmAfter)} have passed without one.`

const sayTooOften = (verb: string, gap: number, minGap: number) =>
  `It ${verb} ${sayDuration(gap)} after it had last ended; at least ${sayDuration(minGap)} should lie between.`
