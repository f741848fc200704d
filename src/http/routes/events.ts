// Events: what happened to monitors, and who was told of it and why.
// Promises keys of monitors, deleted ones too, instead of numbers. Only reads.
import { z } from 'zod'
import { eventTypes } from '#core/event.ts'
import { type Held, sayHeld } from '#core/hold.ts'
import { statuses } from '#core/words.ts'
import { everExisting } from '#commands/objects.ts'
import { Refused } from '#commands/refused.ts'
import type { StoredEvent } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { byId, iso, isoOrNull, listOf, many, moment, paging, pagingOf, when } from '../shapes.ts'
import { identity, reason, sentence, showIdentity } from './monitor-shapes.ts'

export const event = z.object({
  id: z.int(),
  type: z.enum(eventTypes),
  monitor: z.string(),
  name: z.string().describe("The monitor's name."),
  at: when,
  status: z.enum(statuses),
  previous: z.enum(statuses),
  lasted: z.number().describe('How long the previous status had lasted, milliseconds.'),
  reason,
  sentence,
  alert: z.boolean().describe('Whether it is one of those that people are told.'),
  outageAt: when.nullable(),
  confirmations: z.int(),
  locations: z.array(z.string()),
  identity: z
    .object({ before: identity, now: identity })
    .nullable()
    .describe('What answered before and what does now, such as a certificate; null: the event is another one.'),
  deed: z
    .object({ by: z.string(), note: z.string().nullable(), until: when.nullable() })
    .nullable()
    .describe('Who acknowledged it or put it off until when, or took that back; null: the event is another one.'),
  held: z
    .object({
      kind: z.enum(['acknowledged', 'snoozed', 'silenced']),
      by: z.string(),
      until: when.nullable(),
      silence: z.int().nullable().describe('The id of the silence.'),
      words: z.string(),
    })
    .nullable()
    .describe('Why nobody was told of trouble, though rules would; null: nothing stood against it.'),
})
const explained = event.extend({
  explanation: z
    .array(z.object({ rule: z.string(), channel: z.string(), told: z.boolean(), why: z.string() }))
    .describe('Who was told, who not, and why.'),
  facts: z.record(z.string(), z.unknown()).describe('Evidence, as the check found it.'),
})

export function eventRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/events',
      scope: 'read',
      summary: 'List what happened, newest first',
      query: z.strictObject({
        ...paging,
        monitor: z.string().describe('Only of the monitor with this key, a deleted one too.').optional(),
        since: moment.describe('Only from then on.').optional(),
        until: moment.describe('Only before.').optional(),
        type: many(z.enum(eventTypes)).describe('Only these types.').optional(),
      }),
      answer: listOf(event),
      handle: async ({ query }) => {
        const { since, until, type } = query
        const monitor = await monitorId(parts, query.monitor)
        const found = await parts.store.events.list({ ...pagingOf(query), monitor, since, until, type })
        return { items: await showEvents(parts, found.items), next: found.next }
      },
    }),
    route({
      at: 'GET /api/v2/events/{id}',
      scope: 'read',
      summary: 'Read an event, with who was told of it and why',
      params: byId,
      answer: explained,
      handle: async ({ params: { id } }) => {
        const found = await parts.store.events.get(id)
        if (found === null) throw new Refused({ kind: 'missing', what: 'event', key: String(id) })
        const explanation = found.explanation.map((line) => ({ ...line }))
        const [shown] = await showEvents(parts, [found])
        return { ...(shown as z.input<typeof event>), explanation, facts: { ...found.facts } }
      },
    }),
  ]
}

/** The number of the monitor that has this key or had it last, where one is asked for. */
export async function monitorId(parts: ApiParts, key: string | undefined): Promise<number | undefined> {
  return key === undefined ? undefined : (await everExisting(parts.store, { type: 'monitor', key })).id
}

export interface Named {
  readonly key: string
  readonly name: string
}
const nobody: Named = { key: '', name: '' }

/** Keys and names by number, of monitors living or deleted. */
export async function namesOf(
  parts: ApiParts,
  of: readonly { readonly monitor: number }[],
): Promise<{ get(monitor: number): Named }> {
  const ids = [...new Set(of.map(({ monitor }) => monitor))]
  const found = new Map((ids.length > 0 ? await parts.store.objects.byIds(ids) : []).map((one) => [one.id, one]))
  return { get: (monitor) => found.get(monitor) ?? nobody }
}

/** Events as they are answered, in the same order. */
export async function showEvents(parts: ApiParts, events: readonly StoredEvent[]): Promise<z.input<typeof event>[]> {
  const names = await namesOf(parts, events)
  return events.map((one) => show(one, names.get(one.monitor)))
}

const showHeld = (held: Held) => ({
  kind: held.kind,
  by: held.by,
  until: 'until' in held ? iso(held.until) : null,
  silence: 'silence' in held ? held.silence : null,
  words: sayHeld(held),
})

function show(one: StoredEvent, named: Named): z.input<typeof event> {
  const { id, type, status, previous, lasted, reason, sentence, alert, confirmations } = one
  const what = { id, type, monitor: named.key, name: named.name, at: iso(one.at), status, previous, lasted }
  const more = { outageAt: isoOrNull(one.outageAt), confirmations, locations: [...one.locations] }
  const change = one.identity && { before: showIdentity(one.identity.before), now: showIdentity(one.identity.now) }
  const { deed, held } = one
  const done = deed && { by: deed.by, note: deed.note, until: isoOrNull(deed.until) }
  const about = { ...what, reason, sentence, alert, ...more, identity: change ?? null }
  return { ...about, deed: done ?? null, held: held ? showHeld(held) : null }
}
