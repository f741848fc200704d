// Context: which connection a query runs on, and who acts. Inside a transaction every call of that flow joins it.
// Promises that work left running after its transaction ended does not write into it, and that what is recorded of a
// change commits with the change. Must not know any table.
import { AsyncLocalStorage } from 'node:async_hooks'
import type { Kysely } from 'kysely'
import type { Actor, Recorded } from './audit-contract.ts'
import type { SqlDialect } from './dialect.ts'
import type { Tables } from './schema.ts'
import { inClear, type Sealer } from './sealer.ts'
import { Unavailable } from './store.ts'

export interface Context {
  readonly dialect: SqlDialect
  /** How secrets are kept; in clear until it is chosen. */
  sealer: Sealer
  /** Who acts in this flow of work. */
  actor(): Actor
  as<Result>(actor: Actor, work: () => Promise<Result>): Promise<Result>
  /** Writes down who changed what: with the running transaction's commit, or at once. */
  record(what: Recorded): Promise<void>
  /** The running transaction's connection, or any. */
  db(): Kysely<Tables>
  /** Runs `work` in a transaction; inside one already, as a part of it. */
  transaction<Result>(work: () => Promise<Result>): Promise<Result>
  /** Ends every connection; whatever is asked afterwards throws Unavailable. */
  close(): Promise<void>
}

interface Running {
  readonly db: Kysely<Tables>
  readonly recorded: (Recorded & { readonly actor: Actor })[]
  open: boolean
}

/** Writes records down on the connection of the running transaction. */
export type Scribe = (db: Kysely<Tables>, recorded: Running['recorded']) => Promise<void>
export interface ContextOptions {
  readonly scribe?: Scribe | undefined
}

const nobody: Actor = { kind: 'system', id: null, name: 'Allswell', address: null }

export function openContext(
  root: Kysely<Tables>,
  dialect: SqlDialect,
  { scribe = async () => {} }: ContextOptions = {},
): Context {
  const flow = new AsyncLocalStorage<Running>()
  const acting = new AsyncLocalStorage<Actor>()
  const actor = () => acting.getStore() ?? nobody
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
    sealer: inClear,
    actor,
    as: (who, work) => acting.run(who, work),
    async record(what) {
      const entry = { ...what, actor: actor() }
      const now = running()
      if (now) now.recorded.push(entry)
      else await scribe(any(), [entry])
    },
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
          const mine: Running = { db, recorded: [], open: true }
          try {
            const result = await flow.run(mine, work)
            if (mine.recorded.length > 0) await scribe(db, mine.recorded)
            return result
          } finally {
            mine.open = false
          }
        })
    },
  }
}
