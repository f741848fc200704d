// Channels: where messages go, and sending a test message by one.
// Promises that no secret of a channel is ever answered. Must not know any kind of channel.
import { z } from 'zod'
import { existing } from '#commands/objects.ts'
import { Refused } from '#commands/refused.ts'
import { maskUrl } from '#commands/secrets.ts'
import type { StoredObject } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { byKey } from '../shapes.ts'
import { common, commonOf, kindName, listRoute, objectRoutes, type Resource } from './objects.ts'

const channel = z.object({
  key: z.string(),
  name: z.string(),
  kind: z.string(),
  target: z.string().nullable().describe('Where messages go, in words.'),
  ...common,
})

export const sent = z.object({
  ok: z.boolean().describe('Whether it was delivered. The status is 200 either way: the test itself was done.'),
  detail: z.string().describe('What the far side said, or why it was not delivered.'),
})

export function channelRoutes(parts: ApiParts): Route[] {
  const show = async (objects: readonly StoredObject[]) =>
    objects.map((object) => {
      const { key, name, kind } = object
      const read = parts.readers.readChannel(key, object.spec)
      return { key, name, kind, target: read.ok ? maskUrl(read.value.target) : null, ...commonOf(parts, object) }
    })
  const resource: Resource<typeof channel> = { type: 'channel', plural: 'channels', answer: channel, show }
  const extra = { kind: kindName(parts, 'channel').describe('Only this kind.').optional() }
  return [
    listRoute(parts, resource, extra, ({ kind }) => ({ kind })),
    ...objectRoutes(parts, resource),
    route({
      at: 'POST /api/v2/channels/{key}/test',
      scope: 'edit',
      summary: 'Send a real test message by a channel, at once and once; whether it arrived stands in the answer',
      params: byKey,
      answer: sent,
      handle: async ({ params: { key } }) => {
        const { spec } = await existing(parts.store, { type: 'channel', key })
        const read = parts.readers.readChannel(key, spec)
        if (!read.ok) throw new Refused({ kind: 'invalid', faults: read.faults })
        const { ok, detail } = await parts.sendTest(read.value)
        const at = parts.clock.now()
        await parts.store.audit.record({ at, action: 'tested', type: 'channel', subject: key, changes: [] })
        return { ok, detail }
      },
    }),
  ]
}
