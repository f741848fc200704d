// Who may do what: every route of the API's own description with every role and scope, by one table; and what somebody
// sees who is limited to labels.
// Promises that a new route must be entered here, and that nothing of others is shown or changed by any route.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { allows, type Role, roles, type Scope, scopes, scopesOf } from '#core/rights.ts'
import { createToken } from '#commands/tokens.ts'
import { openSession } from '#commands/accounts/sessions.ts'
import { type Browser, openBrowser } from '#test/signed-in.ts'
import { type Answer, openTestServer, type TestServer } from './testing.ts'

/** `open`: everybody; `people`: who is signed in, with any role; else the scope that is needed. */
const table: Readonly<Record<string, Scope | 'open' | 'people'>> = {
  'GET /api/v2/openapi.json': 'open',
  'GET /api/v2/health': 'read',
  'GET /api/v2/home': 'read',
  'GET /api/v2/schemas': 'read',
  'GET /api/v2/export': 'read',
  'POST /api/v2/plan': 'edit',
  'POST /api/v2/apply': 'edit',
  'GET /api/v2/live': 'read',
  ...all('open', [
    'GET /api/v2/sign-in',
    'POST /api/v2/setup',
    'POST /api/v2/session',
    'DELETE /api/v2/session',
    'POST /api/v2/session/code',
    'POST /api/v2/session/passkey',
    'POST /api/v2/session/passkey/options',
    'GET /api/v2/oidc/start',
    'GET /api/v2/oidc/callback',
    'POST /api/v2/invitation/read',
    'POST /api/v2/invitation/accept',
    'POST /api/v2/password/forgot',
    'POST /api/v2/password/read',
    'POST /api/v2/password/reset',
    'GET /api/v2/pages/{key}/incidents',
  ]),
  'GET /api/v2/me': 'read',
  ...all('people', [
    'PATCH /api/v2/me',
    'POST /api/v2/me/password',
    'GET /api/v2/me/sessions',
    'DELETE /api/v2/me/sessions',
    'DELETE /api/v2/me/sessions/{id}',
    'POST /api/v2/me/totp',
    'DELETE /api/v2/me/totp',
    'POST /api/v2/me/totp/confirm',
    'POST /api/v2/me/recovery-codes',
    'GET /api/v2/me/passkeys',
    'POST /api/v2/me/passkeys',
    'POST /api/v2/me/passkeys/options',
    'PATCH /api/v2/me/passkeys/{id}',
    'DELETE /api/v2/me/passkeys/{id}',
    'POST /api/v2/session/confirm',
    'POST /api/v2/session/confirm/passkey',
    'POST /api/v2/session/confirm/passkey/options',
  ]),
  ...object('monitors'),
  ...object('channels'),
  ...object('rules'),
  ...object('pages'),
  'POST /api/v2/monitors/bulk': 'edit',
  'POST /api/v2/monitors/select': 'read',
  ...all('read', [
    'GET /api/v2/saved-views',
    'POST /api/v2/saved-views',
    'PATCH /api/v2/saved-views/{id}',
    'DELETE /api/v2/saved-views/{id}',
  ]),
  ...all('read', ['GET /api/v2/pages/{key}/components', 'GET /api/v2/incidents', 'GET /api/v2/incidents/{id}']),
  ...all('respond', [
    'POST /api/v2/incidents',
    'PATCH /api/v2/incidents/{id}',
    'DELETE /api/v2/incidents/{id}',
    'POST /api/v2/incidents/{id}/updates',
    'PATCH /api/v2/incidents/{id}/updates/{update}',
    'DELETE /api/v2/incidents/{id}/updates/{update}',
    'GET /api/v2/incident-templates',
  ]),
  'PUT /api/v2/incident-templates': 'admin',
  ...all('read', ['GET /api/v2/maintenance', 'GET /api/v2/maintenance/{id}']),
  ...all('respond', ['POST /api/v2/maintenance', 'PATCH /api/v2/maintenance/{id}', 'DELETE /api/v2/maintenance/{id}']),
  'PUT /api/v2/pages/{key}/components/{component}': 'report',
  'POST /api/v2/monitors/{key}/pause': 'edit',
  'POST /api/v2/monitors/{key}/resume': 'edit',
  'POST /api/v2/monitors/{key}/run': 'respond',
  ...all('respond', [
    'POST /api/v2/monitors/{key}/acknowledge',
    'DELETE /api/v2/monitors/{key}/acknowledge',
    'POST /api/v2/monitors/{key}/snooze',
    'DELETE /api/v2/monitors/{key}/snooze',
    'POST /api/v2/silences',
    'PATCH /api/v2/silences/{id}',
    'DELETE /api/v2/silences/{id}',
  ]),
  'GET /api/v2/silences': 'read',
  'GET /api/v2/silences/{id}': 'read',
  'GET /api/v2/monitors/{key}/observations': 'read',
  'GET /api/v2/monitors/{key}/uptime': 'read',
  'GET /api/v2/monitors/{key}/log': 'read',
  'GET /api/v2/beat-lines': 'read',
  'GET /api/v2/monitors/{key}/series': 'read',
  'GET /api/v2/monitors/{key}/failure': 'read',
  'POST /api/v2/check': 'edit',
  'POST /api/v2/channels/test': 'edit',
  'POST /api/v2/channels/{key}/test': 'edit',
  'GET /api/v2/events': 'read',
  'GET /api/v2/events/{id}': 'read',
  'GET /api/v2/events/{id}/explain': 'read',
  'GET /api/v2/monitors/{key}/told': 'read',
  'GET /api/v2/deliveries': 'read',
  'GET /api/v2/deliveries/{id}': 'read',
  'POST /api/v2/deliveries/{id}/resend': 'respond',
  ...all('admin', [
    'GET /api/v2/tokens',
    'POST /api/v2/tokens',
    'DELETE /api/v2/tokens/{id}',
    'GET /api/v2/users',
    'GET /api/v2/users/{id}',
    'PATCH /api/v2/users/{id}',
    'DELETE /api/v2/users/{id}',
    'GET /api/v2/users/{id}/sessions',
    'DELETE /api/v2/users/{id}/sessions',
    'POST /api/v2/users/{id}/reset',
    'DELETE /api/v2/users/{id}/factors',
    'GET /api/v2/invitations',
    'POST /api/v2/invitations',
    'DELETE /api/v2/invitations/{id}',
    'GET /api/v2/audit',
  ]),
}

