// Empty stores for tests, on both databases: SQLite in a folder of its own, and the one real PostgreSQL.
// Promises that a test finds nothing that another left, and that every store and folder is tidied away after it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe } from 'node:test'
import { Client } from 'pg'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { openStore, type StoreOptions } from '#store/open.ts'
import type { NewObject, Store } from '#store/store.ts'
import { freshDatabase, type TestDatabase } from './postgres.ts'

export type DialectName = 'sqlite' | 'postgres'
export const dialectNames: readonly DialectName[] = ['sqlite', 'postgres']

export interface Ground {
  readonly dialect: DialectName
  /** The store of this test, empty at its beginning. */
  readonly store: Store
  readonly url: string
  /** Another store on the same database, as a second process would have it; closed after the test. */
  open(options?: Partial<StoreOptions>): Promise<Store>
}

/** Runs the tests that `define` makes on an empty store of each database. `only`: on one. */
export function onEachStore(
  what: string,
  define: (ground: Ground) => void,
  only: readonly DialectName[] = dialectNames,
): void {
  for (const dialect of only) {
    describe(`${what} on ${dialect}`, () => {
      const place = dialect === 'sqlite' ? sqlitePlace() : postgresPlace()
      const opened: Store[] = []
      let store: Store
      const open = async (options: Partial<StoreOptions> = {}) => {
        const more = await openStore({ url: place.url(), clock: systemClock, log: silentLog, ...options })
        opened.push(more)
        return more
      }
      before(() => place.begin())
      beforeEach(async () => {
        await place.empty()
        store = await open()
      })
      afterEach(async () => {
        for (const one of opened.splice(0)) await one.close()
      })
      after(() => place.end())
      define({
        dialect,
        open,
        get store() {
          return store
        },
        get url() {
          return place.url()
        },
      })
    })
  }
}

interface Place {
  begin(): Promise<void>
  /** Leaves the database as if nobody had ever opened it, or with empty tables. */
  empty(): Promise<void>
  end(): Promise<void>
  url(): string
}

function sqlitePlace(): Place {
  let folder = ''
  const remove = () => rmSync(folder, { recursive: true, force: true })
  return {
    begin: () => Promise.resolve(),
    async empty() {
      if (folder !== '') remove()
      folder = mkdtempSync(join(tmpdir(), 'allswell-store-'))
    },
    end: () => Promise.resolve(remove()),
    url: () => `sqlite:${join(folder, 'allswell.db')}`,
  }
}

function postgresPlace(): Place {
  let database: TestDatabase | null = null
  const url = () => database?.url ?? ''
  return {
    async begin() {
      database = await freshDatabase()
    },
    empty: async () => void (await onServer(url(), truncateAll)),
    end: async () => await database?.drop(),
    url,
  }
}

const truncateAll = `
  do $$ declare names text; begin
    select string_agg(quote_ident(tablename), ', ') into names
      from pg_tables where schemaname = 'public' and tablename <> 'migrations';
    if names is not null then execute 'truncate ' || names || ' restart identity'; end if;
  end $$`

/** Runs a statement on a PostgreSQL apart from any store. */
export async function onServer(url: string, statement: string): Promise<readonly Record<string, unknown>[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows } = await client.query<Record<string, unknown>>(statement)
    return rows
  } finally {
    await client.end()
  }
}

/** A monitor as `objects.put` takes it. */
export const aMonitor = (key: string, more: Partial<NewObject> = {}): NewObject => ({
  type: 'monitor',
  key,
  name: key,
  kind: 'http',
  labels: {},
  spec: {},
  owner: 'api',
  ...more,
})
