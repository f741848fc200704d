// What a chart of one monitor is drawn from: points of latency, and spans in which it was not well.
// Promises 300 points at most, whatever the range.
import { at, get } from './client.ts'
import type { Event, ListOf, Observation, ShownStatus } from './types.ts'

export const ranges = {
  '1h': { word: '1 h', ms: 3_600_000 },
  '6h': { word: '6 h', ms: 6 * 3_600_000 },
  '24h': { word: '24 h', ms: 86_400_000 },
  '7d': { word: '7 d', ms: 7 * 86_400_000 },
  '30d': { word: '30 d', ms: 30 * 86_400_000 },
  '90d': { word: '90 d', ms: 90 * 86_400_000 },
  '365d': { word: '1 year', ms: 365 * 86_400_000 },
} as const
export type RangeName = keyof typeof ranges
export const rangeNames = Object.keys(ranges) as RangeName[]

export interface Span {
  readonly status: ShownStatus | 'maintenance'
  readonly from: number
  readonly to: number
}

export interface Series {
  readonly from: number
  readonly to: number
  /** Epoch ms. */
  readonly times: readonly number[]
  /** By the name of the line, milliseconds; null: nothing was measured. */
  readonly lines: readonly { readonly name: string; readonly values: readonly (number | null)[] }[]
  readonly spans: readonly Span[]
}

const pointsMost = 300

export async function loadSeries(key: string, range: RangeName, now: number, signal: AbortSignal): Promise<Series> {
  const { ms } = ranges[range]
  const from = now - ms
  const [seen, events] = await Promise.all([
    get<ListOf<Observation>>(
      at('monitors', key, 'observations'),
      { from: new Date(Math.max(from, now - 7 * 86_400_000)).toISOString(), limit: 10_000 },
      signal,
    ),
    get<ListOf<Event>>('/events', { monitor: key, since: new Date(from).toISOString(), limit: 500 }, signal),
  ])
  return { from, to: now, ...thin(seen.items, from, now), spans: spansOf(events.items, from, now) }
}

/** Buckets of equal length, the worst latency of each. */
export function thin(seen: readonly Observation[], from: number, to: number): Pick<Series, 'times' | 'lines'> {
  const size = Math.max(1, (to - from) / pointsMost)
  const most = new Map<number, number | null>()
  for (const one of seen) {
    const bucket = Math.floor((Date.parse(one.at) - from) / size)
    const before = most.get(bucket) ?? null
    most.set(bucket, one.latency === null ? before : Math.max(before ?? 0, one.latency))
  }
  const buckets = [...most].sort(([one], [other]) => one - other)
  return {
    times: buckets.map(([bucket]) => from + (bucket + 0.5) * size),
    lines: [{ name: 'Total', values: buckets.map(([, value]) => value) }],
  }
}

/** The times in which a monitor was not up, from its events, newest first. */
export function spansOf(events: readonly Event[], from: number, to: number): Span[] {
  const spans: Span[] = []
  let until = to
  let before: Event['previous'] | null = null
  for (const event of events) {
    const since = Math.max(from, Date.parse(event.at))
    if (event.status !== event.previous || event.type === 'monitor.paused') {
      if (event.status !== 'up' && since < until) spans.push({ status: event.status, from: since, to: until })
      until = since
      before = event.previous
    }
  }
  if (before !== null && before !== 'up' && from < until) spans.push({ status: before, from, to: until })
  return spans.toReversed()
}
