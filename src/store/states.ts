// States: one row a monitor. Compare-and-set on the version is what makes many nodes safe.
// Promises one round trip for a batch, whatever its size. Must not decide anything about a state.
import { type Selectable, sql } from 'kysely'
import type { MonitorState } from '#core/state.ts'
import type { Context } from './context.ts'
import { type BulkType, toJson } from './dialect.ts'
import type { Tables } from './schema.ts'
import type { States } from './store.ts'

type Row = Selectable<Tables['states']>
type Change = Parameters<States['save']>[0][number]

/** So many are read at once: there may be hundreds of thousands. */
const rowsMost = 5_000

const columns: Record<string, BulkType> = {
  id: 'int',
  from: 'int',
  version: 'int',
  status: 'text',
  paused: 'int',
  since: 'int',
  wake_at: 'int',
  accounted_at: 'int',
  state: 'json',
}
const plain = ({ version, status, paused, since, wakeAt, accountedAt }: MonitorState) =>
  [version, status, paused ? 1 : 0, since, wakeAt, accountedAt] as const
const values = ({ id, from, state }: Change) => [id, from, ...plain(state), state]

/** Where a statement costs nothing but itself, one for each row takes a third of the time of one for all. */
const updateOne = `
  update states set version = ?, status = ?, paused = ?, since = ?, wake_at = ?, accounted_at = ?, state = ?
  where monitor_id = ? and version = ?`
const valuesOfOne = ({ id, from, state }: Change) => [...plain(state), toJson(state), id, from]

const byId = (rows: readonly Pick<Row, 'monitor_id' | 'state'>[]) =>
  new Map(rows.map(({ monitor_id, state }) => [monitor_id, JSON.parse(state) as MonitorState]))

export function states(context: Context): States {
  const { dialect } = context
  const living = () =>
    context
      .db()
      .selectFrom('states')
      .innerJoin('objects', 'objects.id', 'states.monitor_id')
      .where('objects.deleted_at', 'is', null)
  return {
    async get(ids) {
      const { rows } = await sql<Row>`
        select monitor_id, state from states where ${dialect.among('monitor_id', ids)}`.execute(context.db())
      return byId(rows)
    },
    async all() {
      const all = new Map<number, MonitorState>()
      for (let last: number | null = 0; last !== null;) {
        const after = context.db().selectFrom('states').select(['monitor_id', 'state']).where('monitor_id', '>', last)
        const rows: Pick<Row, 'monitor_id' | 'state'>[] = await after.orderBy('monitor_id').limit(rowsMost).execute()
        for (const [id, state] of byId(rows)) all.set(id, state)
        last = rows.length < rowsMost ? null : (rows.at(-1)?.monitor_id ?? null)
      }
      return all
    },
    async versions() {
      const rows = await context.db().selectFrom('states').select(['monitor_id', 'version']).execute()
      return new Map(rows.map(({ monitor_id, version }) => [monitor_id, version]))
    },
    async save(changes) {
      if (changes.length === 0) return []
      // In the order of ids, so that two nodes never wait for each other's rows.
      const ordered = changes.toSorted((one, other) => one.id - other.id)
      const saved = await update(context, ordered)
      const left = ordered.filter(({ id }) => !saved.has(id))
      const added = await insert(
        context,
        left.filter(({ from }) => from === 0),
      )
      return left.filter(({ id }) => !added.has(id)).map(({ id }) => id)
    },
    async due(now, limit) {
      const due = living().select('states.monitor_id').where('states.wake_at', '<=', now)
      const rows = await due.orderBy('states.wake_at').orderBy('states.monitor_id').limit(limit).execute()
      return rows.map((row) => row.monitor_id)
    },
    async nextWake() {
      const waiting = living().select('states.wake_at').where('states.wake_at', 'is not', null)
      const row = await waiting.orderBy('states.wake_at').limit(1).executeTakeFirst()
      return row?.wake_at ?? null
    },
  }
}

/** Gives the ids that were at the version they were thought to be at. */
async function update({ db, dialect }: Context, changes: readonly Change[]): Promise<Set<number>> {
  if (dialect.each !== null) {
    const counts = await dialect.each(db(), updateOne, changes.map(valuesOfOne))
    return new Set(changes.filter((_, index) => counts[index] === 1).map(({ id }) => id))
  }
  const { rows } = await sql<{ id: number }>`
    update states set version = v.version, status = v.status, paused = v.paused, since = v.since,
      wake_at = v.wake_at, accounted_at = v.accounted_at, state = v.state
    from ${dialect.rows(columns, changes.map(values))} as v
    where states.monitor_id = v.id and states.version = v."from"
    returning states.monitor_id as id`.execute(db())
  return new Set(rows.map(({ id }) => id))
}

async function insert({ db, dialect }: Context, changes: readonly Change[]): Promise<Set<number>> {
  if (changes.length === 0) return new Set()
  const { rows } = await sql<{ id: number }>`
    insert into states (monitor_id, version, status, paused, since, wake_at, accounted_at, state)
    select id, version, status, paused, since, wake_at, accounted_at, state
    from ${dialect.rows(columns, changes.map(values))} as v where true
    on conflict (monitor_id) do nothing
    returning monitor_id as id`.execute(db())
  return new Set(rows.map(({ id }) => id))
}
