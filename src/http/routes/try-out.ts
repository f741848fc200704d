// Trying before saving: a check with settings that are not stored, a test message by a channel that is not.
// Promises the same answers as for what is stored, and that nothing is kept.
import { z } from 'zod'
import { channelOf, tryMonitor } from '#commands/try-out.ts'
import { maskUrl } from '#commands/secrets.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { found, showFound } from './found.ts'
import { sent } from './channels.ts'

const draft = z.record(z.string(), z.unknown())
const of = (type: string) =>
  z.strictObject({
    of: z
      .string()
      .max(200)
      .describe(`The key of the ${type} that is being changed: its secrets may stand as \`***\`.`)
      .optional(),
  })

export function tryRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'POST /api/v2/check',
      scope: 'edit',
      summary: 'Check once, now, with settings that are not stored; it counts for nothing',
      query: of('monitor'),
      body: draft,
      bodyDoc: parts.entrySchemas.monitor,
      answer: z.object({ found, target: z.string().describe('What was looked at, in words.') }),
      handle: async ({ query, body }) => {
        const { finding, model } = await tryMonitor(parts, { spec: body, of: query.of })
        return { found: showFound(finding), target: maskUrl(model.target) }
      },
    }),
    route({
      at: 'POST /api/v2/channels/test',
      scope: 'edit',
      summary: 'Send a real test message by a channel that is not stored',
      query: of('channel'),
      body: draft,
      bodyDoc: parts.entrySchemas.channel,
      answer: sent,
      handle: async ({ query, body }) => {
        const channel = await channelOf(parts, { spec: body, of: query.of })
        const { ok, detail } = await parts.sendTest(channel)
        const subject = query.of ?? `${channel.kind}, not stored`
        await parts.store.audit.record({
          at: parts.clock.now(),
          action: 'tested',
          type: 'channel',
          subject,
          changes: [],
        })
        return { ok, detail }
      },
    }),
  ]
}
