// The record of changes: appended with the change itself, read by people, forgotten after its time.
// Promises that an entry commits with what it tells of or not at all. Must not know what is secret.
import { type Kysely, type Selectable, sql } from 'kysely'
import type { Actor, Audit, AuditEntry, AuditQuery, Change, Recorded } from './audit-contract.ts'
import type { Context } from './context.ts'
import { page, readCursor, writeCursor } from './cursor.ts'
import { type BulkType, type SqlDialect, toJson } from './dialect.ts'
import type { Tables } from './schema.ts'

type Row = Selectable<Tables['audit']>

const columns: Record<string, BulkType> = {
  at: 'int',
  actor_kind: 'text',
  actor_id: 'int',
  actor: 'text',
  address: 'text',
  action: 'text',
  type: 'text',
  subject: 'text',
  changes: 'text',
}

/** So many characters of JSON one entry keeps of its changes. */
const changesMost = 50_000

/** Writes entries in one statement, however many they are. */
export function scribe(dialect: SqlDialect) {
  return async (db: Kysely<Tables>, recorded: readonly (Recorded & { readonly actor: Actor })[]): Promise<void> => {
    const names = sql.raw(Object.keys(columns).join(', '))
    const rows = recorded.map(({ at, actor: { kind, id, name, address }, action, type, subject, changes }) => {
      const who = [kind, id, name, address]
      return [at, ...who, action, type, subject, toJson(bounded(changes))]
    })
    await sql`insert into audit (${names}) select ${names} from ${dialect.rows(columns, rows)} as v`.execute(db)
  }
}

function bounded(changes: readonly Change[]): readonly Change[] {
  let room = changesMost
  const kept = changes.filter((change) => (room -= JSON.stringify(change).length) >= 0)
  return kept.length === changes.length
    ? changes
    : [...kept, { path: '…', after: `${changes.length - kept.length} more` }]
}

const fromRow = (row: Row): AuditEntry => ({
  id: row.id,
  at: row.at,
  actor: { kind: row.actor_kind as Actor['kind'], id: row.actor_id, name: row.actor, address: row.address },
  action: row.action,
  type: row.type,
  subject: row.subject,
  changes: JSON.parse(row.changes) as Change[],
})

export function audit(context: Context): Audit {
  return {
    record: async (what) => await context.record(what),
    async list(query) {
      const after = readCursor('audit', query.cursor, [0])
      let select = filtered(context, query)
      if (after) select = select.where('id', '<', after[0] as number)
      const rows = await select
        .orderBy('id', 'desc')
        .limit(query.limit + 1)
        .execute()
      return page(rows, query.limit, fromRow, (last) => writeCursor('audit', [last.id]))
    },
    async forget(before) {
      const { numDeletedRows } = await context.db().deleteFrom('audit').where('at', '<', before).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

function filtered(context: Context, { type, subject, action, actorKind, actorId, since, until }: AuditQuery) {
  let select = context.db().selectFrom('audit').selectAll()
  if (type !== undefined) select = select.where('type', '=', type)
  if (subject !== undefined) select = select.where('subject', '=', subject)
  if (action !== undefined) select = select.where('action', '=', action)
  if (actorKind !== undefined) select = select.where('actor_kind', '=', actorKind)
  if (actorId !== undefined) select = select.where('actor_id', '=', actorId)
  if (since !== undefined) select = select.where('at', '>=', since)
  if (until !== undefined) select = select.where('at', '<', until)
  return select
}
