// Roll-ups: milliseconds per status, counts and latencies of one monitor in one hour or day.
// Promises that merging is associative and commutative, and that time is counted once. Pure.
import { addLatency, type Histogram, mergeHistograms } from './histogram.ts'
import { mergePhases, noPhases, type Phases, type PhaseSums, sumPhases } from './phase.ts'
import type { Outcome, ShownStatus } from './words.ts'

export type Resolution = 'hour' | 'day'
export const resolutionMs: Record<Resolution, number> = { hour: 3_600_000, day: 86_400_000 }

/** What time is counted as. */
export type TimeOf = ShownStatus | 'maintenance'
export const timesOf = [
  'up',
  'degraded',
  'down',
  'unknown',
  'paused',
  'maintenance',
] as const satisfies readonly TimeOf[]

export interface Rollup {
  readonly ms: Readonly<Record<TimeOf, number>>
  /** Observations, and those that were not up. */
  readonly count: number
  readonly failures: number
  readonly latencySum: number
  readonly latencyMin: number | null
  readonly latencyMax: number | null
  readonly latencies: Histogram
  readonly phases: PhaseSums
}

export const emptyRollup: Rollup = {
  ms: { up: 0, degraded: 0, down: 0, unknown: 0, paused: 0, maintenance: 0 },
  count: 0,
  failures: 0,
  latencySum: 0,
  latencyMin: null,
  latencyMax: null,
  latencies: new Map(),
  phases: noPhases,
}

const least = (one: number | null, other: number | null) =>
  one === null ? other : other === null ? one : Math.min(one, other)
const most = (one: number | null, other: number | null) =>
  one === null ? other : other === null ? one : Math.max(one, other)

export function mergeRollups(one: Rollup, other: Rollup): Rollup {
  const ms = {} as Record<TimeOf, number>
  for (const status of timesOf) ms[status] = one.ms[status] + other.ms[status]
  return {
    ms,
    count: one.count + other.count,
    failures: one.failures + other.failures,
    latencySum: one.latencySum + other.latencySum,
    latencyMin: least(one.latencyMin, other.latencyMin),
    latencyMax: most(one.latencyMax, other.latencyMax),
    latencies: mergeHistograms(one.latencies, other.latencies),
    phases: mergePhases(one.phases, other.phases),
  }
}

/** A roll-up of observations alone (no time in it). */
export function ofObservations(
  seen: readonly { readonly outcome: Outcome; readonly latency: number | null; readonly phases?: Phases | undefined }[],
): Rollup {
  const latencies = new Map<number, number>()
  let [count, failures, latencySum] = [0, 0, 0]
  let [latencyMin, latencyMax]: [number | null, number | null] = [null, null]
  for (const { outcome, latency } of seen) {
    count += 1
    if (outcome === 'down' || outcome === 'degraded') failures += 1
    if (latency === null) continue
    latencySum += latency
    latencyMin = least(latencyMin, latency)
    latencyMax = most(latencyMax, latency)
    addLatency(latencies, latency)
  }
  return { ...emptyRollup, count, failures, latencySum, latencyMin, latencyMax, latencies, phases: sumPhases(seen) }
}

/** One stretch of time in one status, cut at the borders of the resolution. */
export interface TimeSlice {
  /** Start of the hour or day it falls into (UTC), epoch ms. */
  readonly start: number
  readonly status: TimeOf
  readonly ms: number
}

/** Cuts [from, to) in one status at the borders of hours or days; nothing for an empty or backward span. */
export function slices(from: number, to: number, status: TimeOf, resolution: Resolution): TimeSlice[] {
  const size = resolutionMs[resolution]
  const cut: TimeSlice[] = []
  let at = from
  while (at < to) {
    const start = Math.floor(at / size) * size
    const end = Math.min(start + size, to)
    cut.push({ start, status, ms: end - at })
    at = end
  }
  return cut
}

/** Share of known time (up, degraded, down) that it was usable (up, degraded), 0–1. Null: nothing is known. */
export function uptime(ms: Readonly<Record<TimeOf, number>>): number | null {
  const known = ms.up + ms.degraded + ms.down
  return known === 0 ? null : (ms.up + ms.degraded) / known
}
