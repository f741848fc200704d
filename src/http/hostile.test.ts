// What nobody should send, to every route of the API's own description: forged requests of other sites, sessions that
// are over, and texts that would be scripts, turn directions, or are far too long, wherever a text may stand.
// Promises that a new route is asked by itself.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { endOwn } from '#commands/accounts/own.ts'
import { openSession } from '#commands/accounts/sessions.ts'
import { openTestServer, type TestServer } from './testing.ts'

interface Schema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
}
interface Operation {
  readonly security: readonly unknown[]
  readonly parameters?: readonly { readonly name: string; readonly in: string }[]
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }
}
interface Described {
  readonly method: string
  readonly path: string
  readonly open: boolean
  readonly body: Schema | null
  readonly query: readonly string[]
}

let server: TestServer
let routes: Described[]
before(async () => {
  server = await openTestServer()
  const { json } = await server.ask('GET', '/api/v2/openapi.json', { token: null })
  const { paths } = json as { paths: Record<string, Record<string, Operation>> }
  routes = Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([method, { security, requestBody, parameters = [] }]) => ({
      method: method.toUpperCase(),
      path,
      open: security.length === 0,
      body: requestBody ? (Object.values(requestBody.content)[0]?.schema ?? {}) : null,
      query: parameters.filter((one) => one.in === 'query').map(({ name }) => name),
    })),
  )
  assert.ok(routes.length > 80)
})
after(() => server.close())

const filled = (path: string, key = 'nothing') =>
  path.replaceAll(/\{(\w+)\}/g, (_, name) => (name === 'key' ? encodeURIComponent(key) : '4711'))

/** The cookie of somebody who is signed in, with their session. */
async function entered(name: string) {
  const about = { name, role: 'owner' as const, labels: null, external: null, password: null }
  const user = await server.store.users.insert({ email: `${name}@corp.test`, ...about }, server.clock.now())
  const { secret, session } = await openSession(server, user, 'link', { address: null, agent: null })
  return { cookie: `allswell=${secret}`, user, session }
}

async function send({ method, path, body }: Described, headers: Record<string, string>) {
  const sent = body === null ? {} : { body: '{}' }
  const response = await fetch(server.base + filled(path), { method, headers, redirect: 'manual', ...sent })
  return { status: response.status, text: await response.text() }
}

describe('every route', () => {
  test('refuses what another site makes a signed-in browser send', async () => {
    const { cookie } = await entered('csrf')
    const own = { cookie, 'x-allswell-csrf': '1' }
    for (const route of routes.filter(({ method, open }) => method !== 'GET' && !open))
      for (const headers of [
        { cookie },
        { ...own, origin: 'https://evil.example' },
        { ...own, origin: 'null' },
        { ...own, 'sec-fetch-site': 'cross-site' },
      ]) {
        const { status, text } = await send(route, headers)
        assert.equal(status, 403, `${route.method} ${route.path}`)
        assert.match(text, /problem:cross-site/)
      }
  })

  test('takes a session that was ended, or whose person was disabled, for none', async () => {
    const [ended, disabled] = [await entered('ended'), await entered('disabled')]
    await endOwn(server, ended, ended.session.id)
    await server.store.users.update(disabled.user.id, { disabledAt: server.clock.now() }, server.clock.now())
    server.auth.forget()
    for (const route of routes.filter(({ open }) => !open))
      for (const { cookie } of [
        ended,
        disabled,
        { cookie: 'allswell=made-up' },
        { cookie: `allswell=${'x'.repeat(3_000)}` },
      ]) {
        const { status } = await send(route, { cookie, 'x-allswell-csrf': '1' })
        assert.equal(status, 401, `${route.method} ${route.path}`)
      }
  })
})

const texts: Readonly<Record<string, string>> = {
  script: `"><script>alert(document.cookie)</script><img src=x onerror=alert(1)>`,
  directions: '\u202e\u2066evil\u2069\u202c\u200f',
  emoji: '👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿'.repeat(20),
  long: 'x'.repeat(10_000),
  broken: '\u0000\ud800\u001b[2J\r\nSet-Cookie: a=b',
  other: `'; drop table users; -- {{7*7}} \${env:PATH} ../../etc/passwd %00 __proto__`,
}
const deepest = 6

/** A body of the schema's form in which every text is this one. */
function sample(schema: Schema, text: string, depth = 0): unknown {
  if (depth > deepest) return text
  const [choice] = schema.anyOf ?? schema.oneOf ?? []
  if (choice) return sample(choice, text, depth + 1)
  const type = [schema.type].flat()[0]
  if (type === 'array') return [sample(schema.items ?? {}, text, depth + 1)]
  if (type === 'integer' || type === 'number') return 1
  if (type === 'boolean') return true
  if (type !== 'object' && schema.properties === undefined) return text
  const known = Object.entries(schema.properties ?? {}).map(([name, one]) => [name, sample(one, text, depth + 1)])
  const { additionalProperties: more } = schema
  const others = typeof more === 'object' ? [[text.slice(0, 50), sample(more, text, depth + 1)]] : []
  return Object.fromEntries([...known, ...others])
}

describe('a text that means harm', () => {
  const safe = (response: { status: number; headers: Headers; text: string }, where: string) => {
    assert.ok(response.status < 500, `${where}: ${response.status} ${response.text.slice(0, 300)}`)
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff', where)
    assert.doesNotMatch(response.headers.get('set-cookie') ?? '', /a=b/, where)
    if (response.text === '') return
    assert.match(response.headers.get('content-type') ?? '', /json|yaml|event-stream|text\/plain/, where)
  }
  for (const [name, text] of Object.entries(texts)) {
    test(`${name}: in every body, key and query it is taken as a text or refused`, async () => {
      for (const { method, path, body, query } of routes) {
        if (/\/(live|oidc\/\w+)$/.test(path)) continue
        const where = `${method} ${path}`
        const asked = body === null ? {} : { body: sample(body, text) }
        safe(await server.ask(method, filled(path), asked), where)
        safe(await server.ask(method, filled(path, text.toWellFormed()), asked), `${where} with the key`)
        if (method !== 'GET') continue
        for (const one of query)
          safe(await server.ask(method, `${filled(path)}?${one}=${encodeURIComponent(text.toWellFormed())}`), where)
      }
    })
  }

  test('is given back as it was sent, or refused, where people write names, labels and notes', async () => {
    const http = { url: 'https://web.example.test' }
    for (const [index, text] of Object.values(texts).entries()) {
      const key = `hostile-${index}`
      const body = { key, name: text, http, labels: { team: text } }
      const made = await server.ask('POST', '/api/v2/monitors', { body })
      if (made.status !== 201) {
        assert.equal(made.status, 422, made.text.slice(0, 300))
        continue
      }
      const { json } = await server.ask('GET', `/api/v2/monitors/${key}`)
      const { name, labels } = json as { name: string; labels: { team: string } }
      // No database keeps these two.
      const kept = text.toWellFormed().replaceAll('\0', '\ufffd')
      assert.deepEqual([name, labels.team], [kept, kept])
      const yaml = await server.ask('GET', `/api/v2/monitors/${key}/manifest`)
      assert.equal(yaml.headers.get('content-type'), 'application/yaml; charset=utf-8')
      assert.equal(
        (await server.ask('GET', `/api/v2/monitors?search=${encodeURIComponent(text.toWellFormed())}`)).status,
        200,
      )
    }
  })
})
