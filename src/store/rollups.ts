// Roll-ups: milliseconds per status, counts and latencies of a monitor's hours and days.
// Promises additive writes, so that many nodes may write at once, and one statement per batch. Decides nothing.
// The time of days is also kept by week, which nobody outside sees: sums over long times need few rows.
import { type RawBuilder, type Selectable, sql } from 'kysely'
import { decodeHistogram, encodeHistogram } from '#core/histogram.ts'
import { decodePhases, encodePhases } from '#core/phase.ts'
import { emptyRollup, type Resolution, resolutionMs, type Rollup, type TimeOf, type TimeSlice } from '#core/rollup.ts'
import type { Context } from './context.ts'
import { type BulkType, insertRows } from './dialect.ts'
import type { Tables } from './schema.ts'
import type { Rollups } from './store.ts'

type Row = Selectable<Tables['rollups']>

const times = ['up', 'degraded', 'down', 'unknown', 'paused', 'maintenance'] as const satisfies readonly TimeOf[]
const keys: Record<string, BulkType> = { monitor_id: 'int', resolution: 'text', start: 'int' }
const ofTime: Record<string, BulkType> = Object.fromEntries(times.map((status) => [`${status}_ms`, 'int']))
const ofCounts: Record<string, BulkType> = {
  count: 'int',
  failures: 'int',
  latency_sum: 'real',
  latency_min: 'real',
  latency_max: 'real',
  latencies: 'text',
  phases: 'text',
}
/** A row is whole from the beginning, whichever comes first: time, or counts. */
const timeColumns = { ...keys, ...ofTime, ...ofCounts }
const countColumns = { ...keys, ...ofCounts, ...ofTime }
const nothingCounted = [0, 0, 0, null, null, '', '']
const noTime = times.map(() => 0)
const onConflict = (changes: readonly string[]) =>
  `on conflict (monitor_id, resolution, start) do update set ${changes.join(', ')}`
const addTimes = onConflict(Object.keys(ofTime).map((name) => `${name} = rollups.${name} + excluded.${name}`))
const replaceCounts = onConflict(Object.keys(ofCounts).map((name) => `${name} = excluded.${name}`))

/** How roll-ups lie here. */
type Stored = Resolution | 'week'
const weekMs = 7 * resolutionMs.day
const weekOf = (at: number) => at - (at % weekMs)

type Times = Pick<Row, `${TimeOf}_ms`>
type Counts = Omit<Row, keyof Times>
type Measured = Pick<Row, 'count' | 'failures' | 'latency_sum' | 'latency_min' | 'latency_max' | 'latencies' | 'phases'>

const toTimes = (row: Times): Rollup['ms'] => ({
  up: row.up_ms,
  degraded: row.degraded_ms,
  down: row.down_ms,
  unknown: row.unknown_ms,
  paused: row.paused_ms,
  maintenance: row.maintenance_ms,
})
const toRollup = (row: Measured, ms: Rollup['ms']): Rollup => ({
  ms,
  count: row.count,
  failures: row.failures,
  latencySum: row.latency_sum,
  latencyMin: row.latency_min,
  latencyMax: row.latency_max,
  // Read by few, so made when first asked for.
  get latencies() {
    return decodeHistogram(row.latencies)
  },
  get phases() {
    return decodePhases(row.phases)
  },
})

/** In one order everywhere, so that two nodes never wait for each other's rows. */
const byKey = (one: readonly unknown[], other: readonly unknown[]) =>
  Number(one[0]) - Number(other[0]) ||
  String(one[1]).localeCompare(String(other[1])) ||
  Number(one[2]) - Number(other[2])

