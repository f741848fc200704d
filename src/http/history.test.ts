// Tests of what the API tells of the past: observations, uptime, beat logs, events and deliveries.
// Promises uptime as time on a virtual clock, so that every share is exact.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ofObservations, slices } from '#core/rollup.ts'
import { fresh } from '#core/state.ts'
import type { Outcome } from '#core/words.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openTestServer, type TestServer } from './testing.ts'

const hour = 3_600_000
const day = 24 * hour
const now = Date.UTC(2026, 5, 15, 12, 30)

let server: TestServer
let monitor: number
before(async () => {
  server = await openTestServer({ clock: new VirtualClock(now, () => Promise.resolve()) })
  monitor = await make('web')
})
after(() => server.close())

async function make(key: string): Promise<number> {
  const object = { type: 'monitor' as const, key, name: key, kind: 'http', labels: {}, owner: 'api' }
  const spec = { http: { url: 'https://x.test' } }
  return (await server.store.objects.put({ ...object, spec }, now - 100 * day)).object.id
}

const seen = (at: number, outcome: Outcome = 'up') => ({
  monitor,
  location: 'local',
  at,
  outcome,
  signal: 'check' as const,
  latency: 10,
  reason: null,
  sentence: null,
})

interface Share {
  readonly uptime: number | null
  readonly ms: Record<string, number>
  readonly observations: number
  readonly failures: number
}

async function shares(key: string): Promise<Record<string, Share>> {
  const { json, text, status } = await server.ask('GET', `/api/v2/monitors/${key}/uptime`)
  assert.equal(status, 200, text)
  return (json as { windows: Record<string, Share> }).windows
}

test('observations of a span are paged without loss from either end, several in a millisecond too', async () => {
  const ats = [5, 4, 3, 3, 3, 2, 1].map((minutes) => now - minutes * 60_000)
  await server.store.history.append(ats.map((at) => seen(at)))
  const iso = ats.map((at) => new Date(at).toISOString())
  for (const limit of [1, 2, 3, 100]) {
    assert.deepEqual(await paged('web', `limit=${limit}`), iso.toReversed(), `newest first, ${limit} a page`)
    assert.deepEqual(await paged('web', `limit=${limit}&order=oldest`), iso, `oldest first, ${limit} a page`)
  }
})

async function paged(key: string, query: string): Promise<string[]> {
  const got: string[] = []
  for (let cursor = ''; got.length < 20;) {
    const { json } = await server.ask('GET', `/api/v2/monitors/${key}/observations?${query}${cursor}`)
    const { items, next } = json as { items: { at: string }[]; next: string | null }
    got.push(...items.map(({ at }) => at))
    if (next === null) break
    cursor = `&cursor=${next}`
  }
  return got
}

test('observations of one location or outcome are paged as if there were no others', async () => {
  const id = await make('placed')
  const at = (minutes: number) => now - minutes * 60_000
  const from = (location: string, minutes: number, outcome: Outcome = 'up') => ({
    ...seen(at(minutes), outcome),
    monitor: id,
    location,
  })
  await server.store.history.append([from('eu', 5), from('us', 4, 'down'), from('eu', 3, 'down'), from('eu', 3)])
  const iso = (minutes: number) => new Date(at(minutes)).toISOString()
  assert.deepEqual(await paged('placed', 'limit=1&location=eu'), [iso(3), iso(3), iso(5)])
  assert.deepEqual(await paged('placed', 'limit=1&order=oldest&outcome=down'), [iso(4), iso(3)])
  assert.deepEqual(await paged('placed', 'location=us&location=asia&outcome=up'), [])
})

test('who asks for few observations of a long span does not make the server read all of it', async (t) => {
  const id = await make('long')
  const ats = Array.from({ length: 6 * 24 * 60 }, (_, minutes) => now - 6 * day + minutes * 60_000)
  await server.store.history.append(ats.map((at) => ({ ...seen(at), monitor: id })))
  const read = t.mock.method(server.store.history, 'read')
  const from = new Date(now - 6 * day).toISOString()
  for (const [order, next] of [
    ['oldest', `o${now - 6 * day}.1`],
    ['newest', `n${now - 60_000}.1`],
  ]) {
    read.mock.resetCalls()
    const { json } = await server.ask('GET', `/api/v2/monitors/long/observations?limit=1&from=${from}&order=${order}`)
    assert.deepEqual([(json as { items: unknown[] }).items.length, json['next']], [1, next])
    let looked = 0
    for (const { result } of read.mock.calls) looked += (await result)?.length ?? 0
    assert.ok(looked > 0 && looked <= 61, `${looked} were read`)
  }
})

