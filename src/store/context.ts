// Context: which connection a query runs on. Inside a transaction every call of that flow of work joins it.
// Promises that work left running after its transaction ended does not write into it. Must not know any table.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Kysely } from 'kysely'
import type { SqlDialect } from './dialect.ts'
import type { Tables } from './schema.ts'
import { Unavailable } from './store.ts'

export interface Context {
  readonly dialect: SqlDialect
  /** The running transaction's connection, or any. */
  db(): Kysely<Tables>
  /** Runs `work` in a transaction; inside one already, as a part of it. */
  transaction<Result>(work: () => Promise<Result>): Promise<Result>
  /** Ends every connection; whatever is asked afterwards throws Unavailable. */
  close(): Promise<void>
}

interface Running {
  readonly db: Kysely<Tables>
  open: boolean
}

export function openContext(root: Kysely<Tables>, dialect: SqlDialect): Context {
  const flow = new AsyncLocalStorage<Running>()
  let closed = false
  const running = () => {
    const now = flow.getStore()
    return now?.open ? now : null
  }
  const any = () => {
    if (closed) throw new Unavailable('the store is closed')
    return root
  }
  return {
    dialect,
    db: () => running()?.db ?? any(),
    async close() {
      closed = true
      await root.destroy()
    },
    async transaction(work) {
      if (running()) return await work()
      return await any()
        .transaction()
        .execute(async (db) => {
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
