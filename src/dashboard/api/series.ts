// What a chart of one monitor is drawn from: points of latency with its phases, and spans in which it was not up.
import { at, get } from './client.ts'
import type { ShownStatus, When } from './types.ts'

export const ranges = {
  '1h': '1 h',
  '6h': '6 h',
  '24h': '24 h',
  '7d': '7 d',
  '30d': '30 d',
  '90d': '90 d',
  '365d': '1 year',
} as const
export type RangeName = keyof typeof ranges
export const rangeNames = Object.keys(ranges) as RangeName[]

type Values = readonly (number | null)[]

/** As the API has it. */
export interface Series {
  readonly from: When
  readonly to: When
  /** Where the first point begins; each further one begins a step later. */
  readonly start: When
  readonly step: number
  readonly observations: readonly number[]
  readonly mean: Values
  readonly p95: Values
  readonly max: Values
  readonly phases: Readonly<Record<string, Values>>
  readonly spans: readonly {
    readonly status: ShownStatus | 'maintenance'
    readonly from: When
    readonly to: When | null
    readonly sentence: string | null
    readonly event: number | null
  }[]
  readonly cut: boolean
  /** Milliseconds in each status in each point; null where it is made of single results. */
  readonly time?: Readonly<Record<string, readonly number[]>> | null
}

/** A stretch that was not simply up, epoch ms. */
export interface Band {
  readonly status: ShownStatus | 'maintenance'
  readonly from: number
  readonly to: number
  readonly sentence: string | null
  readonly event: number | null
}

/** All stretches of a chart, the oldest first; maintenance where it is known only as shares of points, too. */
export function bandsOf(series: Pick<Series, 'spans' | 'time' | 'start' | 'step' | 'to'>): Band[] {
  const end = Date.parse(series.to)
  const told = series.spans.map((one): Band => ({
    ...one,
    from: Date.parse(one.from),
    to: one.to === null ? end : Date.parse(one.to),
  }))
  const known = told.some(({ status }) => status === 'maintenance')
  const shares = known ? [] : (series.time?.['maintenance'] ?? [])
  return [...told, ...maintenanceIn(shares, Date.parse(series.start), series.step)].sort(
    (one, other) => one.from - other.from,
  )
}

function maintenanceIn(shares: readonly number[], start: number, step: number): Band[] {
  const bands: { from: number; to: number }[] = []
  for (const [index, ms] of shares.entries()) {
    if (ms <= 0) continue
    const [from, last] = [start + index * step, bands.at(-1)]
    if (last?.to === from) last.to = from + step
    else bands.push({ from, to: from + step })
  }
  return bands.map((band) => ({ ...band, status: 'maintenance', sentence: null, event: null }))
}

export const loadSeries = (key: string, range: RangeName, signal: AbortSignal): Promise<Series> =>
  get<Series>(at('monitors', key, 'series'), { range }, signal)

export interface Drawn {
  /** Epoch seconds, in the middle of each point. */
  readonly times: readonly number[]
  /** Sums of a phase and all before it, the whole first: drawn one over the other they are a stack. */
  readonly stack: readonly { readonly name: string; readonly top: Values; readonly own: Values }[]
  readonly p95: Values
}

/** Phases in the order of a check, what is unknown here behind them. */
const order = ['resolve', 'proxy', 'connect', 'tls', 'starttls', 'request', 'firstByte', 'body']
const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)

/** Points as a chart takes them. Without phases the mean stands alone. */
export function drawn(series: Pick<Series, 'from' | 'to' | 'start' | 'step' | 'mean' | 'p95' | 'phases'>): Drawn {
  const { mean, p95, phases } = series
  const times = timesOf(series)
  const names = Object.keys(phases).sort((one, other) => place(one) - place(other))
  if (names.length === 0) return { times, p95, stack: [{ name: 'Mean', top: mean, own: mean }] }
  const sums: (number | null)[] = mean.map(() => null)
  const stack = names.map((name) => {
    const own = phases[name] ?? []
    const top = sums.map((sum, index) => {
      const value = own[index] ?? null
      const next = value === null ? sum : (sum ?? 0) + value
      sums[index] = next
      return next
    })
    return { name: phaseWord(name), top, own }
  })
  return { times, p95, stack: stack.toReversed() }
}

/** The middle of each point, of the first and the last of what lies in the range. */
function timesOf({ from, to, start, step, mean }: Pick<Series, 'from' | 'to' | 'start' | 'step' | 'mean'>): number[] {
  const [begin, least, most] = [Date.parse(start), Date.parse(from), Date.parse(to)]
  return mean.map((_, index) => {
    const at = begin + index * step
    return (Math.max(at, least) + Math.max(least, Math.min(at + step, most))) / 2_000
  })
}

const words: Readonly<Record<string, string>> = {
  resolve: 'Name',
  connect: 'Connect',
  tls: 'TLS',
  firstByte: 'First byte',
  body: 'Body',
}
const phaseWord = (name: string): string => words[name] ?? name.charAt(0).toUpperCase() + name.slice(1)
