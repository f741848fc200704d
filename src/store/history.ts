// History: observations as they arrive, and packed by monitor and hour soon after.
// Promises that none is lost or counted twice on the way, and that appending is one statement. Decides nothing.
import { type Selectable, sql } from 'kysely'
import { append, pack, unpack } from '#core/pack.ts'
import { readPhases, writePhases } from '#core/phase.ts'
import { mergeRollups, ofObservations, type Resolution, resolutionMs } from '#core/rollup.ts'
import type { Context } from './context.ts'
import { type BulkType, insertRows } from './dialect.ts'
import { type Counted, countsOf, setCounts } from './rollups.ts'
import type { Tables } from './schema.ts'
import type { History, SeenObservation } from './store.ts'

type Raw = Selectable<Tables['observations']>
type Hour = Selectable<Tables['history']>

const columns: Record<string, BulkType> = {
  monitor_id: 'int',
  location: 'text',
  at: 'int',
  outcome: 'text',
  signal: 'text',
  latency: 'real',
  reason: 'text',
  phases: 'text',
}
const hourMs = resolutionMs.hour
/** Before every monitor's number. */
const none = -1
const startOf = (at: number, size: number) => Math.floor(at / size) * size

const fromRaw = ({ at, location, outcome, signal, latency, reason, phases }: Raw) =>
  ({
    at,
    location,
    outcome,
    signal,
    latency,
    reason,
    ...(phases === null ? {} : { phases: readPhases(phases) }),
  }) as SeenObservation

