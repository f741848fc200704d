// Tests of sign-in by an identity provider and by a proxy in front, against a real provider on a real socket.
// Promises that each thing a provider or an attacker can bend is bent once.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { ownerSecret } from '#commands/accounts/setup.ts'
import type { OidcModel, ProxyModel } from '#manifest/model.ts'
import { client, openProvider, type Provider, type SigningAlgorithm } from '#test/oidc-provider.ts'
import { type Browser, type BrowserAnswer, openBrowser } from '#test/signed-in.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openTestServer, type TestServer } from './testing.ts'

describe('sign-in by a provider', () => {
  const clock = new VirtualClock(Date.UTC(2026, 10, 21, 12))
  const minute = 60_000
  const password = 'seven quiet lanterns'
  let server: TestServer
  let provider: Provider
  before(async () => {
    server = await openTestServer({ clock })
  })
  after(() => server.close())

  const person = { email: 'ann@corp.test', email_verified: true, name: 'Ann', groups: ['staff'] }

  beforeEach(async () => {
    provider = await openProvider(() => clock.now())
    provider.claims = { ...person }
    set({})
    for (const user of await server.store.users.all()) await server.store.users.remove(user.id, clock.now())
  })
  afterEach(async () => {
    await provider.close()
    await clock.advance(20 * minute)
    server.auth.forget()
  })

  function set(changes: Partial<OidcModel>): void {
    const oidc: OidcModel = {
      issuer: provider.issuer,
      clientId: client.id,
      clientSecret: client.secret,
      name: 'Corp',
      scopes: ['openid', 'email'],
      groupsClaim: 'groups',
      groups: {
        staff: { role: 'viewer', labels: null },
        leads: { role: 'editor', labels: { team: ['shop'] } },
        pay: { role: 'editor', labels: { team: ['pay'] } },
        chiefs: { role: 'owner', labels: null },
      },
      others: 'nobody',
      ...changes,
    }
    const { settings } = server.knobs
    server.knobs.settings = { ...settings, signIn: { ...settings.signIn, oidc, proxy: null } }
  }

  /** Goes through the whole of it, as a browser would. */
  async function goThrough(
    browser = openBrowser(server.base),
    to = '',
  ): Promise<{ browser: Browser; end: BrowserAnswer }> {
    const start = await browser.ask('GET', `/api/v2/oidc/start${to}`)
    assert.equal(start.status, 302, start.text)
    const back = new URL(await provider.consent(start.headers.get('location') ?? ''))
    assert.equal(`${back.origin}${back.pathname}`, `${server.base}/api/v2/oidc/callback`)
    // The way back begins at another site.
    const headers = { 'sec-fetch-site': 'cross-site' }
    return { browser, end: await browser.ask('GET', back.pathname + back.search, undefined, headers) }
  }
  const goes = ({ end }: { end: BrowserAnswer }) => `${end.status} ${end.headers.get('location')}`
  const refused = (fault: string) => `302 /app/sign-in?error=${fault}`
  const me = async (browser: Browser) =>
    (await browser.ask('GET', '/api/v2/me')).json as {
      name: string
      role: string
      labels: unknown
      session: { method: string }
    }

  for (const algorithm of ['RS256', 'ES256', 'EdDSA'] as const satisfies SigningAlgorithm[]) {
    test(`somebody signs in by a token signed with ${algorithm}, and gets the role of their group`, async () => {
      provider.rotate(algorithm)
      const went = await goThrough(undefined, '?to=/app/monitors?status=down')
      assert.equal(goes(went), '302 /app/monitors?status=down')
      const { name, role, session } = await me(went.browser)
      assert.deepEqual([name, role, session.method], ['ann@corp.test', 'viewer', 'oidc'])
      assert.equal(went.browser.cookies.has('allswell-oidc'), false)
    })
  }

  test('how one signs in here names the provider', async () => {
    const { text } = await openBrowser(server.base).ask('GET', '/api/v2/sign-in')
    assert.match(text, /"oidc":\{"name":"Corp","start":"\/api\/v2\/oidc\/start"\}/)
  })

  test('a token that is not signed by the provider, or not for this sign-in, is refused', async () => {
    const past = Math.floor(clock.now() / 1_000) - 3_600
    const bends: [string, Provider['bent'], Record<string, unknown>][] = [
      ['a changed signature', { signature: 'wrong' }, {}],
      ['a foreign key', { signature: 'foreign' }, {}],
      ['no signature', { signature: 'none' }, {}],
      ['alg none', { header: { alg: 'none' }, signature: 'none' }, {}],
      ['alg none with a signature', { header: { alg: 'none' } }, {}],
      ['a shared secret', { header: { alg: 'HS256' } }, {}],
      ['unknown extensions', { header: { crit: ['exp'] } }, {}],
      ['another kid', { header: { kid: 'other' } }, {}],
      ['another nonce', {}, { nonce: 'other' }],
      ['no nonce', {}, { nonce: undefined }],
      ['expired', {}, { iat: past, exp: past + 300 }],
      ['no end', {}, { exp: undefined }],
      ['from the future', {}, { iat: past + 2 * 3_600 }],
      ['not valid yet', {}, { nbf: past + 2 * 3_600 }],
      ['another issuer', {}, { iss: 'https://evil.test' }],
      ['another client', {}, { aud: 'other' }],
      ['several, made for another', {}, { aud: [client.id, 'other'], azp: 'other' }],
      ['several, for nobody named', {}, { aud: [client.id, 'other'] }],
      ['nobody', {}, { sub: '' }],
    ]
    for (const [what, bent, claims] of bends) {
      provider.bent = bent
      provider.claims = { ...person, ...claims }
      const went = await goThrough()
      assert.equal(goes(went), refused('provider'), what)
      assert.equal((await went.browser.ask('GET', '/api/v2/me')).status, 401, what)
    }
    assert.equal((await server.store.users.all()).length, 0)
  })

  test('a provider that changes its keys is believed at once, and asked for them only now and then', async () => {
    assert.equal(goes(await goThrough()), '302 /app/')
    provider.rotate('ES256')
    assert.equal(goes(await goThrough()), '302 /app/')
    const before = provider.keysAsked
    provider.bent = { signature: 'foreign' }
    for (let at = 0; at < 3; at += 1) assert.equal(goes(await goThrough()), refused('provider'))
    assert.equal(provider.keysAsked, before)
  })

  test('only the browser that began a sign-in ends it, and once', async () => {
    const victim = openBrowser(server.base)
    const start = await victim.ask('GET', '/api/v2/oidc/start')
    const back = new URL(await provider.consent(start.headers.get('location') ?? ''))
    const stranger = openBrowser(server.base)
    const path = back.pathname + back.search
    assert.equal(goes({ end: await stranger.ask('GET', path) }), refused('expired'))
    const other = openBrowser(server.base)
    await other.ask('GET', '/api/v2/oidc/start')
    assert.equal(goes({ end: await other.ask('GET', path) }), refused('expired'))
    const kept = new Map(victim.cookies)
    assert.equal(goes({ end: await victim.ask('GET', path) }), '302 /app/')
    const replayed = openBrowser(server.base)
    for (const [name, value] of kept) replayed.cookies.set(name, value)
    assert.equal(goes({ end: await replayed.ask('GET', path) }), refused('expired'))
  })

  test('a sign-in that takes longer than ten minutes is over', async () => {
    const browser = openBrowser(server.base)
    const start = await browser.ask('GET', '/api/v2/oidc/start')
    const back = new URL(await provider.consent(start.headers.get('location') ?? ''))
    await clock.advance(11 * minute)
    assert.equal(goes({ end: await browser.ask('GET', back.pathname + back.search) }), refused('expired'))
  })

  test('a refusal at the provider, and one that is broken, lead back with a word for it', async () => {
    const browser = openBrowser(server.base)
    await browser.ask('GET', '/api/v2/oidc/start')
    const denied = await browser.ask('GET', '/api/v2/oidc/callback?error=access_denied&state=x')
    assert.equal(goes({ end: denied }), refused('denied'))
    set({ clientSecret: 'wrong' })
    assert.equal(goes(await goThrough()), refused('provider'))
    await provider.close()
    set({ issuer: `${provider.issuer}/gone` })
    const start = await openBrowser(server.base).ask('GET', '/api/v2/oidc/start')
    assert.equal(goes({ end: start }), refused('provider'))
  })

  test('the browser is sent to no other site afterwards', async () => {
    for (const to of ['//evil.test', 'https://evil.test', '/\\evil.test', '/\tevil.test', 'app', ''])
      assert.equal(
        (await openBrowser(server.base).ask('GET', `/api/v2/oidc/start?to=${encodeURIComponent(to)}`)).status,
        400,
        to,
      )
  })

  test('a provider that calls itself another, or names endpoints in the clear, is not asked further', async () => {
    for (const describe of [
      { issuer: 'https://evil.test' },
      { token_endpoint: 'http://evil.test/token' },
      { jwks_uri: undefined },
      { authorization_endpoint: 'javascript:alert(1)' },
    ]) {
      await provider.close()
      provider = await openProvider(() => clock.now())
      provider.bent = { describe }
      set({})
      const start = await openBrowser(server.base).ask('GET', '/api/v2/oidc/start')
      assert.equal(goes({ end: start }), refused('provider'), JSON.stringify(describe))
    }
  })

  test('of several groups the most powerful counts, with the labels of all that give it', async () => {
    provider.claims = { ...person, groups: ['staff', 'leads', 'pay', 'unknown', 'constructor'] }
    const { browser } = await goThrough()
    const { role, labels } = await me(browser)
    assert.deepEqual([role, labels], ['editor', { team: ['shop', 'pay'] }])
  })

  test('who is in none of the groups is turned away, unless others are given a role', async () => {
    provider.claims = { ...person, groups: [] }
    assert.equal(goes(await goThrough()), refused('refused'))
    set({ others: 'responder' })
    const { browser } = await goThrough()
    assert.equal((await me(browser)).role, 'responder')
  })

  test('another group gives another role at the next sign-in, and ends sessions with the old one', async () => {
    const { browser } = await goThrough()
    provider.claims = { ...person, groups: ['leads'] }
    const again = await goThrough()
    assert.equal((await me(again.browser)).role, 'editor')
    server.auth.forget()
    assert.equal((await browser.ask('GET', '/api/v2/me')).status, 401)
    provider.claims = { ...person, groups: ['none'] }
    assert.equal(goes(await goThrough()), refused('refused'))
  })

  async function localOwner(): Promise<Browser> {
    const owner = openBrowser(server.base)
    const token = await ownerSecret(server)
    const body = { token, email: person.email, name: 'Ann', password }
    assert.equal((await owner.ask('POST', '/api/v2/setup', body)).status, 201)
    return owner
  }

  test('an account that was made here is linked only where the provider vouches for the address', async () => {
    await localOwner()
    provider.claims = { ...person, email_verified: false, groups: ['chiefs'] }
    assert.equal(goes(await goThrough()), refused('refused'))
    provider.claims = { ...person, email_verified: undefined, groups: ['chiefs'] }
    assert.equal(goes(await goThrough()), refused('refused'))
    provider.claims = { ...person, groups: ['chiefs'] }
    const { browser } = await goThrough()
    assert.equal((await me(browser)).role, 'owner')
    provider.claims = { ...person, sub: 'somebody-else', groups: ['chiefs'] }
    assert.equal(goes(await goThrough()), refused('refused'))
    // Known by subject from now on, whatever the address.
    provider.claims = { ...person, email: 'new@corp.test', email_verified: false, groups: ['chiefs'] }
    assert.equal((await me((await goThrough()).browser)).name, 'ann@corp.test')
  })

  test('the only owner stays one, whatever the groups say', async () => {
    await localOwner()
    const { browser } = await goThrough()
    assert.equal((await me(browser)).role, 'owner')
  })

  test('a disabled account is not let in by the provider, either', async () => {
    await goThrough()
    const [user] = await server.store.users.all()
    await server.store.users.update(user?.id ?? 0, { disabledAt: clock.now() }, clock.now())
    assert.equal(goes(await goThrough()), refused('refused'))
  })

  test('what the token lacks is asked of the provider, for the same person', async () => {
    provider.claims = { email: undefined, groups: undefined }
    provider.userinfo = { sub: 'subject-1', ...person }
    const { browser } = await goThrough()
    assert.equal((await me(browser)).name, person.email)
    provider.userinfo = { sub: 'subject-2', ...person }
    assert.equal(goes(await goThrough()), refused('provider'))
    provider.userinfo = { sub: 'subject-1' }
    assert.equal(goes(await goThrough()), refused('refused'))
  })

  test('a client’s secret goes into the body where the header is not taken', async () => {
    provider.bent = { describe: { token_endpoint_auth_methods_supported: ['client_secret_post'] } }
    assert.equal(goes(await goThrough()), '302 /app/')
  })

  test('where only the provider is taken, passwords and passkeys are not', async () => {
    await localOwner()
    const { settings } = server.knobs
    server.knobs.settings = { ...settings, signIn: { ...settings.signIn, passwords: false } }
    const browser = openBrowser(server.base)
    const body = { email: person.email, password }
    assert.equal((await browser.ask('POST', '/api/v2/session', body)).status, 403)
    assert.equal((await browser.ask('POST', '/api/v2/session/passkey/options', {})).status, 403)
    assert.match((await browser.ask('GET', '/api/v2/sign-in')).text, /"passwords":false/)
    server.knobs.settings = settings
  })

  function behindProxy(from: readonly string[], more: Partial<ProxyModel> = {}): void {
    const proxy: ProxyModel = {
      header: 'x-forwarded-user',
      from,
      groupsHeader: null,
      groups: {},
      others: 'viewer',
      ...more,
    }
    const { settings } = server.knobs
    server.knobs.settings = { ...settings, signIn: { ...settings.signIn, proxy } }
  }
  const proxied = (user: string, headers: Record<string, string> = {}) =>
    openBrowser(server.base, { 'x-forwarded-user': user, ...headers })

  test('a proxy in front says who somebody is, and nobody else does', async () => {
    behindProxy(['127.0.0.0/8'])
    assert.deepEqual((await me(proxied(' Bob@Corp.test '))).name, 'bob@corp.test')
    behindProxy(['192.0.2.1'])
    assert.equal((await proxied('bob@corp.test').ask('GET', '/api/v2/me')).status, 401)
    // Claiming to come from the proxy is not coming from it.
    const claims = { 'x-forwarded-for': '192.0.2.1', forwarded: 'for=192.0.2.1' }
    assert.equal((await proxied('bob@corp.test', claims).ask('GET', '/api/v2/me')).status, 401)
  })

  test('what a proxy names that is no address, or has no account where none is made, is turned away', async () => {
    behindProxy(['127.0.0.1'])
    assert.equal((await proxied('bob').ask('GET', '/api/v2/me')).status, 403)
    behindProxy(['127.0.0.1'], { others: 'nobody' })
    assert.equal((await proxied('bob@corp.test').ask('GET', '/api/v2/me')).status, 403)
    assert.equal((await server.store.users.all()).length, 0)
  })

  test('groups of the proxy give roles, and an account of here is the same person', async () => {
    const owner = await localOwner()
    const groups = {
      ops: { role: 'admin', labels: null },
      shop: { role: 'viewer', labels: { team: ['shop'] } },
    } as const
    behindProxy(['127.0.0.1'], { groupsHeader: 'x-forwarded-groups', groups, others: 'nobody' })
    const bob = (names: string) => me(proxied('bob@corp.test', { 'x-forwarded-groups': names }))
    assert.equal((await bob('x, ops')).role, 'admin')
    assert.deepEqual(await bob('shop').then(({ role, labels }) => [role, labels]), ['viewer', { team: ['shop'] }])
    assert.equal((await proxied('bob@corp.test').ask('GET', '/api/v2/me')).status, 403)
    assert.equal((await me(proxied(person.email, { 'x-forwarded-groups': 'shop' }))).role, 'owner')
    assert.equal((await owner.ask('GET', '/api/v2/users')).status, 200)
  })

  test('somebody whom a proxy names changes nothing for another site, and has no session to manage', async () => {
    await localOwner()
    behindProxy(['127.0.0.1'])
    const body = { key: 'web', http: { url: 'https://web.example.test' } }
    const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.test' }
    assert.equal((await proxied(person.email, evil).ask('POST', '/api/v2/monitors', body)).status, 403)
    assert.equal((await proxied(person.email).ask('POST', '/api/v2/monitors', body)).status, 201)
    assert.equal((await proxied(person.email).ask('GET', '/api/v2/me/sessions')).status, 403)
    assert.equal((await proxied(person.email).ask('POST', '/api/v2/me/totp')).status, 403)
  })
})
