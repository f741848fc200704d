// What changes, told as it happens: server-sent events of the rows, the list and the counts that somebody looks at.
// Promises that nobody is told of what they may not see, also when that changes while they look.
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import type { Identity } from '../auth.ts'
import { type Sorting, sortings } from '../board/order.ts'
import type { ListView, Wanted } from '../live/view.ts'
import { change } from '../live/shapes.ts'
import type { ApiParts } from '../parts.ts'
import { Problem } from '../problem.ts'
import { Reply, type Route, route } from '../route.ts'
import { flag, listMost, many, whole } from '../shapes.ts'
import type { Visitor } from '../visitor.ts'
import { filterOf, monitorFilters, orderOf, sortBy } from './monitor-list.ts'

/** Their names must fit into the address. */
const keysMost = 100

export function liveRoute(parts: ApiParts): Route {
  return route({
    at: 'GET /api/v2/live',
    scope: 'read',
    summary: 'Server-sent events of what changes in the rows, the list and the counts that are looked at',
    query: z.strictObject({
      key: many(z.string().max(200), keysMost).describe('These monitors.').optional(),
      list: flag.describe('And those on this page of the list, which the further parameters choose.').optional(),
      ...monitorFilters(parts),
      sort: sortBy,
      limit: whole(1, listMost).optional(),
      offset: whole(0, 10_000_000).optional(),
      counts: flag.describe('Counts for the filters of the list, too.').optional(),
      events: flag.describe('Events of all monitors that may be seen, too.').optional(),
    }),
    answer: change.describe(
      'The data of an event `change`; `reset` says that something was missed: ask for all again.',
    ),
    media: 'text/event-stream',
    handle: async ({ query, who, visitor }) => {
      if (who === null || parts.hub.isFull(who.name)) {
        const detail = 'Too many live views are open; close some, or try again later.'
        throw new Problem('unavailable', detail, { headers: { 'retry-after': '30' } })
      }
      const within = who.limit
      const list = query.list || query.counts ? listOf(query, within) : null
      const keys = new Set(query.key)
      const { counts = false, events = false } = query
      const wanted: Wanted = { within, keys, list, counts, events }
      const from = visitor.headers['last-event-id']
      const name = who.name
      const stream = parts.hub.join(
        { name, mayStay: () => mayStay(parts, who, visitor) },
        wanted,
        typeof from === 'string' ? from : null,
      )
      // What stands between must not hold back what is not complete.
      return new Reply(200, stream.body, { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' })
    },
  })
}

type Asked = z.output<z.ZodObject<ReturnType<typeof monitorFilters>>> & {
  readonly sort?: Sorting | `-${Sorting}` | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}

const listOf = (query: Asked, within: Wanted['within']): ListView => ({
  filter: filterOf(query, within),
  order: orderOf(query.sort ?? sortings[0]),
  limit: query.limit ?? 100,
  offset: query.offset ?? 0,
})

/** Asked anew: a session may have ended, a token may be revoked, and a limit be another one. */
async function mayStay({ auth }: ApiParts, before: Identity, visitor: Visitor): Promise<boolean> {
  const now = await auth.enter(visitor, 'read', false)
  return !(now instanceof Problem) && isDeepStrictEqual(now.limit, before.limit)
}
