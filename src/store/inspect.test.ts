// What is found by looking at a database without touching it.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { freshDatabase } from '#test/postgres.ts'
import { aMonitor, onEachStore, onServer } from '#test/stores.ts'
import { inspectStore } from './inspect.ts'
import { openStore } from './open.ts'
import { Unavailable } from './store.ts'

const look = (url: string) => inspectStore({ url, clock: systemClock, log: silentLog })

onEachStore('a look at a database', (ground) => {
  test('that is in use tells its schema and who owns what', async () => {
    await ground.store.objects.put(aMonitor('web', { owner: 'file:/etc/a.yaml' }), 1)
    assert.deepEqual(await look(ground.url), {
      schema: 'current',
      damage: null,
      owners: [{ owner: 'file:/etc/a.yaml', type: 'monitor', count: 1, keys: ['web'] }],
      key: null,
    })
  })
})

test('an empty PostgreSQL stays empty when it is looked at', async (t) => {
  const database = await freshDatabase()
  t.after(() => database.drop())
  assert.equal((await look(database.url)).schema, 'none')
  const tables = await onServer(database.url, "select 1 from pg_tables where schemaname = 'public'")
  assert.deepEqual(tables, [])
})

test('a SQLite file is as it was after a look, and nothing lies beside it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'allswell-inspect-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'allswell.db')
  assert.equal((await look(`sqlite:${file}`)).schema, 'none')
  assert.deepEqual(readdirSync(folder), [])
  const store = await openStore({ url: `sqlite:${file}`, clock: systemClock, log: silentLog })
  await store.close()
  const before = readFileSync(file)
  assert.equal((await look(`sqlite:${file}`)).schema, 'current')
  assert.deepEqual(readdirSync(folder), ['allswell.db'])
  assert.ok(before.equals(readFileSync(file)))

  const newer = await openStore({ url: `sqlite:${file}`, clock: systemClock, log: silentLog })
  await newer.close()
  const { DatabaseSync } = await import('node:sqlite')
  const database = new DatabaseSync(file)
  database.exec("insert into migrations (name) values ('9999-later')")
  database.close()
  assert.equal((await look(`sqlite:${file}`)).schema, 'newer')
})

test('a SQLite file that is damaged, or is none, is found out', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'allswell-inspect-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, 'allswell.db')
  const store = await openStore({ url: `sqlite:${file}`, clock: systemClock, log: silentLog })
  for (let n = 0; n < 50; n += 1) await store.objects.put(aMonitor(`m${n}`, { name: 'x'.repeat(2_000) }), 1)
  await store.close()
  const bytes = readFileSync(file)
  writeFileSync(file, Buffer.concat([bytes.subarray(0, 8_192), Buffer.alloc(bytes.length - 8_192, 7)]))
  const found = await look(`sqlite:${file}`).then(
    ({ damage }) => damage,
    (error: unknown) => (error instanceof Unavailable ? error.message : null),
  )
  assert.ok(found, 'damage is told')
  writeFileSync(file, 'this is no database at all, though it is long enough to be taken for one'.repeat(20))
  await assert.rejects(look(`sqlite:${file}`), /not a SQLite database/)
})
