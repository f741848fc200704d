// A monitor's past: shares of time, and what came with its heartbeats.
// Promises the past of deleted ones, too, and uptime as time, from roll-ups, with unknown time shown and left out of
// the share. Decides nothing.
import { z } from 'zod'
import { quantile } from '#core/histogram.ts'
import { doubtOf } from '#core/doubt.ts'
import {
  emptyRollup,
  mergeRollups,
  ofObservations,
  type Resolution,
  resolutionMs,
  type Rollup,
  uptime,
} from '#core/rollup.ts'
import { type MonitorState, shown } from '#core/state.ts'
import { signals } from '#core/words.ts'
import { everExisting } from '#commands/objects.ts'
import type { StoredObject } from '#store/store.ts'
import type { ApiParts } from '../parts.ts'
import { type Route, route } from '../route.ts'
import { trustIn } from './monitor-shapes.ts'
import { failureRoute } from './failure.ts'
import { observationRoute } from './observations.ts'
import { seriesRoute } from './series.ts'
import { byKey, iso, listOf, when, whole } from '../shapes.ts'

const hour = 3_600_000
const day = 24 * hour

const ms = z.object({
  up: z.int(),
  degraded: z.int(),
  down: z.int(),
  unknown: z.int(),
  paused: z.int(),
  maintenance: z.int(),
})
const share = z.object({
  from: when,
  to: when,
  uptime: z
    .number()
    .nullable()
    .describe('Share of known time that it was up or degraded, 0 to 1; null: nothing known.'),
  ms: ms.describe('Milliseconds in each status.'),
  observations: z.int().describe('Looks and signs of life in this time.'),
  failures: z.int().describe('Observations that were not up.'),
  latency: z.object({ mean: z.number(), min: z.number(), max: z.number(), p95: z.number() }).nullable(),
})

/** What is answered, from what, over how much. */
const windows: Readonly<Record<string, { readonly resolution: Resolution; readonly ms: number }>> = {
  '24h': { resolution: 'hour', ms: day },
  '7d': { resolution: 'hour', ms: 7 * day },
  '30d': { resolution: 'day', ms: 30 * day },
  '90d': { resolution: 'day', ms: 90 * day },
  '365d': { resolution: 'day', ms: 365 * day },
}

const beatLog = z.object({
  at: when,
  signal: z.enum(signals),
  size: z.int().describe('Bytes that were sent.'),
  run: z.string().nullable().describe('The `rid` of the run that it belongs to.'),
  exit: z.int().nullable().describe('The exit status that was reported with it.'),
  truncated: z.boolean().describe('Whether only the beginning of them was kept.'),
  body: z.string().describe('As UTF-8; what is not is shown as �.'),
})

export function historyRoutes(parts: ApiParts): Route[] {
  const find = (key: string) => everExisting(parts.store, { type: 'monitor', key })
  const idOf = async (key: string) => (await find(key)).id
  return [
    observationRoute(parts),
    seriesRoute(parts),
    failureRoute(parts),
    route({
      at: 'GET /api/v2/monitors/{key}/uptime',
      scope: 'read',
      summary: 'Shares of time over 24 hours and 7, 30, 90 and 365 days',
      params: byKey,
      answer: z.object({ key: z.string(), windows: z.record(z.string(), share) }),
      handle: async ({ params: { key } }) => ({ key, windows: await sharesOf(parts, await find(key)) }),
    }),
    route({
      at: 'GET /api/v2/monitors/{key}/log',
      scope: 'read',
      summary: 'List what came with the last heartbeats, newest first',
      params: byKey,
      query: z.strictObject({ limit: whole(1, 100).describe('At most so many; 20 when left out.').optional() }),
      answer: listOf(beatLog),
      handle: async ({ params: { key }, query }) => {
        const logs = await parts.store.beatLogs.list(await idOf(key), query.limit ?? 20)
        const items = logs.map(({ at, signal, body, size, run, exit }) => ({
          at: iso(at),
          signal,
          size,
          run,
          exit,
          truncated: size > body.byteLength,
          body: textOf(body),
        }))
        return { items, next: null }
      },
    }),
  ]
}

const textOf = (body: Uint8Array) => new TextDecoder().decode(body)

async function sharesOf(parts: ApiParts, monitor: StoredObject): Promise<Record<string, z.input<typeof share>>> {
  const now = parts.clock.now()
  const { id } = monitor
  // What was deleted has been counted to its end.
  const state = monitor.deletedAt === null ? (await parts.store.states.get([id])).get(id) : undefined
  const doubt = state ? (doubtOf(state, trustIn(parts, monitor))?.since ?? now) : now
  // In one transaction: what is packed in between would be counted twice, or not at all.
  const { stored, seen } = await parts.store.transaction(async ({ rollups, history }) => {
    const read = async (resolution: Resolution, span: number) =>
      (await rollups.read([id], resolution, floor(now - span, resolution), now + 1)).get(id) ?? []
    const stored = { hour: await read('hour', 7 * day), day: await read('day', 365 * day) }
    return { stored, seen: await history.unpacked(id) }
  })
  return Object.fromEntries(
    Object.entries(windows).map(([name, { resolution, ms }]) => {
      const from = floor(now - ms, resolution)
      const within = stored[resolution].filter(({ start }) => start >= from).map(({ rollup }) => rollup)
      const recent = ofObservations(seen.filter(({ at }) => at >= from))
      const sum = [...within, recent, ...runningOf(state, from, doubt, now)].reduce(mergeRollups, emptyRollup)
      return [name, shareOf(sum, from, now)]
    }),
  )
}

const floor = (at: number, resolution: Resolution) =>
  Math.floor(at / resolutionMs[resolution]) * resolutionMs[resolution]

/** The time since the present state was last counted: unknown from when on the state is not believed. */
function runningOf(state: MonitorState | undefined, from: number, doubt: number, now: number): Rollup[] {
  const since = state ? Math.max(state.accountedAt, from) : now
  if (!state || since >= now) return []
  const known = Math.max(since, Math.min(doubt, now))
  return [
    { ...emptyRollup, ms: { ...emptyRollup.ms, [shown(state)]: known - since } },
    { ...emptyRollup, ms: { ...emptyRollup.ms, unknown: now - known } },
  ]
}

function shareOf(sum: Rollup, from: number, to: number): z.input<typeof share> {
  const { ms, count, failures, latencySum, latencyMin, latencyMax, latencies } = sum
  let measured = 0
  for (const number of latencies.values()) measured += number
  const latency =
    measured === 0 || latencyMin === null || latencyMax === null
      ? null
      : { mean: latencySum / measured, min: latencyMin, max: latencyMax, p95: quantile(latencies, 0.95) ?? latencyMax }
  return { from: iso(from), to: iso(to), uptime: uptime(ms), ms: { ...ms }, observations: count, failures, latency }
}
