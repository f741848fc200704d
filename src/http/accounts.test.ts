// Tests of accounts over real sockets and a real store: the first owner, signing in and out, sessions, roles.
// Promises that what strangers can ask tells them nothing, and that what is proved once is not proved for ever.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { ownerSecret } from '#commands/accounts/setup.ts'
import { type Browser, openBrowser } from '#test/signed-in.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openTestServer, type TestServer } from './testing.ts'

describe('accounts', () => {
  const clock = new VirtualClock(Date.UTC(2026, 10, 21, 12))
  const minute = 60_000
  const day = 24 * 60 * minute
  let server: TestServer
  before(async () => {
    server = await openTestServer({ clock, trustedProxies: ['127.0.0.0/8'] })
  })
  after(() => server.close())

  const password = 'seven quiet lanterns'
  const ann = { email: 'ann@corp.test', name: 'Ann', password }
  type Json = Record<string, never>

  async function setUp(who = ann): Promise<Browser> {
    const browser = openBrowser(server.base)
    const token = await ownerSecret(server)
    const { status, text } = await browser.ask('POST', '/api/v2/setup', { token, ...who })
    assert.equal(status, 201, text)
    return browser
  }

  async function signIn(email: string, secret = password, browser = openBrowser(server.base)): Promise<Browser> {
    const { status, text } = await browser.ask('POST', '/api/v2/session', { email, password: secret })
    assert.equal(status, 200, text)
    return browser
  }

  /** Somebody of this role, made by an invitation. */
  async function join(owner: Browser, email: string, role: string, labels?: unknown): Promise<Browser> {
    const made = await owner.ask('POST', '/api/v2/invitations', { email, role, ...(labels ? { labels } : {}) })
    assert.equal(made.status, 201, made.text)
    const token = String((made.json as Json).link).split('#')[1]
    const browser = openBrowser(server.base)
    const { status, text } = await browser.ask('POST', '/api/v2/invitation/accept', { token, name: role, password })
    assert.equal(status, 201, text)
    return browser
  }

  beforeEach(async () => {
    for (const user of await server.store.users.all()) await server.store.users.remove(user.id, clock.now())
    for (const type of ['monitor', 'rule', 'channel'] as const)
      for (const { key } of await server.store.objects.all(type))
        await server.store.objects.remove(type, key, clock.now())
  })
  afterEach(async () => {
    // What was counted against addresses and accounts is over.
    await clock.advance(20 * minute)
    server.auth.forget()
  })

  test('the first owner is made with the one-time link and is signed in; the link works once', async () => {
    assert.equal((await openBrowser(server.base).ask('GET', '/api/v2/sign-in')).text.includes('"setup":true'), true)
    const token = await ownerSecret(server)
    const other = await ownerSecret(server)
    const browser = openBrowser(server.base)
    const made = await browser.ask('POST', '/api/v2/setup', { token, ...ann })
    assert.equal(made.status, 201, made.text)
    const me = (await browser.ask('GET', '/api/v2/me')).json as Json
    assert.deepEqual([me.kind, me.name, me.role, me.scopes], ['user', 'ann@corp.test', 'owner', ['admin']])
    for (const used of [token, other, 'nonsense']) {
      const again = await openBrowser(server.base).ask('POST', '/api/v2/setup', {
        token: used,
        ...ann,
        email: 'eve@corp.test',
      })
      assert.equal(again.status, 410, again.text)
    }
    assert.equal((await server.store.users.all()).length, 1)
    assert.match((await browser.ask('GET', '/api/v2/sign-in')).text, /"setup":false/)
  })

  test('the link is over after an hour, and one that is opened with a bad password stays good', async () => {
    const token = await ownerSecret(server)
    const browser = openBrowser(server.base)
    const weak = await browser.ask('POST', '/api/v2/setup', { token, ...ann, password: 'password123' })
    assert.equal(weak.status, 422)
    assert.match(weak.text, /first that are guessed/)
    await clock.advance(59 * minute)
    assert.equal((await browser.ask('POST', '/api/v2/setup', { token, ...ann })).status, 201)
    const late = await ownerSecret(server)
    await clock.advance(61 * minute)
    assert.equal(
      (await browser.ask('POST', '/api/v2/setup', { token: late, ...ann, email: 'b@corp.test' })).status,
      410,
    )
  })

  test('the cookie is kept from scripts and other sites, and over TLS from other hosts', async () => {
    await setUp()
    const plain = await openBrowser(server.base).ask('POST', '/api/v2/session', ann_)
    assert.match(plain.setCookies[0] ?? '', /^allswell=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/)
    const tls = { origin: server.base.replace('http:', 'https:') }
    const safe = openBrowser(server.base)
    const answer = await safe.ask('POST', '/api/v2/session', ann_, tls)
    assert.match(answer.setCookies[0] ?? '', /^__Host-allswell=[\w-]{43}; Path=\/; .*HttpOnly; SameSite=Lax; Secure$/)
    assert.equal((await safe.ask('GET', '/api/v2/me')).status, 200)
  })
  const ann_ = { email: ann.email, password }

  test('a wrong password, a wrong address and a disabled account are answered alike', async () => {
    const owner = await setUp()
    await join(owner, 'off@corp.test', 'viewer')
    const { items } = (await owner.ask('GET', '/api/v2/users')).json as { items: { id: number; email: string }[] }
    const off = items.find(({ email }) => email === 'off@corp.test')
    assert.equal((await owner.ask('PATCH', `/api/v2/users/${off?.id}`, { disabled: true })).status, 200)
    const answers = new Set<string>()
    for (const [email, secret] of [
      ['ann@corp.test', 'not the password'],
      ['nobody@corp.test', password],
      ['off@corp.test', password],
    ] as const) {
      const { status, text } = await openBrowser(server.base).ask('POST', '/api/v2/session', {
        email,
        password: secret,
      })
      answers.add(`${status} ${text}`)
    }
    assert.equal(answers.size, 1)
    assert.match([...answers][0] ?? '', /^401 .*"The address or the password is wrong\."/)
  })

  test('an address counts whatever its case', async () => {
    await setUp()
    await signIn(' ANN@Corp.test ')
  })

  test('signing out ends the session, here and nowhere else', async () => {
    const one = await setUp()
    const two = await signIn(ann.email)
    const secret = one.cookies.get('allswell') ?? ''
    assert.equal((await one.ask('DELETE', '/api/v2/session')).status, 204)
    assert.equal(one.cookies.has('allswell'), false)
    one.cookies.set('allswell', secret)
    assert.equal((await one.ask('GET', '/api/v2/me')).status, 401)
    assert.equal((await two.ask('GET', '/api/v2/me')).status, 200)
  })

  test('a session ends when it was idle too long, and after the longest time however busy it was', async () => {
    const idle = await setUp()
    const busy = await signIn(ann.email)
    await clock.advance(6 * day)
    assert.equal((await busy.ask('GET', '/api/v2/me')).status, 200)
    await clock.advance(1.5 * day)
    assert.equal((await idle.ask('GET', '/api/v2/me')).status, 401)
    for (let at = 0; at < 3; at += 1) {
      assert.equal((await busy.ask('GET', '/api/v2/me')).status, 200)
      await clock.advance(6 * day)
    }
    assert.equal((await busy.ask('GET', '/api/v2/me')).status, 200)
    await clock.advance(5 * day)
    assert.equal((await busy.ask('GET', '/api/v2/me')).status, 401)
  })

  test('sessions are listed with where they come from, and ended one by one or all others at once', async () => {
    const here = await setUp()
    const there = await signIn(ann.email)
    const { items } = (await here.ask('GET', '/api/v2/me/sessions')).json as {
      items: { id: number; current: boolean; agent: string; address: string }[]
    }
    assert.equal(items.filter(({ current }) => current).length, 1)
    assert.equal(items.length, 2)
    assert.deepEqual([items[0]?.agent, items[0]?.address], ['Test browser', '127.0.0.1'])
    const other = items.find(({ current }) => !current)?.id
    assert.equal((await here.ask('DELETE', `/api/v2/me/sessions/${other}`)).status, 204)
    assert.equal((await there.ask('GET', '/api/v2/me')).status, 401)
    assert.equal((await here.ask('DELETE', `/api/v2/me/sessions/${other}`)).status, 404)
    const third = await signIn(ann.email)
    assert.equal((await here.ask('DELETE', '/api/v2/me/sessions')).status, 204)
    assert.equal((await third.ask('GET', '/api/v2/me')).status, 401)
    assert.equal((await here.ask('GET', '/api/v2/me')).status, 200)
  })

  test('a new sign-in in the same browser ends the session before it', async () => {
    const browser = await setUp()
    const before = browser.cookies.get('allswell') ?? ''
    await signIn(ann.email, password, browser)
    const old = openBrowser(server.base)
    old.cookies.set('allswell', before)
    assert.equal((await old.ask('GET', '/api/v2/me')).status, 401)
  })

  test('another password ends every other session, and needs the one before', async () => {
    const here = await setUp()
    const there = await signIn(ann.email)
    const next = 'nine loud kettles boil'
    const wrong = await here.ask('POST', '/api/v2/me/password', { current: 'not it at all', password: next })
    assert.equal(wrong.status, 401)
    const secret = here.cookies.get('allswell')
    const done = await here.ask('POST', '/api/v2/me/password', { current: password, password: next })
    assert.equal(done.status, 200, done.text)
    assert.notEqual(here.cookies.get('allswell'), secret)
    assert.equal((await there.ask('GET', '/api/v2/me')).status, 401)
    assert.equal((await here.ask('GET', '/api/v2/me')).status, 200)
    await signIn(ann.email, next)
    const old = await openBrowser(server.base).ask('POST', '/api/v2/session', ann_)
    assert.equal(old.status, 401)
  })

  test('without the password before, a new one needs a fresh proof', async () => {
    const browser = await setUp()
    await clock.advance(16 * minute)
    const next = { password: 'nine loud kettles boil' }
    const stale = await browser.ask('POST', '/api/v2/me/password', next)
    assert.deepEqual([stale.status, (stale.json as Json).type], [403, 'urn:allswell:problem:unconfirmed'])
    assert.equal((await browser.ask('POST', '/api/v2/session/confirm', { password: 'wrong one' })).status, 401)
    const before = browser.cookies.get('allswell')
    assert.equal((await browser.ask('POST', '/api/v2/session/confirm', { password })).status, 200)
    assert.notEqual(browser.cookies.get('allswell'), before)
    assert.equal((await browser.ask('POST', '/api/v2/me/password', next)).status, 200)
  })

  test('a session changes nothing for another site, however the request was made', async () => {
    const browser = await setUp()
    const body = { key: 'web', http: { url: 'https://web.example.test' } }
    const forged: Record<string, string | null>[] = [
      { 'x-allswell-csrf': null },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': null, origin: 'https://evil.test' },
      { 'sec-fetch-site': null, origin: 'null' },
      { 'sec-fetch-site': null, origin: 'not an origin' },
    ]
    for (const headers of forged) {
      const page = openBrowser(server.base, headers)
      for (const [name, value] of browser.cookies) page.cookies.set(name, value)
      const { status, json } = await page.ask('POST', '/api/v2/monitors', body)
      assert.deepEqual([status, (json as Json).type], [403, 'urn:allswell:problem:cross-site'], JSON.stringify(headers))
    }
    assert.equal((await browser.ask('POST', '/api/v2/monitors', body)).status, 201)
  })

  test('a token that a browser sends by itself changes nothing for another site, either', async () => {
    const basic = `Basic ${Buffer.from(`ann:${await server.token('edit')}`).toString('base64')}`
    const body = { key: 'forged', http: { url: 'https://web.example.test' } }
    const headers = { authorization: basic, origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }
    assert.equal((await openBrowser(server.base).ask('POST', '/api/v2/monitors', body, headers)).status, 403)
    const own = await openBrowser(server.base).ask('POST', '/api/v2/monitors', body, { authorization: basic })
    assert.equal(own.status, 201)
  })

  test('another site cannot sign somebody in, nor out', async () => {
    const browser = await setUp()
    const evil = openBrowser(server.base, { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' })
    assert.equal((await evil.ask('POST', '/api/v2/session', ann_)).status, 403)
    for (const [name, value] of browser.cookies) evil.cookies.set(name, value)
    assert.equal((await evil.ask('DELETE', '/api/v2/session')).status, 403)
    assert.equal((await browser.ask('GET', '/api/v2/me')).status, 200)
  })

  test('a token counts before a cookie, and needs no header against other sites', async () => {
    const browser = await setUp()
    const authorization = `Bearer ${await server.token('read')}`
    const me = await browser.ask('GET', '/api/v2/me', undefined, { authorization })
    assert.equal((me.json as Json).kind, 'token')
    const bad = await browser.ask('GET', '/api/v2/me', undefined, { authorization: 'Bearer aw_nonsense' })
    assert.equal(bad.status, 401)
  })

  test('guessing at one account is slowed for strangers, not for a browser that its person has used', async () => {
    const known = await setUp()
    const guess = (browser: Browser, secret: string) =>
      browser.ask('POST', '/api/v2/session', { email: ann.email, password: secret })
    const from = (address: string) => openBrowser(server.base, { 'x-forwarded-for': address })
    for (let at = 1; at <= 10; at += 1) assert.equal((await guess(from(`198.51.100.${at}`), 'wrong one')).status, 401)
    const slowed = await guess(from('198.51.100.99'), password)
    assert.equal(slowed.status, 429)
    assert.ok(Number(slowed.headers.get('retry-after')) <= 15 * 60)
    const nobody = openBrowser(server.base, { 'x-forwarded-for': '198.51.100.98' })
    for (let at = 1; at <= 10; at += 1)
      await openBrowser(server.base, { 'x-forwarded-for': `203.0.113.${at}` }).ask('POST', '/api/v2/session', {
        email: 'nobody@corp.test',
        password: 'wrong one',
      })
    const same = await nobody.ask('POST', '/api/v2/session', { email: 'nobody@corp.test', password: 'wrong one' })
    assert.equal(same.status, 429)
    assert.equal((await guess(known, password)).status, 200)
    await clock.advance(16 * minute)
    assert.equal((await guess(from('198.51.100.99'), password)).status, 200)
  })

  test('guessing from one address is slowed whatever the account, and many at once do not slip through', async () => {
    await setUp()
    const browser = () => openBrowser(server.base, { 'x-forwarded-for': '198.51.100.7' })
    const tries = Array.from({ length: 80 }, (_, at) =>
      browser().ask('POST', '/api/v2/session', { email: `guess${at}@corp.test`, password: 'wrong one' }),
    )
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 401).length, 50)
    assert.ok(statuses.every((status) => status === 401 || status === 429))
  })

  test('roles allow what they say', async () => {
    const owner = await setUp()
    const body = { key: 'web', http: { url: 'https://web.example.test' } }
    assert.equal((await owner.ask('POST', '/api/v2/monitors', body)).status, 201)
    const expected: Record<string, number[]> = {
      viewer: [200, 403, 403, 403],
      responder: [200, 200, 403, 403],
      editor: [200, 200, 200, 403],
      admin: [200, 200, 200, 200],
    }
    for (const [role, statuses] of Object.entries(expected)) {
      const browser = await join(owner, `${role}@corp.test`, role)
      const seen = [
        await browser.ask('GET', '/api/v2/monitors/web'),
        await browser.ask('POST', '/api/v2/monitors/web/run'),
        await browser.ask('PATCH', '/api/v2/monitors/web', { name: role }),
        await browser.ask('GET', '/api/v2/users'),
      ].map(({ status }) => status)
      assert.deepEqual(seen, statuses, role)
    }
  })

  test('owners are made and changed by owners only, and one always remains', async () => {
    const owner = await setUp()
    const admin = await join(owner, 'admin@corp.test', 'admin')
    const { items } = (await owner.ask('GET', '/api/v2/users')).json as { items: { id: number; email: string }[] }
    const id = (email: string) => items.find((one) => one.email === email)?.id
    const ownerPath = `/api/v2/users/${id(ann.email)}`
    const adminPath = `/api/v2/users/${id('admin@corp.test')}`
    for (const [method, path, body] of [
      ['PATCH', ownerPath, { role: 'viewer' }],
      ['PATCH', ownerPath, { disabled: true }],
      ['DELETE', ownerPath],
      ['DELETE', `${ownerPath}/sessions`],
      ['DELETE', `${ownerPath}/factors`],
      ['POST', `${ownerPath}/reset`],
      ['PATCH', adminPath, { role: 'owner' }],
      ['POST', '/api/v2/invitations', { email: 'x@corp.test', role: 'owner' }],
    ] as const)
      assert.equal((await admin.ask(method, path, body)).status, 403, `${method} ${path}`)
    for (const [method, body] of [['DELETE'], ['PATCH', { role: 'admin' }], ['PATCH', { disabled: true }]] as const) {
      const { status, text } = await owner.ask(method, ownerPath, body)
      assert.equal(status, 409, text)
    }
    assert.equal((await owner.ask('PATCH', adminPath, { role: 'owner' })).status, 200)
    assert.equal((await owner.ask('DELETE', ownerPath)).status, 204)
    assert.equal((await owner.ask('GET', '/api/v2/me')).status, 401)
  })

  test('another role counts at once and asks to sign in anew', async () => {
    const owner = await setUp()
    const editor = await join(owner, 'ed@corp.test', 'editor')
    const { items } = (await owner.ask('GET', '/api/v2/users')).json as { items: { id: number; email: string }[] }
    const id = items.find(({ email }) => email === 'ed@corp.test')?.id
    const renamed = await owner.ask('PATCH', `/api/v2/users/${id}`, { name: 'Edith' })
    assert.equal((renamed.json as Json).name, 'Edith')
    assert.equal((await editor.ask('GET', '/api/v2/me')).status, 200)
    assert.equal((await owner.ask('PATCH', `/api/v2/users/${id}`, { role: 'viewer' })).status, 200)
    assert.equal((await editor.ask('GET', '/api/v2/me')).status, 401)
  })

  test('of two who edit one person the second is told', async () => {
    const owner = await setUp()
    await join(owner, 'ed@corp.test', 'editor')
    const { items } = (await owner.ask('GET', '/api/v2/users')).json as { items: { id: number; email: string }[] }
    const path = `/api/v2/users/${items.find(({ email }) => email === 'ed@corp.test')?.id}`
    const etag = (await owner.ask('GET', path)).headers.get('etag') ?? ''
    const headers = { 'if-match': etag }
    assert.equal((await owner.ask('PATCH', path, { name: 'One' }, headers)).status, 200)
    assert.equal((await owner.ask('PATCH', path, { name: 'Two' }, headers)).status, 412)
    assert.equal(((await owner.ask('GET', path)).json as Json).name, 'One')
  })

  test('every change is on record with who made it and from where, and what is different since', async () => {
    const owner = await setUp()
    const channel = { key: 'hook', name: 'Hook', webhook: { url: 'https://hook.test/in', secret: 'first-secret' } }
    await owner.ask('POST', '/api/v2/channels', channel)
    const token = await server.token('edit')
    const body = { name: 'Pager', webhook: { secret: 'second-secret' } }
    await server.ask('PATCH', '/api/v2/channels/hook', { token, body })
    await owner.ask('POST', '/api/v2/channels/hook/test')
    await owner.ask('DELETE', '/api/v2/channels/hook')
    const { text, json } = await owner.ask('GET', '/api/v2/audit?type=channel')
    const { items } = json as { items: { actor: { kind: string; name: string }; action: string; address: string }[] }
    assert.deepEqual(
      items.map(({ actor, action, address }) => [action, actor.kind, actor.name, address]),
      [
        ['deleted', 'user', 'ann@corp.test', '127.0.0.1'],
        ['tested', 'user', 'ann@corp.test', '127.0.0.1'],
        ['changed', 'token', 'edit', '127.0.0.1'],
        ['created', 'user', 'ann@corp.test', '127.0.0.1'],
      ],
    )
    assert.doesNotMatch(text, /first-secret|second-secret/)
    const changed = (items as unknown as { changes: unknown }[])[2]?.changes
    assert.deepEqual(changed, [
      { path: 'spec.name', before: 'Hook', after: 'Pager' },
      { path: 'spec.webhook.secret', before: '***', after: '***' },
    ])
  })

  test('the record is listed in pages and by who, what and when', async () => {
    const owner = await setUp()
    const began = clock.now()
    for (const key of ['a', 'b', 'c']) {
      await clock.advance(1_000)
      await owner.ask('POST', '/api/v2/monitors', { key, http: { url: 'https://web.example.test' } })
    }
    const list = async (query: string) => {
      const { status, json, text } = await owner.ask('GET', `/api/v2/audit?type=monitor&${query}`)
      assert.equal(status, 200, text)
      const { items, next } = json as { items: { subject: string }[]; next: string | null }
      return { keys: items.map(({ subject }) => subject), next }
    }
    const since = new Date(began).toISOString()
    const first = await list(`since=${since}&limit=2`)
    assert.deepEqual(first.keys, ['c', 'b'])
    assert.deepEqual((await list(`since=${since}&limit=2&cursor=${first.next}`)).keys, ['a'])
    assert.deepEqual((await list('subject=b&action=created&limit=1')).keys, ['b'])
    const { id } = ((await owner.ask('GET', '/api/v2/me')).json as { user: { id: number } }).user
    assert.deepEqual((await list(`actor=user&actor_id=${id}`)).keys.slice(0, 3), ['c', 'b', 'a'])
    assert.deepEqual((await list(`since=${since}&until=${since}`)).keys, [])
    const past = await owner.ask('GET', '/api/v2/monitors/b/changes')
    assert.match(past.text, /"action":"created"/)
    assert.doesNotMatch(past.text, /127\.0\.0\.1/)
  })

  test('a change that was refused or changed nothing is not on record', async () => {
    const owner = await setUp()
    const body = { key: 'same', http: { url: 'https://web.example.test' } }
    await owner.ask('POST', '/api/v2/monitors', body)
    await owner.ask('PUT', '/api/v2/monitors/same', { http: body.http })
    await owner.ask('PATCH', '/api/v2/monitors/same', { nonsense: 1 })
    await owner.ask('POST', '/api/v2/monitors', body)
    await owner.ask('POST', '/api/v2/monitors/same/resume')
    const { json } = await owner.ask('GET', '/api/v2/audit?type=monitor&subject=same')
    assert.equal((json as { items: unknown[] }).items.length, 1)
  })

  test('a sign-in that failed is on record with its address, for accounts that there are', async () => {
    const owner = await setUp()
    const since = new Date(clock.now()).toISOString()
    for (const email of [ann.email, 'nobody@corp.test'])
      await openBrowser(server.base).ask('POST', '/api/v2/session', { email, password: 'not it at all' })
    const failed = async () => {
      const { json } = await owner.ask('GET', `/api/v2/audit?action=failed_to_sign_in&since=${since}`)
      return (json as { items: { subject: string; actor: { name: string }; address: string }[] }).items
    }
    while ((await failed()).length === 0) await clock.advance(1)
    const [one, ...more] = await failed()
    assert.deepEqual([one?.subject, one?.actor.name, one?.address, more], [ann.email, 'somebody', '127.0.0.1', []])
  })

  test('signing in and out is on record, without what proves it', async () => {
    const owner = await setUp()
    await owner.ask('DELETE', '/api/v2/session')
    await signIn(ann.email, password, owner)
    const { json, text } = await owner.ask('GET', '/api/v2/audit?type=session&subject=ann@corp.test&limit=3')
    const { items } = json as { items: { action: string }[] }
    assert.deepEqual(
      items.map(({ action }) => action),
      ['signed_in', 'signed_out', 'signed_in'],
    )
    assert.ok(!text.includes(password))
  })
})
