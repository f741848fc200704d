// What the API's routes are handed. Everything comes from outside, so that tests hand in what they like.
// Promises no behaviour; only names.
import type { ComponentStatus } from '#core/component.ts'
import type { ChannelModel } from '#manifest/model.ts'
import type { Sent } from '#channels/channel.ts'
import type { OidcParts } from '#commands/accounts/oidc/flow.ts'
import type { CommandParts } from '#commands/ports.ts'
import type { ServerModel } from '#manifest/model.ts'
import type { Log } from '#platform/log.ts'
import type { ObjectType } from '#store/store.ts'
import type { Afterwards } from './afterwards.ts'
import type { Attempts } from './attempts.ts'
import type { Authenticator } from './auth.ts'
import type { Board } from './board/board.ts'
import type { Past } from './board/figures.ts'
import type { KindTold } from './forms.ts'
import type { Hub } from './live/hub.ts'
import type { Raw } from './route.ts'

/** How a component is for the public. */
export interface Face {
  readonly status: ComponentStatus
  readonly since: number | null
}

export interface ApiParts extends CommandParts, OidcParts {
  readonly log: Log
  readonly auth: Authenticator
  readonly attempts: Attempts
  readonly afterwards: Afterwards
  /** All monitors in memory, and what they are sorted by that lies in the past; whoever asks is limited there. */
  readonly board: Board
  readonly past: Past
  /** Tells those who look of what changes. */
  readonly hub: Hub
  /** Sends a real test message by a channel. */
  readonly sendTest: (channel: ChannelModel) => Promise<Sent>
  /** How the components of a page are for the public, hidden ones too, by key; null: there is no such page. */
  readonly faces: (page: string) => Promise<ReadonlyMap<string, Face> | null>
  /** The kinds that there are, for filters. */
  readonly kindNames: Readonly<Record<'monitor' | 'channel', readonly string[]>>
  /** The same with what people choose them by. */
  readonly kindsTold: Readonly<Record<'monitor' | 'channel', readonly KindTold[]>>
  /** JSON Schemas of entries, for the API's description. */
  readonly entrySchemas: Readonly<Partial<Record<ObjectType, Raw>>>
  readonly version: string
  /** The port that takes heartbeats by UDP and TCP, and the one that takes them by mail; null: it is off. */
  readonly doors: () => { readonly port: number | null; readonly mail: number | null }
  /** The server's own settings as they are now. */
  readonly server: () => Pick<ServerModel, 'publicUrl'>
}
