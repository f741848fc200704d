// Tests of tokens and scopes. The matrix is made from the API's own description: each route with each scope.
// Promises that a new route cannot be forgotten.
import assert from 'node:assert/strict'
import { get, type IncomingMessage } from 'node:http'
import { after, before, test } from 'node:test'
import { allows, type Scope, scopes } from '#commands/tokens.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import type { Token } from '#store/store.ts'
import { apiRoutes } from './api.ts'
import { Authenticator } from './auth.ts'
import { Failures } from './failures.ts'
import { Problem } from './problem.ts'
import { adminToken, openTestServer, type TestServer } from './testing.ts'

let server: TestServer
before(async () => {
  server = await openTestServer()
})
after(() => server.close())

interface Operation {
  readonly security: readonly { readonly token?: readonly Scope[]; readonly session?: readonly Scope[] }[]
  readonly operationId: string
}

async function operations(): Promise<
  { method: string; path: string; need: Scope | null; people: boolean; id: string }[]
> {
  const { json } = await server.ask('GET', '/api/v2/openapi.json', { token: null })
  const { paths } = json as { paths: Record<string, Record<string, Operation>> }
  return Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, { security, operationId }]) => ({
      method: method.toUpperCase(),
      path,
      need: security[0]?.token?.[0] ?? security[0]?.session?.[0] ?? null,
      people: security[0]?.session !== undefined,
      id: operationId,
    })),
  )
}

const concrete = (path: string) => path.replace('{key}', 'nothing').replace('{id}', '4711')

test('every route is described once, under a name of its own', async () => {
  const described = await operations()
  const registered = apiRoutes(server)
  assert.deepEqual(
    described.map(({ method, path }) => `${method} ${path}`).sort(),
    registered.map(({ method, path }) => `${method.toUpperCase()} ${path}`).sort(),
  )
  assert.equal(new Set(described.map(({ id }) => id)).size, described.length)
})

test('every route but the open ones refuses a request without a token', async () => {
  for (const { method, path, need } of await operations()) {
    const { status, headers } = await server.ask(method, concrete(path), { token: null })
    if (need === null) assert.notEqual(status, 401, `${method} ${path}`)
    else assert.equal(status, 401, `${method} ${path}`)
    if (need !== null) assert.match(headers.get('www-authenticate') ?? '', /^(Basic .*, )?Bearer /)
  }
})

test('every route refuses each scope that is too small by name, and lets the others through', async () => {
  const tokens = new Map<Scope, string>()
  for (const scope of scopes) tokens.set(scope, await server.token(scope))
  for (const { method, path, need, people } of await operations()) {
    if (need === null) continue
    for (const [scope, token] of tokens) {
      const { status, text } = await server.ask(method, concrete(path), { token })
      const what = `${method} ${path} with ${scope}`
      if (allows([scope], need) && people) assert.equal(status, 403, what)
      else if (allows([scope], need)) assert.ok(![401, 403].includes(status), what)
      else assert.deepEqual([status, text.includes(`\\"${need}\\"`)], [403, true], what)
    }
  }
})

test('a token may come as Bearer or as the password of Basic with any user name', async () => {
  const token = await server.token('read')
  const basic = (user: string) => `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`
  for (const authorization of [`Bearer ${token}`, `bearer  ${token}`, basic('anybody'), basic('')]) {
    const { status } = await server.ask('GET', '/api/v2/monitors', { token: null, headers: { authorization } })
    assert.equal(status, 200, authorization.slice(0, 10))
  }
})

test('what is no known token is refused', async () => {
  const token = await server.token('read')
  const wrong = [
    `Bearer ${token}x`,
    `Bearer ${token.slice(0, -1)}`,
    'Bearer',
    'Bearer  ',
    'Basic !!!',
    `Digest ${token}`,
  ]
  for (const authorization of [...wrong, token, `Bearer ${token} ${token}`, `Basic ${token}`]) {
    const { status } = await server.ask('GET', '/api/v2/monitors', { token: null, headers: { authorization } })
    assert.equal(status, 401, authorization.slice(0, 10))
  }
})

