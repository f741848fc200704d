// Deliveries: one message to one channel, with its attempts. A row is due when `next_at` has passed: while it waits
// that is its time to be sent, while it is being sent the end of its lease.
// Promises that two claimers never get the same one and that an `up` never overtakes its `down`. Sends nothing.
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Context } from './context.ts'
import { page, readCursor, writeCursor } from './cursor.ts'
import type { BulkType } from './dialect.ts'
import { monitorWithin } from './limits.ts'
import type { Tables } from './schema.ts'
import type { Attempt, Deliveries, Delivery, DeliveryState, Tried } from './store.ts'

type Row = Selectable<Tables['deliveries']>

const columns: Record<string, BulkType> = {
  event_id: 'int',
  monitor_id: 'int',
  channel: 'text',
  rule: 'text',
  idempotency_key: 'text',
  at: 'int',
}

const fromRow = (row: Row): Delivery => ({
  id: row.id,
  eventId: row.event_id,
  monitorId: row.monitor_id,
  channel: row.channel,
  rule: row.rule,
  state: row.state as DeliveryState,
  idempotencyKey: row.idempotency_key,
  attempts: row.attempts,
  nextAt: row.next_at,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
  detail: row.detail,
})

const fromAttempt = (row: Selectable<Tables['delivery_attempts']>): Attempt => ({
  attempt: row.attempt,
  at: row.at,
  ms: row.ms,
  ok: row.ok === 1,
  detail: row.detail,
})

/** As the partial indexes say it. */
const unfinished = sql<boolean>`d.finished_at is null`
/** The oldest of its monitor on its channel that is still on its way. */
const first = sql<boolean>`d.id = (select min(o.id) from deliveries as o
  where o.channel = d.channel and o.monitor_id = d.monitor_id and o.finished_at is null)`

export function deliveries(context: Context): Deliveries {
  return {
    async insert(list) {
      if (list.length === 0) return
      const rows = context.dialect.rows(
        columns,
        list.map((one) => [one.eventId, one.monitorId, one.channel, one.rule, one.idempotencyKey, one.at]),
      )
      await sql`
        insert into deliveries
          (event_id, monitor_id, channel, rule, state, idempotency_key, attempts, next_at, created_at)
        select event_id, monitor_id, channel, rule, 'pending', idempotency_key, 0, at, at
        from ${rows} as v`.execute(context.db())
    },
    claim: async (query) => await context.transaction(() => claim(context, query)),
    async renew(ids, leaseUntil) {
      if (ids.length === 0) return
      await context
        .db()
        .updateTable('deliveries')
        .set({ lease_until: leaseUntil, next_at: leaseUntil })
        .where('id', 'in', ids)
        .where('state', '=', 'sending')
        .where('finished_at', 'is', null)
        .execute()
    },
    async nextDue() {
      const { rows } = await sql<{ next_at: number }>`
        select d.next_at from deliveries as d where ${unfinished} and ${first}
        order by d.next_at limit 1`.execute(context.db())
      return rows[0]?.next_at ?? null
    },
    finish: async (tried) => await context.transaction(() => finish(context, tried)),
    ...reading(context),
    resend: async (id, at) => await context.transaction(() => resend(context, id, at)),
    async wake(channel, now) {
      const { numUpdatedRows } = await context
        .db()
        .updateTable('deliveries')
        .set({ next_at: now })
        .where('channel', '=', channel)
        .where('next_at', '>', now)
        .where('state', '=', 'pending')
        .where('finished_at', 'is', null)
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },
    async behind(ids) {
      const { rows } = await sql<{ id: number; count: number }>`
        select d.id as id, count(*) as count from deliveries as d
        join deliveries as o on o.channel = d.channel and o.monitor_id = d.monitor_id and o.id < d.id
        where ${context.dialect.among('d.id', ids)} and ${unfinished} and o.finished_at is null
        group by d.id`.execute(context.db())
      return new Map(rows.map(({ id, count }) => [id, count]))
    },
    forget: async (before) => await context.transaction(() => forget(context, before)),
    async release(now) {
      const { numUpdatedRows } = await context
        .db()
        .updateTable('deliveries')
        .set({ state: 'pending', next_at: now, lease_until: null })
        .where('state', '=', 'sending')
        .where('finished_at', 'is', null)
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },
  }
}

