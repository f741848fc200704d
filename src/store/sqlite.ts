// SQLite through node:sqlite: one connection, so statements outside a running transaction wait for its end.
// Promises WAL, bounded waits and a bounded cache of prepared statements. Must not know any table.
import { existsSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { type Dialect, type QueryResult, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { Clock } from '#platform/clock.ts'
import { driverOver, Each, type Link } from './driver.ts'
import { fault } from './faults.ts'
import { Unavailable } from './store.ts'

export interface SqliteOptions {
  /** Path of the database file, or `:memory:`. */
  readonly path: string
  readonly clock: Clock
  /** Nothing is written, and no file is made beside it. */
  readonly readOnly?: boolean | undefined
  /** For tests of a full disk: the file may not have more pages. */
  readonly maxPages?: number | undefined
}

const cachedStatements = 200
const waitMs = 30_000
const waiting = 10_000

/** Kysely's dialect over one file. Throws Unavailable when it cannot be opened. */
export function sqliteDialect(options: SqliteOptions): Dialect {
  const database = options.readOnly ? openReadOnly(options.path) : openFile(options)
  const turns = new Turns(options.clock)
  const link = linkTo(database, () => turns.leave())
  const enter = async () => {
    await turns.enter()
    return link
  }
  const close = async () => {
    await turns.enter()
    database.close()
  }
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => driverOver(enter, close),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

function openFile({ path, maxPages }: SqliteOptions): DatabaseSync {
  try {
    const database = new DatabaseSync(path, { timeout: 5_000, enableForeignKeyConstraints: false })
    database.exec(`
      pragma page_size = 8192; pragma journal_mode = wal; pragma synchronous = normal;
      pragma journal_size_limit = 4194304; pragma cache_size = -16384; pragma temp_store = memory`)
    if (maxPages !== undefined) database.exec(`pragma max_page_count = ${maxPages}`)
    return database
  } catch (error) {
    throw fault(error)
  }
}

/** A file that nobody has open is taken as it lies there: reading it the usual way would leave files beside it. */
function openReadOnly(path: string): DatabaseSync {
  const url = pathToFileURL(path)
  url.searchParams.set('mode', 'ro')
  if (!existsSync(`${path}-wal`)) url.searchParams.set('immutable', '1')
  try {
    return new DatabaseSync(url, { readOnly: true, timeout: 5_000 })
  } catch (error) {
    throw fault(error)
  }
}

function linkTo(database: DatabaseSync, release: () => void): Link {
  const prepared = statementCache(database)
  const exec = (sql: string) => Promise.resolve(database.exec(sql))
  return {
    run(sql, parameters): QueryResult<unknown> {
      const statement = prepared(sql)
      const [first] = parameters
      if (first instanceof Each)
        return { rows: allOrNone(database, () => first.rows.map((row) => runOnce(statement, row))) }
      const values = parameters as readonly SQLInputValue[]
      if (statement.columns().length > 0) {
        const rows = statement.all(...values)
        return { rows, numAffectedRows: BigInt(rows.length) }
      }
      const { changes, lastInsertRowid } = statement.run(...values)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    },
    // Immediate: a transaction that reads first must not fail later because another program wrote in between.
    begin: async () => exec('begin immediate'),
    commit: async () => exec('commit'),
    // After some errors (a full disk) SQLite has already rolled back by itself.
    rollback: async () => (database.isTransaction ? exec('rollback') : undefined),
    release,
  }
}

const runOnce = (statement: StatementSync, row: readonly unknown[]) =>
  Number(statement.run(...(row as readonly SQLInputValue[])).changes)

/** As one statement would, also where no transaction is open. */
function allOrNone<Result>(database: DatabaseSync, work: () => Result): Result {
  if (database.isTransaction) return work()
  database.exec('begin immediate')
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}

/** The most recently used statements stay prepared. */
function statementCache(database: DatabaseSync): (sql: string) => StatementSync {
  const cache = new Map<string, StatementSync>()
  return (sql) => {
    const statement = cache.get(sql) ?? database.prepare(sql)
    cache.delete(sql)
    cache.set(sql, statement)
    if (cache.size > cachedStatements) cache.delete(cache.keys().next().value ?? '')
    return statement
  }
}

/** Whose turn it is on the one connection: first come, first served, with a bounded queue and wait. */
class Turns {
  readonly #clock: Clock
  readonly #queue: (() => void)[] = []
  #taken = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  enter(): Promise<void> {
    if (!this.#taken) {
      this.#taken = true
      return Promise.resolve()
    }
    if (this.#queue.length >= waiting) return Promise.reject(new Unavailable('too many wait for the database'))
    return new Promise((resolve, reject) => {
      const turn = () => {
        timer.cancel()
        resolve()
      }
      const timer = this.#clock.after(waitMs, () => {
        const index = this.#queue.indexOf(turn)
        if (index >= 0) this.#queue.splice(index, 1)
        reject(new Unavailable('the database was busy for too long'))
      })
      this.#queue.push(turn)
    })
  }

  leave(): void {
    const next = this.#queue.shift()
    if (next) next()
    else this.#taken = false
  }
}
