// Tests of links that work once: invitations and forgotten passwords, by hand and by mail.
// Promises that each link is also tried stolen, late, twice and by two at once.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { ownerSecret } from '#commands/accounts/setup.ts'
import { type Browser, type BrowserAnswer, openBrowser } from '#test/signed-in.ts'
import { until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openTestServer, type TestServer } from './testing.ts'

describe('invitations', () => {
  const clock = new VirtualClock(Date.UTC(2026, 10, 21, 12))
  const minute = 60_000
  const day = 24 * 60 * minute
  const password = 'seven quiet lanterns'
  const next = 'nine loud kettles boil'
  let server: TestServer
  let owner: Browser
  before(async () => {
    server = await openTestServer({ clock })
  })
  after(() => server.close())
  beforeEach(async () => {
    for (const user of await server.store.users.all()) await server.store.users.remove(user.id, clock.now())
    await server.store.tickets.clear('invitation')
    server.letters.length = 0
    server.knobs.mail = false
    server.knobs.settings = { ...server.knobs.settings, publicUrl: null }
    owner = openBrowser(server.base)
    const token = await ownerSecret(server)
    const body = { token, email: 'ann@corp.test', name: 'Ann', password }
    assert.equal((await owner.ask('POST', '/api/v2/setup', body)).status, 201)
  })
  afterEach(async () => {
    await clock.advance(20 * minute)
    server.auth.forget()
  })

  const ok = (answer: BrowserAnswer, status = 200): Record<string, unknown> => {
    assert.equal(answer.status, status, answer.text)
    return answer.json
  }
  const stranger = () => openBrowser(server.base)
  const tokenIn = (link: unknown) => String(link).split('#')[1] ?? ''

  async function invite(email = 'bob@corp.test', role = 'editor', more = {}): Promise<Record<string, unknown>> {
    return ok(await owner.ask('POST', '/api/v2/invitations', { email, role, ...more }), 201)
  }
  const accept = (token: string, secret = password, name = 'Bob') =>
    stranger().ask('POST', '/api/v2/invitation/accept', { token, name, password: secret })

  test('an invitation gives its role and labels to whoever opens the link, and they choose the password', async () => {
    const made = await invite('Bob@Corp.test', 'viewer', { labels: { team: 'shop', region: ['eu', 'us'] } })
    assert.equal(made['link'], `${server.base}/app/invitation#${tokenIn(made['link'])}`)
    assert.equal(made['sent'], null)
    const token = tokenIn(made['link'])
    const read = ok(await stranger().ask('POST', '/api/v2/invitation/read', { token }))
    const labels = { team: ['shop'], region: ['eu', 'us'] }
    assert.deepEqual(
      [read['email'], read['role'], read['labels'], read['by']],
      ['bob@corp.test', 'viewer', labels, 'Ann'],
    )
    const { user } = ok(await accept(token), 201) as { user: { email: string; role: string; labels: unknown } }
    assert.deepEqual([user.email, user.role, user.labels], ['bob@corp.test', 'viewer', labels])
    ok(await stranger().ask('POST', '/api/v2/session', { email: 'bob@corp.test', password }))
  })

  test('a link is over with its use, after seven days, when it is taken back, and when another is made', async () => {
    const used = tokenIn((await invite())['link'])
    ok(await accept(used), 201)
    assert.equal((await accept(used)).status, 410)
    const late = tokenIn((await invite('late@corp.test'))['link'])
    await clock.advance(7 * day)
    ok(await owner.ask('POST', '/api/v2/session', { email: 'ann@corp.test', password }))
    assert.equal((await accept(late)).status, 410)
    const back = await invite('back@corp.test')
    assert.equal((await owner.ask('DELETE', `/api/v2/invitations/${String(back['id'])}`)).status, 204)
    assert.equal((await accept(tokenIn(back['link']))).status, 410)
    assert.equal((await owner.ask('DELETE', `/api/v2/invitations/${String(back['id'])}`)).status, 404)
    const first = tokenIn((await invite('twice@corp.test'))['link'])
    const second = tokenIn((await invite('twice@corp.test'))['link'])
    assert.equal((await accept(first)).status, 410)
    ok(await accept(second), 201)
  })

  test('of many who open one link at once a single one gets the account', async () => {
    const token = tokenIn((await invite())['link'])
    const answers = await Promise.all(Array.from({ length: 6 }, (_, at) => accept(token, password, `Bob ${at}`)))
    assert.equal(answers.filter(({ status }) => status === 201).length, 1)
    assert.equal((await server.store.users.all()).length, 2)
  })

  test('a password that is too easy leaves the link good', async () => {
    const token = tokenIn((await invite())['link'])
    for (const bad of ['short', 'password123', 'bob@corp.test!'])
      assert.equal((await accept(token, bad)).status, 422, bad)
    ok(await accept(token), 201)
  })

  test('open invitations are listed without their secrets', async () => {
    const { link } = await invite()
    const { text } = await owner.ask('GET', '/api/v2/invitations')
    assert.match(text, /"email":"bob@corp\.test","role":"editor"/)
    assert.ok(!text.includes(tokenIn(link)))
  })

  test('nobody is invited who has an account, and none with what is no address, role or label', async () => {
    const bodies = [
      { email: 'ann@corp.test', role: 'viewer' },
      { email: 'not an address', role: 'viewer' },
      { email: 'x@corp.test', role: 'god' },
      { email: 'x@corp.test', role: 'viewer', labels: {} },
      { email: 'x@corp.test', role: 'viewer', labels: { team: [] } },
      { email: 'x@corp.test', role: 'viewer', labels: { 'no label': 'x' } },
      { email: 'x@corp.test', role: 'owner', labels: { team: 'shop' } },
      { email: `${'x'.repeat(300)}@corp.test`, role: 'viewer' },
    ]
    for (const body of bodies)
      assert.equal((await owner.ask('POST', '/api/v2/invitations', body)).status, 422, JSON.stringify(body))
  })

  test('where a mail server is set the invitation is sent, too, and what became of it is told', async () => {
    server.knobs.mail = true
    server.knobs.settings = { ...server.knobs.settings, publicUrl: 'https://status.corp.test' }
    const { link, sent } = await invite()
    assert.deepEqual(sent, { ok: true, detail: 'delivered' })
    const [letter] = server.letters
    assert.deepEqual([letter?.to, letter?.link], ['bob@corp.test', link])
    assert.match(String(link), /^https:\/\/status\.corp\.test\/app\/invitation#/)
  })

  test('a name of any kind is kept as it is, or refused when it is no line of text', async () => {
    const kept = ['<script>alert(1)</script>', '👩‍🚀 Ann', 'آن', "O'Brien; drop table users", 'Ünï', 'x'.repeat(100)]
    for (const name of kept) {
      const { user } = ok(await accept(tokenIn((await invite())['link']), password, name), 201) as {
        user: { id: number; name: string }
      }
      assert.equal(user.name, name)
      assert.equal((await owner.ask('DELETE', `/api/v2/users/${user.id}`)).status, 204)
    }
    const token = tokenIn((await invite())['link'])
    for (const name of ['', '   ', 'a\nb', 'a\u0000b', 'a\u202Eb', 'x'.repeat(101), 'x'.repeat(10_000), '\uD800'])
      assert.equal((await accept(token, password, name)).status, 422, JSON.stringify(name.slice(0, 20)))
  })

  async function bobWith(): Promise<{ browser: Browser; id: number }> {
    const browser = stranger()
    const body = { token: tokenIn((await invite())['link']), name: 'Bob', password }
    const { user } = ok(await browser.ask('POST', '/api/v2/invitation/accept', body), 201) as { user: { id: number } }
    return { browser, id: user.id }
  }

  test('a link for a new password sets it once and ends every session, and the old one is worth nothing', async () => {
    const { browser, id } = await bobWith()
    const { link } = ok(await owner.ask('POST', `/api/v2/users/${id}/reset`), 201)
    const token = tokenIn(link)
    assert.equal(ok(await stranger().ask('POST', '/api/v2/password/read', { token }))['email'], 'bob@corp.test')
    const body = { token, password: next }
    assert.equal(ok(await stranger().ask('POST', '/api/v2/password/reset', body))['email'], 'bob@corp.test')
    assert.equal((await stranger().ask('POST', '/api/v2/password/reset', body)).status, 410)
    assert.equal((await browser.ask('GET', '/api/v2/me')).status, 401)
    const signIn = (secret: string) =>
      stranger().ask('POST', '/api/v2/session', { email: 'bob@corp.test', password: secret })
    assert.equal((await signIn(password)).status, 401)
    ok(await signIn(next))
  })

  test('a link for a new password is over after an hour, with the next one, and with a new password', async () => {
    const { browser, id } = await bobWith()
    const link = async () => tokenIn(ok(await owner.ask('POST', `/api/v2/users/${id}/reset`), 201)['link'])
    const status = async (token: string) =>
      (await stranger().ask('POST', '/api/v2/password/reset', { token, password: next })).status
    const first = await link()
    const second = await link()
    assert.equal(await status(first), 410)
    await clock.advance(61 * minute)
    assert.equal(await status(second), 410)
    const third = await link()
    ok(await browser.ask('POST', '/api/v2/me/password', { current: password, password: 'five green umbrellas' }))
    assert.equal(await status(third), 410)
  })

  test('asking for a new password answers the same for everybody, and mails only those who have one', async () => {
    await bobWith()
    const ask = (email: string) => stranger().ask('POST', '/api/v2/password/forgot', { email })
    assert.equal((await ask('bob@corp.test')).status, 409)
    server.knobs.mail = true
    // Without a configured address the link could lead anywhere that whoever asks says.
    assert.equal((await ask('bob@corp.test')).status, 409)
    assert.match((await stranger().ask('GET', '/api/v2/sign-in')).text, /"mail":false/)
    server.knobs.settings = { ...server.knobs.settings, publicUrl: 'https://status.corp.test' }
    const answers = new Set<string>()
    for (const email of ['bob@corp.test', 'nobody@corp.test']) answers.add(JSON.stringify(ok(await ask(email))))
    assert.equal(answers.size, 1)
    await until('the mail was sent', () => server.letters.length === 1)
    const [letter] = server.letters
    assert.equal(letter?.to, 'bob@corp.test')
    assert.match(letter?.link ?? '', /^https:\/\/status\.corp\.test\/app\/reset#[\w-]{43}$/)
    const token = tokenIn(letter?.link)
    ok(await stranger().ask('POST', '/api/v2/password/reset', { token, password: next }))
  })

  test('somebody is not flooded with mails for a new password, whoever asks', async () => {
    server.knobs.mail = true
    server.knobs.settings = { ...server.knobs.settings, publicUrl: 'https://status.corp.test' }
    const ask = (email: string) => stranger().ask('POST', '/api/v2/password/forgot', { email })
    for (const email of ['ann@corp.test', 'nobody@corp.test']) {
      const statuses: number[] = []
      for (let at = 0; at < 5; at += 1) statuses.push((await ask(email)).status)
      assert.deepEqual(statuses, [200, 200, 200, 429, 429], email)
    }
    await until('the mails were sent', () => server.letters.length === 3)
  })

  test('a link of one kind is none of another', async () => {
    const { id } = await bobWith()
    const reset = tokenIn(ok(await owner.ask('POST', `/api/v2/users/${id}/reset`), 201)['link'])
    const invitation = tokenIn((await invite('eve@corp.test'))['link'])
    assert.equal((await accept(reset)).status, 410)
    const setUp = { token: invitation, email: 'eve@corp.test', name: 'Eve', password }
    assert.equal((await stranger().ask('POST', '/api/v2/setup', setUp)).status, 410)
    const body = { token: invitation, password: next }
    assert.equal((await stranger().ask('POST', '/api/v2/password/reset', body)).status, 410)
    // And neither is a session.
    const browser = stranger()
    browser.cookies.set('allswell', reset)
    assert.equal((await browser.ask('GET', '/api/v2/me')).status, 401)
  })

  test('guessing links is slowed', async () => {
    const tries = Array.from({ length: 60 }, (_, at) => accept(String(at).padStart(43, 'x')))
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 410).length, 50)
    assert.equal(statuses.filter((status) => status === 429).length, 10)
  })
})