async function resend({ db }: Context, id: number, at: number): Promise<boolean> {
  const again = await db()
    .updateTable('deliveries')
    .set({ state: 'pending', next_at: at, lease_until: null, finished_at: null })
    .where('id', '=', id)
    .where('finished_at', 'is not', null)
    .executeTakeFirst()
  if (again.numUpdatedRows > 0n) {
    await revive(db(), id, at)
    return true
  }
  const waiting = db().selectFrom('deliveries').select(['channel', 'monitor_id', 'state']).where('id', '=', id)
  const one = await waiting.executeTakeFirst()
  if (one?.state !== 'pending') return false
  await db()
    .updateTable('deliveries')
    .set({ next_at: at })
    .where('channel', '=', one.channel)
    .where('monitor_id', '=', one.monitor_id)
    .where('id', '<=', id)
    .where('next_at', '>', at)
    .where('state', '=', 'pending')
    .where('finished_at', 'is', null)
    .execute()
  return true
}

/**
 * What was given up after it goes with it, or whoever is told again of a fault would never hear of its end. It waits
 * its turn behind.
 */
async function revive(db: Kysely<Tables>, id: number, at: number): Promise<void> {
  const one = await db.selectFrom('deliveries').select(['channel', 'monitor_id']).where('id', '=', id).execute()
  for (const { channel, monitor_id: monitor } of one) {
    await db
      .updateTable('deliveries')
      .set({ state: 'pending', next_at: at, lease_until: null, finished_at: null })
      .where('channel', '=', channel)
      .where('monitor_id', '=', monitor)
      .where('id', '>', id)
      .where('state', '=', 'dead')
      .where('finished_at', 'is not', null)
      .execute()
  }
}

function reading(context: Context): Pick<Deliveries, 'get' | 'list' | 'counts' | 'failing' | 'deadSince'> {
  return {
    async get(id) {
      const db = context.db()
      const row = await db.selectFrom('deliveries').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row) return null
      const attempts = db.selectFrom('delivery_attempts').selectAll().where('delivery_id', '=', id)
      return { ...fromRow(row), log: (await attempts.orderBy('attempt').execute()).map(fromAttempt) }
    },
    async list(query) {
      const after = readCursor('deliveries', query.cursor, [0])
      let select = context.db().selectFrom('deliveries').selectAll()
      if (query.state !== undefined) select = select.where('state', '=', query.state)
      if (query.channel !== undefined) select = select.where('channel', '=', query.channel)
      if (query.monitor !== undefined) select = select.where('monitor_id', '=', query.monitor)
      if (query.event !== undefined) select = select.where('event_id', '=', query.event)
      if (query.within !== undefined) select = select.where(monitorWithin(context.dialect, query.within))
      if (after) select = select.where('id', '<', after[0] as number)
      const rows = await select
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute()
      return page(rows, query.limit, fromRow, (last) => writeCursor('deliveries', [last.id]))
    },
    async deadSince(at) {
      // By the index on state and time: a dead one's is the end of its last lease.
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from deliveries
        where state = 'dead' and next_at >= ${at} and finished_at >= ${at}`.execute(context.db())
      return rows[0]?.count ?? 0
    },
    async failing() {
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from deliveries as d
        where ${unfinished} and (d.attempts > 1 or (d.attempts = 1 and d.state = 'pending'))`.execute(context.db())
      return rows[0]?.count ?? 0
    },
    async counts() {
      const counts: Record<DeliveryState, number> = { pending: 0, sending: 0, delivered: 0, dead: 0 }
      const { rows } = await sql<{ state: DeliveryState; count: number }>`
        select state, count(*) as count from deliveries group by state`.execute(context.db())
      for (const { state, count } of rows) counts[state] = count
      return counts
    },
  }
}