function all<Need>(need: Need, routes: readonly string[]): Record<string, Need> {
  return Object.fromEntries(routes.map((route) => [route, need]))
}

function object(plural: string): Record<string, Scope> {
  const path = `/api/v2/${plural}`
  return {
    ...all('read', [`GET ${path}`, `GET ${path}/{key}`, `GET ${path}/{key}/changes`]),
    ...all('read', [`GET ${path}/{key}/manifest`, `GET ${path}/{key}/settings`]),
    ...all('edit', [`POST ${path}`, `PUT ${path}/{key}`, `PATCH ${path}/{key}`, `DELETE ${path}/{key}`]),
  }
}

interface Operation {
  readonly security: readonly unknown[]
  readonly requestBody?: unknown
}
interface Described {
  readonly route: string
  readonly method: string
  readonly path: string
  readonly takesBody: boolean
}

async function described(server: TestServer): Promise<Described[]> {
  const { json } = await server.ask('GET', '/api/v2/openapi.json', { token: null })
  const { paths } = json as { paths: Record<string, Record<string, Operation>> }
  return Object.entries(paths).flatMap(([path, byMethod]) =>
    Object.entries(byMethod).map(([name, { requestBody }]) => {
      const method = name.toUpperCase()
      return { route: `${method} ${path}`, method, path, takesBody: requestBody !== undefined }
    }),
  )
}

