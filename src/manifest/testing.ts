// Kinds and channels made up for tests of the manifest, so that these depend on no real one.
// Promises one of each sort: active, passive, derived, a channel. Must not be used outside tests.
import { z } from 'zod'
import { type ChannelKind, defineChannel } from '#channels/channel.ts'
import { type Kind, defineCheck, defineDerived, definePassive } from '#checks/check.ts'
import { duration } from '#core/duration.ts'
import { everyWithGrace } from '#core/expected.ts'
import type { Selector } from '#core/glob.ts'
import { selection } from '#core/selection.ts'

const http = defineCheck({
  kind: 'http',
  title: 'HTTP',
  summary: 'Asks for a URL.',
  config: z.strictObject({
    url: z.url().describe('What is asked for.'),
    method: z.enum(['GET', 'HEAD', 'POST']).prefault('GET').describe('How.'),
    expect: z
      .strictObject({
        status: z.union([z.int().min(100).max(599), z.array(z.int())]).optional(),
        body: z.strictObject({ contains: z.string().min(1).optional() }).optional(),
      })
      .optional()
      .describe('What a good answer is like.'),
  }),
  describe: (config) => config.url,
  probe: async () => ({ outcome: 'up', latency: null, reason: null, sentence: null }),
})

const tcp = defineCheck({
  kind: 'tcp',
  title: 'TCP',
  summary: 'Connects to an address.',
  config: z.strictObject({ address: z.string().regex(/^\S+:\d+$/, 'is not an address such as host:5432') }),
  describe: (config) => config.address,
  probe: async () => ({ outcome: 'up', latency: null, reason: null, sentence: null }),
})

const heartbeat = definePassive({
  kind: 'heartbeat',
  title: 'Heartbeat',
  summary: 'Waits for signs of life.',
  config: z.strictObject({ every: duration({ min: 1_000 }), grace: duration().prefault('1h') }),
  describe: (config) => `every ${config.every} ms`,
  expects: everyWithGrace,
})

const group = defineDerived<{ monitors: Selector }>({
  kind: 'group',
  title: 'Group',
  summary: 'Follows from others.',
  config: z.strictObject({ monitors: selection }),
  describe: () => 'others',
  members: ({ monitors }) => monitors,
  derive: () => ({ outcome: 'unknown', reason: 'no_data', sentence: 'It is made up.' }),
})

const webhook = defineChannel({
  kind: 'webhook',
  title: 'Webhook',
  summary: 'Posts JSON.',
  config: z.strictObject({ url: z.url() }),
  secrets: [],
  describe: (config) => config.url,
  send: async () => ({ ok: true, detail: '' }),
})

const email = defineChannel({
  kind: 'email',
  title: 'Mail',
  summary: 'Sends mail.',
  config: z.strictObject({ to: z.array(z.email()).min(1) }),
  secrets: [],
  describe: (config) => config.to.join(', '),
  needs: () => ['smtp'],
  send: async () => ({ ok: true, detail: '' }),
})

export const fakes: { readonly kinds: readonly Kind[]; readonly channelKinds: readonly ChannelKind[] } = {
  kinds: [http, tcp, heartbeat, group],
  channelKinds: [webhook, email],
}
