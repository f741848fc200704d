// PostgreSQL through a bounded pool of pg connections.
// Promises that a lost connection is dropped and the next call gets a new one. Must not know any table.
import { type Dialect, PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Pool, PoolClient } from 'pg'
import type { Log } from '#platform/log.ts'
import { driverOver, type Link } from './driver.ts'
import { survives } from './faults.ts'

export interface PostgresOptions {
  readonly url: string
  readonly log: Log
  /** Connections at most. */
  readonly pool?: number | undefined
}

/** int8 and numeric. */
const wide = new Set<number>([20, 1700])

/** Kysely's dialect over a pool. Loads pg, so that whoever uses SQLite need not. */
export async function postgresDialect(options: PostgresOptions): Promise<Dialect> {
  const pool = await openPool(options)
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () =>
      driverOver(
        async () => linkTo(await pool.connect()),
        () => pool.end(),
      ),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }
}

async function openPool({ url, log, pool: max = 10 }: PostgresOptions): Promise<Pool> {
  const { default: pg } = await import('pg')
  const pool = new pg.Pool({
    connectionString: url,
    max,
    application_name: 'allswell',
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    statement_timeout: 30_000,
    query_timeout: 35_000,
    lock_timeout: 20_000,
    idle_in_transaction_session_timeout: 60_000,
    types: {
      // Times and ids fit into a double; sums of them come as numeric.
      getTypeParser: (oid, format) => (wide.has(oid) ? Number : pg.types.getTypeParser(oid, format)),
    },
  })
  pool.on('error', (error) => log.debug('an idle database connection was lost', { error }))
  // An error between two statements shows at the next one; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

function linkTo(client: PoolClient): Link {
  let broken = false
  const query = async (sql: string, parameters: readonly unknown[] = []) => {
    try {
      return await client.query(sql, [...parameters])
    } catch (error) {
      if (!survives(error)) broken = true
      throw error
    }
  }
  return {
    async run(sql, parameters) {
      const { rows, rowCount } = await query(sql, parameters)
      return { rows, numAffectedRows: BigInt(rowCount ?? 0) }
    },
    begin: async () => void (await query('begin')),
    commit: async () => void (await query('commit')),
    rollback: async () => void (broken || (await query('rollback'))),
    release: () => client.release(broken),
  }
}
