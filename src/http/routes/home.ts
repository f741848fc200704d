// Home: what is broken now, what changed since yesterday, and whether the watchman is well himself.
// Promises to say in sentences what is amiss with the watchman, and nothing of it where all is well. Only reads.
import { z } from 'zod'
import { sayDuration } from '#core/duration.ts'
import { sayTime } from '#core/moment.ts'
import type { ShownStatus } from '#core/words.ts'
import { type Entry, select } from '../board/filter.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { iso, listMost, when, whole } from '../shapes.ts'
import { event, showEvents } from './events.ts'
import { momentOf } from './monitor-list.ts'
import { monitorRow, showRow } from './monitor-shapes.ts'

const hour = 3_600_000

const brokenItem = monitorRow.extend({
  troubleAt: when.describe('Since when it is not well: the list begins with the oldest.'),
})
const watchman = z.object({
  well: z.boolean(),
  troubles: z.array(z.string()).describe('What is amiss with Allswell itself, a sentence each.'),
  lateness: z
    .number()
    .nullable()
    .describe('How late checks began at worst in the last minutes, milliseconds; null: none began.'),
  storing: z.boolean(),
  waiting: z.int().describe('Observations that wait to be stored.'),
  deliveries: z
    .object({
      waiting: z.int().describe('Messages that are on their way or wait for another try.'),
      failing: z.int().describe('Of those the ones whose last attempt failed, to be tried again.'),
      dead: z.int().describe('Given up, all that are kept.'),
      deadInDay: z.int().describe('Given up in the last 24 hours.'),
    })
    .nullable(),
  unreadable: z.int().describe('Objects that this version cannot read.'),
  listeningSince: z.string().nullable().describe('Since when it has watched without a gap.'),
})

export function homeRoute(parts: ApiParts): Route {
  return route({
    at: 'GET /api/v2/home',
    scope: 'read',
    summary: 'What is broken now, what changed in 24 hours, and whether Allswell itself is well',
    query: z.strictObject({
      limit: whole(1, listMost).describe('At most so many broken ones and changes each; 100 when left out.').optional(),
    }),
    answer: z.object({
      at: when,
      status: z.record(z.string(), z.int()).describe('How many monitors are in each status.'),
      broken: z.object({ items: z.array(brokenItem), total: z.int() }),
      changes: z.object({ items: z.array(event), more: z.boolean() }).describe('Events of 24 hours, the newest first.'),
      watchman,
    }),
    handle: async ({ query, who }) => {
      const limit = query.limit ?? 100
      const moment = momentOf(parts)
      const entries = select(await parts.board.look(), { within: who?.limit ?? null }, moment)
      const status: Partial<Record<ShownStatus, number>> = {}
      for (const one of entries) status[one.status] = (status[one.status] ?? 0) + 1
      const broken = entries.filter(isBroken).map((entry) => ({ entry, at: troubleAt(entry) }))
      broken.sort((one, other) => one.at - other.at)
      const changes = await parts.store.events.list({ since: moment.now - 24 * hour, limit })
      return {
        at: iso(moment.now),
        status,
        broken: {
          items: broken.slice(0, limit).map(({ entry, at }) => ({ ...showRow(entry), troubleAt: iso(at) })),
          total: broken.length,
        },
        changes: { items: await showEvents(parts, changes.items), more: changes.next !== null },
        watchman: await watchmanNow(parts),
      }
    },
  })
}

/** Not well, or nothing is known any more of what was known once. */
function isBroken({ status, state }: Entry): boolean {
  return status === 'down' || status === 'degraded' || (status === 'unknown' && state.lastAt !== null)
}

const troubleAt = ({ state }: Entry): number => state.outage?.at ?? state.since

/** Later than this a check is late. */
const lateMs = 5_000

async function watchmanNow({ store, engine, clock }: ApiParts): Promise<z.input<typeof watchman>> {
  const health = engine.health()
  const [counts, failing, deadInDay] = await Promise.all([
    store.deliveries.counts(),
    store.deliveries.failing(),
    store.deliveries.deadSince(clock.now() - 24 * hour),
  ])
  const unstored = engine.unstoredSince()
  const { unreadable, latelyMs, waiting, listeningSince } = health
  const lateness = typeof latelyMs === 'number' ? Math.round(latelyMs) : null
  const broken = Array.isArray(unreadable) ? unreadable.length : 0
  const troubles: string[] = []
  if (unstored !== null)
    troubles.push(`Nothing can be stored since ${sayTime(unstored)}; what was observed is kept in memory.`)
  if (lateness !== null && lateness > lateMs) troubles.push(`Checks begin ${sayDuration(lateness)} late.`)
  if (deadInDay > 0) troubles.push(`${some(deadInDay, 'message was', 'messages were')} given up in the last 24 hours.`)
  if (failing > 0)
    troubles.push(`${some(failing, 'message waits', 'messages wait')}: the last attempt to deliver failed.`)
  if (broken > 0) troubles.push(`${some(broken, 'object', 'objects')} cannot be read by this version.`)
  return {
    well: troubles.length === 0,
    troubles,
    lateness,
    storing: unstored === null,
    waiting: typeof waiting === 'number' ? waiting : 0,
    deliveries: { waiting: counts.pending + counts.sending, failing, dead: counts.dead, deadInDay },
    unreadable: broken,
    listeningSince: typeof listeningSince === 'string' ? listeningSince : null,
  }
}

const some = (count: number, one: string, more: string) => `${count} ${count === 1 ? one : more}`
