// Single observations of a monitor, living or deleted, a page at a time, from either end of a span.
// Promises that no observation is left out or given twice, several of one millisecond too, and that only as many hours
// are read as the answer takes. Decides nothing.
import { z } from 'zod'
import { reasonNames } from '#core/reason.ts'
import { signals, type Status, statuses } from '#core/words.ts'
import { everExisting } from '#commands/objects.ts'
import type { SeenObservation } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { byKey, iso, listOf, many, micro, moment, paging, when, whole } from '../shapes.ts'

const hour = 3_600_000
const spanMost = 7 * 24 * hour
/** So much time is read at once when little was found before. */
const readMost = 8 * hour

const observation = z.object({
  at: when,
  location: z.string(),
  outcome: z.enum(statuses),
  signal: z.enum(signals),
  latency: z.number().nullable().describe('Milliseconds.'),
  reason: z.enum(reasonNames).nullable(),
})

export function observationRoute(parts: ApiParts): Route {
  return route({
    at: 'GET /api/v2/monitors/{key}/observations',
    scope: 'read',
    summary: 'List what was observed, newest first',
    params: byKey,
    query: z.strictObject({
      from: moment.describe('Left out: an hour before `to`.').optional(),
      to: moment.describe('Not included; left out: now. At most 7 days after `from`.').optional(),
      order: z.enum(['newest', 'oldest']).describe('Which come first; the newest when left out.').optional(),
      limit: whole(1, 10_000).describe('At most so many; 1000 when left out.').optional(),
      location: many(z.string().max(200)).describe('Only what was seen from these locations.').optional(),
      outcome: many(z.enum(statuses)).describe('Only what was found so.').optional(),
      cursor: paging.cursor,
    }),
    answer: listOf(observation),
    handle: async ({ params: { key }, query }) => {
      const { id } = await everExisting(parts.store, { type: 'monitor', key })
      const to = query.to ?? parts.clock.now()
      const from = query.from ?? to - hour
      checkSpan(from, to)
      const most = query.limit ?? 1_000
      const oldest = query.order === 'oldest'
      const place = placeIn(query.cursor, oldest, from, to)
      const isAsked = askedFor(query)
      const read = async (from: number, to: number) => (await parts.store.history.read(id, from, to)).filter(isAsked)
      const seen = await (oldest ? readOn(read, place, to, most + 1) : readBack(read, place, from, most + 1))
      const kept = seen.slice(0, most)
      const items = kept.map((one) => ({ ...one, at: iso(one.at), latency: micro(one.latency) }))
      return { items, next: seen.length > most ? placeAfter(kept, place, oldest) : null }
    },
  })
}

interface Narrowed {
  readonly location?: readonly string[] | undefined
  readonly outcome?: readonly Status[] | undefined
}
const askedFor =
  ({ location, outcome }: Narrowed) =>
  (one: SeenObservation): boolean =>
    (location?.includes(one.location) ?? true) && (outcome?.includes(one.outcome) ?? true)

function checkSpan(from: number, to: number): void {
  const message = to < from ? '"to" is before "from"' : to - from > spanMost ? 'the span is longer than 7 days' : null
  if (message !== null) throw new Problem('bad-request', `${message}.`, { errors: [{ path: ['from'], message }] })
}

/** Several observations may be of one millisecond, so a place is a moment and how many of it were given already. */
interface Place {
  readonly at: number
  readonly skip: number
}

/** `o` or `n` for the order, the moment, and how many of it were given: `o1718454600000.2`. */
function placeIn(cursor: string | undefined, oldest: boolean, from: number, to: number): Place {
  if (cursor === undefined) return { at: oldest ? from : to, skip: 0 }
  const match = /^([no])(\d{1,15})\.(\d{1,6})$/.exec(cursor)
  const at = Number(match?.[2] ?? Number.NaN)
  if (match?.[1] === (oldest ? 'o' : 'n') && at >= from && at <= to) return { at, skip: Number(match[3]) }
  const message = 'was not given out by this list; start again without it'
  throw new Problem('bad-request', `The cursor ${message}.`, { errors: [{ path: ['cursor'], message }] })
}

function placeAfter(kept: readonly SeenObservation[], began: Place, oldest: boolean): string {
  const at = kept.at(-1)?.at ?? began.at
  const given = kept.filter((one) => one.at === at).length + (at === began.at ? began.skip : 0)
  return `${oldest ? 'o' : 'n'}${at}.${given}`
}

/** What a monitor's observations in [from, to) are, oldest first. */
type Read = (from: number, to: number) => Promise<readonly SeenObservation[]>

/** At least so many from a place on, as far as there are. */
async function readOn(read: Read, place: Place, to: number, enough: number): Promise<SeenObservation[]> {
  const seen: SeenObservation[] = []
  let [from, span] = [place.at, hour]
  while (from < to && seen.length < enough) {
    const until = Math.min(from + span, to)
    seen.push(...after(place, await read(from, until)))
    from = until
    span = Math.min(span * 2, readMost)
  }
  return seen
}

/** At least so many from a place back, as far as there are. */
async function readBack(read: Read, place: Place, from: number, enough: number): Promise<SeenObservation[]> {
  const seen: SeenObservation[] = []
  // A place that was given out lies within what is read, the end of the span does not.
  let [to, span] = [place.skip > 0 ? place.at + 1 : place.at, hour]
  while (to > from && seen.length < enough) {
    const since = Math.max(to - span, from)
    seen.push(...after(place, (await read(since, to)).toReversed()))
    to = since
    span = Math.min(span * 2, readMost)
  }
  return seen
}

/** What of a place's own moment was not given yet, and all else. */
function after({ at, skip }: Place, read: readonly SeenObservation[]): SeenObservation[] {
  return read.filter((one, index) => one.at !== at || index >= skip)
}