export function rollups(context: Context): Rollups {
  return {
    async addTime(spans) {
      const sums = new Map<string, (string | number)[]>()
      const add = (monitor: number, resolution: Stored, start: number, { status, ms }: TimeSlice) => {
        const key = `${monitor} ${resolution} ${start}`
        const sum = sums.get(key) ?? [monitor, resolution, start, ...noTime]
        const column = times.indexOf(status) + 3
        sum[column] = Number(sum[column]) + ms
        sums.set(key, sum)
      }
      for (const { monitor, slice, resolution } of spans) {
        add(monitor, resolution, slice.start, slice)
        if (resolution === 'day') add(monitor, 'week', weekOf(slice.start), slice)
      }
      if (sums.size === 0) return
      const rows = [...sums.values()].sort(byKey).map((sum) => [...sum, ...nothingCounted])
      await insertRows(context, 'rollups', timeColumns, rows, addTimes)
    },
    async read(monitors, resolution, from, to) {
      const { rows } = await sql<Row>`
        select * from ${within(context.dialect.among('monitor_id', monitors), { resolution, from, to })}
        order by monitor_id, start`.execute(context.db())
      const found = new Map<number, { start: number; rollup: Rollup }[]>()
      for (const row of rows) {
        const list = found.get(row.monitor_id) ?? []
        list.push({ start: row.start, rollup: toRollup(row, toTimes(row)) })
        found.set(row.monitor_id, list)
      }
      return found
    },
    async counts(monitors, resolution, from, to) {
      const { dialect, db } = context
      const sums = sql`sum(count) as count, sum(failures) as failures, sum(latency_sum) as latency_sum,
        min(latency_min) as latency_min, max(latency_max) as latency_max,
        ${dialect.joined('latencies')} as latencies, ${dialect.joined('phases')} as phases`
      const query = dialect.sumBy(
        'monitor_id',
        monitors,
        sums,
        (condition) => sql`select * from ${within(condition, { resolution, from, to })}`,
      )
      const { rows } = await sql<Measured & { id: number }>`${query}`.execute(db())
      return new Map(rows.map((row) => [row.id, toRollup(row, emptyRollup.ms)]))
    },
    async time(monitors, resolution, from, to) {
      const { dialect, db } = context
      const sums = sql.raw(times.map((status) => `sum(${status}_ms) as ${status}_ms`).join(', '))
      const spans = spansOf(resolution, from, to)
      const query = dialect.sumBy('monitor_id', monitors, sums, (condition) =>
        sql.join(
          spans.map((span) => sql`select * from ${within(condition, span)}`),
          sql` union all `,
        ),
      )
      const { rows } = await sql<Times & { id: number }>`${query}`.execute(db())
      return new Map(rows.map((row) => [row.id, toTimes(row)]))
    },
    async forget(resolution, before) {
      const query = context.db().deleteFrom('rollups').where('resolution', '=', resolution).where('start', '<', before)
      return Number((await query.executeTakeFirst()).numDeletedRows)
    },
  }
}

interface Span {
  readonly resolution: Stored
  readonly from: number
  readonly to: number
}

/** Which roll-ups make up a stretch: whole weeks of days as such. */
function spansOf(resolution: Resolution, from: number, to: number): Span[] {
  const [first, end] = [weekOf(from + weekMs - 1), weekOf(to)]
  if (resolution !== 'day' || first >= end) return [{ resolution, from, to }]
  return [
    { resolution, from, to: first },
    { resolution: 'week', from: first, to: end },
    { resolution, from: end, to },
  ]
}

const within = (monitors: RawBuilder<unknown>, { resolution, from, to }: Span) =>
  sql`rollups where ${monitors} and resolution = ${resolution} and start >= ${from} and start < ${to}`

/** What packing adds to the roll-ups of one hour or day. */
export interface Counted {
  readonly monitor: number
  readonly resolution: Resolution
  readonly start: number
  readonly rollup: Rollup
}

/** The stored roll-ups of exactly these. Inside a transaction of the only packer. */
export async function countsOf(
  { db, dialect }: Context,
  wanted: readonly Omit<Counted, 'rollup'>[],
): Promise<Counted[]> {
  const rows = dialect.rows(
    keys,
    wanted.map(({ monitor, resolution, start }) => [monitor, resolution, start]),
  )
  const columns = sql.raw(
    Object.keys({ ...keys, ...ofCounts })
      .map((name) => `rollups.${name}`)
      .join(', '),
  )
  const found = await sql<Counts>`
    select ${columns} from ${rows} as v cross join rollups
    where rollups.monitor_id = v.monitor_id and rollups.resolution = v.resolution and rollups.start = v.start`.execute(
    db(),
  )
  return found.rows.map((row) => ({
    monitor: row.monitor_id,
    resolution: row.resolution as Resolution,
    start: row.start,
    rollup: toRollup(row, emptyRollup.ms),
  }))
}

/** Sets counts and latencies, and leaves the time as it is. */
export async function setCounts(context: Context, counted: readonly Counted[]): Promise<void> {
  const rows = counted.map(({ monitor, resolution, start, rollup }) => [
    monitor,
    resolution,
    start,
    rollup.count,
    rollup.failures,
    rollup.latencySum,
    rollup.latencyMin,
    rollup.latencyMax,
    encodeHistogram(rollup.latencies),
    encodePhases(rollup.phases),
    ...noTime,
  ])
  await insertRows(context, 'rollups', countColumns, rows.sort(byKey), replaceCounts)
}
