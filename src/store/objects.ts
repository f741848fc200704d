// Objects: everything that is provisioned (monitors, channels, rules, pages), whoever owns it.
// Promises that an unchanged object is left alone, a deleted one keeps its id, specs that may hold secrets are sealed,
// and every change is recorded with it. Must not know what a spec means.
import { isDeepStrictEqual } from 'node:util'
import { type Selectable, sql } from 'kysely'
import { differences, type Shown } from '#core/diff.ts'
import type { Context } from './context.ts'
import { page, readCursor, writeCursor } from './cursor.ts'
import { toJson } from './dialect.ts'
import { withinLimit } from './limits.ts'
import { mayHoldSecrets, objectPlace } from './places.ts'
import type { Tables } from './schema.ts'
import {
  Conflict,
  type NewObject,
  type ObjectQuery,
  type Objects,
  type ObjectType,
  type StoredObject,
} from './store.ts'

type Row = Selectable<Tables['objects']>

const fromRow = ({ sealer }: Context, row: Row): StoredObject => ({
  id: row.id,
  type: row.type as ObjectType,
  key: row.key,
  name: row.name,
  kind: row.kind,
  labels: JSON.parse(row.labels) as Record<string, string>,
  spec: JSON.parse(sealer.open(row.spec, objectPlace(row.type, row.key))) as unknown,
  owner: row.owner,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
  deletedAt: row.deleted_at,
  revision: row.revision,
  applied: row.applied,
})

const specOf = ({ sealer }: Context, { type, key, spec, owner }: NewObject) => {
  const text = toJson(spec ?? null)
  return mayHoldSecrets({ type, owner }) ? sealer.seal(text, objectPlace(type, key)) : text
}

const toRow = (context: Context, object: NewObject, at: number) => ({
  name: object.name,
  kind: object.kind,
  labels: toJson(object.labels),
  search: `${object.key}\n${object.name}`.toLowerCase(),
  spec: specOf(context, object),
  owner: object.owner,
  updated_at: at,
})

/** `like` with everything that it would take for a wildcard escaped. */
const containing = (text: string) => `%${text.toLowerCase().replaceAll(/[\\%_]/g, String.raw`\$&`)}%`

/** A spec as it may be shown. */
type ShowSpec = (object: Pick<NewObject, 'type' | 'spec'>) => unknown

export function objects(context: Context, show: ShowSpec): Objects {
  const { dialect } = context
  const read = (row: Row) => fromRow(context, row)
  const one = async (type: ObjectType, key: string) =>
    await context
      .db()
      .selectFrom('objects')
      .selectAll()
      .where('type', '=', type)
      .where('key', '=', key)
      .executeTakeFirst()

  return {
    limit: null,
    refusal: () => Promise.resolve(null),
    async all(type) {
      const query = context.db().selectFrom('objects').selectAll().where('type', '=', type)
      const rows = await query.where('deleted_at', 'is', null).orderBy('key').execute()
      return rows.map(read)
    },
    list: async (query) => await list(context, query),
    async get(type, key) {
      const row = await one(type, key)
      return row && row.deleted_at === null ? read(row) : null
    },
    async past(type, key) {
      const row = await one(type, key)
      return row ? read(row) : null
    },
    async byIds(ids) {
      const { rows } = await sql<Row>`
        select * from objects where ${dialect.among('id', ids)} order by id`.execute(context.db())
      return rows.map(read)
    },
    async named(type, keys) {
      const { rows } = await sql<Row>`
        select * from objects
        where type = ${type} and deleted_at is null and ${dialect.amongTexts('key', keys)}`.execute(context.db())
      return rows.map(read)
    },
    rename: async (type, from, to, at) => await context.transaction(() => rename(context, type, from, to, at)),
    async markApplied(ids) {
      await sql`update objects set applied = revision where ${dialect.among('id', ids)}`.execute(context.db())
    },
    async changedSince(type, at) {
      const query = context.db().selectFrom('objects').select(['id', 'revision', 'updated_at', 'deleted_at'])
      const rows = await query.where('type', '=', type).where('updated_at', '>=', at).execute()
      return rows.map(({ id, revision, updated_at, deleted_at }) => ({
        id,
        revision,
        at: updated_at,
        deleted: deleted_at !== null,
      }))
    },
    put: async (object, at, revision) => await context.transaction(() => put(context, object, at, revision, show)),
    remove: async (type, key, at) => await context.transaction(() => remove(context, { type, key }, at, show)),
    async countBy(owner, type) {
      const { count } = await context
        .db()
        .selectFrom('objects')
        .select((column) => column.fn.countAll<number>().as('count'))
        .where('owner', '=', owner)
        .where('type', '=', type)
        .where('deleted_at', 'is', null)
        .executeTakeFirstOrThrow()
      return count
    },
    owners: async () => await owners(context),
  }
}

async function list(context: Context, query: ObjectQuery) {
  const after = readCursor('objects', query.cursor, [''])
  let select = filtered(context, query)
  if (after) select = select.where('objects.key', '>', after[0] as string)
  const rows = await select
    .orderBy('objects.key')
    .limit(query.limit + 1)
    .execute()
  const read = (row: Row) => fromRow(context, row)
  return page(rows, query.limit, read, (last) => writeCursor('objects', [last.key]))
}

/** So many keys of what one owner has are told. */
const keysTold = 20

