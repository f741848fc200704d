// Tests of home: what is broken, what changed, and what is said of the watchman himself.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Event } from '#core/event.ts'
import { fresh, type MonitorState } from '#core/state.ts'
import { createToken } from '#commands/tokens.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openTestServer, type TestServer } from './testing.ts'

const hour = 3_600_000
const now = Date.UTC(2026, 5, 15, 12, 30)

interface Home {
  readonly status: Record<string, number>
  readonly broken: { readonly items: readonly { key: string; troubleAt: string }[]; readonly total: number }
  readonly changes: { readonly items: readonly { monitor: string; name: string }[]; readonly more: boolean }
  readonly watchman: { readonly well: boolean; readonly troubles: readonly string[]; readonly deliveries: object }
}

let server: TestServer
let ids: number[]
before(async () => {
  server = await openTestServer({ clock: new VirtualClock(now, () => Promise.resolve()) })
  const outage = { seq: 1, at: now - 3 * hour, worst: 'down' } as const
  ids = [
    await make('older', { status: 'degraded', since: now - hour, outage }),
    await make('newer', { status: 'down', since: now - 2 * hour }),
    await make('silent', { status: 'unknown', since: now - hour / 2 }),
    await make('never', { status: 'unknown', lastAt: null }),
    await make('well', {}, { team: 'shop' }),
    await make('resting', { paused: true }),
  ]
})
after(() => server.close())

async function make(key: string, more: Partial<MonitorState>, labels: Record<string, string> = {}): Promise<number> {
  const object = { type: 'monitor' as const, key, name: `The ${key}`, kind: 'http', labels, owner: 'api' }
  const spec = { http: { url: 'https://x.test' } }
  const { id } = (await server.store.objects.put({ ...object, spec }, now - 100 * hour)).object
  const state = { ...fresh(now - 50 * hour), version: 1, status: 'up' as const, lastAt: now, ...more }
  await server.store.states.save([{ id, from: 0, state }])
  return id
}

const happened = (monitor: number, at: number) => {
  const what = { type: 'monitor.down', monitor, seq: at, at, status: 'down', previous: 'up' } as const
  const more = { outage: null, outageAt: null, worst: null, silence: false, confirmations: 1, locations: [] }
  return { ...what, lasted: 1, reason: null, sentence: null, alert: true, ...more } satisfies Event
}

async function home(query = '', token?: string): Promise<Home> {
  const { json, status, text } = await server.ask('GET', `/api/v2/home${query}`, token ? { token } : {})
  assert.equal(status, 200, text)
  return json
}

test('what is broken comes with the oldest trouble first, without what nobody ever saw or watches', async () => {
  const { status, broken } = await home()
  assert.deepEqual(status, { degraded: 1, down: 1, unknown: 2, up: 1, paused: 1 })
  assert.deepEqual(
    broken.items.map(({ key, troubleAt }) => [key, (now - Date.parse(troubleAt)) / hour]),
    [
      ['older', 3],
      ['newer', 2],
      ['silent', 0.5],
    ],
  )
  const cut = await home('?limit=1')
  assert.deepEqual([cut.broken.items.length, cut.broken.total], [1, 3])
})

test('changes are those of a day, with the names of their monitors', async () => {
  const [one = 0, other = 0] = ids
  const list = [happened(one, now - 25 * hour), happened(one, now - hour), happened(other, now - 2 * hour)]
  await server.store.events.insert(list.map((event) => ({ ...event, explanation: [] })))
  const { changes } = await home()
  assert.deepEqual(
    changes.items.map(({ monitor, name }) => [monitor, name]),
    [
      ['older', 'The older'],
      ['newer', 'The newer'],
    ],
  )
  assert.equal((await home('?limit=1')).changes.more, true)
})

test('the watchman says what is amiss with himself, and nothing where all is well', async () => {
  const well = (await home()).watchman
  assert.deepEqual([well.well, well.troubles], [true, []])
  server.engine.unstored = now - hour
  const { troubles } = (await home()).watchman
  server.engine.unstored = null
  assert.match(troubles.join(), /Nothing can be stored since 2026-06-15 11:30 UTC/)
  const message = { eventId: 1, monitorId: 1, channel: 'ops', rule: 'all', idempotencyKey: 'x', at: now - hour }
  await server.store.deliveries.insert([message, { ...message, monitorId: 2, idempotencyKey: 'y' }])
  const claim = { now, leaseUntil: now + 1, limit: 1, room: () => 1 }
  const [claimed] = await server.store.deliveries.claim(claim)
  const attempt = { attempt: 1, at: now, ms: 1, ok: false, detail: 'No.' }
  await server.store.deliveries.finish([{ id: claimed?.id ?? 0, attempt, outcome: { state: 'dead' } }])
  const later = (await home()).watchman
  assert.deepEqual([later.well, later.deliveries], [false, { waiting: 1, failing: 0, dead: 1, deadInDay: 1 }])
  assert.deepEqual(later.troubles, ['1 message was given up in the last 24 hours.'])
  const [second] = await server.store.deliveries.claim(claim)
  assert.equal(await server.store.deliveries.failing(), 0)
  const again = { state: 'pending', nextAt: now + hour } as const
  await server.store.deliveries.finish([{ id: second?.id ?? 0, attempt, outcome: again }])
  const { deliveries, troubles: told } = (await home()).watchman
  assert.deepEqual(deliveries, { waiting: 1, failing: 1, dead: 1, deadInDay: 1 })
  assert.equal(told[1], '1 message waits: the last attempt to deliver failed.')
})

test('whoever is limited to labels sees nothing else', async () => {
  const labels = { team: ['shop'] }
  const { secret } = await createToken(server, { name: 'shop', scopes: ['read'], expiresAt: null, labels })
  const { status, broken, changes } = await home('', secret)
  assert.deepEqual([status, broken.total, changes.items], [{ up: 1 }, 0, []])
})
