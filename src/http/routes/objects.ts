// The routes that monitors, channels, rules and pages have in common: list, read, create, replace, change, delete.
// Promises the same manners for all four: keys, ETags, ownership, hidden secrets. Must not know what a spec means.
import { z } from 'zod'
import { suggest } from '#core/suggest.ts'
import { createObject, deleteObject, existing, patchObject, replaceObject } from '#commands/objects.ts'
import { shownSpec } from '#commands/object-types.ts'
import type { ObjectQuery, ObjectType, StoredObject } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { type Raw, Reply, type Route, route } from '../route.ts'
import { byKey, flag, iso, listOf, many, paging, pagingOf, spec, when } from '../shapes.ts'
import { type Written, writtenRoutes } from './written.ts'

/** What every object's answer has beside its key and name. */
export const common = {
  owner: z
    .string()
    .describe(
      '`api`, `beat` (made by its first heartbeat), `view:<key>` (made by a view), `scope:<name>` ' +
        '(applied) or `file:<path>`.',
    ),
  spec: spec.describe('As a manifest would have it; secrets stand as `***`, which keeps them when sent back.'),
  revision: z
    .int()
    .describe('Also the ETag: send it back as If-Match, and a change made meanwhile is not overwritten.'),
  createdAt: when,
  updatedAt: when,
}

export function commonOf(parts: ApiParts, object: StoredObject) {
  const { owner, revision, createdAt, updatedAt } = object
  return { owner, spec: shownSpec(parts, object), revision, createdAt: iso(createdAt), updatedAt: iso(updatedAt) }
}

export const searchText = z.string().max(200)

export const ownerName = z.string().superRefine((owner, context) => {
  if (/^(file|scope):/.test(owner)) return
  oneOf(['api', 'beat'], 'an owner; owners are api, beat, view: and a key, scope: and its name, or file: and a path')(
    owner,
    context,
  )
})

/** Filters of every list of objects. */
export const filters = {
  ...paging,
  search: searchText.describe('Text in the key or name, whatever its case.').optional(),
  owner: ownerName.describe('Only what this owner has.').optional(),
}

/** A slip in the name of a kind would look like there being none of it. */
export const kindName = ({ kindNames }: ApiParts, type: 'monitor' | 'channel') =>
  z.string().superRefine(oneOf(kindNames[type], `a kind of ${type}`))

/** Refuses other words, with the one that was perhaps meant. */
function oneOf(words: readonly string[], what: string) {
  return (word: string, context: z.RefinementCtx) => {
    if (words.includes(word)) return
    const near = suggest(word, words)
    const hint = near === null ? '' : `; did you mean "${near}"?`
    context.addIssue({ code: 'custom', message: `"${word.slice(0, 40)}" is not ${what}${hint}` })
  }
}

export interface Resource<Answer extends z.ZodType> extends Written {
  readonly answer: Answer
  /** Stored objects as they are answered, in the same order. */
  show(objects: readonly StoredObject[]): Promise<z.input<Answer>[]>
}

const entry = z.record(z.string(), z.unknown())
const takingOver = z.strictObject({
  take_over: flag.describe('Take it over from the file that owns it, which is no longer loaded.').optional(),
})

/** Creating, reading, replacing, changing and deleting one object. */
export function objectRoutes<Answer extends z.ZodType>(parts: ApiParts, resource: Resource<Answer>): Route[] {
  const { type, plural, answer } = resource
  const path = `/api/v2/${plural}` as const
  const bodyDoc = parts.entrySchemas[type]
  const reply = async (status: number, object: StoredObject) => {
    const [shown] = await resource.show([object])
    const headers: Record<string, string> = { etag: `"${object.revision}"` }
    if (status === 201) headers['location'] = `${path}/${encodeURIComponent(object.key)}`
    return new Reply(status, shown as z.input<Answer>, headers)
  }
  return [
    route({
      at: `POST ${path}`,
      scope: 'edit',
      summary: `Create a ${type}`,
      status: 201,
      body: z.looseObject({ key: z.string() }),
      bodyDoc: bodyDoc && withKey(bodyDoc),
      answer,
      handle: async ({ body: { key, ...rest } }) => reply(201, await createObject(parts, { type, key }, rest)),
    }),
    route({
      at: `GET ${path}/{key}`,
      scope: 'read',
      summary: `Read a ${type}`,
      params: byKey,
      answer,
      handle: async ({ params: { key } }) => reply(200, await existing(parts.store, { type, key })),
    }),
    route({
      at: `PUT ${path}/{key}`,
      scope: 'edit',
      summary: `Replace a ${type}, or create it`,
      creates: true,
      params: byKey,
      query: takingOver,
      body: entry,
      bodyDoc,
      answer,
      handle: async ({ params: { key }, query, body, revision, there }) => {
        const terms = { revision, there, takeOver: query.take_over }
        const { object, created } = await replaceObject(parts, { type, key }, body, terms)
        return reply(created ? 201 : 200, object)
      },
    }),
    ...writtenRoutes(parts, resource),
    ...changingRoutes(parts, type, path, answer, reply),
  ]
}

