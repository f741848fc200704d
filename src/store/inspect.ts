// Inspecting: what a database holds, for those who only want to know whether it is well.
// Promises to write nothing, to make no file and to migrate nothing. Must not be used by a server.
import { existsSync, statSync } from 'node:fs'
import { Kysely, sql } from 'kysely'
import { openContext } from './context.ts'
import { sqlDialects } from './dialect.ts'
import { migrations } from './migrations/index.ts'
import { owners } from './objects.ts'
import { meta } from './meta.ts'
import { dialectOf, keyFact, type StoreOptions } from './open.ts'
import type { Tables } from './schema.ts'
import { sqliteDialect } from './sqlite.ts'
import type { Objects } from './store.ts'

export interface Inspected {
  /** `none`: nothing of ours is there yet; `older`: the next start brings it to the newest schema. */
  readonly schema: 'none' | 'older' | 'current' | 'newer'
  /** What is wrong inside of it, in the database's words; null: nothing, as far as it was looked at. */
  readonly damage: string | null
  readonly owners: Awaited<ReturnType<Objects['owners']>>
  /** Id of the key that its secrets are sealed with; null: none is sealed. */
  readonly key: string | null
}

const none: Inspected = { schema: 'none', damage: null, owners: [], key: null }
/** A larger file is not read through: that would take long. */
const readThroughMost = 500_000_000

/** Throws Unavailable when the database cannot be read. */
export async function inspectStore({
  url,
  clock,
  log,
}: Pick<StoreOptions, 'url' | 'clock' | 'log'>): Promise<Inspected> {
  const name = dialectOf(url)
  const path = url.slice('sqlite:'.length)
  if (name === 'sqlite' && !existsSync(path)) return none
  const dialect =
    name === 'sqlite'
      ? sqliteDialect({ path, clock, readOnly: true })
      : await (await import('./postgres.ts')).postgresDialect({ url, log, pool: 1 })
  const context = openContext(new Kysely<Tables>({ dialect }), sqlDialects[name])
  try {
    const small = name === 'sqlite' && statSync(path).size <= readThroughMost
    const damage = small ? await damageOf(context) : null
    if (damage !== null) return { ...none, damage }
    const done = await migrated(context)
    const known = migrations.map((one) => one.name)
    if (done.length === 0) return none
    if (done.some((one) => !known.includes(one))) return { ...none, schema: 'newer' }
    const schema = done.length === known.length ? 'current' : 'older'
    return { schema, damage: null, owners: await owners(context), key: await meta(context).get(keyFact) }
  } finally {
    await context.close()
  }
}

type Context = ReturnType<typeof openContext>

async function damageOf({ db }: Context): Promise<string | null> {
  const { rows } = await sql<{ quick_check: string }>`pragma quick_check(1)`.execute(db())
  const said = rows[0]?.quick_check ?? 'ok'
  return said === 'ok' ? null : said
}

async function migrated({ db, dialect }: Context): Promise<string[]> {
  const tables =
    dialect.name === 'sqlite'
      ? sql`select 1 from sqlite_schema where name = 'migrations'`
      : sql`select 1 from pg_tables where schemaname = any (current_schemas(false)) and tablename = 'migrations'`
  if ((await tables.execute(db())).rows.length === 0) return []
  const { rows } = await sql<{ name: string }>`select name from migrations`.execute(db())
  return rows.map(({ name }) => name)
}
