// What the dialect of Cachet needs of the rest of the house, and the words that its parts share.
// Promises no behaviour; only names.
import type { IncomingMessage } from 'node:http'
import type { ComponentStatus } from '#core/component.ts'
import type { LabelLimit } from '#core/rights.ts'
import type { CommandParts } from '#commands/ports.ts'
import type { PageModel } from '#manifest/model.ts'
import type { Log } from '#platform/log.ts'
import type { Actor } from '#store/store.ts'

/** Who sends a request, and what they may. */
export interface Caller {
  readonly name: string
  readonly scopes: readonly string[]
  readonly limit: LabelLimit | null
  /** The components that they may speak of, each `page/component`; null: all. */
  readonly components: readonly string[] | null
  readonly stringNumbers: boolean
  readonly actor: Actor
}

export interface CachetParts extends CommandParts {
  readonly log: Log
  /** Whoever these credentials, as in `Authorization`, prove; `wait`: too many tries, seconds. */
  prove(request: IncomingMessage, credentials: string): Promise<Caller | { readonly wait: number | null }>
  /** All pages in their order; the first one is meant where none is named. */
  pages(): readonly PageModel[]
  /** How the components of a page are for the public, hidden ones too, by key. */
  faces(page: string): Promise<ReadonlyMap<string, Face> | null>
  publicUrl(): string | null
}

export interface Face {
  readonly status: ComponentStatus
  readonly since: number | null
}

/** The three APIs that Cachet has had; `2015` and `v3` share their addresses. */
export type Generation = '2015' | 'v1' | 'v3'

/** Names and values of a request, from wherever they came. */
export type Given = Readonly<Record<string, unknown>>

/** A request that is understood. */
export interface Ask {
  readonly generation: Generation
  readonly method: string
  /** What follows the prefix: `['components', '2']`. */
  readonly path: readonly string[]
  readonly given: Given
  readonly query: Given
  readonly caller: Caller | null
  /** Null: there is no page yet. */
  readonly page: PageModel | null
  /** `https://status.example.com`, then `/api/v1`, then what else was in the address. */
  readonly origin: string
  readonly address: string
  /** In which times are written and read. */
  readonly zone: string
  readonly now: number
}

export interface Reply {
  readonly status: number
  /** Null: nothing. */
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}
