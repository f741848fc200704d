// Tests of live views over real sockets: what is told of what changes, to whom, and what becomes of the slow.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createToken, revokeToken } from '#commands/tokens.ts'
import { pauseMonitor } from '#commands/monitors.ts'
import { Metrics } from '#platform/metrics.ts'
import { until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { Board } from './board/board.ts'
import { Past } from './board/figures.ts'
import { clientsMost, Hub, ofOneMost } from './live/hub.ts'
import { adminToken, openTestServer, type TestServer } from './testing.ts'

let server: TestServer
before(async () => {
  server = await openTestServer()
  for (const [key, team] of [
    ['web', 'shop'],
    ['pay', 'pay'],
    ['old', 'shop'],
  ] as const) {
    const body = { key, http: { url: `https://${key}.test` }, labels: { team } }
    await server.ask('POST', '/api/v2/monitors', { body })
  }
})
after(() => server.close())

interface Row {
  readonly key: string
  readonly status: string
  readonly last: { readonly outcome: string; readonly latency: number } | null
}
interface Message {
  readonly event: string
  readonly id: string
  readonly data: {
    readonly rows?: readonly Row[]
    readonly gone?: readonly string[]
    readonly list?: { readonly keys: readonly string[]; readonly total: number }
    readonly counts?: { readonly status: Record<string, number> }
    readonly events?: readonly { readonly monitor: string; readonly type: string }[]
  }
}

/** Opens a live view and collects what it is told. */
async function look(query: string, { token = adminToken, last }: { token?: string; last?: string } = {}) {
  const stop = new AbortController()
  const headers = { authorization: `Bearer ${token}`, ...(last === undefined ? {} : { 'last-event-id': last }) }
  const response = await fetch(`${server.base}/api/v2/live?${query}`, { headers, signal: stop.signal })
  const messages: Message[] = []
  const view = { response, messages, ended: false, stop: () => stop.abort() }
  const read = async () => {
    let text = ''
    for await (const chunk of response.body ?? []) {
      text += new TextDecoder().decode(chunk)
      const parts = text.split('\n\n')
      text = parts.pop() ?? ''
      for (const part of parts) {
        const of = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(part)?.[1] ?? ''
        if (of('event') !== '')
          messages.push({ event: of('event'), id: of('id'), data: JSON.parse(of('data')) as never })
      }
    }
  }
  const done = read().then(
    () => (view.ended = true),
    () => (view.ended = true),
  )
  return { ...view, view, done }
}

const rowsOf = (messages: readonly Message[]) => messages.flatMap(({ data }) => data.rows ?? [])

async function fail(key: string, outcome: 'up' | 'down', latency: number): Promise<void> {
  const reason = outcome === 'up' ? null : ('refused' as const)
  server.engine.finding = { outcome, latency, reason, sentence: outcome === 'up' ? null : 'It refused.' }
  await server.ask('POST', `/api/v2/monitors/${key}/run`)
}

test('rows are told as they are at first, then as they change, with the last result, and nothing else', async () => {
  const { messages, stop, response } = await look('key=web')
  assert.equal(response.headers.get('content-type'), 'text/event-stream')
  await until('the row is told', () => rowsOf(messages).length === 1)
  await fail('pay', 'up', 3)
  await fail('web', 'up', 7)
  await until('the result is told', () => rowsOf(messages).some(({ status }) => status === 'up'))
  const rows = rowsOf(messages)
  assert.deepEqual(new Set(rows.map(({ key }) => key)), new Set(['web']))
  assert.deepEqual([rows.at(-1)?.last?.outcome, rows.at(-1)?.last?.latency], ['up', 7])
  stop()
})

test('a list is told when its page is another one, with counts and events where these are wanted', async () => {
  const query = 'list=true&counts=true&events=true&status=down&sort=key'
  const { messages, stop } = await look(query)
  await until('the empty list is told', () => messages.some(({ data }) => data.list?.total === 0))
  for (let attempt = 0; attempt < 2; attempt += 1) await fail('pay', 'down', 1)
  await until('the list is told anew', () => messages.some(({ data }) => data.list?.keys.join() === 'pay'))
  await until('counts are told', () => messages.some(({ data }) => data.counts?.status['down'] === 1))
  await until('the event is told', () =>
    messages.some(({ data }) => data.events?.some(({ monitor, type }) => monitor === 'pay' && type === 'monitor.down')),
  )
  await until('the row of the list is told', () =>
    rowsOf(messages).some(({ key, status }) => key === 'pay' && status === 'down'),
  )
  stop()
})

test('whoever is limited to labels is told of nothing else, and cut off when they may look no more', async () => {
  const labels = { team: ['shop'] }
  const { secret, token } = await createToken(server, { name: 'shop', scopes: ['read'], expiresAt: null, labels })
  const { messages, stop } = await look('key=web&key=pay&list=true&counts=true&events=true', { token: secret })
  await until('the list is told', () => messages.some(({ data }) => data.list?.keys.join() === 'old,web'))
  await fail('pay', 'up', 2)
  await fail('pay', 'down', 2)
  await fail('pay', 'down', 2)
  await fail('web', 'up', 9)
  await until('the row is told', () => rowsOf(messages).some(({ key, last }) => key === 'web' && last?.latency === 9))
  assert.equal(JSON.stringify(messages).includes('pay'), false)
  stop()
  await revokeToken(server, token.id)
})

test('whoever comes back is told what they missed, or that they must ask for all again', async () => {
  const first = await look('key=web&key=old')
  await until('both rows are told', () => rowsOf(first.messages).length === 2)
  const kept = await look('key=pay')
  const id = first.messages.at(-1)?.id ?? ''
  first.stop()
  await first.done
  await fail('web', 'up', 11)
  const again = await look('key=web&key=old', { last: id })
  await until('what was missed is told', () => rowsOf(again.messages).length > 0)
  assert.deepEqual(
    again.messages.map(({ event, data }) => [event, data.rows?.map(({ key }) => key)]),
    [['change', ['web']]],
  )
  const stranger = await look('key=web', { last: 'gone-7' })
  await until('all is told anew', () => rowsOf(stranger.messages).length === 1)
  assert.equal(stranger.messages[0]?.event, 'reset')
  for (const view of [kept, again, stranger]) view.stop()
})

test('a monitor that is removed is told to be gone', async () => {
  await server.ask('POST', '/api/v2/monitors', { body: { key: 'brief', http: { url: 'https://x.test' } } })
  const { messages, stop } = await look('key=brief')
  await until('the row is told', () => rowsOf(messages).length === 1)
  await server.ask('DELETE', '/api/v2/monitors/brief')
  await fail('web', 'up', 1)
  await until('it is told to be gone', () => messages.some(({ data }) => data.gone?.includes('brief') === true))
  stop()
})

test('one who opens too many is refused, and has room again when some are closed', async () => {
  const views = await Promise.all(Array.from({ length: ofOneMost }, () => look('key=web')))
  const more = await server.ask('GET', '/api/v2/live?key=web')
  assert.deepEqual([more.status, more.headers.get('retry-after')], [503, '30'])
  for (const view of views) view.stop()
  for (const view of views) await view.done
  await until('there is room', () => /allswell_live_clients 0/.test(server.metrics.expose()))
  const again = await look('key=web')
  assert.equal(again.response.status, 200)
  again.stop()
  assert.ok(clientsMost > ofOneMost)
})

/** A hub on a clock that the test moves. */
async function openHub() {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1))
  const own = await openTestServer({ clock })
  const [board, metrics] = [new Board(own), new Metrics()]
  const hub = new Hub({ ...own, metrics, board, past: new Past(own), random: () => 'e' })
  await own.ask('POST', '/api/v2/monitors', { body: { key: 'web', http: { url: 'https://x.test' } } })
  return { clock, own, hub, metrics, close: () => (hub.close(), own.close()) }
}

