// Tests of changing many monitors over real sockets: by the list's own filters, by keys, and within a limit.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createToken } from '#commands/tokens.ts'
import { type Answer, openTestServer, type TestServer } from './testing.ts'

const http = { url: 'https://web.example.test' }

interface Outcome {
  readonly dryRun: boolean
  readonly matched: number
  readonly changed: number
  readonly unchanged: number
  readonly leftOut: readonly { why: string; sentence: string; count: number; keys: readonly string[] }[]
  readonly items: readonly { key: string; changes: readonly { path: string }[] }[]
  readonly fingerprint: string
}

let server: TestServer
before(async () => {
  server = await openTestServer()
  for (let number = 0; number < 60; number += 1) {
    const labels = { team: number < 55 ? 'shop' : 'pay', number: `${number}` }
    await server.ask('POST', '/api/v2/monitors', { body: { key: `m${number}`, http, labels } })
  }
})
after(() => server.close())

const bulk = async (query: string, body: object, token?: string): Promise<Answer> =>
  await server.ask('POST', `/api/v2/monitors/bulk?${query}`, { body, ...(token ? { token } : {}) })
const preview = async (query: string, body: object, token?: string): Promise<Outcome> => {
  const { status, text, json } = await bulk(query, { ...body, dry_run: true }, token)
  assert.equal(status, 200, text)
  return json
}

test('what the list would show is changed, once a preview of it was looked at', async () => {
  const set = { interval: '45s' }
  const seen = await preview('label=team:shop', { set })
  assert.deepEqual([seen.dryRun, seen.matched, seen.changed, seen.items.length], [true, 55, 55, 50])
  const done = await bulk('label=team:shop', { set, fingerprint: seen.fingerprint })
  assert.equal(done.status, 200, done.text)
  assert.deepEqual([(done.json as Outcome).dryRun, (done.json as Outcome).changed], [false, 55])
  const again = await bulk('label=team:shop', { set, fingerprint: seen.fingerprint })
  assert.equal(again.status, 412)
  const { status, errors, detail } = again.json as { status: number; errors: unknown[]; detail: string }
  assert.deepEqual([status, errors.length], [412, 51])
  assert.match(detail, /new preview/)
})

test('nothing is changed without a preview, without a wish, or with two', async () => {
  for (const body of [
    { set: { interval: '1m' } },
    { dry_run: true },
    { do: 'delete', set: {}, dry_run: true },
    { do: 'explode', dry_run: true },
    { set: [], dry_run: true },
    { do: 'pause', about: true, dry_run: true },
  ])
    assert.equal((await bulk('', body)).status, 422, JSON.stringify(body))
  assert.equal((await bulk('statu=up', { do: 'delete', dry_run: true })).status, 400)
  assert.equal((await bulk('', { rule: 'nothing', dry_run: true })).status, 404)
})

test('keys that are not there are told, and filters count beside keys', async () => {
  const seen = await preview('label=team:pay', { keys: ['m1', 'm57', 'nothing'], do: 'pause' })
  assert.deepEqual([seen.matched, seen.changed], [1, 1])
  assert.deepEqual(
    seen.leftOut.map(({ why, keys }) => [why, keys]),
    [['missing', ['nothing']]],
  )
})

test('what is excepted stays as it is, of a query and of keys', async () => {
  const found = await preview('label=team:pay', { except: ['m57', 'nothing'], do: 'pause' })
  assert.deepEqual([found.matched, found.leftOut], [4, []])
  assert.ok(!found.items.some(({ key }) => key === 'm57'))
  const these = await preview('', { keys: ['m1', 'm57'], except: ['m57'], do: 'pause' })
  assert.deepEqual([these.matched, these.items.map(({ key }) => key)], [1, ['m1']])
  const other = await bulk('label=team:pay', { do: 'pause', fingerprint: found.fingerprint })
  assert.equal(other.status, 412, 'a preview without it does not allow more')
  assert.equal((await bulk('', { except: 'm1', do: 'pause', dry_run: true })).status, 422)
})

test('reasons are told once each, with how many and the first keys', async () => {
  const seen = await preview('', { set: { interval: 'soon' } })
  assert.equal(seen.changed, 0)
  assert.deepEqual([seen.leftOut.length, seen.leftOut[0]?.count, seen.leftOut[0]?.keys.length], [1, 60, 20])
  assert.match(seen.leftOut[0]?.sentence ?? '', /^interval: /)
})

test('whoever is limited to labels changes what is theirs, and does not learn what else there is', async () => {
  const wish = { name: 'pay', scopes: ['edit'] as const, expiresAt: null, labels: { team: ['pay'] } }
  const { secret } = await createToken(server, { ...wish, scopes: ['edit'] })
  const seen = await preview('', { set: { labels: { team: 'shop' } }, keys: ['m1', 'm57', 'nothing'] }, secret)
  assert.deepEqual([seen.matched, seen.changed], [1, 0])
  assert.deepEqual(
    seen.leftOut.map(({ why, keys }) => [why, keys]),
    [
      ['outside', ['m57']],
      ['missing', ['m1', 'nothing']],
    ],
  )
  const all = await preview('', { do: 'delete' })
  const mine = await bulk('', { do: 'delete', fingerprint: all.fingerprint }, secret)
  assert.equal(mine.status, 412)
  assert.ok(!mine.text.includes('m1"'), mine.text)
})

test('secrets of a preview stand as ***', async () => {
  const headers = { Authorization: 'Bearer very-secret' }
  await server.ask('POST', '/api/v2/monitors', { body: { key: 'secret', http: { ...http, headers } } })
  const seen = await server.ask('POST', '/api/v2/monitors/bulk?search=secret', {
    body: { dry_run: true, set: { http: { headers: { Authorization: 'Bearer another' } } } },
  })
  assert.equal((seen.json as Outcome).changed, 1)
  assert.ok(!/very-secret|another/.test(seen.text), seen.text)
})
