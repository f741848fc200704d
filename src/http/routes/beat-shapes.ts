// How the API shows what is expected of a heartbeat, and when its next beat is due.
// Promises durations as people write them and times as RFC 3339. Must not know any kind.
import { z } from 'zod'
import { type BeatView, beatView } from '#core/beat-view.ts'
import { formatDuration } from '#core/duration.ts'
import type { Expected, Threshold } from '#core/expected.ts'
import type { MonitorState } from '#core/state.ts'
import { iso, isoOrNull, when } from '../shapes.ts'

const span = z.string().meta({ examples: ['30s', '1h30m'] })
const threshold = z.union([z.literal('auto'), span]).nullable()

/** What is expected, as a part of the policy. */
export const expected = z.object({
  every: span.nullable(),
  schedule: z.string().nullable().describe('At which times a beat is due, where that follows a schedule.'),
  degradedAfter: threshold.describe('Since the last beat; with `every` or `schedule` since one was due.'),
  downAfter: threshold.describe('The same; with `every` or `schedule` it is the grace.'),
  maxRun: span.nullable().describe('How long a run that reported its start may take.'),
  minGap: span.nullable().describe('A run sooner than this after the last one is one too many.'),
  calmAfter: span.nullable().describe('It must be silent: it is well again after so long without a beat.'),
  resumes: z.boolean().describe('Whether a beat ends a pause.'),
})

const spanOf = (ms: number | null) => (ms === null ? null : formatDuration(ms))
const thresholdOf = (after: Threshold) => (after === 'auto' ? after : spanOf(after))

export function showExpected(from: Expected): z.input<typeof expected> {
  const { due, degradedAfter, downAfter, maxRun, minGap, calmAfter, resumes } = from
  return {
    every: due !== null && 'every' in due ? formatDuration(due.every) : null,
    schedule: due !== null && 'words' in due ? due.words : null,
    degradedAfter: thresholdOf(degradedAfter),
    downAfter: thresholdOf(downAfter),
    maxRun: spanOf(maxRun),
    minGap: spanOf(minGap),
    calmAfter: spanOf(calmAfter),
    resumes,
  }
}

/** How far it is with the beats of one monitor. */
export const beats = z.object({
  lastAt: when.nullable().describe('The last beat; null: none came yet.'),
  dueAt: when.nullable().describe('When the next beat is due; null: at no certain time.'),
  degradedAt: when.nullable().describe('When it is degraded if no beat comes.'),
  downAt: when.nullable().describe('When it is down if no beat comes.'),
  runs: z
    .array(z.object({ id: z.string().nullable(), since: when }))
    .describe('Runs that reported their start and not yet their end, with the `rid` that was given.'),
  learnt: z
    .object({
      samples: z.int().describe('Intervals that are known, the last 20 at most.'),
      needed: z.int().describe('So many are needed before anything follows from them.'),
      intervals: z.array(z.number()).describe('They themselves in milliseconds, the oldest first.'),
      median: span.nullable(),
      timeout: span.nullable().describe('Later than this after the last beat it is late: half more than the median.'),
      words: z.string(),
    })
    .nullable()
    .describe('What was learnt of its rhythm; null: nothing is to be.'),
})

export function showBeats(state: MonitorState, from: Expected): z.input<typeof beats> {
  const { lastAt, dueAt, degradedAt, downAt, runs, learnt } = beatView(state, from)
  return {
    lastAt: isoOrNull(lastAt),
    dueAt: isoOrNull(dueAt),
    degradedAt: isoOrNull(degradedAt),
    downAt: isoOrNull(downAt),
    runs: runs.map(({ id, at }) => ({ id: id === '' ? null : id, since: iso(at) })),
    learnt: learnt && showLearnt(learnt),
  }
}

const showLearnt = ({ intervals, median, timeout, ...rest }: NonNullable<BeatView['learnt']>) => ({
  ...rest,
  intervals: [...intervals],
  median: spanOf(median),
  timeout: spanOf(timeout),
})
