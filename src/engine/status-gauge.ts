// One series for each monitor: what it is now. For dashboards and alarms that others build.
// Promises one series a monitor at a time, whatever it has been, and none when they are switched off.
import { believed } from '#core/doubt.ts'
import { fresh, shown } from '#core/state.ts'
import type { Clock } from '#platform/clock.ts'
import type { Metrics } from '#platform/metrics.ts'
import type { Catalog } from './catalog.ts'
import type { Ingest } from './ingest.ts'

export interface StatusGaugeParts {
  readonly metrics: Metrics
  readonly catalog: Catalog
  readonly ingest: Ingest
  readonly clock: Clock
  readonly wanted: () => boolean
}

export function openStatusGauge({ metrics, catalog, ingest, clock, wanted }: StatusGaugeParts): void {
  const help =
    'Always 1; the label `status` says what the monitor is. One series a monitor; metrics.per_monitor switches.'
  metrics.gauge('allswell_monitor_status', help, function* () {
    if (!wanted()) return
    const [now, unstoredSince] = [clock.now(), ingest.unstoredSince]
    for (const { id, key, kind, policy, createdAt } of catalog.monitors.values()) {
      const trust = { now, unstoredSince, interval: policy.interval }
      const state = believed(ingest.state(id) ?? fresh(createdAt), trust)
      yield [{ key, kind, status: shown(state) }, 1] as const
    }
  })
}
