// Links in messages, as a phone, a mail scanner and a forger open them, against a real server.
import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { DeedClaim } from '#platform/deed-links.ts'
import { openDeedLinks } from '#platform/deed-links.ts'
import type { Outcome } from '#core/words.ts'
import { openTestServer, type TestServer } from '../testing.ts'

const hour = 3_600_000
let server: TestServer
let id = 0

async function see(outcome: Outcome): Promise<void> {
  const why = outcome === 'up' ? { reason: null, sentence: null } : { reason: 'refused', sentence: 'No <b>answer</b>.' }
  const seen = { monitor: id, location: 'local', at: server.clock.now(), signal: 'check', latency: 1 } as const
  const observation = { ...seen, outcome, ...why } as never
  await server.engine.input(id, { type: 'observation', observation })
}

async function stateNow() {
  const state = (await server.store.states.get([id])).get(id)
  if (state === undefined) throw new Error('there is no state')
  return state
}

async function claimed(over: Partial<DeedClaim> = {}): Promise<DeedClaim> {
  const { outage } = await stateNow()
  const expiresAt = server.clock.now() + 72 * hour
  const about = { monitor: id, outage: outage?.seq ?? 0, outageAt: outage?.at ?? 0, channel: 'oncall', expiresAt }
  return { deed: 'acknowledge', ...about, ...over }
}

const pathOf = async (over: Partial<DeedClaim> = {}) => `/respond/${server.links.make(await claimed(over))}`
/** As a phone does: nobody is signed in, and a form is posted that goes where it is told to. */
const get = (path: string) => server.ask('GET', path, { token: null })
const post = async (path: string) => {
  const response = await fetch(`${server.base}${path}`, { method: 'POST', redirect: 'manual' })
  await response.arrayBuffer()
  return response
}

describe('a link in a message', () => {
  beforeEach(async () => {
    server = await openTestServer()
    const create = async (plural: string, body: unknown) => {
      const { status, text } = await server.ask('POST', `/api/v2/${plural}`, { body })
      assert.equal(status, 201, text)
    }
    const http = { url: 'https://web.example.test' }
    await create('monitors', { key: 'web', name: 'Web <shop>', http, fail_after: 1 })
    await create('channels', { key: 'oncall', webhook: { url: 'https://hook.example.test' } })
    id = (await server.store.objects.get('monitor', 'web'))?.id ?? 0
    await see('down')
  })
  afterEach(() => server.close())

  test('opening a link shows what is wrong and a button, and changes nothing', async () => {
    const path = await pathOf()
    const before = await stateNow()
    for (const method of ['GET', 'HEAD']) assert.equal((await server.ask(method, path, { token: null })).status, 200)
    const { text, headers } = await get(path)
    assert.match(text, /<h1 dir="auto">DOWN: Web &lt;shop&gt;<\/h1>/)
    assert.match(text, /No &lt;b&gt;answer&lt;\/b&gt;\./)
    assert.match(text, /<form method="post">\s*<button type="submit">Acknowledge<\/button>/)
    assert.doesNotMatch(text, /<script|style="/)
    assert.match(
      headers.get('content-security-policy') ?? '',
      /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-/,
    )
    assert.equal(headers.get('cache-control'), 'no-store')
    assert.deepEqual(await stateNow(), before)
  })

  test('pressing the button acknowledges, in the name of the link, and pressing it again changes nothing', async () => {
    const path = await pathOf()
    const first = await post(path)
    assert.equal(first.status, 303)
    assert.equal(first.headers.get('location'), path)
    const state = await stateNow()
    assert.equal(state.outage?.acknowledged?.by, 'link sent to oncall')
    for (let again = 0; again < 3; again += 1) assert.equal((await post(path)).status, 303)
    assert.deepEqual(await stateNow(), state)
    const { text } = await get(path)
    assert.match(text, /Acknowledged by link sent to oncall at /)
    assert.doesNotMatch(text, /<button/)
    const { items } = await server.store.audit.list({ limit: 10, action: 'acknowledged' })
    assert.deepEqual(
      items.map(({ actor, subject }) => [actor.kind, actor.name, subject]),
      [['link', 'link sent to oncall', 'web']],
    )
  })

  test('a link for snoozing puts off for an hour, once', async () => {
    const path = await pathOf({ deed: 'snooze' })
    const before = server.clock.now()
    await post(path)
    const { snooze } = await stateNow()
    assert.ok(snooze && snooze.until >= before + hour && snooze.until <= server.clock.now() + hour)
    await post(path)
    assert.deepEqual((await stateNow()).snooze, snooze)
    assert.match((await get(path)).text, /Snoozed by link sent to oncall until /)
  })

  test('a link is worth nothing when its outage is over, nor for the next one', async () => {
    const path = await pathOf()
    await see('up')
    assert.match((await get(path)).text, /is over: there is nothing to do/)
    await post(path)
    assert.equal((await stateNow()).outage, null)
    await see('down')
    await post(path)
    assert.equal((await stateNow()).outage?.acknowledged, undefined)
    assert.doesNotMatch((await get(path)).text, /<button/)
  })

  test('whatever is wrong with a link, the answer is the same and nothing is done', async () => {
    const good = server.links.make(await claimed())
    const forged = openDeedLinks([new Uint8Array(32).fill(7)]).make(await claimed())
    const bad = [
      forged,
      `${good}x`,
      good.slice(0, -8),
      good.replace('1.a.', '1.s.'),
      good.replace(/\.oncall\./, '.other.'),
      'rubbish',
      '%00',
      server.links.make(await claimed({ expiresAt: server.clock.now() - 1 })),
      server.links.make(await claimed({ monitor: 4711 })),
      server.links.make(await claimed({ channel: 'gone' })),
    ]
    const before = await stateNow()
    const answers = new Set<string>()
    for (const token of bad) {
      const { status, text } = await get(`/respond/${token}`)
      answers.add(`${status} ${text}`)
      assert.equal((await post(`/respond/${token}`)).status, 404, token)
    }
    assert.equal(answers.size, 1)
    assert.match([...answers][0] ?? '', /^404 .*This link does not work/s)
    assert.deepEqual(await stateNow(), before)
  })

  test('the link of another outage does nothing to this one', async () => {
    const { outage } = await stateNow()
    for (const over of [{ outage: (outage?.seq ?? 0) + 1 }, { outageAt: (outage?.at ?? 0) + 1 }]) {
      await post(await pathOf(over))
      assert.equal((await stateNow()).outage?.acknowledged, undefined)
    }
  })

  test('a paused monitor is shown as paused, and nothing is offered', async () => {
    const path = await pathOf()
    await server.engine.input(id, { type: 'pause', at: server.clock.now() })
    const { text } = await get(path)
    assert.match(text, /PAUSED: Web/)
    assert.doesNotMatch(text, /<button/)
    assert.equal((await post(path)).status, 303)
  })
})
