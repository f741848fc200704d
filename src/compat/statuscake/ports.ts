// What the dialect of StatusCake needs of the rest of the house, and the words that its parts share.
// Promises no behaviour; only names.
import type { IncomingMessage } from 'node:http'
import type { CommandParts } from '#commands/ports.ts'
import type { LabelLimit } from '#core/rights.ts'
import type { Log } from '#platform/log.ts'
import type { Actor } from '#store/store.ts'
import type { Form } from './form.ts'

export interface Caller {
  readonly scopes: readonly string[]
  readonly limit: LabelLimit | null
  readonly actor: Actor
}

export interface StatusCakeParts extends CommandParts {
  readonly log: Log
  /** Whoever these credentials, as in `Authorization`, prove; `wait`: too many tries, seconds. */
  prove(request: IncomingMessage, credentials: string): Promise<Caller | { readonly wait: number | null }>
  publicUrl(): string | null
}

/** A request that is understood. */
export interface Ask {
  readonly method: string
  /** What follows the prefix: `['uptime', '5']`. */
  readonly path: readonly string[]
  /** From the query and the body. */
  readonly form: Form
  readonly caller: Caller
  /** `https://watch.example.com`. */
  readonly origin: string
  /** The whole address that was asked for. */
  readonly address: string
}

export interface Reply {
  readonly status: number
  /** Null: nothing. */
  readonly body: unknown
}
