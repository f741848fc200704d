// Driver: what Kysely needs of a database, the same for both: links that run one statement, and transactions on them.
// Promises that a transaction with a failed statement never commits and that a rollback never hides the first error.
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely'
import { fault } from './faults.ts'
import { Unavailable } from './store.ts'

/** One connection to a database. */
export interface Link {
  run(sql: string, parameters: readonly unknown[]): Promise<QueryResult<unknown>> | QueryResult<unknown>
  begin(): Promise<void>
  commit(): Promise<void>
  rollback(): Promise<void>
  /** Gives the link back; one that broke is thrown away. */
  release(): void
}

/** In place of parameters: the statement runs once for each row, and gives how many rows each run changed. */
export class Each {
  readonly rows: readonly (readonly unknown[])[]

  constructor(rows: readonly (readonly unknown[])[]) {
    this.rows = rows
  }
}

/** NUL cannot be stored as text in PostgreSQL; the same on both. */
function storable(value: unknown): unknown {
  if (value instanceof Each) return new Each(value.rows.map(storableRow))
  if (typeof value === 'string') return value.includes('\0') ? value.replaceAll('\0', '\u{fffd}') : value
  if (typeof value === 'boolean') return value ? 1 : 0
  return value === undefined ? null : value
}

/** Most rows are as they should be, and stay as they are. */
const storableRow = (row: readonly unknown[]) => (row.some(isOdd) ? row.map(storable) : row)
const isOdd = (value: unknown) =>
  value === undefined || typeof value === 'boolean' || (typeof value === 'string' && value.includes('\0'))

class Connection implements DatabaseConnection {
  readonly link: Link
  #failed = false

  constructor(link: Link) {
    this.link = link
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    return (await this.guard(() => this.link.run(query.sql, query.parameters.map(storable)))) as QueryResult<Row>
  }

  streamQuery<Row>(): AsyncIterableIterator<QueryResult<Row>> {
    throw new Error('the store does not stream')
  }

  async begin(): Promise<void> {
    this.#failed = false
    await this.guard(() => this.link.begin())
  }

  async commit(): Promise<void> {
    if (this.#failed) throw new Unavailable('a statement of this transaction failed, so nothing of it is kept')
    await this.guard(() => this.link.commit())
  }

  /** Never throws: the error that led here is the one to be told. */
  async rollback(): Promise<void> {
    try {
      await this.link.rollback()
    } catch {
      // The link notes that it is broken and is not used again.
    }
  }

  async guard<Result>(work: () => Result | Promise<Result>): Promise<Result> {
    try {
      return await work()
    } catch (error) {
      this.#failed = true
      throw fault(error)
    }
  }
}

/** Kysely's driver over `acquire`, which hands out a link when one is free. */
export function driverOver(acquire: () => Promise<Link>, close: () => Promise<void>): Driver {
  const of = (connection: DatabaseConnection) => connection as Connection
  return {
    init: () => Promise.resolve(),
    async acquireConnection() {
      try {
        return new Connection(await acquire())
      } catch (error) {
        throw fault(error)
      }
    },
    beginTransaction: (connection) => of(connection).begin(),
    commitTransaction: (connection) => of(connection).commit(),
    rollbackTransaction: (connection) => of(connection).rollback(),
    releaseConnection: (connection) => Promise.resolve(of(connection).link.release()),
    destroy: close,
  }
}