test('a made token is shown once, stored as a hash, listed without its secret, and gone when revoked', async () => {
  const made = await server.ask('POST', '/api/v2/tokens', { body: { name: 'script', scopes: ['read'] } })
  assert.equal(made.status, 201)
  const { id, secret } = made.json as { id: number; secret: string }
  assert.match(secret, /^aw_[\w-]{43}$/)
  assert.equal((await server.ask('GET', '/api/v2/monitors', { token: secret })).status, 200)
  const listed = await server.ask('GET', '/api/v2/tokens')
  assert.ok(!listed.text.includes(secret))
  assert.equal((await server.ask('DELETE', `/api/v2/tokens/${id}`)).status, 204)
  assert.equal((await server.ask('GET', '/api/v2/monitors', { token: secret })).status, 401)
  assert.equal((await server.ask('DELETE', `/api/v2/tokens/${id}`)).status, 404)
})

test('tokens are listed page by page', async () => {
  for (const name of ['one', 'two', 'three'])
    assert.equal((await server.ask('POST', '/api/v2/tokens', { body: { name, scopes: ['read'] } })).status, 201)
  const page = async (query: string) => {
    const answer = await server.ask('GET', `/api/v2/tokens${query}`)
    assert.equal(answer.status, 200, answer.text)
    return answer.json as { items: { id: number }[]; next: string | null }
  }
  const all = (await page('')).items.map(({ id }) => id)
  const seen: number[] = []
  for (let next: string | null = ''; next !== null;) {
    const { items, next: after }: Awaited<ReturnType<typeof page>> = await page(`?limit=1${next && `&cursor=${next}`}`)
    seen.push(...items.map(({ id }) => id))
    next = after
  }
  assert.deepEqual(seen, all)
  assert.equal((await server.ask('GET', '/api/v2/tokens?cursor=none')).status, 400)
})

test('a token with wrong scopes or an end in the past is not made', async () => {
  const wrong = await server.ask('POST', '/api/v2/tokens', { body: { name: 'x', scopes: ['raed'], expires: 1 } })
  assert.equal(wrong.status, 422)
  assert.match(wrong.text, /did you mean \\"read\\"/)
  assert.match(wrong.text, /did you mean \\"expiresAt\\"/)
  const body = { name: 'x', scopes: ['read'], expiresAt: '2020-01-01T00:00:00Z' }
  assert.equal((await server.ask('POST', '/api/v2/tokens', { body })).status, 422)
})

const here = { address: '192.0.2.1', trusted: true, peer: '192.0.2.1' }
const elsewhere = { ...here, address: '192.0.2.2' }

function guarded(adminToken: string | null) {
  const clock = new VirtualClock()
  const asked = { lookups: 0, used: 0 }
  const stored: Token = {
    id: 1,
    name: 'one',
    scopes: ['read'],
    createdAt: 0,
    lastUsedAt: null,
    labels: null,
    components: null,
    stringNumbers: false,
    madeBy: null,
    maker: null,
    expiresAt: clock.now() + 3_600_000,
  }
  const living = { token: stored as Token | null }
  const auth = new Authenticator({
    tokens: {
      byHash: () => {
        asked.lookups += 1
        return Promise.resolve(living.token)
      },
      used: () => {
        asked.used += 1
        return Promise.resolve()
      },
    },
    clock,
    adminToken,
  })
  const token = `Bearer aw_${'x'.repeat(43)}`
  const status = async (authorization: string, from = here) => {
    const who = await auth.admit(authorization, from, 'read')
    return who instanceof Problem ? who.status : 200
  }
  return { auth, clock, asked, living, token, status }
}

test('a token is asked of the store every few seconds, so that a revocation elsewhere counts soon', async () => {
  const { clock, asked, living, token, status } = guarded(null)
  for (let n = 0; n < 50; n += 1) assert.equal(await status(token), 200)
  assert.equal(asked.lookups, 1)
  living.token = null
  await clock.advance(5_000)
  assert.equal(await status(token), 401)
})

