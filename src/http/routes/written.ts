// An object as people write it: as a piece of a configuration file, and with all settings that count.
// Promises that secrets stand as `***`. Must not know what a setting means.
import { z } from 'zod'
import { existing } from '#commands/objects.ts'
import { shownSpec } from '#commands/object-types.ts'
import { effective } from '#manifest/effective.ts'
import { writeEntry } from '#manifest/write.ts'
import type { ObjectType, StoredObject } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { Reply, type Route, route } from '../route.ts'
import { byKey } from '../shapes.ts'

export interface Written {
  readonly type: ObjectType
  readonly plural: string
  /** Settings that follow from others, by name. */
  derived?(object: StoredObject): Readonly<Record<string, unknown>>
}

const setting = z.object({
  path: z.string().describe('With dots: `http.expect.status`.'),
  value: z.unknown(),
  source: z
    .enum(['set', 'default', 'derived'])
    .describe('Written in the object; taken where nothing is; or following from its kind or other settings.'),
  title: z.string().nullable(),
  description: z.string().nullable(),
})

export function writtenRoutes(parts: ApiParts, resource: Written): Route[] {
  const { type, plural } = resource
  const path = `/api/v2/${plural}` as const
  const schema = parts.entrySchemas[type] ?? {}
  return [
    route({
      at: `GET ${path}/{key}/manifest`,
      scope: 'read',
      summary: `Read a ${type} as it would stand in a configuration file (YAML), secrets as \`***\``,
      params: byKey,
      answer: z.string(),
      media: 'application/yaml; charset=utf-8',
      handle: async ({ params: { key } }) => {
        const object = await existing(parts.store, { type, key })
        return new Reply(200, Buffer.from(writeEntry(plural, key, shownSpec(parts, object))))
      },
    }),
    route({
      at: `GET ${path}/{key}/settings`,
      scope: 'read',
      summary: `Read the settings of a ${type} as they count, with where each comes from`,
      params: byKey,
      answer: z.object({ items: z.array(setting) }),
      handle: async ({ params: { key } }) => {
        const object = await existing(parts.store, { type, key })
        const spec = shownSpec(parts, object)
        const kinds = new Set(type === 'monitor' || type === 'channel' ? parts.kindNames[type] : [])
        const lines = effective(schema, spec, kinds, resource.derived?.(object) ?? {})
        return { items: lines.map(({ path, ...line }) => ({ ...line, path: path.join('.') })) }
      },
    }),
  ]
}
