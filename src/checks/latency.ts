// Latency thresholds: how slow is degraded, and how slow is down. The same setting for every kind that measures time.
// Promises to touch only findings that are up. Must not know what was measured.
import { z } from 'zod'
import { duration } from '#core/duration.ts'
import type { Finding } from './check.ts'

export interface LatencyThresholds {
  /** Ms; slower is degraded. */
  readonly degraded?: number | undefined
  /** Ms; slower is down. */
  readonly down?: number | undefined
}

const bounds = { min: 1, max: 600_000 }

/** The setting `latency: { degraded: 500ms, down: 2s }`. */
export const latencySetting = z
  .strictObject({
    degraded: duration(bounds)
      .meta({ title: 'Degraded above', description: 'Slower than this is degraded.' })
      .optional(),
    down: duration(bounds).meta({ title: 'Down above', description: 'Slower than this is down.' }).optional(),
  })
  .refine(({ degraded, down }) => typeof degraded !== 'number' || typeof down !== 'number' || degraded < down, {
    error: 'degraded must be less than down, or it would never apply',
    path: ['degraded'],
  })
  .meta({ title: 'Latency', description: 'How slow is too slow, for the whole exchange.' })

/** `340 ms`, `1.2 s`. */
export const sayLatency = (ms: number): string =>
  ms < 1_000 ? `${Math.max(1, Math.round(ms))} ms` : `${Number((ms / 1_000).toFixed(1))} s`

/** The finding, made degraded or down where it is up but slower than allowed. */
export function judgeLatency(finding: Finding, thresholds: LatencyThresholds | undefined): Finding {
  const { latency, outcome } = finding
  if (!thresholds || outcome !== 'up' || latency === null) return finding
  const over = (limit: number | undefined): limit is number => limit !== undefined && latency > limit
  const slow = (outcome: 'degraded' | 'down', limit: number): Finding => ({
    ...finding,
    outcome,
    reason: 'slow',
    sentence: `It took ${sayLatency(latency)}; more than ${sayLatency(limit)} counts as ${outcome}.`,
  })
  if (over(thresholds.down)) return slow('down', thresholds.down)
  return over(thresholds.degraded) ? slow('degraded', thresholds.degraded) : finding
}
