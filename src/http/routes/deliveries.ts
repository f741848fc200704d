// Deliveries: messages to channels, each with its attempts, and sending one again.
// Promises that what was given up can be seen and tried anew. Sends nothing itself.
import { z } from 'zod'
import { resendDelivery } from '#commands/deliveries.ts'
import { everExisting } from '#commands/objects.ts'
import { Refused } from '#commands/refused.ts'
import type { Delivery } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { byId, iso, isoOrNull, listOf, paging, pagingOf, when, whole } from '../shapes.ts'
import { monitorId, type Named, namesOf } from './events.ts'

const state = z.enum(['pending', 'sending', 'delivered', 'dead'])
const delivery = z.object({
  id: z.int(),
  event: z.int(),
  monitor: z.string(),
  name: z.string().describe("The monitor's name."),
  channel: z.string(),
  rule: z.string(),
  state: state.describe('`pending`: it waits for its time; `dead`: given up, until somebody sends it again.'),
  attempts: z.int(),
  detail: z.string().nullable(),
  createdAt: when,
  nextAt: when.nullable().describe('When it is tried next; null: no more.'),
  finishedAt: when.nullable(),
  behind: z.int().describe('So many older messages about the same monitor go by this channel first.'),
  idempotencyKey: z.string(),
})
const attempt = z.object({
  attempt: z.int(),
  at: when,
  ms: z.number(),
  ok: z.boolean(),
  detail: z.string(),
})
const logged = delivery.extend({ log: z.array(attempt) })

export function deliveryRoutes(parts: ApiParts): Route[] {
  const show = async (all: readonly Delivery[]): Promise<z.input<typeof delivery>[]> => {
    const names = await namesOf(
      parts,
      all.map((one) => ({ monitor: one.monitorId })),
    )
    const behind = await parts.store.deliveries.behind(all.map(({ id }) => id))
    return all.map((one) => ({
      ...showDelivery(one, names.get(one.monitorId)),
      behind: behind.get(one.id) ?? 0,
    }))
  }
  const read = async (id: number): Promise<z.input<typeof logged>> => {
    const found = await parts.store.deliveries.get(id)
    if (found === null) throw new Refused({ kind: 'missing', what: 'delivery', key: String(id) })
    const [shown] = await show([found])
    const log = found.log.map((one) => ({ ...one, at: iso(one.at) }))
    return { ...(shown as z.input<typeof delivery>), log }
  }
  return [
    route({
      at: 'GET /api/v2/deliveries',
      scope: 'read',
      summary: 'List messages, newest first',
      query: z.strictObject({
        ...paging,
        state: state.optional(),
        channel: z.string().describe('Only to the channel with this key, a deleted one too.').optional(),
        monitor: z.string().describe('Only of the monitor with this key, a deleted one too.').optional(),
        event: whole(1, Number.MAX_SAFE_INTEGER).describe('Only about the event with this number.').optional(),
      }),
      answer: listOf(delivery),
      handle: async ({ query }) => {
        const { state, channel } = query
        const { event } = query
        const about = event === undefined ? null : await parts.store.events.get(event)
        if (event !== undefined && about === null)
          throw new Refused({ kind: 'missing', what: 'event', key: String(event) })
        const named = await monitorId(parts, query.monitor)
        if (about !== null && named !== undefined && named !== about.monitor) return { items: [], next: null }
        const monitor = about?.monitor ?? named
        if (channel !== undefined) await everExisting(parts.store, { type: 'channel', key: channel })
        const found = await parts.store.deliveries.list({ ...pagingOf(query), state, channel, monitor, event })
        return { items: await show(found.items), next: found.next }
      },
    }),
    route({
      at: 'GET /api/v2/deliveries/{id}',
      scope: 'read',
      summary: 'Read a delivery with its attempts',
      params: byId,
      answer: logged,
      handle: ({ params: { id } }) => read(id),
    }),
    route({
      at: 'POST /api/v2/deliveries/{id}/resend',
      scope: 'respond',
      summary: 'Send a finished delivery again, with the same idempotency key, or try one that waits now',
      params: byId,
      answer: logged,
      handle: async ({ params: { id } }) => {
        await resendDelivery(parts, id)
        return read(id)
      },
    }),
  ]
}

function showDelivery(one: Delivery, { key, name }: Named): Omit<z.input<typeof delivery>, 'behind'> {
  const { eventId, monitorId: _number, createdAt, nextAt, finishedAt, ...rest } = one
  const waits = one.state === 'pending' || one.state === 'sending'
  const times = { createdAt: iso(createdAt), nextAt: waits ? iso(nextAt) : null, finishedAt: isoOrNull(finishedAt) }
  return { ...rest, event: eventId, monitor: key, name, ...times }
}
