// Roll-ups of time by week, made of those by day: a year of many monitors is summed from few rows.
import type { Ddl } from '../migrate.ts'

export const name = '0002-weeks'

const weekMs = 604_800_000
const times = ['up_ms', 'degraded_ms', 'down_ms', 'unknown_ms', 'paused_ms', 'maintenance_ms']

export const up = (_: Ddl): readonly string[] => [
  `insert into rollups (monitor_id, resolution, start, ${times.join(', ')}, count, failures, latency_sum, latencies)
    select monitor_id, 'week', start - start % ${weekMs}, ${times.map((time) => `sum(${time})`).join(', ')}, 0, 0, 0, ''
    from rollups where resolution = 'day' group by monitor_id, start - start % ${weekMs}`,
]
