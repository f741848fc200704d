// Tests of trying before saving: what is found is answered, nothing is kept, and no secret goes astray.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { ChannelModel, MonitorModel } from '#manifest/model.ts'
import { openTestServer, type TestServer } from './testing.ts'

let server: TestServer
const tried: MonitorModel[] = []
const sent: ChannelModel[] = []
before(async () => {
  server = await openTestServer({
    sendTest: async (channel) => {
      sent.push(channel)
      return { ok: true, detail: '200 OK' }
    },
  })
  const { tryOut } = server.engine
  server.engine.tryOut = (model) => {
    tried.push(model)
    return tryOut(model)
  }
  const http = { url: 'https://web.example.test', headers: { 'X-Key': 'private' } }
  await server.ask('POST', '/api/v2/monitors', { body: { key: 'web', http } })
  const webhook = { url: 'https://hook.example.test/in', secret: 'shared' }
  await server.ask('POST', '/api/v2/channels', { body: { key: 'hook', webhook } })
})
after(() => server.close())

const check = (body: unknown, query = '') => server.ask('POST', `/api/v2/check${query}`, { body })

test('a check with settings that are not stored answers what it found, and keeps nothing', async () => {
  const facts = { phases: { connect: 2 }, response: { status: 200 } }
  const identity = { what: 'certificate', id: 'ab', words: 'of x', facts: {} }
  server.engine.finding = { outcome: 'up', latency: 12.3456, reason: null, sentence: null, facts, identity }
  const { status, json } = await check({ http: { url: 'https://user:secret@new.example.test' }, timeout: '5s' })
  assert.deepEqual(
    [status, json],
    [
      200,
      {
        found: { outcome: 'up', latency: 12.346, reason: null, sentence: null, facts, identity },
        target: 'https://***@new.example.test',
      },
    ],
  )
  assert.equal(tried.at(-1)?.policy.timeout, 5_000)
  const { json: list } = await server.ask('GET', '/api/v2/monitors')
  assert.equal((list as { total: number }).total, 1)
})

test('hidden secrets are those of the monitor that is changed, and go to no other server', async () => {
  const headers = { 'X-Key': '***' }
  const same = await check({ http: { url: 'https://web.example.test', headers } }, '?of=web')
  assert.equal(same.status, 200)
  assert.deepEqual((tried.at(-1) as MonitorModel & { config: { headers: object } }).config.headers, {
    'X-Key': 'private',
  })
  const moved = await check({ http: { url: 'https://evil.example.test', headers } }, '?of=web')
  assert.equal(moved.status, 422)
  assert.match(moved.text, /another server/)
  const unknown = await check({ http: { url: 'https://web.example.test', headers } })
  assert.deepEqual([unknown.status, (await check({ http: { url: 'https://x.test' } }, '?of=none')).status], [422, 404])
})

test('wrong settings are told all at once, and what is not checked says so', async () => {
  const { status, json } = await check({ http: { ulr: 'x' }, timeout: 'soon' })
  const { errors } = json as { errors: { path: string }[] }
  assert.equal(status, 422)
  assert.deepEqual(new Set(errors.map(({ path }) => path)), new Set(['http.url', 'http.ulr', 'timeout']))
  const beat = await check({ heartbeat: {} })
  assert.equal(beat.status, 409)
  assert.match(beat.text, /reports by itself/)
})

test('whoever may not edit may not try', async () => {
  const token = await server.token('respond')
  assert.equal((await server.ask('POST', '/api/v2/check', { body: {}, token })).status, 403)
  assert.equal((await server.ask('POST', '/api/v2/channels/test', { body: {}, token })).status, 403)
})

test('a test message goes by a channel that is not stored, with the secrets of the one that is changed', async () => {
  const webhook = { url: 'https://hook.example.test/other', secret: '***' }
  const { json } = await server.ask('POST', '/api/v2/channels/test?of=hook', { body: { webhook } })
  assert.deepEqual(json, { ok: true, detail: '200 OK' })
  assert.equal((sent.at(-1) as ChannelModel & { config: { secret: string } }).config.secret, 'shared')
  const fresh = await server.ask('POST', '/api/v2/channels/test', { body: { webhook: { url: 'https://new.test' } } })
  assert.equal(fresh.status, 200)
  const wrong = await server.ask('POST', '/api/v2/channels/test', { body: { webhook: {} } })
  assert.equal(wrong.status, 422)
  const { items } = await server.store.audit.list({ limit: 10, action: 'tested' })
  assert.deepEqual(
    items.map(({ subject }) => subject),
    ['webhook, not stored', 'hook'],
  )
})
