// A latency histogram that merges: logarithmic buckets, about 9 % wide, sparse.
// Promises that merge is associative and commutative and that a quantile is off by one bucket at most. Pure.

/** Bucket number → count. */
export type Histogram = ReadonlyMap<number, number>

const perOctave = 8
const floorMs = 0.01

/** The bucket of a latency in ms: eight to each doubling, from 10 µs up. */
export function bucketOf(ms: number): number {
  return ms <= floorMs ? 0 : Math.min(255, Math.floor(Math.log2(ms / floorMs) * perOctave) + 1)
}

/** The middle of a bucket, ms. */
export function bucketMs(bucket: number): number {
  return bucket === 0 ? floorMs : floorMs * 2 ** ((bucket - 0.5) / perOctave)
}

export function addLatency(histogram: Map<number, number>, ms: number): void {
  const bucket = bucketOf(ms)
  histogram.set(bucket, (histogram.get(bucket) ?? 0) + 1)
}

export function mergeHistograms(one: Histogram, other: Histogram): Histogram {
  const merged = new Map(one)
  for (const [bucket, count] of other) merged.set(bucket, (merged.get(bucket) ?? 0) + count)
  return merged
}

/** The latency in ms below which the share `q` (0–1) lies; null of nothing. */
export function quantile(histogram: Histogram, q: number): number | null {
  let total = 0
  for (const count of histogram.values()) total += count
  if (total === 0) return null
  let seen = 0
  const target = Math.max(1, Math.ceil(q * total))
  for (const bucket of [...histogram.keys()].sort((one, other) => one - other)) {
    seen += histogram.get(bucket) ?? 0
    if (seen >= target) return bucketMs(bucket)
  }
  return null
}

/** Two bytes or so a bucket: `bucket:count` in base 36, joined by commas. */
export function encodeHistogram(histogram: Histogram): string {
  return [...histogram]
    .sort(([one], [other]) => one - other)
    .map(([bucket, count]) => (count === 1 ? bucket.toString(36) : `${bucket.toString(36)}:${count.toString(36)}`))
    .join(',')
}

/** What one text says, or several with commas between them. */
export function decodeHistogram(text: string): Histogram {
  const histogram = new Map<number, number>()
  if (text === '') return histogram
  for (const part of text.split(',')) {
    if (part === '') continue
    const colon = part.indexOf(':')
    const bucket = Number.parseInt(colon < 0 ? part : part.slice(0, colon), 36)
    const count = colon < 0 ? 1 : Number.parseInt(part.slice(colon + 1), 36)
    histogram.set(bucket, (histogram.get(bucket) ?? 0) + count)
  }
  return histogram
}
