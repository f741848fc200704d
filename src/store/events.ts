// Events: what happened, kept for ever, each with who was told of it and why.
// Promises that a (monitor, seq) is stored once. Must not know what an event causes.
import { type Selectable, sql } from 'kysely'
import type { Event } from '#core/event.ts'
import type { Context } from './context.ts'
import { page, readCursor, writeCursor } from './cursor.ts'
import type { BulkType } from './dialect.ts'
import { monitorWithin } from './limits.ts'
import type { Tables } from './schema.ts'
import type { Events, StoredEvent } from './store.ts'

type Row = Selectable<Tables['events']>

const columns: Record<string, BulkType> = {
  monitor_id: 'int',
  seq: 'int',
  at: 'int',
  type: 'text',
  status: 'text',
  previous: 'text',
  reason: 'text',
  sentence: 'text',
  data: 'json',
}

const values = (event: Event) => {
  const { monitor, seq, at, type, status, previous, reason, sentence } = event
  return [monitor, seq, at, type, status, previous, reason, sentence, event]
}

const fromRow = (row: Pick<Row, 'id' | 'data'>): StoredEvent => ({
  ...(JSON.parse(row.data) as Omit<StoredEvent, 'id'>),
  id: row.id,
})

export function events(context: Context): Events {
  const { dialect } = context
  return {
    async insert(list) {
      if (list.length === 0) return []
      const names = sql.raw(Object.keys(columns).join(', '))
      const { rows } = await sql<Pick<Row, 'id' | 'monitor_id' | 'seq'>>`
        insert into events (${names}) select ${names} from ${dialect.rows(columns, list.map(values))} as v
        returning id, monitor_id, seq`.execute(context.db())
      const ids = new Map(rows.map(({ id, monitor_id, seq }) => [`${monitor_id} ${seq}`, id]))
      return list.map(({ monitor, seq }) => ids.get(`${monitor} ${seq}`) ?? 0)
    },
    async get(id) {
      const row = await context.db().selectFrom('events').selectAll().where('id', '=', id).executeTakeFirst()
      return row ? fromRow(row) : null
    },
    async byIds(ids) {
      if (ids.length === 0) return []
      return (await context.db().selectFrom('events').selectAll().where('id', 'in', ids).execute()).map(fromRow)
    },
    async list(query) {
      const after = readCursor('events', query.cursor, [0, 0])
      let select = context.db().selectFrom('events').selectAll()
      if (query.monitor !== undefined) select = select.where('monitor_id', '=', query.monitor)
      if (query.since !== undefined) select = select.where('at', '>=', query.since)
      if (query.until !== undefined) select = select.where('at', '<', query.until)
      if (query.type?.length) select = select.where('type', 'in', query.type)
      if (query.within !== undefined) select = select.where(monitorWithin(dialect, query.within))
      if (after) select = select.where(sql<boolean>`(at, id) < (${after[0]}, ${after[1]})`)
      const newest = select.orderBy('at', 'desc').orderBy('id', 'desc')
      const rows = await newest.limit(query.limit + 1).execute()
      return page(rows, query.limit, fromRow, (last) => writeCursor('events', [last.at, last.id]))
    },
  }
}
