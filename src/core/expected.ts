// Expected: what is expected of a monitor that reports by itself, complete, in milliseconds.
// Promises that a due time is reckoned in one place. Pure. Must not know how expectations are written.
import { learnt, type Rhythm } from './rhythm.ts'

/** After so long, ms; learnt from its rhythm; or never. */
export type Threshold = number | 'auto' | null

/** When a sign of life is due: so long after the last one, or at the times of a schedule. */
export type Due =
  | { readonly every: number }
  | {
      /** The first time of the schedule after this moment; null: there is none any more. Pure. */
      readonly next: (after: number) => number | null
      /** As it was written, with its zone: `30 2 * * * in Europe/Berlin`. */
      readonly words: string
    }

export interface Expected {
  /** Null: the thresholds count from the last sign of life; else from when the next one was due. */
  readonly due: Due | null
  readonly degradedAfter: Threshold
  readonly downAfter: Threshold
  /** A run that reported its start may take so long, ms; null: however long. */
  readonly maxRun: number | null
  /** Sooner after the last one is too often, ms; null: never. */
  readonly minGap: number | null
  /** It must be silent: a beat is trouble until so long passed without one, ms; null: beats are wanted. */
  readonly calmAfter: number | null
  /** Whether a beat ends a pause. */
  readonly resumes: boolean
}

const nothing: Expected = {
  due: null,
  degradedAfter: null,
  downAfter: null,
  maxRun: null,
  minGap: null,
  calmAfter: null,
  resumes: false,
}

/** A beat every so often, with so much grace, which also bounds a run; `every` null: at any time. */
export const everyWithGrace = ({ every, grace }: { every: number | null; grace: number }): Expected => ({
  ...nothing,
  due: every === null ? null : { every },
  downAfter: every === null ? null : grace,
  maxRun: grace > 0 ? grace : null,
})

/** Some expectations, all others none. */
export const expecting = (some: Partial<Expected>): Expected => ({ ...nothing, ...some })

/** A beat so long before its time, ms, is that time's: clocks differ, and short jobs are done at once. */
const earlyMs = 10_000

/** From when the thresholds count; null: nothing is due any more. `beatAt` null: it never beat since `armedAt`. */
export function dueAt(expected: Expected, beatAt: number | null, armedAt: number): number | null {
  const { due, downAfter } = expected
  if (due === null) return beatAt ?? armedAt
  if ('every' in due) return (beatAt ?? armedAt) + due.every
  const early = typeof downAfter === 'number' ? Math.min(earlyMs, downAfter / 2) : earlyMs
  return due.next(beatAt === null ? armedAt : beatAt + early)
}

/** A threshold in ms as it is now; null: there is none, or nothing is learnt yet. */
export function thresholdMs(threshold: Threshold, rhythm: Rhythm | undefined): number | null {
  return threshold === 'auto' ? (learnt(rhythm)?.timeout ?? null) : threshold
}

/** Whether anything of it is learnt from the rhythm. */
export const learns = ({ degradedAfter, downAfter }: Expected): boolean =>
  degradedAfter === 'auto' || downAfter === 'auto'

/** What the sender of beats says of its own thresholds, which count from the last beat. */
export interface Adjustment {
  readonly threshold: 'degraded' | 'down'
  /** Ms, learnt, or null: never. */
  readonly to: Threshold
  /** Only where that threshold is no duration yet. */
  readonly unlessSet?: true
}

/** Whether it is so already; asked for every line that says it. */
export function isSo({ due, degradedAfter, downAfter, calmAfter }: Expected, change: Adjustment): boolean {
  if (calmAfter !== null) return true
  if (due !== null) return false
  const now = change.threshold === 'down' ? downAfter : degradedAfter
  return now === change.to || (change.unlessSet === true && typeof now === 'number')
}

/** Further adjustments: the last word on a threshold counts, so there are few of them however many come. */
export function adjusting(before: readonly Adjustment[], change: Adjustment): readonly Adjustment[] {
  const same = before.filter(({ threshold }) => threshold === change.threshold)
  if (change.unlessSet !== true) return [...before.filter((one) => !same.includes(one)), change]
  const settled = same.some(({ to, unlessSet }) => unlessSet === true || typeof to === 'number' || to === 'auto')
  return settled ? before : [...before, change]
}
