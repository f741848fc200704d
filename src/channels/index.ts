// All notification channels. A new one is its own file and one line here.
// Promises that nothing else lists them. Must not know what any of them does.
import type { ChannelKind } from './channel.ts'
import { email } from './email.ts'
import { script } from './script.ts'
import { webhook } from './webhook.ts'

const all = [email, webhook, script]

/** By the key that a manifest uses. */
export const channelKinds: ReadonlyMap<string, ChannelKind> = new Map(all.map((channel) => [channel.kind, channel]))
