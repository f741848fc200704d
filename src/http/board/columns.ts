// Further columns of a list: the last results as a strip, the latency of a day, shares of time, the silence that covers
// it. For one page of it.
// Promises the same few statements however many rows the page has. Decides nothing.
import { type Rollup, timesOf, uptime } from '#core/rollup.ts'
import { quantile } from '#core/histogram.ts'
import { covers } from '#core/silence.ts'
import { shown } from '#core/state.ts'
import type { Outcome } from '#core/words.ts'
import type { SeenObservation, Store, StoredSilence } from '#store/store.ts'
import type { Entry } from './filter.ts'
import { hours, pieces, shareSpan, type WindowName } from './spans.ts'

export const columnNames = ['results', 'latency', 'uptime', 'silence'] as const
export type ColumnName = (typeof columnNames)[number]

/** One sign a result: up, degraded, down, unknown. */
const signs: Readonly<Record<Outcome, string>> = { up: '+', degraded: '~', down: '-', unknown: '?' }

export interface Strip {
  /** One sign for each result, the oldest first. */
  readonly outcomes: string
  /** Milliseconds, whole ones above ten; null where nothing was measured. */
  readonly latencies: readonly (number | null)[]
  /** Of the first and the last of them, epoch ms; null: there are none. */
  readonly from: number | null
  readonly to: number | null
}
export interface Latency {
  readonly mean: number
  readonly p95: number
  readonly max: number
}
export type Shares = Readonly<Partial<Record<WindowName, number | null>>>

export interface Columns {
  readonly results?: Strip
  readonly latency?: Latency | null
  readonly uptime?: Shares
  /** The silence in force that covers it longest; null: there is none. */
  readonly silence?: StoredSilence | null
}

type Stored = Pick<Store, 'history' | 'rollups' | 'silences'>

const stripMost = 30
/** Of those that are looked at seldom fewer are shown: single results are not kept for long. */
const lookBackMost = hours(72)
const lookBackLeast = hours(1)
/** Looked at again and again while in doubt: so much more than the interval says may be there, or less. */
const lookBackOf = (interval: number | null) =>
  Math.min(lookBackMost, Math.max(lookBackLeast, (interval ?? hours(1)) * stripMost * 1.2))

export const listedWindows = ['24h', '7d', '30d', '90d'] as const satisfies readonly WindowName[]

/** The columns of each entry, in the same order. */
export async function columnsOf(
  store: Stored,
  entries: readonly Entry[],
  wanted: ReadonlySet<ColumnName>,
  now: number,
): Promise<Columns[]> {
  const ids = entries.map(({ row }) => row.id)
  if (ids.length === 0 || wanted.size === 0) return entries.map(() => ({}))
  const [seen, counted, shares, silences] = await Promise.all([
    wanted.has('results') ? recent(store, entries, now) : new Map<number, SeenObservation[]>(),
    wanted.has('latency') ? countsOf(store, ids, now) : null,
    wanted.has('uptime') ? sharesOf(store, entries, now) : null,
    wanted.has('silence') ? store.silences.current(now) : null,
  ])
  return entries.map(({ row, row: { id } }, index) => ({
    ...(wanted.has('results') ? { results: stripOf(seen.get(id) ?? []) } : {}),
    ...(counted ? { latency: latencyOf(counted.get(id)) } : {}),
    ...(shares ? { uptime: shares[index] } : {}),
    ...(silences ? { silence: longestOf(silences, row, now) } : {}),
  }))
}

function longestOf(silences: readonly StoredSilence[], row: Entry['row'], now: number): StoredSilence | null {
  const inForce = silences.filter((one) => one.from <= now && now < one.until && covers(one, row))
  return inForce.reduce<StoredSilence | null>((most, one) => (most && most.until >= one.until ? most : one), null)
}

function recent(store: Stored, entries: readonly Entry[], now: number) {
  return store.history.recent(
    entries.map(({ row }) => ({ monitor: row.id, from: now - lookBackOf(row.interval) })),
    now + 1,
  )
}

/** What the roll-ups of a day counted. */
const countsOf = (store: Stored, ids: readonly number[], now: number) => {
  const { resolution, from } = shareSpan('24h', now)
  return store.rollups.counts(ids, resolution, from, now + 1)
}

export function stripOf(seen: readonly SeenObservation[]): Strip {
  const last = seen.filter(({ signal }) => signal !== 'start' && signal !== 'log').slice(-stripMost)
  return {
    outcomes: last.map(({ outcome }) => signs[outcome]).join(''),
    latencies: last.map(({ latency }) => short(latency)),
    from: last[0]?.at ?? null,
    to: last.at(-1)?.at ?? null,
  }
}

/** As exact as anybody looks at it. */
export const short = (ms: number | null): number | null =>
  ms === null ? null : ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)

function latencyOf(counted: Omit<Rollup, 'ms'> | undefined): Latency | null {
  if (counted === undefined || counted.latencyMax === null) return null
  let measured = 0
  for (const count of counted.latencies.values()) measured += count
  const p95 = quantile(counted.latencies, 0.95)
  if (measured === 0 || p95 === null) return null
  const { latencySum, latencyMax } = counted
  const exact = (ms: number) => short(ms) ?? 0
  return { mean: exact(latencySum / measured), p95: exact(Math.min(p95, latencyMax)), max: exact(latencyMax) }
}

type Ms = Rollup['ms']

async function sharesOf(store: Stored, entries: readonly Entry[], now: number): Promise<Shares[]> {
  const ids = entries.map(({ row }) => row.id)
  const sums = entries.map((): Partial<Record<WindowName, number | null>> => ({}))
  const windows = listedWindows.map(async (name) => {
    const span = shareSpan(name, now)
    const asked = pieces(span, now).map(({ resolution, from, to }) => store.rollups.time(ids, resolution, from, to))
    return { name, span, times: await Promise.all(asked) }
  })
  for (const { name, span, times } of await Promise.all(windows)) {
    for (const [index, { row, state }] of entries.entries()) {
      const ms = { ...noTime }
      for (const time of times) addTime(ms, time.get(row.id))
      const since = Math.max(state.accountedAt, span.from)
      if (since < now) ms[shown(state)] += now - since
      const sum = sums[index]
      if (sum) sum[name] = uptime(ms)
    }
  }
  return sums
}

const noTime: Ms = { up: 0, degraded: 0, down: 0, unknown: 0, paused: 0, maintenance: 0 }

function addTime(sum: Record<keyof Ms, number>, more: Ms | undefined): void {
  if (more) for (const status of timesOf) sum[status] += more[status]
}
