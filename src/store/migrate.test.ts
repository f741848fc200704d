// What is promised of migrations, on both databases, and the schema they make.
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { Kysely, sql } from 'kysely'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { matchesGolden } from '#test/golden-file.ts'
import { freshDatabase } from '#test/postgres.ts'
import { type Ground, onEachStore, onServer } from '#test/stores.ts'
import { type Context, openContext } from './context.ts'
import { sqlDialects } from './dialect.ts'
import { type Migration, migrate } from './migrate.ts'
import { migrations } from './migrations/index.ts'
import { openStore } from './open.ts'
import { postgresDialect } from './postgres.ts'
import type { Tables } from './schema.ts'
import { sqliteDialect } from './sqlite.ts'

/** Every table and index as the database tells of it. */
async function schemaOf({ dialect, url }: Ground): Promise<string> {
  if (dialect === 'sqlite') {
    const database = new DatabaseSync(url.slice('sqlite:'.length))
    const rows = database
      .prepare('select sql from sqlite_schema where sql is not null order by tbl_name, type desc, name')
      .all()
    database.close()
    return rows.map(({ sql }) => `${String(sql)};\n`).join('\n')
  }
  const columns = await onServer(
    url,
    `select table_name as name, string_agg(format('  %s %s%s%s%s', column_name, data_type,
        ' collate ' || collation_name, case when is_nullable = 'NO' then ' not null' end,
        case when is_identity = 'YES' then ' identity' end), E',\\n' order by ordinal_position) as columns
      from information_schema.columns where table_schema = 'public' group by table_name order by table_name`,
  )
  const indexes = await onServer(
    url,
    `select indexdef from pg_indexes where schemaname = 'public' order by tablename, indexname`,
  )
  const tables = columns.map(({ name, columns }) => `create table ${String(name)} (\n${String(columns)}\n);\n`)
  return `${tables.join('\n')}\n${indexes.map(({ indexdef }) => `${String(indexdef)};\n`).join('')}`
}

/** A context as `openStore` makes it, for lists of migrations of our own. */
async function withContext(ground: Ground, work: (context: Context) => Promise<void>): Promise<void> {
  const dialect =
    ground.dialect === 'sqlite'
      ? sqliteDialect({ path: ground.url.slice('sqlite:'.length), clock: systemClock })
      : await postgresDialect({ url: ground.url, log: silentLog })
  const root = new Kysely<Tables>({ dialect })
  try {
    await work(openContext(root, sqlDialects[ground.dialect]))
  } finally {
    await root.destroy()
  }
}

onEachStore('migrations', (ground) => {
  const next = (name: string, ...statements: string[]): Migration => ({ name, up: () => statements })
  const forget = (context: Context, name: string) =>
    sql`delete from migrations where name = ${name}`.execute(context.db())

  test('the schema is the one that was looked at', async () => {
    matchesGolden(`schema.${ground.dialect}.sql`, await schemaOf(ground))
  })

  test('a database that is up to date is left as it is', async () => {
    await ground.store.meta.set('kept', 'yes')
    const again = await ground.open()
    assert.equal(await again.meta.get('kept'), 'yes')
  })

  test('only what is missing is applied', async () => {
    await withContext(ground, async (context) => {
      assert.deepEqual(await migrate(context), [])
      const list = [...migrations, next('9998-more', 'create table more (a text)')]
      assert.deepEqual(await migrate(context, list), ['9998-more'])
      assert.deepEqual(await migrate(context, list), [])
      await sql`drop table more`.execute(context.db())
      await forget(context, '9998-more')
    })
  })

  test('migrations that fail halfway leave nothing behind', async () => {
    await withContext(ground, async (context) => {
      const good = next('9998-good', 'create table half (a text)')
      await assert.rejects(migrate(context, [...migrations, good, next('9999-bad', 'create nonsense')]), /nonsense/)
      assert.deepEqual(await migrate(context), [])
      await assert.rejects(sql`select * from half`.execute(context.db()), /half/)
    })
  })

  test('a database made by a newer version is refused, and says what to do', async () => {
    await withContext(ground, async (context) => {
      await sql`insert into migrations (name) values ('9999-future')`.execute(context.db())
      await assert.rejects(ground.open(), /made by a newer version of Allswell \(it has 9999-future.*another database/)
      await forget(context, '9999-future')
    })
  })
})

test('many that open a new PostgreSQL database at once migrate it once', async () => {
  const { url, drop } = await freshDatabase()
  const told: unknown[] = []
  const log = { ...silentLog, info: (_: string, fields: unknown) => void told.push(fields) }
  const stores = await Promise.all([1, 2, 3, 4].map(() => openStore({ url, clock: systemClock, log })))
  for (const store of stores) {
    await store.ping()
    await store.close()
  }
  await drop()
  assert.deepEqual(told, [{ applied: migrations.map(({ name }) => name) }])
})
