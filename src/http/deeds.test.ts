// Acknowledging, snoozing and silencing by the API, as people, confused ones and hostile ones do it.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { createToken } from '#commands/tokens.ts'
import type { Outcome } from '#core/words.ts'
import { openTestServer, type TestServer } from './testing.ts'

/** What is looked at of answers. */
interface Json {
  readonly id: number
  readonly items: readonly Json[]
  readonly acknowledged: { readonly by: string; readonly note: string | null; readonly at: string } | null
  readonly deed: object
  readonly status: string
  readonly alert: boolean
  readonly detail: string
  readonly snoozedUntil: string
  readonly snoozedBy: string
  readonly state: string
  readonly monitors: object
  readonly until: string
  readonly reason: string | null
  readonly covers: number
  readonly by: string
  readonly endedBy: string | null
}
const hour = 3_600_000

describe('deeds', () => {
  let server: TestServer
  let id = 0
  before(async () => {
    server = await openTestServer()
    const http = { url: 'https://web.example.test' }
    const body = { key: 'web', http, fail_after: 1, recover_after: 1, labels: { team: 'shop' } }
    assert.equal((await server.ask('POST', '/api/v2/monitors', { body })).status, 201)
    id = (await server.store.objects.get('monitor', 'web'))?.id ?? 0
  })
  after(() => server.close())
  beforeEach(() => see('down'))
  afterEach(async () => {
    await server.ask('DELETE', '/api/v2/monitors/web/snooze')
    await see('up')
  })

  async function see(outcome: Outcome): Promise<void> {
    const why = outcome === 'up' ? { reason: null, sentence: null } : { reason: 'refused', sentence: 'No answer.' }
    const seen = { monitor: id, location: 'local', at: server.clock.now(), signal: 'check', latency: 1 } as const
    await server.engine.input(id, { type: 'observation', observation: { ...seen, outcome, ...why } as never })
  }
  const ask = (method: string, path: string, body?: unknown, token?: string) =>
    server.ask(method, `/api/v2${path}`, { ...(body === undefined ? {} : { body }), ...(token ? { token } : {}) })

  test('an outage is acknowledged with or without a note, once, and shown wherever the monitor is', async () => {
    const first = await ask('POST', '/monitors/web/acknowledge', { note: ' on it ' })
    assert.equal(first.status, 200, first.text)
    const { by = '', note, at = '' } = (first.json as Json).acknowledged ?? {}
    assert.deepEqual([by, note], ['the token admin', 'on it'])
    assert.deepEqual((await ask('POST', '/monitors/web/acknowledge')).json, first.json)
    for (const path of ['/monitors/web', '/monitors?fields=short', '/home'])
      assert.ok(
        (await ask('GET', path)).text.includes(`"acknowledged":{"by":"${by}","at":"${at}","note":"on it"}`),
        path,
      )
    const listed = async (taken: boolean) =>
      ((await ask('GET', `/monitors?acknowledged=${taken}`)).json as Json).items.map((one) => one.by)
    assert.deepEqual([(await listed(true)).length, (await listed(false)).length], [1, 0])
    const events = (await ask('GET', '/events?type=monitor.acknowledged&limit=1')).json as Json
    const [event] = events.items
    assert.deepEqual(event?.deed, { by, note: 'on it', until: null })
    assert.deepEqual([event?.status, event?.alert], ['down', false])
    assert.equal((await server.store.audit.list({ limit: 1 })).items[0]?.action, 'acknowledged')
    const back = await ask('DELETE', '/monitors/web/acknowledge')
    assert.equal((back.json as Json).acknowledged, null)
    assert.equal((await ask('DELETE', '/monitors/web/acknowledge')).status, 200)
    assert.deepEqual([(await listed(true)).length, (await listed(false)).length], [0, 1])
  })

  test('an acknowledgement ends with its outage', async () => {
    await ask('POST', '/monitors/web/acknowledge', {})
    await see('up')
    assert.equal(((await ask('GET', '/monitors/web')).json as Json).acknowledged, null)
    const late = await ask('POST', '/monitors/web/acknowledge', {})
    assert.equal(late.status, 409)
    assert.match((late.json as Json).detail, /is in no trouble that could be acknowledged/)
  })

  test('an acknowledgement that races the recovery is either of the outage or refused', async () => {
    const answers = await Promise.all([
      ...Array.from({ length: 5 }, () => ask('POST', '/monitors/web/acknowledge', { note: 'me' })),
      see('up'),
      ask('POST', '/monitors/web/acknowledge', { note: 'me' }),
    ])
    for (const answer of answers) if (answer) assert.ok([200, 409].includes(answer.status), answer.text)
    assert.equal(((await ask('GET', '/monitors/web')).json as Json).acknowledged, null)
  })

  test('a snooze lasts for a time or until one, is said anew, and is ended', async () => {
    const now = server.clock.now()
    const first = (await ask('POST', '/monitors/web/snooze', { for: '30m' })).json as Json
    const until = Date.parse(first.snoozedUntil)
    assert.ok(until >= now + hour / 2 && until <= server.clock.now() + hour / 2)
    assert.equal(first.snoozedBy, 'the token admin')
    const at = new Date(now + 2 * hour).toISOString()
    assert.equal(((await ask('POST', '/monitors/web/snooze', { until: at })).json as Json).snoozedUntil, at)
    assert.equal(((await ask('DELETE', '/monitors/web/snooze')).json as Json).snoozedUntil, null)
    assert.equal((await ask('DELETE', '/monitors/web/snooze')).status, 200)
  })

  test('what makes no sense is refused, with how to mend it', async () => {
    const snooze = '/monitors/web/snooze'
    for (const [path, body, status, why] of [
      [snooze, {}, 422, /needs either for: 30m or until:/],
      [snooze, { for: '1h', until: '2126-01-01T00:00:00Z' }, 422, /needs either/],
      [snooze, { until: '2020-01-01T00:00:00Z' }, 422, /has passed already/],
      [snooze, { until: '2126-01-01T00:00:00Z' }, 422, /within a year/],
      [snooze, { for: '0s' }, 422, /for/],
      [snooze, { for: '-1h' }, 422, /for/],
      [snooze, { for: '9999999999w' }, 422, /for/],
      ['/monitors/web/acknowledge', { note: 'x'.repeat(1_001) }, 422, /note/],
      ['/monitors/web/acknowledge', { note: 7 }, 422, /note/],
      ['/monitors/web/acknowledge', { by: 'somebody else' }, 422, /by/],
      ['/monitors/wbe/acknowledge', {}, 404, /Did you mean \\?"web/],
      ['/silences', { for: '1h' }, 422, /monitors/],
      ['/silences', { monitors: {}, for: '1h' }, 422, /says nothing/],
      ['/silences', { monitors: 'web' }, 422, /needs either/],
      ['/silences', { monitors: 'web', from: '2126-01-01T00:00:00Z', until: '2125-01-01T00:00:00Z' }, 422, /after/],
      ['/silences', { monitors: 'web', for: '1h', reason: 'x'.repeat(1_001) }, 422, /reason/],
      ['/silences', { monitors: 'web', until: '2126-01-01T00:00:00Z' }, 422, /within a year/],
    ] as const) {
      const answer = await ask('POST', path, body)
      assert.equal(answer.status, status, answer.text)
      assert.match(answer.text, why)
    }
    const labels = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`l${at}`, 'x']))
    const many = await ask('POST', '/silences', { monitors: { labels }, for: '1h' })
    assert.equal(many.status, 422)
    assert.match(many.text, /takes at most 20 labels/)
    await ask('POST', '/monitors/web/pause')
    const paused = await ask('POST', '/monitors/web/acknowledge', {})
    assert.deepEqual([paused.status, /is paused/.test(paused.text)], [409, true])
    await ask('POST', '/monitors/web/resume')
  })

  test('scripts and odd signs in notes come back as they were written', async () => {
    const note = '<script>alert(1)</script> \u202Egnp.exe 🔥 "quotes" \'; drop table silences; --'
    const { json } = await ask('POST', '/monitors/web/acknowledge', { note })
    assert.equal((json as Json).acknowledged?.note, note)
    const made = await ask('POST', '/silences', { monitors: 'web', for: '1h', reason: note })
    assert.equal((made.json as Json).reason, note)
  })

  test('a silence is made, read, listed, changed and ended, and stays in the list', async () => {
    const made = await ask('POST', '/silences', { monitors: { labels: { team: 'shop' } }, for: '1h', reason: 'deploy' })
    assert.equal(made.status, 201, made.text)
    const silence = made.json as Json
    assert.equal(made.headers.get('location'), `/api/v2/silences/${silence.id}`)
    assert.deepEqual(
      [silence.state, silence.covers, silence.by, silence.reason, silence.endedBy],
      ['active', 1, 'admin', 'deploy', null],
    )
    assert.deepEqual(silence.monitors, { keys: null, labels: { team: 'shop' } })
    const at = `/silences/${silence.id}`
    assert.deepEqual((await ask('GET', at)).json, silence)
    const hushes = server.engine.hushes
    const changed = (await ask('PATCH', at, { for: '2h', reason: null })).json as Json
    assert.equal(changed.reason, null)
    assert.ok(Date.parse(changed.until) > Date.parse(silence.until))
    const old = await server.ask('PATCH', `/api/v2${at}`, { body: { for: '3h' }, headers: { 'if-match': '"1"' } })
    assert.equal(old.status, 412)
    assert.match((await ask('PATCH', at, { from: '2126-01-01T00:00:00Z' })).text, /since it has begun/)
    const ended = (await ask('DELETE', at)).json as Json
    assert.deepEqual([ended.state, ended.endedBy], ['ended', 'admin'])
    assert.deepEqual((await ask('DELETE', at)).json, ended)
    assert.match((await ask('PATCH', at, { for: '1h' })).text, /was over at/)
    const listed = async (query: string) =>
      ((await ask('GET', `/silences?${query}`)).json as Json).items.map((one) => one.id)
    assert.ok((await listed('')).includes(silence.id))
    assert.ok((await listed('state=ended,scheduled')).includes(silence.id))
    assert.ok(!(await listed('state=active')).includes(silence.id))
    assert.ok(server.engine.hushes - hushes >= 2)
    assert.equal((await ask('GET', '/silences?state=over')).status, 400)
    assert.equal((await ask('GET', '/silences/4711')).status, 404)
  })

  test('somebody who is limited to labels silences nothing outside of them, whatever they write', async () => {
    const http = { url: 'https://web.example.test' }
    await ask('POST', '/monitors', { key: 'pay', http, labels: { team: 'pay' } })
    const wish = { name: 'shop', scopes: ['respond' as const], expiresAt: null, labels: { team: ['shop'] } }
    const { secret } = await createToken(server, wish)
    for (const monitors of ['*', ['web', 'pay'], { keys: 'pay' }, { labels: { team: 'p*' } }]) {
      const made = await ask('POST', '/silences', { monitors, for: '1h' }, secret)
      assert.equal(made.status, 201, made.text)
      const stored = await server.store.silences.get((made.json as Json).id)
      assert.deepEqual(stored?.within, { team: ['shop'] })
    }
    const all = (await ask('POST', '/silences', { monitors: '*', for: '1h', reason: 'of all' })).json as Json
    const { text } = await ask('GET', '/silences', undefined, secret)
    assert.ok(!text.includes('of all'))
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const body = method === 'PATCH' ? { for: '1h' } : undefined
      assert.equal((await ask(method, `/silences/${all.id}`, body, secret)).status, 404, method)
    }
  })
})
