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
  /** How they were sent: `raw socket`, or the path of a program. */
  readonly by: string
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
  let [min, max, sum, steps] = [Number.POSITIVE_INFINITY, 0, 0, 0]
  let before: number | null = null
  for (const time of times) {
    min = Math.min(min, time)
    max = Math.max(max, time)
    sum += time
    if (before !== null) steps += Math.abs(time - before)
    before = time
  }
  const { length } = times
  return length === 0 ? null : { min, avg: sum / length, max, jitter: steps / Math.max(1, length - 1) }
}
