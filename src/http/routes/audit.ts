// The record of changes: who did what to which object, and what is different since. Only reads.
// Promises that secrets stand as `***`, and that whoever may see an object may see its past, without addresses.
import { z } from 'zod'
import { everExisting } from '#commands/objects.ts'
import { actorKinds } from '#store/audit-contract.ts'
import type { AuditEntry, ObjectType } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { byKey, iso, listOf, moment, paging, pagingOf, when, whole } from '../shapes.ts'

const actorKind = z
  .enum(actorKinds)
  .describe(
    '`file`: the configuration file; `beat`: a first heartbeat; `command`: the command line; `system`: Allswell ' +
      'itself, or somebody who is not signed in.',
  )
const change = z.object({
  path: z.string().describe('The setting, with dots.'),
  before: z.unknown().describe('Left out: it was not there.').optional(),
  after: z.unknown().describe('Left out: it is not there any more.').optional(),
})
const past = z.object({
  id: z.int(),
  at: when,
  actor: z.object({
    kind: actorKind,
    id: z.int().nullable().describe('Of the user or token.'),
    name: z.string(),
  }),
  action: z.string().describe('What was done, such as created, changed, deleted, paused, signed_in.'),
  type: z.string().describe('To what kind of thing: monitor, channel, rule, page, token, user, session, settings …'),
  subject: z.string().describe('Its key, or what it is called.'),
  changes: z.array(change),
})
const entry = past.extend({ address: z.string().nullable().describe('From where it was asked.') })

const show = ({ id, at, actor: { kind, id: number, name }, action, type, subject, changes }: AuditEntry) => ({
  id,
  at: iso(at),
  actor: { kind, id: number, name },
  action,
  type,
  subject,
  changes: changes.map((one) => ({ ...one })),
})

export function auditRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/audit',
      scope: 'admin',
      summary: 'List who changed what, newest first',
      query: z.strictObject({
        ...paging,
        type: z.string().describe('Only of this kind of thing.').optional(),
        subject: z.string().describe('Only of what has this key or name.').optional(),
        action: z.string().optional(),
        actor: actorKind.optional(),
        actor_id: whole(1, Number.MAX_SAFE_INTEGER).describe('Only by the user or token of this number.').optional(),
        since: moment.describe('Only from then on.').optional(),
        until: moment.describe('Only before.').optional(),
      }),
      answer: listOf(entry),
      handle: async ({ query }) => {
        const { actor: actorKind, actor_id: actorId, limit, cursor, ...filters } = query
        const found = await parts.store.audit.list({ ...pagingOf({ limit, cursor }), ...filters, actorKind, actorId })
        return { items: found.items.map((one) => ({ ...show(one), address: one.actor.address })), next: found.next }
      },
    }),
    ...(['monitor', 'channel', 'rule', 'page'] as const).map((type) => pastOf(parts, type)),
  ]
}

function pastOf(parts: ApiParts, type: ObjectType): Route {
  return route({
    at: `GET /api/v2/${type}s/{key}/changes`,
    scope: 'read',
    summary: `List who changed a ${type}, a deleted one too, newest first`,
    params: byKey,
    query: z.strictObject(paging),
    answer: listOf(past),
    handle: async ({ params: { key }, query }) => {
      await everExisting(parts.store, { type, key })
      const found = await parts.store.audit.list({ ...pagingOf(query), type, subject: key })
      return { items: found.items.map(show), next: found.next }
    },
  })
}
