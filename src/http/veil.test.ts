// Groups read by somebody who is limited to labels: what is said of one names nobody whom they may not see.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createToken } from '#commands/tokens.ts'
import { openTestServer, type TestServer } from './testing.ts'

describe('a group of which somebody may not see all members', () => {
  const secret = 'payments-of-others'
  const limit = { team: ['shop'] }
  let server: TestServer
  let token = ''
  let groupId = 0
  let eventId = 0

  async function derive(down: readonly string[]): Promise<void> {
    const facts = { members: { up: 0, needed: 2, down, degraded: [], unknown: [], paused: [] } }
    const seen = {
      monitor: groupId,
      location: 'local',
      at: server.clock.now(),
      signal: 'derived',
      latency: null,
    } as const
    const why = { outcome: 'down', reason: 'members', sentence: `2 of 2 are down: ${down.join(', ')}.`, facts } as const
    await server.engine.input(groupId, { type: 'observation', observation: { ...seen, ...why } })
    await server.store.failures.put([{ ...seen, ...why }])
  }

  before(async () => {
    server = await openTestServer()
    const create = async (body: object) => {
      const { status, text } = await server.ask('POST', '/api/v2/monitors', { body })
      assert.equal(status, 201, text)
    }
    const http = { url: 'https://web.example.test' }
    await create({ key: 'web', http, labels: { team: 'shop' } })
    await create({ key: secret, name: secret, http, labels: { team: 'pay' } })
    await create({ key: 'all', crowd: { monitors: '*' }, labels: { team: 'shop' } })
    groupId = (await server.store.objects.get('monitor', 'all'))?.id ?? 0
    const shop = { key: 'web', labels: { team: 'shop' } }
    server.engine.members.set(groupId, [shop, { key: secret, labels: { team: 'pay' } }])
    await derive(['web', secret])
    eventId = (await server.store.events.list({ limit: 1 })).items[0]?.id ?? 0
    token = (await createToken(server, { name: 'shop', scopes: ['edit'], expiresAt: null, labels: limit })).secret
  })
  after(() => server.close())

  const paths = () => [
    '/api/v2/monitors',
    '/api/v2/monitors?fields=short',
    '/api/v2/monitors/all',
    '/api/v2/monitors/all/failure',
    '/api/v2/monitors/all/series?range=1h',
    '/api/v2/events',
    `/api/v2/events/${eventId}`,
    '/api/v2/home',
  ]

  test('is told of without names, by whatever route', async () => {
    for (const path of paths()) {
      const mine = await server.ask('GET', path, { token })
      assert.equal(mine.status, 200, path)
      assert.ok(!mine.text.includes(secret), `${path}: ${mine.text}`)
      assert.match(mine.text, /you may not see all of them/, path)
      assert.match(mine.text, /down/, path)
    }
    for (const [verb, body] of [
      ['acknowledge', {}],
      ['snooze', { for: '1h' }],
      ['pause', undefined],
      ['resume', undefined],
    ] as const) {
      const { status, text } = await server.ask('POST', `/api/v2/monitors/all/${verb}`, { token, body })
      assert.equal(status, 200, text)
      assert.ok(!text.includes(secret), `${verb}: ${text}`)
    }
  })

  test('is told of by name to whoever sees everything', async () => {
    await derive(['web', secret])
    for (const path of paths()) {
      const { text } = await server.ask('GET', path)
      assert.ok(text.includes(`2 of 2 are down: web, ${secret}.`), path)
    }
  })

  test('is told of by name in events that name nobody else', async () => {
    await server.engine.input(groupId, { type: 'pause', at: server.clock.now() })
    await server.engine.input(groupId, { type: 'resume', at: server.clock.now() })
    await derive(['web'])
    const { text } = await server.ask('GET', '/api/v2/events?limit=1', { token })
    assert.match(text, /2 of 2 are down: web\./)
  })

  test('is streamed without names', async () => {
    const url = `${server.base}/api/v2/live?key=all&events=true`
    const over = new AbortController()
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` }, signal: over.signal })
    let told = ''
    for await (const piece of response.body ?? []) {
      const before = told.includes('event: change')
      told += new TextDecoder().decode(piece)
      if (!before && told.includes('event: change')) {
        await server.engine.input(groupId, { type: 'pause', at: server.clock.now() })
        await server.engine.input(groupId, { type: 'resume', at: server.clock.now() })
        await derive(['web', secret])
      }
      if (told.includes('monitor.down')) break
    }
    over.abort()
    assert.match(told, /you may not see all of them/)
    assert.ok(!told.includes(secret), told)
  })
})
