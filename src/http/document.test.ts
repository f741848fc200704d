// Planning and applying by the API: the answers, and who may.
// Promises real requests against a real server.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createToken } from '#commands/tokens.ts'
import { openTestServer, type TestServer } from './testing.ts'

const web = { http: { url: 'https://web.example.test', headers: { 'X-Key': 'hunter22' } } }

describe('documents by the API', () => {
  let server: TestServer
  before(async () => {
    server = await openTestServer()
  })
  after(() => server.close())
  const send = (path: string, body: object, token?: string) =>
    server.ask('POST', `/api/v2/${path}`, { body, ...(token === undefined ? {} : { token }) })

  test('a plan, its apply and the export tell the same, and no secret', async () => {
    const document = { scope: 'shop', monitors: { web } }
    const plan = await send('plan', document)
    assert.equal(plan.status, 200, plan.text)
    const { changes, fingerprint } = plan.json as { changes: { action: string }[]; fingerprint: string }
    assert.deepEqual(
      changes.map(({ action }) => action),
      ['create'],
    )
    const applied = await send('apply', { ...document, fingerprint })
    assert.equal(applied.status, 200, applied.text)
    const exported = await server.ask('GET', '/api/v2/export?owner=scope:shop')
    const { monitors } = exported.json as { monitors: Record<string, unknown> }
    assert.deepEqual(monitors, { web: { http: { ...web.http, headers: { 'X-Key': '***' } } } })
    const again = await send('plan', { scope: 'shop', monitors })
    assert.deepEqual((again.json as { changes: unknown[] }).changes, [])
    for (const { text } of [plan, applied, exported, again]) assert.doesNotMatch(text, /hunter22/)
  })

  test('what is wrong is told with its place in the document, and what stands in the way, too', async () => {
    const wrong = await send('plan', { scope: 'shop', monitors: { web: { http: { url: 1 } } } })
    assert.equal(wrong.status, 422)
    assert.match(wrong.text, /"path":"monitors\.web\.http\.url"/)
    const scope = await send('plan', { scope: 'Shop Front' })
    assert.match(scope.text, /is not the name of a scope/)
    await send('apply', { scope: 'other', monitors: { theirs: web } })
    const taken = await send('apply', { scope: 'shop', monitors: { theirs: web } })
    assert.equal(taken.status, 409)
    assert.match(taken.text, /"path":"monitors\.theirs","message":"it belongs to the scope/)
    const stale = await send('apply', { scope: 'other', monitors: {}, fingerprint: 'x' })
    assert.equal(stale.status, 412)
  })

  test('a document of five thousand monitors is taken, and who may only look may not plan', async () => {
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`many-${n}`, { ...web, interval: '5m' }]))
    const plan = await send('plan', { scope: 'many', monitors: many })
    assert.equal((plan.json as { changes: unknown[] }).changes.length, 5_000)
    assert.equal((await send('plan', { scope: 'shop' }, await server.token('respond'))).status, 403)
  })

  test('whoever is limited to labels plans and applies only within them', async () => {
    const made = { name: 'shop', scopes: ['edit'] as const, expiresAt: null, labels: { team: ['shop'] } }
    const { secret: token } = await createToken(server, made)
    const own = { scope: 'limited', monitors: { mine: { ...web, labels: { team: 'shop' } } } }
    assert.equal((await send('apply', own, token)).status, 200)
    const other = await send('apply', { scope: 'limited', monitors: { mine: web } }, token)
    assert.equal(other.status, 403, other.text)
  })
})
