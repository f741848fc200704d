// The chart of a monitor: latency with its phases over a range, and the stretches in which it was not up.
// Promises 300 points at most, of a monitor that is gone, too, and that no observation counts twice. Only reads.
import { z } from 'zod'
import { believed } from '#core/doubt.ts'
import { ofObservations, type Resolution, resolutionMs, type Rollup, slices } from '#core/rollup.ts'
import { type MonitorState, shown } from '#core/state.ts'
import { everExisting } from '#commands/objects.ts'
import type { SeenObservation, StoredObject } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { pointsOfResults, pointsOfRollups } from '../series/points.ts'
import { type Range, rangeNames, rangeOf, ranges } from '../series/range.ts'
import { spansOf } from '../series/spans.ts'
import { byKey, iso, isoOrNull, moment, when } from '../shapes.ts'
import { reason, sentence, trustIn } from './monitor-shapes.ts'

const values = z.array(z.number().nullable())
const numbers = z.array(z.number())
const answer = z.object({
  from: when,
  to: when,
  start: when.describe('Where the first point begins; each further one begins a step later.'),
  step: z.int().describe('How long each point is, milliseconds.'),
  source: z.enum(['results', 'hour', 'day']).describe('Made of single results, or of sums of hours or days.'),
  observations: numbers.describe('Looks and signs of life in each point.'),
  failures: numbers.describe('Of these, those that were not up.'),
  mean: values.describe('Milliseconds; null: nothing was measured.'),
  min: values,
  p95: values,
  max: values,
  phases: z.record(z.string(), values).describe('Mean milliseconds by phase: resolve, connect, tls, firstByte, body …'),
  time: z
    .object({ up: numbers, degraded: numbers, down: numbers, unknown: numbers, paused: numbers, maintenance: numbers })
    .nullable()
    .describe('Milliseconds in each status in each point; null where it is made of single results.'),
  spans: z
    .array(
      z.object({
        status: z.enum(['degraded', 'down', 'unknown', 'paused']),
        from: when,
        to: when.nullable().describe('Null: it goes on past the end.'),
        reason,
        sentence,
        event: z.int().nullable().describe('The event with which it began, where that is known.'),
      }),
    )
    .describe('When it was not up, or not watched, the oldest first.'),
  cut: z.boolean().describe('So much happened that the oldest spans are left out.'),
})

/** So many events of a range are looked at, the newest ones. */
const eventsMost = 1_000

export function seriesRoute(parts: ApiParts): Route {
  return route({
    at: 'GET /api/v2/monitors/{key}/series',
    scope: 'read',
    summary: 'Latency by phase over a range, and when it was not up: what a chart is drawn from',
    params: byKey,
    query: z.strictObject({
      range: z.enum(rangeNames).describe('Up to now; 24h when left out.').optional(),
      from: moment.describe('In place of a range.').optional(),
      to: moment.describe('Left out: now.').optional(),
    }),
    answer,
    handle: async ({ params: { key }, query }) => {
      const monitor = await everExisting(parts.store, { type: 'monitor', key })
      const now = parts.clock.now()
      const to = Math.min(query.to ?? now, now)
      const from = query.from ?? to - ranges[query.range ?? '24h']
      const wanted = rangeOf(from, to)
      if (wanted === null) {
        const message = 'must lie between a minute and ten years before "to", and not in the future'
        throw new Problem('bad-request', `"from" ${message}.`, { errors: [{ path: ['from'], message }] })
      }
      const { id } = monitor
      const state = monitor.deletedAt === null ? ((await parts.store.states.get([id])).get(id) ?? null) : null
      const asked = { id, from, to, state, now }
      const { range, points } = await pointsOf(parts, wanted, asked)
      return {
        from: iso(from),
        to: iso(to),
        start: iso(range.start),
        step: range.step,
        source: range.source,
        ...points,
        ...(await spansIn(parts, monitor, state, from, to)),
      }
    },
  })
}

interface Asked {
  readonly id: number
  readonly from: number
  readonly to: number
  readonly state: MonitorState | null
  readonly now: number
}

/** Of single results where these are kept so long, else of sums. */
async function pointsOf({ store }: ApiParts, wanted: Range, asked: Asked) {
  const { id, from, to } = asked
  if (wanted.source !== 'results') return { range: wanted, points: await sumsOf(store, wanted, asked) }
  const seen = await store.history.read(id, from, to)
  const range = seen.length === 0 ? (rangeOf(from, to, 'hour') ?? wanted) : wanted
  if (range.source === 'results') return { range, points: pointsOfResults(range, seen) }
  return { range, points: await sumsOf(store, range, asked) }
}

async function sumsOf(store: ApiParts['store'], range: Range, asked: Asked) {
  const { id } = asked
  const source = range.source === 'day' ? 'day' : 'hour'
  const end = range.start + range.count * range.step
  // In one transaction: what is packed in between would be counted twice, or not at all.
  const { stored, seen } = await store.transaction(async ({ rollups, history }) => ({
    stored: (await rollups.read([id], source, range.start, end)).get(id) ?? [],
    seen: await history.unpacked(id),
  }))
  const within = seen.filter(({ at }) => at >= range.start && at < end)
  return pointsOfRollups(range, [...stored, ...recent(within, source), ...running(asked, source, range.start)])
}

/** What is not in the roll-ups yet, as if it were. */
function recent(seen: readonly SeenObservation[], resolution: Resolution): { start: number; rollup: Rollup }[] {
  const size = resolutionMs[resolution]
  const groups = Map.groupBy(seen, ({ at }) => Math.floor(at / size) * size)
  return [...groups].map(([start, group]) => ({ start, rollup: ofObservations(group) }))
}

/** The time since the present state was last counted. */
function running(
  { state, to, now }: Asked,
  resolution: Resolution,
  start: number,
): { start: number; rollup: Rollup }[] {
  if (state === null || to < now) return []
  const none = ofObservations([])
  return slices(Math.max(state.accountedAt, start), to, shown(state), resolution).map((slice) => ({
    start: slice.start,
    rollup: { ...none, ms: { ...none.ms, [slice.status]: slice.ms } },
  }))
}

async function spansIn(parts: ApiParts, monitor: StoredObject, state: MonitorState | null, from: number, to: number) {
  const { events } = parts.store
  const newest = await events.list({ monitor: monitor.id, since: from, until: to, limit: eventsMost })
  const cut = newest.next !== null
  const prior = cut ? null : ((await events.list({ monitor: monitor.id, until: from, limit: 1 })).items[0] ?? null)
  const told = state && believed(state, trustIn(parts, monitor))
  const now = told && { status: shown(told), since: told.since }
  const spans = spansOf({ events: newest.items.toReversed(), prior, now }, from).map((span) => ({
    ...span,
    from: iso(span.from),
    to: isoOrNull(span.to),
  }))
  return { spans, cut }
}