const wanted = { within: null, keys: new Set(['web']), list: null, counts: false, events: false }

test('many changes become four messages a second at most, and a client that takes nothing is cut off', async () => {
  const { clock, own, hub, metrics, close } = await openHub()
  try {
    const quick = hub.join({ name: 'quick', mayStay: async () => true }, wanted, null)
    hub.join({ name: 'slow', mayStay: async () => true }, { ...wanted, keys: new Set(['web']) }, null)
    const chunks: string[] = []
    const reading = (async () => {
      for await (const chunk of quick.body) chunks.push(new TextDecoder().decode(chunk))
    })()
    await clock.advance(300)
    chunks.length = 0
    for (let tick = 0; tick < 100; tick += 1) {
      await pauseMonitor(own, 'web', tick % 2 === 0)
      await clock.advance(20)
    }
    await clock.advance(500)
    const told = chunks.filter((chunk) => chunk.includes('event: change')).length
    assert.ok(told >= 4 && told <= 11, `${told} messages in 2.5 s`)
    for (let beat = 0; hub.size === 2 && beat < 4; beat += 1) await clock.advance(10_000)
    assert.equal(hub.size, 1)
    assert.match(metrics.expose(), /allswell_live_dropped_total 1/)
    hub.close()
    await reading
    assert.equal(hub.size, 0)
  } finally {
    await close()
  }
})

test('whoever may not look any more is cut off within seconds, and a quiet line is kept alive', async () => {
  const { clock, hub, close } = await openHub()
  try {
    let may = true
    const stream = hub.join({ name: 'x', mayStay: async () => may }, wanted, null)
    let text = ''
    const reading = (async () => {
      for await (const chunk of stream.body) text += new TextDecoder().decode(chunk)
    })()
    await clock.advance(40_000)
    assert.match(text, /\n:\n/)
    assert.equal(hub.size, 1)
    may = false
    await clock.advance(3_000)
    await reading
    assert.equal(hub.size, 0)
  } finally {
    await close()
  }
})