export function history(context: Context): History {
  const turn: Turn = { last: none, ahead: [] }
  return {
    async append(observations) {
      if (observations.length === 0) return
      const values = observations.map((one) => {
        const { monitor, location, at, outcome, signal, latency, reason, phases } = one
        const spent = phases === undefined ? null : writePhases(phases)
        return [monitor, location, Math.round(at), outcome, signal, latency, reason, spent]
      })
      await insertRows(context, 'observations', columns, values)
    },
    async read(monitor, from, to) {
      const seen = await readSeen(context, monitor, from, to)
      return seen.filter(({ at }) => at >= from && at < to).sort((one, other) => one.at - other.at)
    },
    recent: async (wanted, to) => await readRecent(context, wanted, to),
    async unpacked(monitor) {
      const query = context.db().selectFrom('observations').selectAll().where('monitor_id', '=', monitor)
      return (await query.orderBy('id').execute()).map(fromRaw)
    },
    async pack(limit) {
      return await context.transaction(() => packSome(context, turn, limit))
    },
    async forget(before) {
      const query = context
        .db()
        .deleteFrom('history')
        .where('hour', '<=', before - hourMs)
      const { numDeletedRows } = await query.executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

/** Packed and raw in one statement, so that what is being packed meanwhile shows once. Looks up stored hours only. */
async function readSeen({ db }: Context, monitor: number, from: number, to: number): Promise<SeenObservation[]> {
  const first = startOf(Math.max(from, 0), hourMs)
  const { rows } = await sql<Raw & { hour: number; packed: Uint8Array | null }>`
    with recursive bounds (low, high) as (
      select (select min(hour) from history), (select max(hour) from history)
    ), hours (hour) as (
      select case when low > ${first} then low else ${sql.lit(first)} end from bounds where low is not null
      union all
      select hours.hour + ${sql.lit(hourMs)} from hours, bounds
      where hours.hour + ${sql.lit(hourMs)} <= high and hours.hour + ${sql.lit(hourMs)} < ${to}
    )
    select history.hour as hour, history.packed as packed,
      0 as id, 0 as at, '' as location, '' as outcome, '' as signal, null as latency, null as reason, null as phases
    from hours cross join history where history.hour = hours.hour and history.monitor_id = ${monitor}
    union all
    select 0, null, id, at, location, outcome, signal, latency, reason, phases
    from observations where monitor_id = ${monitor} and at >= ${from} and at < ${to}
    order by hour, id`.execute(db())
  return rows.flatMap((row) => (row.packed === null ? [fromRaw(row)] : unpack(row.hour, row.packed)))
}

/** Each monitor's stored hours from its own first one on, and what is not packed, in one statement. */
async function readRecent(
  { db, dialect }: Context,
  wanted: readonly { readonly monitor: number; readonly from: number }[],
  to: number,
): Promise<Map<number, SeenObservation[]>> {
  const found = new Map<number, SeenObservation[]>(wanted.map(({ monitor }) => [monitor, []]))
  if (wanted.length === 0) return found
  const hours = wanted.flatMap(({ monitor, from }) => {
    const first = startOf(Math.max(from, 0), hourMs)
    const count = Math.max(0, Math.ceil((to - first) / hourMs))
    return Array.from({ length: count }, (_, index) => [monitor, first + index * hourMs])
  })
  const { rows } = await sql<Raw & { hour: number; packed: Uint8Array | null }>`
    select history.hour as hour, history.packed as packed, history.monitor_id as monitor_id,
      0 as id, 0 as at, '' as location, '' as outcome, '' as signal, null as latency, null as reason, null as phases
    from ${dialect.rows({ monitor: 'int', hour: 'int' }, hours)} as v cross join history
    where history.hour = v.hour and history.monitor_id = v.monitor
    union all
    select 0, null, monitor_id, id, at, location, outcome, signal, latency, reason, phases
    from observations where ${dialect.among('monitor_id', [...found.keys()])}`.execute(db())
  for (const row of rows) {
    const list = found.get(row.monitor_id)
    if (row.packed === null) list?.push(fromRaw(row))
    else for (const one of unpack(row.hour, row.packed)) list?.push(one)
  }
  for (const { monitor, from } of wanted) {
    const within = (found.get(monitor) ?? []).filter(({ at }) => at >= from && at < to)
    found.set(
      monitor,
      within.sort((one, other) => one.at - other.at),
    )
  }
  return found
}

interface Group {
  readonly monitor: number
  readonly hour: number
  readonly seen: SeenObservation[]
}

/** Where packing has come to. */
interface Turn {
  /** The monitor whose rows were looked for last: the next ones follow it, so that all have their turn. */
  last: number
  /** Numbers of the next rows, one monitor after the other. To find them is to look at all rows, so many are found. */
  ahead: number[]
}
const aheadMost = 200_000

/** Packs `limit` rows at most, gives how many; fewer than `limit`: there are no more for now. */
async function packSome(context: Context, turn: Turn, limit: number): Promise<number> {
  if (!(await context.dialect.alone('pack', context.db()))) return 0
  let packed = 0
  for (let tried = 0; tried < limit;) {
    if (turn.ahead.length === 0) await lookAhead(context, turn)
    if (turn.ahead.length === 0) break
    const chosen = turn.ahead.splice(0, limit - tried)
    tried += chosen.length
    // Another node may have packed some of them meanwhile.
    const rows = await take(context, chosen)
    if (rows.length > 0) await packRows(context, rows)
    packed += rows.length
  }
  return packed
}

/** The rows of the monitors after the last ones, or of the first ones where that was the end. */
async function lookAhead({ db }: Context, turn: Turn): Promise<void> {
  const query = db().selectFrom('observations').select(['id', 'monitor_id']).where('monitor_id', '>', turn.last)
  const rows = await query.orderBy('monitor_id').orderBy('id').limit(aheadMost).execute()
  const isEnd = rows.length < aheadMost
  turn.last = isEnd ? none : (rows.at(-1)?.monitor_id ?? none)
  turn.ahead = rows.map(({ id }) => id)
}

/** Raw rows leave their table, one monitor after the other: so each hour is opened once for many of them. */
async function take({ db, dialect }: Context, ids: readonly number[]): Promise<Raw[]> {
  const { rows } = await sql<Raw>`delete from observations where ${dialect.among('id', ids)} returning *`.execute(db())
  return rows.sort((one, other) => one.monitor_id - other.monitor_id || one.id - other.id)
}

async function packRows(context: Context, rows: readonly Raw[]): Promise<void> {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const hour = startOf(row.at, hourMs)
    const key = `${row.monitor_id} ${hour}`
    const group = groups.get(key) ?? { monitor: row.monitor_id, hour, seen: [] }
    group.seen.push(fromRaw(row))
    groups.set(key, group)
  }
  await addToHours(context, [...groups.values()])
  await addToRollups(context, [...groups.values()])
}

async function addToHours(context: Context, groups: readonly Group[]): Promise<void> {
  const { db, dialect } = context
  const wanted = dialect.rows(
    { monitor: 'int', hour: 'int' },
    groups.map(({ monitor, hour }) => [monitor, hour]),
  )
  const { rows } = await sql<Hour>`
    select history.* from ${wanted} as v cross join history
    where history.hour = v.hour and history.monitor_id = v.monitor`.execute(db())
  const before = new Map(rows.map((row) => [`${row.monitor_id} ${row.hour}`, row]))
  const values = groups.map(({ monitor, hour, seen }) => {
    const row = before.get(`${monitor} ${hour}`)
    const packed = row ? append(hour, row.packed, seen) : pack(hour, seen)
    return [monitor, hour, (row?.count ?? 0) + seen.length, packed]
  })
  await insertRows(
    context,
    'history',
    { monitor_id: 'int', hour: 'int', count: 'int', packed: 'bytes' },
    values,
    'on conflict (hour, monitor_id) do update set count = excluded.count, packed = excluded.packed',
  )
}

async function addToRollups(context: Context, groups: readonly Group[]): Promise<void> {
  const counted = new Map<string, Counted>()
  const add = (one: Counted) => {
    const key = `${one.monitor} ${one.resolution} ${one.start}`
    const other = counted.get(key)
    counted.set(key, other ? { ...one, rollup: mergeRollups(other.rollup, one.rollup) } : one)
  }
  for (const { monitor, hour, seen } of groups) {
    const rollup = ofObservations(seen)
    for (const resolution of Object.keys(resolutionMs) as Resolution[])
      add({ monitor, resolution, start: startOf(hour, resolutionMs[resolution]), rollup })
  }
  for (const stored of await countsOf(context, [...counted.values()])) add(stored)
  await setCounts(context, [...counted.values()])
}