export async function owners({ db }: Pick<Context, 'db'>) {
  const { rows } = await sql<{ owner: string; type: ObjectType; count: number; key: string }>`
    select owner, type, key, count from (
      select owner, type, key, count(*) over (partition by owner, type) as count,
        row_number() over (partition by owner, type order by key) as place
      from objects where deleted_at is null
    ) as ranked where place <= ${keysTold} order by owner, type, key`.execute(db())
  const found = new Map<string, { owner: string; type: ObjectType; count: number; keys: string[] }>()
  for (const { key, ...row } of rows) {
    const name = `${row.owner} ${row.type}`
    const one = found.get(name) ?? { ...row, keys: [] }
    one.keys.push(key)
    found.set(name, one)
  }
  return [...found.values()]
}

function filtered(context: Context, query: ObjectQuery) {
  let select = context
    .db()
    .selectFrom('objects')
    .selectAll('objects')
    .where('objects.type', '=', query.type)
    .where('objects.deleted_at', 'is', null)
  if (query.kind !== undefined) select = select.where('objects.kind', '=', query.kind)
  if (query.owner !== undefined) select = select.where('objects.owner', '=', query.owner)
  if (query.search !== undefined && query.search !== '')
    select = select.where(sql<boolean>`objects.search like ${containing(query.search)} escape '\\'`)
  if (query.within !== undefined) select = select.where(withinLimit(context.dialect, query.within))
  return select
}

async function put(context: Context, object: NewObject, at: number, revision: number | undefined, show: ShowSpec) {
  const before = await locked(context, object)
  const living = before !== null && before.deleted_at === null ? fromRow(context, before) : null
  if (revision !== undefined && (living?.revision ?? 0) !== revision)
    throw new Conflict(`${object.type} ${object.key} was changed by somebody else; read it again`)
  if (living && unchanged(living, object)) return { object: living, change: 'none' as const }
  const row = toRow(context, object, at)
  const db = context.db()
  const saved = before
    ? await db
        .updateTable('objects')
        .set({ ...row, deleted_at: null, revision: before.revision + 1 })
        .where('id', '=', before.id)
        .returningAll()
        .executeTakeFirstOrThrow()
    : await db
        .insertInto('objects')
        .values({ ...row, type: object.type, key: object.key, created_at: at, deleted_at: null, revision: 1 })
        .returningAll()
        .executeTakeFirstOrThrow()
  const stored = fromRow(context, saved)
  const change = living ? ('changed' as const) : ('created' as const)
  const changes = differences(shownAs(living, show), shownAs(stored, show))
  await context.record({ at, action: change, type: object.type, subject: object.key, changes })
  return { object: stored, change }
}

async function rename(context: Context, type: ObjectType, from: string, to: string, at: number) {
  const row = await locked(context, { type, key: from })
  const other = await locked(context, { type, key: to })
  if (row === null || row.deleted_at !== null || (other !== null && other.deleted_at === null))
    throw new Conflict(`${type} ${from} cannot be called ${to}: somebody changed one of them; read them again`)
  const db = context.db()
  const update = (id: number) => db.updateTable('objects').where('id', '=', id)
  // No two may have one key, not even for a moment; no key that anybody may choose has a blank in it.
  if (other !== null)
    await update(other.id)
      .set({ key: `${to} freed` })
      .execute()
  const moved = { ...under(context, row, to), updated_at: at, revision: row.revision + 1 }
  const saved = await update(row.id).set(moved).returningAll().executeTakeFirstOrThrow()
  if (other !== null)
    await update(other.id)
      .set(under(context, other, from))
      .execute()
  const changes = [{ path: 'key', before: from, after: to }]
  await context.record({ at, action: 'renamed', type, subject: to, changes })
  return fromRow(context, saved)
}

/** What a row has under another key: what is sealed is bound to the key. */
function under(context: Context, row: Row, key: string) {
  const { spec, search } = toRow(context, { ...fromRow(context, row), key }, row.updated_at)
  return { key, spec, search }
}

async function remove(context: Context, target: Pick<NewObject, 'type' | 'key'>, at: number, show: ShowSpec) {
  const row = await locked(context, target)
  if (row === null || row.deleted_at !== null) return false
  const past = { deleted_at: at, updated_at: at, revision: row.revision + 1 }
  await context.db().updateTable('objects').set(past).where('id', '=', row.id).execute()
  const changes = differences(shownAs(fromRow(context, row), show), shownAs(null, show))
  await context.record({ at, action: 'deleted', type: target.type, subject: target.key, changes })
  return true
}

/** What the record of changes compares: the spec, and whose it is. */
function shownAs(object: StoredObject | null, show: ShowSpec): Shown {
  if (object === null) return { value: undefined, shown: undefined }
  const { owner, spec } = object
  return { value: { owner, spec }, shown: { owner, spec: show(object) } }
}

/** The stored row, deleted or not, held until this transaction ends. */
async function locked({ db, dialect }: Context, { type, key }: Pick<NewObject, 'type' | 'key'>): Promise<Row | null> {
  const { rows } = await sql<Row>`
    select * from objects where type = ${type} and key = ${key} ${dialect.forUpdate}`.execute(db())
  return rows[0] ?? null
}

/** JSON values are compared, so the order of names does not matter. */
function unchanged(stored: StoredObject, object: NewObject): boolean {
  const { name, kind, labels, spec, owner } = stored
  return isDeepStrictEqual(
    { name, kind, labels, spec, owner },
    {
      name: object.name,
      kind: object.kind,
      labels: JSON.parse(toJson(object.labels)) as unknown,
      spec: JSON.parse(toJson(object.spec ?? null)) as unknown,
      owner: object.owner,
    },
  )
}
