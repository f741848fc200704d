// Secret ids of heartbeats by the API: each finds a single monitor.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createToken } from '#commands/tokens.ts'
import { openTestServer, type TestServer } from './testing.ts'

const id = '3f1c9a52-7d1e-4c47-9b1a-0c7d2f7f3e55'
const other = '4f1c9a52-7d1e-4c47-9b1a-0c7d2f7f3e55'
const beats = (own: string) => ({ heartbeat: { id: own } })

describe('a secret id', () => {
  let server: TestServer
  before(async () => {
    server = await openTestServer()
    server.engine.holderOf = (asked) => (asked === id ? 'first' : null)
    const made = await server.ask('PUT', '/api/v2/monitors/first', { body: beats(id) })
    assert.equal(made.status, 201, made.text)
  })
  after(() => server.close())

  test('that another monitor has is refused, when one is created and when it is changed', async () => {
    const path = '/api/v2/monitors/second'
    const taken = await server.ask('PUT', path, { body: beats(id.toUpperCase()) })
    assert.equal(taken.status, 422, taken.text)
    assert.match(taken.text, /"path":"heartbeat\.id","message":"the monitor \\"first\\" has this id already/)
    assert.equal((await server.ask('PUT', path, { body: beats(other) })).status, 201)
    assert.equal((await server.ask('PATCH', path, { body: beats(id) })).status, 422)
    const same = { ...beats(id.toUpperCase()), name: 'First' }
    assert.equal((await server.ask('PUT', '/api/v2/monitors/first', { body: same })).status, 200, 'its own it keeps')
  })

  test('is not told to be whose to somebody who may not see that one', async () => {
    const limits = { name: 'shop', scopes: ['edit'] as const, expiresAt: null, labels: { team: ['shop'] } }
    const { secret: token } = await createToken(server, limits)
    const body = { ...beats(id), labels: { team: 'shop' } }
    const taken = await server.ask('PUT', '/api/v2/monitors/shop', { body, token })
    assert.equal(taken.status, 422, taken.text)
    assert.match(taken.text, /another monitor has this id already/)
    assert.doesNotMatch(taken.text, /first/)
  })

  test('is one within a document, and goes along with what is renamed', async () => {
    const send = (monitors: object) => server.ask('POST', '/api/v2/plan', { body: { scope: 'shop', monitors } })
    const taken = await send({ a: beats(id) })
    assert.match(taken.text, /"path":"monitors\.a\.heartbeat\.id","message":"the monitor \\"first\\" has/)
    const fresh = id.replace('3', '5')
    const twice = await send({ a: beats(fresh), b: beats(fresh.toUpperCase()) })
    assert.match(twice.text, /"path":"monitors\.b\.heartbeat\.id","message":"the monitor \\"a\\" has/)
    assert.equal((await send({ a: beats(fresh) })).status, 200)
    const renamed = await send({ a: { ...beats(id), moved: 'first' } })
    assert.doesNotMatch(renamed.text, /has this id already/)
  })
})