let server: TestServer
before(async () => {
  server = await openTestServer()
})
after(() => server.close())

/** A browser in which somebody of this role is signed in. */
async function signedIn(role: Role, labels: Record<string, string[]> | null = null): Promise<Browser> {
  const email = `${role}${labels === null ? '' : '-limited'}@corp.test`
  const user = { email, name: role, role, labels, external: null, password: null }
  const made = (await server.store.users.byEmail(email)) ?? (await server.store.users.insert(user, server.clock.now()))
  const browser = openBrowser(server.base)
  const { secret } = await openSession(server, made, 'link', { address: null, agent: null })
  browser.cookies.set('allswell', secret)
  return browser
}

describe('each route with each role and scope', () => {
  const concrete = (path: string) =>
    path.replace('{key}', 'nothing').replace('{id}', '4711').replace('{update}', '4711')

  test('every route is in the table, and the table has no other', async () => {
    assert.deepEqual((await described(server)).map(({ route }) => route).sort(), Object.keys(table).sort())
  })

  test('without a proof only what is open is answered', async () => {
    for (const { route, method, path, takesBody } of await described(server)) {
      const { status } = await openBrowser(server.base).ask(method, concrete(path), takesBody ? {} : undefined)
      if (table[route] === 'open') assert.ok(![401, 403].includes(status) || /oidc/.test(path), `${route}: ${status}`)
      else assert.equal(status, 401, route)
    }
  })

  for (const scope of scopes) {
    test(`a token with the scope ${scope} may what the table says`, async () => {
      const token = await server.token(scope)
      for (const { route, method, path, takesBody } of await described(server)) {
        const need = table[route] ?? 'admin'
        if (need === 'open') continue
        const body = takesBody ? { body: {} } : {}
        const { status } = await server.ask(method, concrete(path), { token, ...body })
        const may = need !== 'people' && allows([scope], need)
        if (may) assert.ok(![401, 403].includes(status), `${route}: ${status}`)
        else assert.equal(status, 403, route)
      }
    })
  }

  for (const role of roles) {
    test(`a person who is ${role} may what the table says`, async () => {
      for (const { route, method, path, takesBody } of await described(server)) {
        const need = table[route] ?? 'admin'
        if (need === 'open') continue
        // Anew for each, since some of what is asked ends sessions or takes proofs away.
        const browser = await signedIn(role)
        const { status, text } = await browser.ask(method, concrete(path), takesBody ? {} : undefined)
        const may = need === 'people' || allows(scopesOf(role), need)
        if (may) assert.ok(![401, 403].includes(status), `${route}: ${text}`)
        else assert.equal(status, 403, route)
      }
    })
  }
})

describe('each route with each role and scope that is limited to labels', () => {
  const limit = { team: ['shop'] }
  const asked = async (
    ask: (method: string, path: string, body: unknown) => Promise<{ status: number; text: string }>,
    has: readonly string[],
    isPerson: boolean,
  ) => {
    for (const { route, method, path, takesBody } of await described(server)) {
      const need = table[route] ?? 'admin'
      if (need === 'open') continue
      const at = path.replaceAll('{key}', 'nothing').replaceAll(/\{(id|update)\}/g, '4711')
      const { status, text } = await ask(method, at, takesBody ? {} : undefined)
      const may = need === 'people' ? isPerson : allows(has, need)
      // What lies outside of their labels is refused later, and says so.
      if (may) assert.ok(status !== 401 && (status !== 403 || /label/.test(text)), `${route}: ${status} ${text}`)
      else assert.equal(status, 403, route)
    }
  }

  for (const scope of scopes.filter((one) => one !== 'admin')) {
    test(`a limited token with the scope ${scope} may what the table says`, async () => {
      const wish = { name: scope, scopes: [scope], expiresAt: null, labels: limit }
      const { secret: token } = await createToken(server, wish)
      const ask = (method: string, path: string, body: unknown) =>
        server.ask(method, path, { token, ...(body === undefined ? {} : { body }) })
      await asked(ask, [scope], false)
    })
  }

  for (const role of roles.filter((one) => !scopesOf(one).includes('admin'))) {
    test(`a limited ${role} may what the table says`, async () => {
      const ask = async (method: string, path: string, body: unknown) =>
        (await signedIn(role, limit)).ask(method, path, body)
      await asked(ask, scopesOf(role), true)
    })
  }
})

