// What the API tells of monitors while nothing newer is stored: never green out of silence, as on the page.
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { fresh, type MonitorState } from '#core/state.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openTestServer, type TestServer } from './testing.ts'

describe('doubt', () => {
  const now = Date.UTC(2026, 5, 15, 12, 30)
  const min = 60_000
  let server: TestServer
  before(async () => {
    server = await openTestServer({ clock: new VirtualClock(now, () => Promise.resolve()) })
    await stored('quiet', 'http', {
      status: 'up',
      lastAt: now - 10 * min,
      wakeAt: now - 7 * min,
      accountedAt: now - 10 * min,
    })
    await stored('fresh', 'http', { status: 'up', lastAt: now - 1_000, wakeAt: now + min })
    await stored('beat', 'heartbeat', { status: 'up', lastAt: now - 10 * min, wakeAt: now - min })
    await stored('rests', 'http', { status: 'unknown', paused: true, lastAt: now - 10 * min })
  })
  afterEach(() => {
    server.engine.unstored = null
  })
  after(() => server.close())

  async function stored(key: string, kind: 'http' | 'heartbeat', changes: Partial<MonitorState>): Promise<void> {
    const spec = kind === 'http' ? { http: { url: 'https://x.test' } } : { heartbeat: {} }
    const object = { type: 'monitor' as const, key, name: key, kind, labels: {}, owner: 'api', spec }
    const { id } = (await server.store.objects.put(object, now - 100 * min)).object
    const state = { ...fresh(now - 100 * min), accountedAt: now, version: 1, ...changes }
    await server.store.states.save([{ id, from: 0, state }])
  }

  interface Shown {
    readonly status: string
    readonly since: string
    readonly reason: string | null
    readonly sentence: string | null
  }
  const shown = async (key: string): Promise<Shown> => (await server.ask('GET', `/api/v2/monitors/${key}`)).json
  const keys = async (query: string): Promise<string[]> => {
    const { json } = await server.ask('GET', `/api/v2/monitors?${query}`)
    return (json as { items: { key: string }[] }).items.map(({ key }) => key)
  }

  test('a monitor whose checks stopped coming is told as unknown, with since when and why', async () => {
    const { status, since, reason, sentence } = await shown('quiet')
    assert.deepEqual([status, since, reason], ['unknown', new Date(now - 10 * min).toISOString(), 'no_data'])
    assert.equal(sentence, 'Nothing has been observed since 2026-06-15 12:20 UTC.')
    assert.equal((await shown('fresh')).status, 'up')
  })

  test('a heartbeat whose deadline passed and that nobody looked at is told as unknown', async () => {
    assert.equal((await shown('beat')).status, 'unknown')
  })

  test('a filter by status goes by what is told, not by what is stored', async () => {
    assert.deepEqual(await keys('status=up'), ['fresh'])
    assert.deepEqual(await keys('status=unknown'), ['beat', 'quiet'])
    server.engine.unstored = now - 2 * min
    assert.deepEqual(await keys('status=up'), [])
    assert.deepEqual(await keys('status=unknown'), ['beat', 'fresh', 'quiet'])
    assert.deepEqual(await keys('status=paused'), ['rests'])
  })

  test('while nothing can be stored every monitor is unknown, and the self report says why', async () => {
    assert.equal((await server.ask('GET', '/api/v2/health')).json['status'], 'ok')
    server.engine.unstored = now - 2 * min
    const { status, since, sentence } = await shown('fresh')
    assert.deepEqual([status, since], ['unknown', new Date(now - 2 * min).toISOString()])
    assert.match(sentence ?? '', /Nothing can be stored since 2026-06-15 12:28 UTC/)
    assert.equal((await server.ask('GET', '/api/v2/health')).json['status'], 'not_storing')
  })

  test('time in which a state was not to be believed is unknown in the uptime', async () => {
    const { json } = await server.ask('GET', '/api/v2/monitors/quiet/uptime')
    const { ms } = (json as { windows: Record<string, { ms: Record<string, number> }> }).windows['24h'] ?? { ms: {} }
    assert.deepEqual([ms['up'], ms['unknown']], [0, 10 * min])
  })
})
