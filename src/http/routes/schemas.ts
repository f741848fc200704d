// The schemas of everything that people can make, for forms that are made from them.
// Promises bytes that are made once, and small ones for whoever takes them compressed. Must not know any kind.
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { secretsIn } from '#commands/object-types.ts'
import type { ObjectType } from '#store/store.ts'
import { formOf } from '../forms.ts'
import type { ApiParts } from '../parts.ts'
import { Reply, type Route, route } from '../route.ts'

const schema = z.record(z.string(), z.unknown()).describe('JSON Schema, with marks: see the manual.')
const kind = z.object({
  kind: z.string(),
  title: z.string(),
  summary: z.string(),
  works: z.enum(['asked', 'reports', 'collected', 'derived', 'sends']),
  target: z.string().nullable().describe('The setting that says what is looked at.'),
  example: z.record(z.string(), z.unknown()).nullable(),
  without: z.array(z.string()).describe('Common settings that mean nothing to it.'),
  defaults: z
    .record(z.string(), z.unknown())
    .describe('Common settings that are other than usual where nothing is said.'),
  schema,
})
const form = z.object({ schema, kinds: z.array(kind) })

const types = ['monitor', 'channel', 'rule', 'page'] as const satisfies readonly ObjectType[]

export function schemasRoute(parts: ApiParts): Route {
  let made: { readonly plain: Buffer; readonly small: Buffer; readonly etag: string } | null = null
  const make = () => {
    const forms = types.map((type) => {
      const kinds = type === 'monitor' || type === 'channel' ? parts.kindsTold[type] : []
      return [type, formOf(type, parts.entrySchemas[type] ?? {}, kinds, secretsIn(parts, type))]
    })
    const plain = Buffer.from(`${JSON.stringify(Object.fromEntries(forms))}\n`)
    return { plain, small: gzipSync(plain), etag: createHash('sha1').update(plain).digest('base64url').slice(0, 16) }
  }
  return route({
    at: 'GET /api/v2/schemas',
    scope: 'read',
    summary: 'The settings of monitors, channels, rules and pages and of all their kinds, to make forms from',
    answer: z.object({ monitor: form, channel: form, rule: form, page: form }),
    handle: async ({ visitor }) => {
      made ??= make()
      const headers = { etag: `"${made.etag}"`, 'cache-control': 'private, max-age=300', vary: 'accept-encoding' }
      if (visitor.headers['if-none-match']?.includes(made.etag)) return new Reply(304, null, headers)
      const takesSmall = /\bgzip\b/.test(visitor.headers['accept-encoding'] ?? '')
      return takesSmall
        ? new Reply(200, made.small, { ...headers, 'content-encoding': 'gzip' })
        : new Reply(200, made.plain, headers)
    },
  })
}
