// The range of a chart: what it is made of, and how long each of its points is.
// Promises 300 points at most, of lengths that divide hours and days. Pure.
import { resolutionMs } from '#core/rollup.ts'

const { hour, day } = resolutionMs
const second = 1_000
const minute = 60 * second

export const ranges = {
  '1h': hour,
  '6h': 6 * hour,
  '24h': day,
  '7d': 7 * day,
  '30d': 30 * day,
  '90d': 90 * day,
  '365d': 365 * day,
} as const
export type RangeName = keyof typeof ranges
export const rangeNames = Object.keys(ranges) as [RangeName, ...RangeName[]]

/** Single results, or sums of hours or days. */
export type Source = 'results' | 'hour' | 'day'

export interface Range {
  readonly source: Source
  /** Where the first point begins, epoch ms: at or before `from`. */
  readonly start: number
  /** How long each point is, ms. */
  readonly step: number
  readonly count: number
}

export const pointsMost = 300
/** A range of a day, begun anywhere, is still shown of single results. */
const resultsMost = 26 * hour
const longest = 3_660 * day

const steps: Readonly<Record<Source, readonly number[]>> = {
  results: [1, 2, 5, 10, 12, 15, 20, 30, 60, 120, 300, 600].map((seconds) => seconds * second),
  hour: [1, 2, 3, 4, 6].map((hours) => hours * hour),
  day: [1, 2, 4, 7, 14].map((days) => days * day),
}

/** How the time from `from` to before `to` is shown, at least as coarse as `least`; null: no range, or too long. */
export function rangeOf(from: number, to: number, least: Source = 'results'): Range | null {
  const span = to - from
  if (!(span >= minute) || span > longest) return null
  const hours = steps.hour.at(-1) as number
  const source =
    span <= resultsMost && least === 'results' ? 'results' : span <= (pointsMost - 1) * hours ? 'hour' : 'day'
  const step = steps[source].find((one) => pointsIn(from, to, one) <= pointsMost)
  if (step === undefined) return null
  return { source, step, start: Math.floor(from / step) * step, count: pointsIn(from, to, step) }
}

const pointsIn = (from: number, to: number, step: number) => Math.ceil(to / step) - Math.floor(from / step)
