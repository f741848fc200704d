// Tests of what the API tells of one monitor: its chart, its last failure, how each place sees it, and what counts.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { parse } from 'yaml'
import type { Event } from '#core/event.ts'
import type { Observation } from '#core/observation.ts'
import { slices } from '#core/rollup.ts'
import { fresh } from '#core/state.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openTestServer, type TestServer } from './testing.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = Date.UTC(2026, 5, 15, 12, 30)

let server: TestServer
let id: number
before(async () => {
  server = await openTestServer({ clock: new VirtualClock(now, () => Promise.resolve()) })
  const spec = { http: { url: 'https://u:secret@x.test', auth: { user: 'u', password: 'p' } }, interval: '30s' }
  const about = { type: 'monitor' as const, key: 'web', name: 'Web', kind: 'http', labels: {}, owner: 'api', spec }
  id = (await server.store.objects.put(about, now - 100 * day)).object.id
  const location = { settled: 'down', latest: 'up', notUp: 0, downs: 0, notDown: 1, ups: 1 } as const
  const seen = { ...location, at: now, reason: null, sentence: null }
  const state = { ...fresh(now - day), version: 1, lastAt: now, accountedAt: now - minute, locations: { eu: seen } }
  await server.store.states.save([{ id, from: 0, state: { ...state, status: 'down' as const } }])
})
after(() => server.close())

const observed = (at: number, more: Partial<Observation> = {}): Observation => {
  const what = { monitor: id, location: 'local', at, outcome: 'up', signal: 'check', latency: 100 } as const
  return { ...what, reason: null, sentence: null, ...more }
}

interface Series {
  readonly source: string
  readonly start: string
  readonly step: number
  readonly observations: readonly number[]
  readonly mean: readonly (number | null)[]
  readonly phases: Record<string, readonly (number | null)[]>
  readonly time: Record<string, readonly number[]> | null
  readonly spans: readonly { status: string; from: string; to: string | null; event: number | null }[]
}

async function series(query: string): Promise<Series> {
  const { json, status, text } = await server.ask('GET', `/api/v2/monitors/web/series?${query}`)
  assert.equal(status, 200, text)
  return json
}
const sum = (values: readonly (number | null)[] = []) => values.reduce<number>((total, one) => total + (one ?? 0), 0)

test('a chart is made of single results while they are kept, and of sums of hours and days beyond', async () => {
  const phases = { connect: 20, firstByte: 80 }
  await server.store.history.append([observed(now - 5 * day, { phases }), observed(now - 2 * hour, { phases })])
  await server.store.history.pack(10)
  await server.store.history.append([observed(now - minute)])
  const spans = (['hour', 'day'] as const).flatMap((resolution) =>
    slices(now - 5 * day, now - minute, 'up', resolution).map((slice) => ({ monitor: id, slice, resolution })),
  )
  await server.store.rollups.addTime(spans)
  const hours = await series('range=24h')
  assert.deepEqual([hours.source, sum(hours.observations), hours.time], ['results', 2, null])
  const week = await series('range=7d')
  assert.deepEqual([week.source, week.step, sum(week.observations)], ['hour', hour, 3])
  assert.equal(Math.round(sum(week.time?.['up']) / minute), 5 * 24 * 60 - 1)
  assert.equal(sum(week.time?.['down']), minute)
  assert.deepEqual(new Set(week.phases['connect']), new Set([null, 20]))
  const year = await series('range=365d')
  assert.deepEqual([year.source, sum(year.observations), year.observations.length], ['day', 3, 183])
  const iso = (at: number) => new Date(at).toISOString()
  const old = await series(`from=${iso(now - 6 * day)}&to=${iso(now - 5.5 * day)}`)
  assert.deepEqual([old.source, sum(old.observations)], ['hour', 0])
})

test('a chart tells when it was not up, with the event that each time began with', async () => {
  const what = { monitor: id, lasted: hour, reason: null, sentence: null, alert: true, outage: null, outageAt: null }
  const rest = { worst: null, silence: false, confirmations: 1, locations: [], explanation: [] }
  const happened = (seq: number, at: number, status: 'up' | 'down', previous: 'up' | 'down'): Event & typeof rest => ({
    ...what,
    ...rest,
    type: `monitor.${status}`,
    seq,
    at,
    status,
    previous,
  })
  await server.store.events.insert([
    happened(1, now - 3 * day, 'down', 'up'),
    happened(2, now - 2 * hour, 'up', 'down'),
    happened(3, now - hour, 'down', 'up'),
  ])
  const { spans } = await series('range=24h')
  assert.deepEqual(
    spans.map(({ status, from, to, event }) => [
      status,
      (now - Date.parse(from)) / hour,
      to && (now - Date.parse(to)) / hour,
      event,
    ]),
    [
      ['down', 24, 2, 1],
      ['down', 1, null, 3],
    ],
  )
})

test('a range that is none is refused', async () => {
  for (const query of ['range=2h', 'from=x', `from=${new Date(now).toISOString()}`, 'from=1900-01-01T00:00:00Z'])
    assert.equal((await server.ask('GET', `/api/v2/monitors/web/series?${query}`)).status, 400, query)
  assert.equal((await server.ask('GET', '/api/v2/monitors/none/series')).status, 404)
})

test('the last failure is told with all its evidence, or that there is none', async () => {
  const ask = async () =>
    ((await server.ask('GET', '/api/v2/monitors/web/failure')).json as { failure: unknown }).failure
  assert.equal(await ask(), null)
  const facts = { response: { status: 500, body: 'Oops' } }
  await server.store.failures.put([
    observed(now, { outcome: 'down', reason: 'status', sentence: 'It answered 500.', facts }),
  ])
  assert.deepEqual(await ask(), {
    at: new Date(now).toISOString(),
    location: 'local',
    outcome: 'down',
    latency: 100,
    reason: 'status',
    sentence: 'It answered 500.',
    facts,
  })
})

test('it tells how it looks from each place', async () => {
  const { json } = await server.ask('GET', '/api/v2/monitors/web')
  const { locations } = json as { locations: unknown }
  assert.deepEqual(locations, [
    {
      name: 'eu',
      status: 'down',
      latest: 'up',
      at: new Date(now).toISOString(),
      failures: 0,
      successes: 1,
      reason: null,
      sentence: null,
    },
  ])
})

test('it is written as it would stand in a file, without its secrets', async () => {
  const { text, headers } = await server.ask('GET', '/api/v2/monitors/web/manifest')
  assert.equal(headers.get('content-type'), 'application/yaml; charset=utf-8')
  const http = { url: 'https://***@x.test', auth: { user: '***', password: '***' } }
  assert.deepEqual(parse(text), { monitors: { web: { http, interval: '30s' } } })
})

test('settings are told as they count, with where each comes from', async () => {
  const { json } = await server.ask('GET', '/api/v2/monitors/web/settings')
  const { items } = json as { items: { path: string; value: unknown; source: string }[] }
  const told = Object.fromEntries(items.map(({ path, value, source }) => [path, [value, source]]))
  assert.deepEqual(told['interval'], ['30s', 'set'])
  assert.deepEqual(told['timeout'], ['10s', 'derived'])
  assert.deepEqual(told['retry_every'], ['7s500ms', 'derived'])
  assert.deepEqual(told['recover_after'], [1, 'default'])
  assert.deepEqual(told['http.url'], ['https://***@x.test', 'set'])
  assert.deepEqual(told['http.auth.password'], ['***', 'set'])
})