test('observations that lie far apart are all found, however few are asked for at once', async () => {
  const id = await make('sparse')
  const ats = [6.9, 6.8, 4, 0.1, 0.1].map((days) => now - days * day)
  await server.store.history.append(ats.map((at) => ({ ...seen(at), monitor: id })))
  const from = new Date(now - 7 * day).toISOString()
  const iso = ats.map((at) => new Date(at).toISOString())
  assert.deepEqual(await paged('sparse', `limit=2&from=${from}`), iso.toReversed())
  assert.deepEqual(await paged('sparse', `limit=2&from=${from}&order=oldest`), iso)
})

test('a span that is too long, backwards or no time is refused', async () => {
  const status = async (query: string) => (await server.ask('GET', `/api/v2/monitors/web/observations?${query}`)).status
  assert.equal(await status('from=2026-06-01T00:00:00Z&to=2026-06-09T00:00:01Z'), 400)
  assert.equal(await status('from=2026-06-09T00:00:00Z&to=2026-06-01T00:00:00Z'), 400)
  assert.equal(await status('from=yesterday'), 400)
  assert.equal(await status('cursor=1.1'), 400)
  assert.equal(await status(`cursor=o${now}.1`), 400, 'of the other order')
  assert.equal(await status('order=backwards'), 400)
})

test('uptime is time: from roll-ups, with the running stretch, and without what is unknown', async () => {
  const id = await make('counted')
  const spans = [
    { from: now - 2 * day, to: now - day, status: 'unknown' as const },
    { from: now - day, to: now - 6 * hour, status: 'up' as const },
    { from: now - 6 * hour, to: now - 4 * hour, status: 'down' as const },
  ]
  for (const resolution of ['hour', 'day'] as const) {
    const cut = spans.flatMap(({ from, to, status }) => slices(from, to, status, resolution))
    await server.store.rollups.addTime(cut.map((slice) => ({ monitor: id, slice, resolution })))
  }
  const state = { ...fresh(now - 2 * day), version: 1, status: 'up' as const, accountedAt: now - 4 * hour }
  await server.store.states.save([{ id, from: 0, state }])
  const all = await shares('counted')
  assert.deepEqual(Object.keys(all), ['24h', '7d', '30d', '90d', '365d'])
  assert.deepEqual([all['7d']?.ms.up, all['7d']?.ms.down, all['7d']?.ms.unknown], [22 * hour, 2 * hour, day])
  for (const window of ['7d', '30d', '90d', '365d']) assert.equal(all[window]?.uptime, 22 / 24, window)
})

test('what was just observed counts at once, and as much when it has been packed', async () => {
  const id = await make('counted')
  const ats = [now - 3 * day, now - 2_000, now - 1_000]
  await server.store.history.append(ats.map((at) => ({ ...seen(at, 'down'), monitor: id })))
  const counts = async () => {
    const all = await shares('counted')
    return ['24h', '7d', '365d'].map((window) => [all[window]?.observations, all[window]?.failures])
  }
  const expected = [
    [2, 2],
    [3, 3],
    [3, 3],
  ]
  assert.deepEqual(await counts(), expected)
  while ((await server.store.history.pack(1_000)) > 0);
  assert.deepEqual(await counts(), expected)
})

test('a monitor of which nothing is known has no uptime', async () => {
  await make('blank')
  const all = await shares('blank')
  assert.equal(all['24h']?.uptime, null)
  assert.equal(ofObservations([]).count, all['24h']?.observations)
})

test('what came with heartbeats is listed newest first, whatever its bytes', async () => {
  const body = Buffer.from([0x6f, 0x6b, 0xff])
  await server.store.beatLogs.insert({ monitor, at: now, signal: 'beat', body: Buffer.from('first'), keep: 10 })
  await server.store.beatLogs.insert({ monitor, at: now + 1, signal: 'fail', body, size: 300_000, keep: 10 })
  const { json } = await server.ask('GET', '/api/v2/monitors/web/log')
  const { items } = json as { items: { signal: string; size: number; truncated: boolean; body: string }[] }
  assert.deepEqual(
    items.map(({ signal, size, truncated, body }) => [signal, size, truncated, body]),
    [
      ['fail', 300_000, true, 'ok\ufffd'],
      ['beat', 5, false, 'first'],
    ],
  )
})

test('the past of a deleted monitor is there under its key, and what is not there any more says so', async () => {
  const id = await make('former')
  await server.engine.input(id, { type: 'pause', at: now })
  await server.store.history.append([{ ...seen(now - 1_000), monitor: id }])
  await server.store.beatLogs.insert({ monitor: id, at: now, signal: 'beat', body: Buffer.from('bye'), keep: 10 })
  await server.store.objects.remove('monitor', 'former', now)
  const count = async (path: string) => {
    const { json, status, text } = await server.ask('GET', path)
    assert.equal(status, 200, text)
    return (json as { items: unknown[] }).items.length
  }
  assert.equal(await count('/api/v2/events?monitor=former'), 1)
  assert.equal(await count('/api/v2/deliveries?monitor=former'), 0)
  assert.equal(await count('/api/v2/monitors/former/observations'), 1)
  assert.equal(await count('/api/v2/monitors/former/log'), 1)
  assert.equal((await shares('former'))['24h']?.observations, 1)
  const gone = await server.ask('GET', '/api/v2/monitors/former')
  assert.equal(gone.status, 404)
  assert.match(gone.text, /was deleted at 2026-06-15 12:30 UTC; what happened until then is kept/)
  assert.equal((await server.ask('GET', '/api/v2/events?monitor=never')).status, 404)
})

