// What came of a run of pings, as numbers: sent, received, times, and what others reported.
// Promises plain values that both ways of pinging give and the judge reads. Must not know either.

/** One run of pings to one address, over or not. */
export interface Tally {
  readonly sent: number
  /** Round-trip times in ms of those that were answered, in the order of sending. */
  readonly times: readonly number[]
  readonly duplicates: number
  /** Answers that were not counted: from another host, cut off, or with other contents. */
  readonly ignored: number
  /** What somebody on the way said of pings that were not answered: `10.0.0.1 reports: host unreachable`. */
  readonly report: string | null
}

export interface Spread {
  readonly min: number
  readonly avg: number
  readonly max: number
  /** The mean difference from one answer to the next; 0 with fewer than two. */
  readonly jitter: number
}

/** The times in short; null when there are none. */
export function spreadOf(times: readonly number[]): Spread | null {
  if (times.length === 0) return null
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
  const steps = times.slice(1).map((value, index) => Math.abs(value - (times[index] as number)))
  return { min: Math.min(...times), avg: mean(times), max: Math.max(...times), jitter: mean(steps) }
}
