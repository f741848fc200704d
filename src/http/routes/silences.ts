// Silences: monitors, by keys and labels, of which nobody is told from one moment to another.
// Promises that those which are over stay in the list, and that a limit to labels bounds what is silenced.
import { z } from 'zod'
import { selection } from '#core/selection.ts'
import { covers, silenceState, silenceStates } from '#core/silence.ts'
import { isWithin, type LabelLimit } from '#core/rights.ts'
import { changeSilence, createSilence, endSilence, existingSilence } from '#commands/silences.ts'
import type { StoredSilence } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { Reply, type Route, route } from '../route.ts'
import { byId, iso, listOf, moment, paging, pagingOf, when, wordsOf } from '../shapes.ts'
import { lasting, sayOnce, saysOnce, untilOf } from './spans-asked.ts'

const path = '/api/v2/silences'
const reason = z
  .string()
  .max(1_000)
  .transform((text) => text.trim() || null)
  .nullable()
  .describe('Why, for everybody who was not told.')

const silence = z.object({
  id: z.int(),
  state: z.enum(silenceStates),
  monitors: z
    .object({ keys: z.array(z.string()).nullable(), labels: z.record(z.string(), z.string()).nullable() })
    .describe('Any of the keys or patterns, and all of the labels.'),
  from: when,
  until: when.describe('When it was ended, where that was earlier.'),
  reason: z.string().nullable(),
  by: z.string(),
  createdAt: when,
  endedBy: z.string().nullable().describe('Who ended it before its time.'),
  covers: z.int().describe('How many monitors it covers as they are now, of those that you may see.'),
  revision: z
    .int()
    .describe('Also the ETag: send it back as If-Match, and a change made meanwhile is not overwritten.'),
})

type Shown = z.input<typeof silence>

export function silenceRoutes(parts: ApiParts): Route[] {
  return [listing(parts), making(parts), ...single(parts)]
}

const answering = (parts: ApiParts) => async (status: number, stored: StoredSilence, limit: LabelLimit | null) => {
  const [shown] = await show(parts, [stored], limit)
  const headers: Record<string, string> = status === 201 ? { location: `${path}/${stored.id}` } : {}
  return new Reply(status, shown as Shown, { etag: `"${stored.revision}"`, ...headers })
}

const listing = (parts: ApiParts): Route =>
  route({
    at: `GET ${path}`,
    scope: 'read',
    summary: 'List silences, the newest first; those that are over, too',
    query: z.strictObject({
      ...paging,
      state: wordsOf(silenceStates, 'a state of a silence').describe('Only in these states.').optional(),
    }),
    answer: listOf(silence),
    handle: async ({ query, who }) => {
      const asked = { ...pagingOf(query), now: parts.clock.now(), state: query.state }
      const { items, next } = await parts.store.silences.list(asked)
      return { items: await show(parts, items, who?.limit ?? null), next }
    },
  })

const making = (parts: ApiParts): Route =>
  route({
    at: `POST ${path}`,
    scope: 'respond',
    summary: 'Silence monitors by keys or labels: nobody is told of them until then',
    status: 201,
    body: z
      .strictObject({
        monitors: selection,
        from: moment.describe('Left out: now.').optional(),
        ...lasting,
        reason: reason.optional(),
      })
      .refine(saysOnce, sayOnce),
    answer: silence,
    handle: async ({ body, who }) => {
      const { monitors, from } = body
      const until = untilOf(body, from ?? parts.clock.now())
      const made = await createSilence(parts, { monitors, from, until, reason: body.reason ?? null })
      return answering(parts)(201, made, who?.limit ?? null)
    },
  })

function single(parts: ApiParts): Route[] {
  const reply = answering(parts)
  return [
    route({
      at: `GET ${path}/{id}`,
      scope: 'read',
      summary: 'Read a silence',
      params: byId,
      answer: silence,
      handle: async ({ params: { id }, who }) => reply(200, await existingSilence(parts, id), who?.limit ?? null),
    }),
    route({
      at: `PATCH ${path}/{id}`,
      scope: 'respond',
      summary: 'Change when a silence begins or ends, or why it is there',
      params: byId,
      body: z
        .strictObject({ from: moment.optional(), ...lasting, reason: reason.optional() })
        .refine((asked) => asked.for === undefined || asked.until === undefined, sayOnce),
      answer: silence,
      handle: async ({ params: { id }, body, revision, who }) => {
        const { from, reason } = body
        const said = body.for !== undefined || body.until !== undefined
        const change = {
          ...(from === undefined ? {} : { from }),
          ...(said ? { until: untilOf(body, parts.clock.now()) } : {}),
          ...(reason === undefined ? {} : { reason }),
        }
        return reply(200, await changeSilence(parts, id, change, revision), who?.limit ?? null)
      },
    }),
    route({
      at: `DELETE ${path}/{id}`,
      scope: 'respond',
      summary: 'End a silence now: what it held back and still lasts is told',
      params: byId,
      answer: silence,
      handle: async ({ params: { id }, who }) => reply(200, await endSilence(parts, id), who?.limit ?? null),
    }),
  ]
}

async function show(parts: ApiParts, silences: readonly StoredSilence[], limit: LabelLimit | null): Promise<Shown[]> {
  const { rows } = await parts.board.look()
  const seen = rows.filter((row) => isWithin(limit, row.labels))
  const now = parts.clock.now()
  return silences.map((one) => ({
    id: one.id,
    state: silenceState(one, now),
    monitors: {
      keys: one.selector.keys && [...one.selector.keys],
      labels: one.selector.labels && { ...one.selector.labels },
    },
    from: iso(one.from),
    until: iso(one.until),
    reason: one.reason,
    by: one.by,
    createdAt: iso(one.createdAt),
    endedBy: one.endedBy,
    covers: seen.reduce((count, row) => count + (covers(one, row) ? 1 : 0), 0),
    revision: one.revision,
  }))
}