type Query = Parameters<Deliveries['claim']>[0]

async function claim(context: Context, query: Query): Promise<Delivery[]> {
  const claimed: Delivery[] = []
  for (const channel of await waiting(context)) {
    const room = Math.min(query.room(channel), query.limit - claimed.length)
    if (room > 0) claimed.push(...(await claimOf(context, channel, query, room)))
  }
  return claimed.sort((one, other) => one.id - other.id)
}

/** Channels that have something unfinished, by skipping through the index. */
async function waiting({ db }: Context): Promise<string[]> {
  const least = sql`select min(d.channel) from deliveries as d where ${unfinished}`
  const { rows } = await sql<{ channel: string }>`
    with recursive c (channel) as (
      select (${least}) union all select (${least} and d.channel > c.channel) from c where c.channel is not null
    ) select channel from c where channel is not null`.execute(db())
  return rows.map(({ channel }) => channel)
}

async function claimOf({ db, dialect }: Context, channel: string, query: Query, room: number): Promise<Delivery[]> {
  const { rows } = await sql<Row>`
    with due as materialized (
      select d.id from deliveries as d
      where d.channel = ${channel} and d.next_at <= ${query.now} and ${unfinished} and ${first}
      order by d.next_at, d.id limit ${room} ${dialect.skipLocked})
    update deliveries set state = 'sending', lease_until = ${query.leaseUntil}, next_at = ${query.leaseUntil},
      attempts = attempts + 1
    where id in (select id from due)
    returning *`.execute(db())
  return rows.map(fromRow)
}

const attemptColumns: Record<string, BulkType> = {
  id: 'int',
  attempt: 'int',
  at: 'int',
  ms: 'int',
  ok: 'int',
  detail: 'text',
}
const outcomeColumns: Record<string, BulkType> = {
  id: 'int',
  attempt: 'int',
  state: 'text',
  next_at: 'int',
  finished_at: 'int',
  detail: 'text',
}

/** An attempt whose lease ran out still counts when it delivered; otherwise whoever claimed it since has the say. */
async function finish({ db, dialect }: Context, tried: readonly Tried[]): Promise<void> {
  if (tried.length === 0) return
  const sorted = tried.toSorted((one, other) => one.id - other.id)
  const attempts = dialect.rows(
    attemptColumns,
    sorted.map(({ id, attempt: { attempt, at, ms, ok, detail } }) => [id, attempt, at, ms, ok ? 1 : 0, detail]),
  )
  await sql`
    insert into delivery_attempts (delivery_id, attempt, at, ms, ok, detail)
    select id, attempt, at, ms, ok, detail from ${attempts} as v where true
    on conflict do nothing`.execute(db())
  const outcomes = dialect.rows(
    outcomeColumns,
    sorted.map(({ id, attempt: { attempt, at, ms, detail }, outcome }) => {
      const waits = outcome.state === 'pending'
      return [id, attempt, outcome.state, waits ? outcome.nextAt : null, waits ? null : at + ms, detail]
    }),
  )
  await sql`
    update deliveries set state = v.state, next_at = coalesce(v.next_at, deliveries.next_at),
      finished_at = v.finished_at, lease_until = null, detail = v.detail
    from ${outcomes} as v
    where deliveries.id = v.id and deliveries.finished_at is null and (v.state = 'delivered'
      or deliveries.state = 'sending' and deliveries.attempts = v.attempt)`.execute(db())
}

async function forget({ db }: Context, before: number): Promise<number> {
  const old = db().selectFrom('deliveries').select('id').where('finished_at', '<', before)
  await db().deleteFrom('delivery_attempts').where('delivery_id', 'in', old).execute()
  const { numDeletedRows } = await db().deleteFrom('deliveries').where('finished_at', '<', before).executeTakeFirst()
  return Number(numDeletedRows)
}
