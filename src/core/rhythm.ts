// Rhythm: learns from the intervals between signs of life after how long the next one is late.
// Promises a few numbers of memory, that an outage teaches nothing, and that another rhythm is learnt in the end. Pure.

export interface Rhythm {
  /** The sign of life that the next interval counts from; null: what came since is nobody's knowledge. */
  readonly at: number | null
  /** Recent intervals, ms, oldest first. */
  readonly intervals: readonly number[]
  /** The last intervals, as far as all of them were longer than the learnt timeout: an outage, or another rhythm. */
  readonly odd: readonly number[]
}

/** So many intervals are remembered. */
export const rhythmMost = 20
/** So many are needed before anything follows from them. */
export const rhythmLeast = 6
/** What comes closer together, ms, is one sign of life sent twice. */
const doubleMs = 1_000

export interface Learnt {
  readonly samples: number
  /** Of the remembered intervals, ms. */
  readonly median: number
  /** Later than this after the last sign of life it is late, ms. */
  readonly timeout: number
}

/** What follows from a rhythm; null: too little is known yet. Half more than the median, in whole seconds. */
export function learnt(rhythm: Rhythm | undefined): Learnt | null {
  const samples = rhythm?.intervals.length ?? 0
  if (rhythm === undefined || samples < rhythmLeast) return null
  const median = medianOf(rhythm.intervals)
  return { samples, median, timeout: Math.ceil((median * 1.5) / 1_000) * 1_000 }
}

/** The rhythm after a sign of life; the very same where that teaches nothing. */
export function learn(rhythm: Rhythm | undefined, at: number): Rhythm {
  if (rhythm === undefined) return { at, intervals: [], odd: [] }
  if (rhythm.at === null) return { ...rhythm, at }
  const interval = Math.round(at - rhythm.at)
  if (interval < doubleMs) return rhythm
  const timeout = learnt(rhythm)?.timeout
  if (timeout === undefined || interval <= timeout) {
    return { at, intervals: [...rhythm.intervals, interval].slice(-rhythmMost), odd: [] }
  }
  const odd = [...rhythm.odd, interval]
  return odd.length < rhythmLeast ? { ...rhythm, at, odd } : { at, intervals: odd, odd: [] }
}

/** The rhythm after time that says nothing of it: nobody listened, it was paused, or a run failed. */
export function interrupt<Known extends Rhythm | undefined>(rhythm: Known): Known {
  return rhythm === undefined || rhythm.at === null ? rhythm : { ...rhythm, at: null }
}

/** The one in the middle; of two the mean. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const half = sorted.length >> 1
  const upper = sorted[half] as number
  return sorted.length % 2 === 1 ? upper : Math.round(((sorted[half - 1] as number) + upper) / 2)
}
