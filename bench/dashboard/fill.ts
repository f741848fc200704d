// Millions of roll-ups by a few statements that both databases understand, and messages that were sent long ago.
// Promises rows such as the store itself would have written. Must not know what is measured with them.
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { encodeHistogram } from '#core/histogram.ts'
import { encodePhases } from '#core/phase.ts'
import { ofObservations } from '#core/rollup.ts'
import { dayMs, msInSql } from './story.ts'

/** A connection for statements of its own. */
export interface Bare {
  run(sql: string): unknown
  close(): unknown
}

export async function openBare(url: string): Promise<Bare> {
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.slice('sqlite:'.length))
    database.exec('pragma synchronous = off; pragma busy_timeout = 10000')
    return { run: (sql) => database.exec(sql), close: () => database.close() }
  }
  const client = new Client({ connectionString: url })
  await client.connect()
  return { run: (sql) => client.query(sql), close: () => client.end() }
}

const hourMs = 3_600_000
const weekMs = 7 * dayMs
const levels = 24

export interface Filling {
  readonly now: number
  readonly days: number
  /** Hours are kept of so many days for all monitors, and of all days for the first few. */
  readonly hourDays: number
  readonly hourlyMonitors: number
}

export async function fillRollups(bare: Bare, { now, days, hourDays, hourlyMonitors }: Filling): Promise<void> {
  const today = now - (now % dayMs)
  const hour = now - (now % hourMs)
  const first = today - (days - 1) * dayMs
  const recent = Math.max(first, hour - hourDays * dayMs)
  await bare.run(filling({ resolution: 'day', size: dayMs, from: first, now, most: null }))
  await bare.run(filling({ resolution: 'hour', size: hourMs, from: recent, now, most: null }))
  if (recent > first)
    await bare.run(
      filling({ resolution: 'hour', size: hourMs, from: first, now: recent - 1, most: hourlyMonitors, today }),
    )
  const sums = ['up', 'degraded', 'down', 'unknown', 'paused', 'maintenance'].map((one) => `sum(${one}_ms)`).join(', ')
  await bare.run(`
    insert into rollups (${columns})
    select monitor_id, 'week', start - start % ${weekMs}, ${sums}, 0, 0, 0, null, null, '', ''
    from rollups where resolution = 'day' group by monitor_id, start - start % ${weekMs}`)
}

const columns = `monitor_id, resolution, start, up_ms, degraded_ms, down_ms, unknown_ms, paused_ms, maintenance_ms,
  count, failures, latency_sum, latency_min, latency_max, latencies, phases`

interface Series {
  readonly resolution: 'hour' | 'day'
  readonly size: number
  readonly from: number
  readonly now: number
  /** The first so many monitors; null: all. */
  readonly most: number | null
  readonly today?: number
}

function filling({ resolution, size, from, now, most, today = now - (now % dayMs) }: Series): string {
  const checks = size / 60_000
  const known = `case when start + ${size} > ${now} then ${now} - start else ${size} end`
  const measured = (name: string, nothing: string) => `case when kind = 'heartbeat' then ${nothing} else ${name} end`
  return `
    with recursive slots (start) as (
      select ${from} union all select start + ${size} from slots where start + ${size} <= ${now}
    ), variants (v, total, least, greatest, latencies, phases) as (values ${variants(checks).join(', ')}),
    places as (
      select id, kind, start, ${known} as known, (id * 7) % 16 + (start / ${size}) % 8 as v,
        ${msInSql('down', size, today)} as down, ${msInSql('degraded', size, today)} as degraded
      from objects cross join slots
      where type = 'monitor' ${most === null ? '' : `and id <= ${most}`}
    )
    insert into rollups (${columns})
    select id, '${resolution}', start, known - down - degraded, degraded, down, 0, 0, 0,
      ${checks}, (down + degraded) / 60000, ${measured('total', '0')}, ${measured('least', 'null')},
      ${measured('greatest', 'null')}, ${measured('variants.latencies', "''")}, ${measured('variants.phases', "''")}
    from places join variants on variants.v = places.v`
}

const shares = { resolve: 0.03, connect: 0.15, tls: 0.35, firstByte: 0.4, body: 0.07 }

/** How fast it was, from 12 ms to a second, each a row of literals. */
function variants(checks: number): string[] {
  return Array.from({ length: levels }, (_, level) => {
    const usual = 12 * 1.2 ** level
    const seen = Array.from({ length: checks }, (_, place) => {
      const latency = usual * (0.85 + ((place * 37) % 100) / 250 + (place % 53 === 0 ? 0.9 : 0))
      const phases = Object.fromEntries(Object.entries(shares).map(([name, share]) => [name, latency * share]))
      return { outcome: 'up' as const, latency, phases }
    })
    const { latencySum, latencyMin, latencyMax, latencies, phases } = ofObservations(seen)
    const numbers = [latencySum, latencyMin, latencyMax].map((one) => (one ?? 0).toFixed(2))
    return `(${level}, ${numbers.join(', ')}, '${encodeHistogram(latencies)}', '${encodePhases(phases)}')`
  })
}

/** Every message was delivered at its first attempt. */
export async function finishDeliveries(bare: Bare): Promise<void> {
  await bare.run(`
    insert into delivery_attempts (delivery_id, attempt, at, ms, ok, detail)
    select id, 1, created_at + 3, 12, 1, '200 OK' from deliveries where finished_at is null`)
  await bare.run(`
    update deliveries set state = 'delivered', attempts = 1, finished_at = created_at + 15, detail = '200 OK'
    where finished_at is null`)
}