test('events name their monitor, deleted ones too, and one event tells who was told', async () => {
  const id = await make('gone')
  await server.engine.input(id, { type: 'pause', at: now })
  await server.store.objects.remove('monitor', 'gone', now)
  const { json } = await server.ask('GET', '/api/v2/events?type=monitor.paused')
  const { items } = json as { items: { id: number; monitor: string; type: string }[] }
  assert.deepEqual([items[0]?.monitor, items[0]?.type], ['gone', 'monitor.paused'])
  const one = await server.ask('GET', `/api/v2/events/${items[0]?.id}`)
  assert.deepEqual((one.json as { explanation: unknown }).explanation, [])
  assert.equal((await server.ask('GET', '/api/v2/events/4711')).status, 404)
  assert.equal((await server.ask('GET', '/api/v2/events/one')).status, 400)
  assert.equal((await server.ask('GET', '/api/v2/events?monitor=gone')).status, 200)
})

test('a delivery is listed, read with its attempts, and sent again or tried now', async () => {
  await server.engine.input(monitor, { type: 'pause', at: now })
  const events = await server.store.events.list({ limit: 1, monitor })
  const eventId = events.items[0]?.id ?? 0
  const row = { eventId, monitorId: monitor, channel: 'hook', rule: 'all', idempotencyKey: 'k-1', at: now }
  const hook = { type: 'channel' as const, key: 'hook', name: 'hook', kind: 'webhook', labels: {}, owner: 'api' }
  await server.store.objects.put({ ...hook, spec: { webhook: { url: 'https://x.test' } } }, now)
  await server.store.deliveries.insert([row])
  const { json } = await server.ask('GET', '/api/v2/deliveries?channel=hook&monitor=web')
  const { items } = json as { items: { id: number; monitor: string; state: string; nextAt: string | null }[] }
  const [first] = items
  assert.deepEqual([first?.monitor, first?.state, typeof first?.nextAt], ['web', 'pending', 'string'])
  const path = `/api/v2/deliveries/${first?.id}`
  assert.equal((await server.ask('POST', `${path}/resend`)).status, 200, 'one that waits is tried now')
  const claim = { now, leaseUntil: now + 1, limit: 1, room: () => 1 }
  await server.store.deliveries.claim(claim)
  const attempt = { attempt: 1, at: now, ms: 12, ok: false, detail: 'It answered 500.' }
  await server.store.deliveries.finish([{ id: first?.id ?? 0, attempt, outcome: { state: 'dead' } }])
  const dead = (await server.ask('GET', path)).json as { state: string; log: unknown[] }
  assert.deepEqual([dead.state, dead.log], ['dead', [{ ...attempt, at: new Date(now).toISOString() }]])
  const again = await server.ask('POST', `${path}/resend`)
  assert.deepEqual([again.status, (again.json as { state: string }).state], [200, 'pending'])
  assert.equal(server.engine.nudges, 2)
  await server.store.deliveries.insert([
    { ...row, idempotencyKey: 'k-2' },
    { ...row, idempotencyKey: 'k-3' },
  ])
  const next = (await server.ask('GET', '/api/v2/deliveries?channel=hook&limit=1')).json as {
    items: { behind: number }[]
  }
  assert.equal(next.items[0]?.behind, 2, 'the one sent again, and the next')
})

test('what answers is told of a monitor, and another one in an event with what was before', async () => {
  const id = await make('identified')
  const one = (name: string) => ({
    what: 'certificate',
    id: name,
    words: `one called ${name}`,
    facts: { issuer: name },
  })
  const looks = ['a', 'b'].map((name, index) => ({ ...seen(now + index), monitor: id, identity: one(name) }))
  for (const observation of looks) await server.engine.input(id, { type: 'observation', observation })
  const shown = (await server.ask('GET', '/api/v2/monitors/identified')).json as Record<string, unknown>
  assert.deepEqual(shown['identity'], { ...one('b'), since: new Date(now + 1).toISOString() })
  const { json } = await server.ask('GET', '/api/v2/events?monitor=identified&type=monitor.identity_changed')
  const [event, more] = (json as { items: Record<string, unknown>[] }).items
  assert.deepEqual([event?.['identity'], more], [{ before: one('a'), now: one('b') }, undefined])
  assert.equal(event?.['sentence'], 'The certificate changed: now it is one called b; before it was one called a.')
})
