// What the API's routes are handed. Everything comes from outside, so that tests hand in what they like.
// Promises no behaviour; only names.
import type { ChannelModel } from '#manifest/model.ts'
import type { Sent } from '#channels/channel.ts'
import type { CommandParts } from '#commands/ports.ts'
import type { ObjectType } from '#store/store.ts'
import type { Authenticator } from './auth.ts'
import type { Raw } from './route.ts'

export interface ApiParts extends CommandParts {
  readonly auth: Authenticator
  /** Sends a real test message by a channel. */
  readonly sendTest: (channel: ChannelModel) => Promise<Sent>
  /** JSON Schemas of entries, for the API's description. */
  readonly entrySchemas: Readonly<Partial<Record<ObjectType, Raw>>>
  readonly version: string
}