test('use of a token is noted at most once a minute', async () => {
  const { clock, asked, token, status } = guarded(null)
  for (let n = 0; n < 20; n += 1) await status(token)
  assert.equal(asked.used, 1)
  await clock.advance(60_000)
  await status(token)
  assert.equal(asked.used, 2)
})

test('a token that expires is refused from that moment, although it is remembered', async () => {
  const { clock, living, token, status } = guarded(null)
  living.token = { ...(living.token as Token), expiresAt: clock.now() + 1_000 }
  assert.equal(await status(token), 200)
  await clock.advance(1_000)
  assert.equal(await status(token), 401)
})

test('who guesses much has to wait, others and right tokens have not', async () => {
  const { clock, token, status } = guarded('short')
  for (let n = 0; n < 100; n += 1) assert.equal(await status(`Bearer guess-${n}`), 401)
  assert.equal(await status('Bearer guess'), 429)
  assert.equal(await status('Bearer short'), 429)
  assert.equal(await status('Bearer short', elsewhere), 200)
  assert.equal(await status(token), 200)
  await clock.advance(60_000)
  assert.equal(await status('Bearer short'), 200)
})

test('a long token of an administrator is let in even from where somebody guesses', async () => {
  const { status } = guarded(adminToken)
  for (let n = 0; n < 101; n += 1) await status('Bearer guess')
  assert.equal(await status(`Bearer ${adminToken}`), 200)
})

test('a token that is short enough to be warned of is not let in from where somebody guesses', async () => {
  const { status } = guarded('x'.repeat(19))
  for (let n = 0; n < 101; n += 1) await status('Bearer guess')
  assert.equal(await status(`Bearer ${'x'.repeat(19)}`), 429)
})

test('whoever has a /64 of IPv6 is one who guesses, the next /64 is another', async () => {
  const { status } = guarded(null)
  const from = (address: string) => ({ address, trusted: true, peer: address })
  for (let n = 0; n < 100; n += 1) await status('Bearer guess', from(`2001:db8:0:7::${n.toString(16)}`))
  assert.equal(await status('Bearer guess', from('2001:db8:0:7:1:2:3:4')), 429)
  assert.equal(await status('Bearer guess', from('2001:db8:0:8::1')), 401)
  assert.equal(await status('Bearer guess', from('2001:db8::1')), 401)
})

test('a token that is not known is asked of the store once in a while, not each time', async () => {
  const { clock, asked, living, token, status } = guarded(null)
  living.token = null
  for (let n = 0; n < 200; n += 1) assert.notEqual(await status(token), 200)
  assert.equal(asked.lookups, 1)
  await clock.advance(5_000)
  await status(token)
  assert.equal(asked.lookups, 2)
})

test('failures are remembered for a bounded number of addresses', () => {
  const failures = new Failures(new VirtualClock(), { most: 1, windowMs: 1_000, addresses: 2 })
  for (const address of ['a', 'b', 'c']) failures.note(address)
  assert.deepEqual(
    ['a', 'b', 'c'].map((address) => failures.waits(address) > 0),
    [false, true, true],
  )
})

test('a program that waits to be asked for user and password is asked, a browser is not', async () => {
  const asked = (headers: Record<string, string>) =>
    new Promise((resolve, reject) => {
      const url = `${server.base}/api/v2/monitors`
      const answered = (answer: IncomingMessage) => {
        answer.resume()
        resolve(`${answer.statusCode} ${answer.headers['www-authenticate']}`)
      }
      get(url, { headers, agent: false }, answered).once('error', reject)
    })
  const bearer = 'Bearer realm="Allswell"'
  assert.equal(await asked({ 'user-agent': 'Wget/1.21' }), `401 Basic realm="Allswell", charset="UTF-8", ${bearer}`)
  const browsers: Record<string, string>[] = [
    { 'user-agent': 'Mozilla/5.0' },
    { origin: server.base },
    { cookie: 'a=b' },
    { 'sec-fetch-mode': 'cors' },
  ]
  for (const headers of browsers) assert.equal(await asked(headers), `401 ${bearer}`, JSON.stringify(headers))
})
