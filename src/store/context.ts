// Context: which connection a query runs on. Inside a transaction every call of that flow of work joins it.
// Promises that work left running after its transaction ended does not write into it. Must not know any table.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Kysely } from 'kysely'
import type { SqlDialect } from './dialect.ts'
import type { Tables } from './schema.ts'

export interface Context {
  readonly dialect: SqlDialect
  /** The running transaction's connection, or any. */
  db(): Kysely<Tables>
  /** Runs `work` in a transaction; inside one already, as a part of it. */
  transaction<Result>(work: () => Promise<Result>): Promise<Result>
}

interface Running {
  readonly db: Kysely<Tables>
  open: boolean
}

export function openContext(root: Kysely<Tables>, dialect: SqlDialect): Context {
  const flow = new AsyncLocalStorage<Running>()
  const running = () => {
    const now = flow.getStore()
    return now?.open ? now : null
  }
  return {
    dialect,
    db: () => running()?.db ?? root,
    async transaction(work) {
      if (running()) return await work()
      return await root.transaction().execute(async (db) => {
        const mine: Running = { db, open: true }
        try {
          return await flow.run(mine, work)
        } finally {
          mine.open = false
        }
      })
    },
  }
}
