// The points of a chart: what was measured and counted in each stretch of a range, in columns.
// Promises one value for each point, null where nothing was measured. Pure.
import { quantile } from '#core/histogram.ts'
import type { PhaseSums } from '#core/phase.ts'
import { sumPhases } from '#core/phase.ts'
import { emptyRollup, mergeRollups, type Rollup, type TimeOf, timesOf } from '#core/rollup.ts'
import type { SeenObservation } from '#store/store.ts'
import type { Range } from './range.ts'

type Values = (number | null)[]

export interface Points {
  readonly observations: number[]
  readonly failures: number[]
  readonly mean: Values
  readonly min: Values
  readonly p95: Values
  readonly max: Values
  /** Mean milliseconds by phase. */
  readonly phases: Record<string, Values>
  /** Milliseconds in each status; null: it is made of single results, which are no time. */
  readonly time: Record<TimeOf, number[]> | null
}

interface Point {
  readonly count: number
  readonly failures: number
  readonly latency: { readonly mean: number; readonly min: number; readonly p95: number; readonly max: number } | null
  readonly phases: PhaseSums
  readonly ms: Rollup['ms'] | null
}

const nothing: Point = { count: 0, failures: 0, latency: null, phases: sumPhases([]), ms: null }

/** Of single results. */
export function pointsOfResults(range: Range, seen: readonly SeenObservation[]): Points {
  const buckets = new Map<number, SeenObservation[]>()
  for (const one of seen) {
    if (one.signal === 'start' || one.signal === 'log') continue
    const index = indexOf(range, one.at)
    const bucket = buckets.get(index)
    if (bucket) bucket.push(one)
    else buckets.set(index, [one])
  }
  return columns(range, (index) => pointOf(buckets.get(index)), false)
}

function pointOf(seen: readonly SeenObservation[] | undefined): Point {
  if (seen === undefined) return nothing
  const latencies = seen.flatMap(({ latency }) => (latency === null ? [] : [latency])).sort((one, other) => one - other)
  const failures = seen.filter(({ outcome }) => outcome === 'down' || outcome === 'degraded').length
  return { count: seen.length, failures, latency: exactly(latencies), phases: sumPhases(seen), ms: null }
}

/** Of sorted latencies. */
function exactly(latencies: readonly number[]): Point['latency'] {
  const [min, max] = [latencies[0], latencies.at(-1)]
  if (min === undefined || max === undefined) return null
  const mean = latencies.reduce((sum, ms) => sum + ms, 0) / latencies.length
  return { mean, min, max, p95: latencies[Math.ceil(latencies.length * 0.95) - 1] ?? max }
}

/** Of roll-ups, each with its start. */
export function pointsOfRollups(
  range: Range,
  rollups: readonly { readonly start: number; readonly rollup: Rollup }[],
): Points {
  const buckets = new Map<number, Rollup>()
  for (const { start, rollup } of rollups) {
    const index = indexOf(range, start)
    buckets.set(index, mergeRollups(buckets.get(index) ?? emptyRollup, rollup))
  }
  return columns(range, (index) => pointOfRollup(buckets.get(index)), true)
}

function pointOfRollup(rollup: Rollup | undefined): Point {
  if (rollup === undefined) return nothing
  const { count, failures, phases, ms } = rollup
  return { count, failures, latency: latencyOf(rollup), phases, ms }
}

function latencyOf({ latencies, latencySum, latencyMin, latencyMax }: Rollup): Point['latency'] {
  if (latencyMin === null || latencyMax === null) return null
  let measured = 0
  for (const count of latencies.values()) measured += count
  const p95 = quantile(latencies, 0.95)
  if (measured === 0 || p95 === null) return null
  const within = Math.max(latencyMin, Math.min(p95, latencyMax))
  return { mean: latencySum / measured, min: latencyMin, max: latencyMax, p95: within }
}

const indexOf = ({ start, step }: Range, at: number) => Math.floor((at - start) / step)

function columns({ count }: Range, point: (index: number) => Point, timed: boolean): Points {
  const points = Array.from({ length: count }, (_, index) => point(index))
  const of = (value: (latency: NonNullable<Point['latency']>) => number) =>
    points.map(({ latency }) => (latency === null ? null : short(value(latency))))
  const names = new Set(points.flatMap(({ phases }) => [...phases.ms.keys()]))
  const phase = (name: string) =>
    points.map(({ phases }) => (phases.count === 0 ? null : short((byName(phases).get(name) ?? 0) / phases.count)))
  const time = (status: TimeOf) => points.map(({ ms }) => ms?.[status] ?? 0)
  return {
    observations: points.map((one) => one.count),
    failures: points.map((one) => one.failures),
    mean: of(({ mean }) => mean),
    min: of(({ min }) => min),
    p95: of(({ p95 }) => p95),
    max: of(({ max }) => max),
    phases: Object.fromEntries([...names].map((name) => [name, phase(name)])),
    time: timed ? (Object.fromEntries(timesOf.map((status) => [status, time(status)])) as Points['time']) : null,
  }
}

const byName = ({ ms }: PhaseSums): ReadonlyMap<string, number> => ms

/** As exact as a chart can show. */
const short = (ms: number) => (ms < 10 ? Math.round(ms * 100) / 100 : Math.round(ms * 10) / 10)