describe('somebody who is limited to labels', () => {
  const limit = { team: ['shop', 'both'] }
  const http = { url: 'https://web.example.test' }
  /** In every text that belongs to others, so that it is found wherever it comes through. */
  const theirs = 'others-secret-thing'
  const ids = { event: 0, delivery: 0, silence: 0, incident: 0 }
  const mineIds = { event: 0, delivery: 0 }

  /** What happened to a monitor: an event, and a message about it. */
  async function happened(key: string): Promise<{ event: number; delivery: number }> {
    const monitor = (await server.store.objects.get('monitor', key))?.id ?? 0
    const event = {
      monitor,
      seq: 1_000,
      at: server.clock.now(),
      type: 'monitor.down' as const,
      status: 'down' as const,
      previous: 'up' as const,
      lasted: 1,
      reason: null,
      sentence: `${key} is down`,
      alert: true,
      outageAt: null,
      confirmations: 1,
      locations: [],
      facts: {},
      explanation: [],
    }
    const [eventId = 0] = await server.store.events.insert([event as never])
    const at = server.clock.now()
    const row = { eventId, monitorId: monitor, channel: 'pager', rule: 'all', idempotencyKey: key, at }
    await server.store.deliveries.insert([row])
    const { items } = await server.store.deliveries.list({ limit: 1, monitor })
    return { event: eventId, delivery: items[0]?.id ?? 0 }
  }

  before(async () => {
    const create = async (plural: string, body: unknown) => {
      const { status, text } = await server.ask('POST', `/api/v2/${plural}`, { body })
      assert.equal(status, 201, text)
    }
    await create('monitors', { key: 'mine', name: 'Mine', http, labels: { team: 'shop' } })
    await create('monitors', { key: theirs, name: theirs, http, labels: { team: 'pay' } })
    await create('monitors', { key: 'unlabelled', name: theirs, http })
    await create('channels', { key: theirs, name: theirs, webhook: { url: 'https://hook.example.test' } })
    await create('rules', { key: theirs, name: theirs, monitors: '*', tell: theirs })
    await create('pages', { key: theirs, title: theirs, groups: [] })
    await create('silences', { monitors: { labels: { team: 'pay' } }, for: '1h', reason: theirs })
    await create('incidents', { page: theirs, title: theirs, message: theirs })
    ids.incident = (await server.store.incidents.all(theirs, 1))[0]?.id ?? 0
    ids.silence = (await server.store.silences.list({ limit: 1, now: 0 })).items[0]?.id ?? 0
    Object.assign(mineIds, await happened('mine'))
    Object.assign(ids, await happened(theirs))
  })

  /** By token and by person, each as much as they can be. */
  async function askers(): Promise<
    ((method: string, path: string, body?: unknown) => Promise<Pick<Answer, 'status' | 'text'>>)[]
  > {
    const wish = { name: 'limited', scopes: ['edit', 'report', 'agent'] as Scope[], expiresAt: null, labels: limit }
    const { secret } = await createToken(server, wish)
    const editor = await signedIn('editor', limit)
    return [
      (method, path, body) => server.ask(method, path, { token: secret, ...(body === undefined ? {} : { body }) }),
      (method, path, body) => editor.ask(method, path, body),
    ]
  }

  test('finds nothing of others by any route, and changes nothing of theirs', async () => {
    const specs: Record<string, object> = {
      monitors: { name: 'Taken', http, labels: { team: 'shop' } },
      channels: { name: 'Taken', webhook: { url: 'https://evil.example.test' } },
      rules: { name: 'Taken', monitors: 'mine', tell: 'pager' },
      pages: { title: 'Taken', groups: [] },
      'saved-views': { name: 'Taken' },
    }
    const bodies: Record<string, object> = {
      'POST /api/v2/monitors/{key}/acknowledge': {},
      'POST /api/v2/monitors/{key}/snooze': { for: '1h' },
      'PUT /api/v2/pages/{key}/components/{component}': { status: 'major_outage' },
      'PATCH /api/v2/incidents/{id}': { title: 'Taken' },
      'PATCH /api/v2/maintenance/{id}': { title: 'Taken' },
      'POST /api/v2/incidents/{id}/updates': { stage: 'fixed', message: 'Taken' },
      'PATCH /api/v2/incidents/{id}/updates/{update}': { message: 'Taken' },
      'POST /api/v2/silences': { monitors: '*', for: '1h' },
      'PATCH /api/v2/silences/{id}': { for: '2h' },
    }
    for (const ask of await askers()) {
      for (const { route, method, path, takesBody } of await described(server)) {
        const need = table[route]
        if (need === 'open' || need === 'people' || need === 'admin') continue
        const id = path.includes('deliveries')
          ? ids.delivery
          : path.includes('silences')
            ? ids.silence
            : path.includes('incidents')
              ? ids.incident
              : ids.event
        const single = path.includes('{')
        const at = path
          .replace('{key}', theirs)
          .replace('{id}', String(id))
          .replace('{component}', 'web')
          .replace('{update}', '1')
        const spec = specs[path.split('/')[3] ?? '']
        const body = bodies[route] ?? (single ? spec : { key: 'new', ...spec })
        const { status, text } = await ask(method, at, takesBody ? body : undefined)
        // A rule tells channels, of which they see none: that is found wrong before anything else.
        const refused = route === 'PUT /api/v2/rules/{key}' ? 422 : 404
        if (single) assert.equal(status, refused, `${route}: ${text}`)
        // What they asked for themselves is repeated where it is said that there is no such thing.
        const told = text.replaceAll(at, '').replaceAll(`\\"${theirs}\\"`, '')
        assert.ok(!told.includes(theirs), `${route}: ${text}`)
      }
      await server.store.objects.remove('monitor', 'new', server.clock.now())
    }
    for (const type of ['monitor', 'channel', 'rule', 'page'] as const)
      assert.equal((await server.store.objects.get(type, theirs))?.revision, 1, type)
    assert.equal((await server.store.silences.get(ids.silence))?.revision, 1)
    assert.equal((await server.store.incidents.byIds([ids.incident]))[0]?.told?.title, theirs)
  })

  test('sees and changes what is theirs', async () => {
    for (const ask of await askers()) {
      const list = await ask('GET', '/api/v2/monitors?limit=500')
      const { items } = JSON.parse(list.text) as { items: { key: string }[] }
      assert.deepEqual(
        items.map(({ key }) => key),
        ['mine'],
      )
      for (const [method, path] of [
        ['GET', '/api/v2/monitors/mine'],
        ['GET', '/api/v2/monitors/mine/uptime'],
        ['GET', '/api/v2/monitors/mine/changes'],
        ['POST', '/api/v2/monitors/mine/run'],
        ['POST', '/api/v2/monitors/mine/pause'],
        ['POST', '/api/v2/monitors/mine/resume'],
        ['GET', `/api/v2/events/${mineIds.event}`],
        ['GET', `/api/v2/deliveries/${mineIds.delivery}`],
        ['GET', '/api/v2/events?monitor=mine'],
      ] as const)
        assert.equal((await ask(method, path)).status, 200, `${method} ${path}`)
      const events = await ask('GET', '/api/v2/events')
      assert.match(events.text, /mine is down/)
      assert.match((await ask('GET', '/api/v2/deliveries')).text, new RegExp(`"id":${mineIds.delivery}`))
      assert.equal((await ask('PATCH', '/api/v2/monitors/mine', { name: 'Still mine' })).status, 200)
    }
  })

  test('pages of a list hold as many as were asked for, with nothing of others counted', async () => {
    const [ask] = await askers()
    for (let at = 0; at < 5; at += 1) {
      await server.ask('POST', '/api/v2/monitors', { body: { key: `m${at}a`, http, labels: { team: 'pay' } } })
      await server.ask('POST', '/api/v2/monitors', { body: { key: `m${at}b`, http, labels: { team: 'both' } } })
    }
    const seen: string[] = []
    let cursor = ''
    do {
      const { text } = (await ask?.('GET', `/api/v2/monitors?limit=2${cursor}`)) ?? { text: '' }
      const { items, next } = JSON.parse(text) as { items: { key: string }[]; next: string | null }
      assert.ok(items.length === 2 || next === null)
      seen.push(...items.map(({ key }) => key))
      cursor = next === null ? '' : `&cursor=${next}`
    } while (cursor !== '')
    assert.deepEqual(seen, ['m0b', 'm1b', 'm2b', 'm3b', 'm4b', 'mine'])
  })

  test('makes only what is theirs, and lets nothing of theirs go', async () => {
    const [ask] = await askers()
    assert.ok(ask)
    const create = (labels: unknown) => ask('POST', '/api/v2/monitors', { key: 'made', http, labels })
    for (const labels of [{}, { team: 'pay' }, { other: 'shop' }]) {
      const { status, text } = await create(labels)
      assert.equal(status, 403, text)
      assert.match(text, /team=shop or both/)
    }
    assert.equal((await create({ team: 'shop', region: 'eu' })).status, 201)
    assert.equal((await ask('PATCH', '/api/v2/monitors/made', { labels: { team: 'pay' } })).status, 403)
    assert.equal((await ask('PATCH', '/api/v2/monitors/made', { labels: null })).status, 403)
    assert.equal((await ask('DELETE', '/api/v2/monitors/made')).status, 204)
    assert.equal((await ask('POST', '/api/v2/channels', { key: 'c', webhook: { url: 'https://x.test' } })).status, 403)
    assert.equal((await ask('POST', '/api/v2/pages', { key: 'p', title: 'P', groups: [] })).status, 403)
  })

  test('a key of others is taken, and a deleted object of others is not revived', async () => {
    const [ask] = await askers()
    assert.ok(ask)
    const spec = { http, labels: { team: 'shop' } }
    assert.equal((await ask('POST', '/api/v2/monitors', { key: theirs, ...spec })).status, 409)
    await server.ask('POST', '/api/v2/monitors', { body: { key: 'past', http, labels: { team: 'pay' } } })
    await server.ask('DELETE', '/api/v2/monitors/past')
    assert.equal((await ask('PUT', '/api/v2/monitors/past', spec)).status, 404)
    assert.equal((await ask('GET', '/api/v2/monitors/past/changes')).status, 404)
    assert.equal((await ask('GET', '/api/v2/events?monitor=past')).status, 404)
  })

  test('does not read the metrics, which tell of everything', async () => {
    const { secret } = await createToken(server, { name: 'x', scopes: ['read'], expiresAt: null, labels: limit })
    const { status } = await server.ask('GET', '/metrics', { token: secret })
    assert.equal(status, 403)
  })

  test('a limit does not go with a role or scope that sees everything', async () => {
    const labels = { team: 'shop' }
    const token = { name: 'x', scopes: ['admin'], labels }
    assert.equal((await server.ask('POST', '/api/v2/tokens', { body: token })).status, 422)
    const invitation = { email: 'x@corp.test', role: 'admin', labels }
    assert.equal((await server.ask('POST', '/api/v2/invitations', { body: invitation })).status, 422)
    const fine = await server.ask('POST', '/api/v2/tokens', { body: { ...token, scopes: ['read'] } })
    assert.deepEqual([fine.status, (fine.json as { labels: unknown }).labels], [201, { team: ['shop'] }])
  })
})
