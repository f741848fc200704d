// The ground of the store's measurements: an empty SQLite file or PostgreSQL database, and beside it one for a baseline
// that keeps a row for each result, keyed by monitor and time, as monitors are often built.
// Promises that both are gone afterwards. Must not know what is measured.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import type { Observation } from '#core/observation.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { freshDatabase } from '#test/postgres.ts'
import { spentBy } from './measure.ts'

export interface Ground {
  readonly database: 'SQLite' | 'PostgreSQL'
  open(clock?: Clock): Promise<Store>
  /** What the closed store takes on disk. */
  bytes(): Promise<number>
  /** CPU seconds of the database's processes that work for the open store; 0 where it works in this one. */
  cpuBeside(): Promise<number>
  readonly plain: Plain
}

/** One row a result. */
export interface Plain {
  insert(one: Observation): unknown
  /** Statements without parameters. */
  run(sql: string): unknown
  /** Makes rows by a statement of the database's own: `count` of each monitor, `stepMs` apart from `from` on. */
  fill(monitors: number, count: number, from: number, stepMs: number): unknown
  rows(sql: string): unknown
  bytes(): Promise<number>
  cpuBeside(): Promise<number>
  close(): unknown
}

const table = (text: string, int: string, real: string) => `
  create table results (mon ${int} not null, ts ${int} not null, status ${text}, latency ${real}, reason ${text},
    primary key (mon, ts))`
const insertion = 'insert into results (mon, ts, status, latency, reason) values'
const valuesOf = (one: Observation) => [one.monitor, one.at, one.outcome, one.latency, one.reason]

/** Runs `work` on each database, one after the other. */
export async function onEach<Value>(work: (ground: Ground) => Promise<readonly Value[]>): Promise<Value[]> {
  return [...(await onSqlite(work)), ...(await onPostgres(work))]
}

async function onSqlite<Value>(work: (ground: Ground) => Promise<Value>): Promise<Value> {
  const folder = mkdtempSync(join(tmpdir(), 'allswell-bench-'))
  const path = join(folder, 'store.db')
  const plain = plainSqlite(join(folder, 'plain.db'))
  try {
    return await work({
      database: 'SQLite',
      open: (clock = systemClock) => openStore({ url: `sqlite:${path}`, clock, log: silentLog }),
      bytes: () => Promise.resolve(statSync(path).size),
      cpuBeside: () => Promise.resolve(0),
      plain,
    })
  } finally {
    plain.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function plainSqlite(path: string): Plain {
  const database = new DatabaseSync(path)
  database.exec('pragma journal_mode = wal; pragma synchronous = normal')
  database.exec(`${table('text', 'integer', 'real')} without rowid`)
  const insert = database.prepare(`${insertion} (?, ?, ?, ?, ?)`)
  return {
    insert: (one) => insert.run(...valuesOf(one)),
    run: (sql) => database.exec(sql),
    fill: (monitors, count, from, stepMs) =>
      database.exec(`
        with recursive m (mon) as (select 1 union all select mon + 1 from m where mon < ${monitors}),
          t (ts) as (select ${from} union all select ts + ${stepMs} from t where ts < ${from + (count - 1) * stepMs})
        ${insertion.replace('values', '')} select mon, ts, 'up', 20.5, null from m cross join t`),
    rows: (sql) => database.prepare(sql).all(),
    bytes() {
      database.exec('pragma wal_checkpoint(truncate)')
      return Promise.resolve(statSync(path).size)
    },
    cpuBeside: () => Promise.resolve(0),
    close: () => database.close(),
  }
}

async function onPostgres<Value>(work: (ground: Ground) => Promise<Value>): Promise<Value> {
  const [database, other] = [await freshDatabase(), await freshDatabase()]
  const plain = await plainPostgres(other.url)
  const asked = new Client({ connectionString: database.url })
  await asked.connect()
  try {
    return await work({
      database: 'PostgreSQL',
      open: (clock = systemClock) => openStore({ url: database.url, clock, log: silentLog }),
      async bytes() {
        await asked.query('vacuum full')
        return await sizeOf(asked)
      },
      async cpuBeside() {
        const { rows } = await asked.query<{ pid: number }>(
          `select pid from pg_stat_activity where datname = current_database() and application_name = 'allswell'`,
        )
        return rows.reduce((sum, { pid }) => sum + spentBy(pid).cpu, 0)
      },
      plain,
    })
  } finally {
    await asked.end()
    await plain.close()
    await Promise.all([database.drop(), other.drop()])
  }
}

async function sizeOf(client: Client): Promise<number> {
  const { rows } = await client.query<{ size: string }>(
    `select sum(pg_total_relation_size(oid)) as size from pg_class
     where relkind = 'r' and relnamespace = 'public'::regnamespace`,
  )
  return Number(rows[0]?.size)
}

async function plainPostgres(url: string): Promise<Plain> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(table('text', 'bigint', 'double precision'))
  return {
    insert: (one) => client.query({ name: 'insert', text: `${insertion} ($1, $2, $3, $4, $5)`, values: valuesOf(one) }),
    run: (sql) => client.query(sql),
    fill: (monitors, count, from, stepMs) =>
      client.query(`${insertion.replace('values', '')} select mon, ${from} + t * ${stepMs}, 'up', 20.5, null
        from generate_series(1, ${monitors}) as mon cross join generate_series(0::bigint, ${count - 1}) as t`),
    rows: (sql) => client.query(sql),
    bytes: () => sizeOf(client),
    async cpuBeside() {
      const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid')
      return spentBy(rows[0]?.pid ?? 0).cpu
    },
    close: () => client.end(),
  }
}
