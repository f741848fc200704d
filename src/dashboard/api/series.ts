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
export function drawn({
  start,
  step,
  mean,
  p95,
  phases,
}: Pick<Series, 'start' | 'step' | 'mean' | 'p95' | 'phases'>): Drawn {
  const begin = Date.parse(start)
  const times = mean.map((_, index) => (begin + (index + 0.5) * step) / 1_000)
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

const words: Readonly<Record<string, string>> = {
  resolve: 'Name',
  connect: 'Connect',
  tls: 'TLS',
  firstByte: 'First byte',
  body: 'Body',
}
const phaseWord = (name: string): string => words[name] ?? name.charAt(0).toUpperCase() + name.slice(1)
