// Tests of the list of monitors over real sockets: what it is narrowed by, its order, its columns, and who sees what.
// On both databases, since columns are read from the store.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { slices } from '#core/rollup.ts'
import { fresh, type MonitorState } from '#core/state.ts'
import { createToken } from '#commands/tokens.ts'
import { onEachStore } from '#test/stores.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openTestServer, type TestServer } from './testing.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
const now = Date.UTC(2026, 5, 15, 12, 30)

interface Item {
  readonly key: string
  readonly status: string
  readonly results?: { readonly outcomes: string; readonly latencies: readonly (number | null)[] }
  readonly latency?: { readonly mean: number; readonly p95: number; readonly max: number } | null
  readonly uptime?: Record<string, number | null>
  readonly spec?: unknown
  readonly silence?: { readonly until: string; readonly reason: string | null } | null
}
interface List {
  readonly items: readonly Item[]
  readonly next: string | null
  readonly total: number
  readonly counts?: { readonly status: Record<string, number>; readonly label: Record<string, Record<string, number>> }
}

onEachStore('the list of monitors', (ground) => {
  const within = async (work: (server: TestServer) => Promise<void>) => {
    const clock = new VirtualClock(now, () => Promise.resolve())
    const server = await openTestServer({ clock, store: ground.store })
    try {
      await work(server)
    } finally {
      await server.close()
    }
  }
  const make = async (key: string, more: Record<string, unknown> = {}, state: Partial<MonitorState> = {}) => {
    const spec = { http: { url: `https://${key}.example.test/?key=hidden` }, ...more }
    const labels = (more['labels'] ?? {}) as Record<string, string>
    const about = { type: 'monitor' as const, key, name: key, kind: 'http', labels, spec, owner: 'api' }
    const { id } = (await ground.store.objects.put(about, now - 100 * day)).object
    const known = { status: 'up', lastAt: now, accountedAt: now } as const
    await ground.store.states.save([{ id, from: 0, state: { ...fresh(now - day), version: 1, ...known, ...state } }])
    return id
  }
  const list = async (server: TestServer, query: string, token?: string) => {
    const { json, status, text } = await server.ask('GET', `/api/v2/monitors?${query}`, token ? { token } : {})
    assert.equal(status, 200, text)
    return json as List
  }
  const keys = async (server: TestServer, query: string) => (await list(server, query)).items.map(({ key }) => key)

  test('several values of a filter, several filters, and words of the target', () =>
    within(async (server) => {
      await make('a', { labels: { team: 'shop' } })
      await make('b', { labels: { team: 'pay' } }, { status: 'down' })
      await make('c', {}, { paused: true })
      assert.deepEqual(await keys(server, 'status=down&status=paused'), ['b', 'c'])
      assert.deepEqual(await keys(server, 'label=team:shop&label=team:pay'), ['a', 'b'])
      assert.deepEqual(await keys(server, 'label=team:*&status=up'), ['a'])
      assert.deepEqual(await keys(server, 'search=C.example'), ['c'])
      assert.deepEqual(await keys(server, 'search=hidden'), [])
      assert.deepEqual(await keys(server, 'sort=status'), ['b', 'a', 'c'])
      assert.deepEqual(await keys(server, 'sort=-key&offset=1&limit=1'), ['b'])
      const { total, next, items } = await list(server, 'limit=1&fields=short')
      assert.deepEqual([total, items.length, 'spec' in (items[0] ?? {})], [3, 1, false])
      assert.deepEqual(await keys(server, `cursor=${next}`), ['b', 'c'])
    }))

  test('what was changed, made or removed shows at once', () =>
    within(async (server) => {
      await make('a')
      assert.deepEqual(await keys(server, ''), ['a'])
      await make('b')
      await ground.store.objects.remove('monitor', 'a', now - 99 * day)
      assert.deepEqual(await keys(server, ''), ['b'])
      await make('a', { labels: { x: '1' } }).catch(() => {})
      assert.deepEqual(await keys(server, 'label=x:1'), ['a'])
    }))

  test('columns tell the last results, the latency of a day, and shares of time', () =>
    within(async (server) => {
      const id = await make('web', { interval: '60s' })
      await make('new')
      const results = Array.from({ length: 40 }, (_, index) => ({
        monitor: id,
        location: 'local',
        at: now - (40 - index) * minute,
        outcome: index === 39 ? ('down' as const) : ('up' as const),
        signal: 'check' as const,
        latency: index === 39 ? null : 100,
        reason: index === 39 ? ('refused' as const) : null,
        sentence: null,
      }))
      await ground.store.history.append(results.slice(0, 35))
      await ground.store.history.pack(100)
      await ground.store.history.append(results.slice(35))
      const spans = (['hour', 'day'] as const).flatMap((resolution) =>
        [...slices(now - 10 * day, now - day, 'up', resolution), ...slices(now - day, now, 'down', resolution)].map(
          (slice) => ({ monitor: id, slice, resolution }),
        ),
      )
      await ground.store.rollups.addTime(spans)
      const { items } = await list(server, 'include=results,latency&include=uptime&sort=-key')
      const [web, fresh] = items
      assert.equal(web?.results?.outcomes, `${'+'.repeat(29)}-`)
      assert.deepEqual(web?.results?.latencies.slice(-2), [100, null])
      assert.deepEqual([web?.latency?.max, web?.latency?.mean], [100, 100])
      const { uptime = {} } = web ?? {}
      assert.ok(Math.abs((uptime['30d'] ?? 0) - 0.9) < 1e-9 && uptime['30d'] === uptime['90d'])
      // Of the hours that the spans begin in the whole is told.
      assert.ok(Math.abs((uptime['24h'] ?? 0) - 0.5 / 24.5) < 1e-9)
      assert.ok(Math.abs((uptime['7d'] ?? 0) - (6 * 24 + 0.5) / (7 * 24 + 0.5)) < 1e-9)
      assert.deepEqual([fresh?.results?.outcomes, fresh?.latency], ['', null])
      assert.deepEqual(Object.values(fresh?.uptime ?? {}), [null, null, null, null])
    }))

  test('the silence in force that covers a monitor longest is told, to those who may see it', () =>
    within(async (server) => {
      await make('a', { labels: { team: 'shop' } })
      await make('b', { labels: { team: 'pay' } })
      const silence = async (body: object) =>
        assert.equal((await server.ask('POST', '/api/v2/silences', { body })).status, 201)
      await silence({ monitors: { labels: { team: 'shop' } }, for: '1h' })
      await silence({ monitors: 'a', for: '3h', reason: 'it moves' })
      await silence({ monitors: '*', from: new Date(now + hour).toISOString(), for: '7d' })
      const { items } = await list(server, 'include=silence&fields=short')
      assert.deepEqual(
        items.map(({ silence: one }) => one && [one.until, one.reason]),
        [[new Date(now + 3 * hour).toISOString(), 'it moves'], null],
      )
      assert.equal((await list(server, '')).items[0]?.silence, undefined, 'only where it is asked for')
      const labels = { team: ['shop'] }
      const { secret } = await createToken(server, { name: 'x', scopes: ['read'], expiresAt: null, labels })
      const [mine] = (await list(server, 'include=silence', secret)).items
      assert.deepEqual([mine?.silence?.until, mine?.silence?.reason], [new Date(now + hour).toISOString(), null])
    }))

  test('counts tell how many there are for each value of a filter, within what somebody sees', () =>
    within(async (server) => {
      await make('a', { labels: { team: 'shop' } })
      await make('b', { labels: { team: 'pay' } }, { status: 'down' })
      const { counts } = await list(server, 'include=counts&status=up')
      assert.deepEqual([counts?.status, counts?.label], [{ up: 1, down: 1 }, { team: { shop: 1 } }])
      const labels = { team: ['pay'] }
      const { secret } = await createToken(server, { name: 'x', scopes: ['read'], expiresAt: null, labels })
      const limited = await list(server, 'include=counts', secret)
      assert.deepEqual(
        [limited.items.map(({ key }) => key), limited.total, limited.counts?.status],
        [['b'], 1, { down: 1 }],
      )
    }))

  test('sorting by what lies in the past waits for it the first time', () =>
    within(async (server) => {
      const [slow, quick] = [await make('slow'), await make('quick')]
      await make('never')
      const seen = (monitor: number, latency: number) =>
        ({ monitor, location: 'local', at: now - hour, outcome: 'up', signal: 'check', latency }) as const
      const rest = { reason: null, sentence: null }
      await ground.store.history.append([
        { ...seen(slow, 900), ...rest },
        { ...seen(quick, 9), ...rest },
      ])
      await ground.store.history.pack(10)
      assert.deepEqual(await keys(server, 'sort=latency'), ['quick', 'slow', 'never'])
      assert.deepEqual(await keys(server, 'sort=-latency'), ['slow', 'quick', 'never'])
    }))

  test('what is asked for wrongly is refused with what would be right', () =>
    within(async (server) => {
      for (const [query, says] of [
        ['status=dwon', /status/],
        ['sort=color', /sort/],
        ['include=results,colour', /colour.*results, latency/],
        ['label=team', /name:value/],
        ['owner=me', /owner/],
        ['cursor=x&offset=2', /cursor/],
        ['cursor=abc', /cursor/],
        ['limit=0', /1 to 500/],
        [Array.from({ length: 21 }, () => 'label=a:b').join('&'), /20 times/],
      ] as const) {
        const { status, text } = await server.ask('GET', `/api/v2/monitors?${query}`)
        assert.equal(status, 400, query)
        assert.match(text, says)
      }
    }))
})