function changingRoutes<Answer extends z.ZodType>(
  parts: ApiParts,
  type: ObjectType,
  path: `/${string}`,
  answer: Answer,
  reply: (status: number, object: StoredObject) => Promise<Reply<z.input<Answer>>>,
): Route[] {
  return [
    route({
      at: `PATCH ${path}/{key}`,
      scope: 'edit',
      summary: `Change some settings of a ${type} (RFC 7396)`,
      params: byKey,
      query: takingOver,
      body: entry,
      answer,
      handle: async ({ params: { key }, query, body, revision }) =>
        reply(200, await patchObject(parts, { type, key }, body, { revision, takeOver: query.take_over })),
    }),
    route({
      at: `DELETE ${path}/{key}`,
      scope: 'edit',
      summary: `Delete a ${type}; its history stays`,
      status: 204,
      params: byKey,
      query: takingOver,
      answer: null,
      handle: async ({ params: { key }, query, revision }) => {
        await deleteObject(parts, { type, key }, { revision, takeOver: query.take_over })
        return new Reply(204, null)
      },
    }),
  ]
}

/** The list of a type; `extra` are its own filters. */
export function listRoute<Answer extends z.ZodType, Extra extends z.ZodRawShape>(
  parts: ApiParts,
  resource: Resource<Answer>,
  extra: Extra,
  narrow: (query: z.output<z.ZodObject<Extra>>) => Partial<ObjectQuery>,
): Route {
  const query = z.strictObject({ ...filters, ...extra })
  return route({
    at: `GET /api/v2/${resource.plural}`,
    scope: 'read',
    summary: `List ${resource.plural} by key`,
    query,
    answer: listOf(resource.answer),
    handle: async (call) => {
      const asked = call.query as z.output<z.ZodObject<typeof filters>> & z.output<z.ZodObject<Extra>>
      const { search, owner } = asked
      const found = await parts.store.objects.list({
        ...pagingOf(asked),
        ...narrow(asked),
        type: resource.type,
        search,
        owner,
      })
      return { items: await resource.show(found.items), next: found.next }
    },
  })
}

/** An entry's schema with the key beside it. */
function withKey(doc: Raw): Raw {
  const { properties = {}, required = [], ...rest } = doc as { properties?: Raw; required?: readonly string[] }
  return { ...rest, required: ['key', ...required], properties: { key: { type: 'string' }, ...properties } }
}

const labelsMost = 20

export const labelFilters = many(
  z.string().regex(/^[^:]+:/, {
    error: ({ input }) => `"${String(input).slice(0, 40)}" is not a label; write it as name:value`,
  }),
  labelsMost,
)
  .describe(
    `\`name:value\`, or \`name:*\` for any value; may be given more often, at most ${labelsMost} times. All must ` +
      'match; of several values of one name one must.',
  )
  .optional()

/** Label → values of which one must be there; null: any. */
export function labelsAsked(given: readonly string[] | undefined): Map<string, Set<string> | null> {
  const asked = new Map<string, Set<string> | null>()
  for (const pair of given ?? []) {
    const colon = pair.indexOf(':')
    const [name, value] = [pair.slice(0, colon), pair.slice(colon + 1)]
    const values = asked.get(name)
    asked.set(name, value === '*' || values === null ? null : (values ?? new Set<string>()).add(value))
  }
  return asked
}
