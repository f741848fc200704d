// Tests of second factors over the API: authenticator app, recovery codes, passkeys by a software authenticator.
// Promises that every way in is also tried with what it must refuse.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { ownerSecret } from '#commands/accounts/setup.ts'
import { codeAt } from '#commands/accounts/totp.ts'
import { type Algorithm, type Bent, SoftAuthenticator } from '#test/authenticator.ts'
import { type Browser, type BrowserAnswer, openBrowser } from '#test/signed-in.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openTestServer, type TestServer } from './testing.ts'

describe('second factors', () => {
  const clock = new VirtualClock(Date.UTC(2026, 10, 21, 12))
  const minute = 60_000
  let server: TestServer
  before(async () => {
    server = await openTestServer({ clock })
  })
  after(() => server.close())

  const password = 'seven quiet lanterns'
  const email = 'ann@corp.test'
  type Json = Record<string, never>
  interface Step {
    readonly done: boolean
    readonly ticket: string
    readonly factors: string[]
  }
  interface Offer {
    readonly ticket: string
    readonly options: { readonly challenge: string; readonly rpId?: string; readonly rp?: { readonly id: string } }
  }

  let ann: Browser
  beforeEach(async () => {
    for (const user of await server.store.users.all()) await server.store.users.remove(user.id, clock.now())
    ann = openBrowser(server.base)
    const token = await ownerSecret(server)
    assert.equal((await ann.ask('POST', '/api/v2/setup', { token, email, name: 'Ann', password })).status, 201)
  })
  afterEach(async () => {
    await clock.advance(20 * minute)
    server.auth.forget()
  })

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- who asks knows the shape of the answer
  const ok = <Value = Json>(answer: BrowserAnswer, status = 200): Value => {
    assert.equal(answer.status, status, answer.text)
    return answer.json
  }
  const codeNow = (secret: string, steps = 0) => codeAt(secret, Math.floor(clock.now() / 30_000) + steps)

  /** Takes an authenticator app into use; gives its secret and the recovery codes. */
  async function enroll(browser: Browser): Promise<{ secret: string; codes: string[] }> {
    const { ticket, secret } = ok<{ ticket: string; secret: string }>(await browser.ask('POST', '/api/v2/me/totp'))
    const body = { ticket, code: codeNow(secret) }
    const { codes } = ok<{ codes: string[] }>(await browser.ask('POST', '/api/v2/me/totp/confirm', body))
    return { secret, codes }
  }

  async function firstStep(browser = openBrowser(server.base)): Promise<Step> {
    return ok<Step>(await browser.ask('POST', '/api/v2/session', { email, password }))
  }
  const secondStep = (browser: Browser, ticket: string, code: string) =>
    browser.ask('POST', '/api/v2/session/code', { ticket, code })

  test('with an authenticator app the password is only the first step', async () => {
    const { secret } = await enroll(ann)
    await clock.advance(minute)
    const browser = openBrowser(server.base)
    const step = await firstStep(browser)
    assert.deepEqual([step.done, step.factors], [false, ['totp', 'recovery']])
    assert.equal((await browser.ask('GET', '/api/v2/me')).status, 401)
    assert.equal((await secondStep(browser, step.ticket, '000000')).status, 401)
    const done = ok<{ done: boolean }>(await secondStep(browser, step.ticket, codeNow(secret)))
    assert.equal(done.done, true)
    assert.equal((await browser.ask('GET', '/api/v2/me')).status, 200)
  })

  test('a code is taken once, also by another sign-in, and not the one that proved the app', async () => {
    const { secret } = await enroll(ann)
    const browser = openBrowser(server.base)
    const { ticket } = await firstStep(browser)
    assert.equal((await secondStep(browser, ticket, codeNow(secret))).status, 401)
    await clock.advance(minute)
    const code = codeNow(secret)
    const [one, two] = [await firstStep(), await firstStep()]
    const answers = await Promise.all([
      secondStep(openBrowser(server.base), one.ticket, code),
      secondStep(openBrowser(server.base), two.ticket, code),
    ])
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200, 401]))
    // An earlier code is none any more, either.
    const later = await firstStep()
    assert.equal((await secondStep(openBrowser(server.base), later.ticket, codeNow(secret, -1))).status, 401)
  })

  test('a step is used up by its code, and over after five minutes', async () => {
    const { secret } = await enroll(ann)
    await clock.advance(minute)
    const { ticket } = await firstStep()
    ok(await secondStep(openBrowser(server.base), ticket, codeNow(secret)))
    await clock.advance(minute)
    assert.equal((await secondStep(openBrowser(server.base), ticket, codeNow(secret))).status, 410)
    const late = await firstStep()
    await clock.advance(6 * minute)
    assert.equal((await secondStep(openBrowser(server.base), late.ticket, codeNow(secret))).status, 410)
  })

  test('codes cannot be guessed: after ten wrong ones everybody waits', async () => {
    await enroll(ann)
    const { ticket } = await firstStep()
    const tries = Array.from({ length: 15 }, (_, at) =>
      secondStep(openBrowser(server.base), ticket, String(100_000 + at)),
    )
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    assert.equal(statuses.filter((status) => status === 401).length, 10)
    assert.equal(statuses.filter((status) => status === 429).length, 5)
  })

  test('a recovery code stands in for the app, once, however it is written', async () => {
    const { codes } = await enroll(ann)
    assert.equal(codes.length, 10)
    assert.match(codes[0] ?? '', /^[a-z2-9]{4}(-[a-z2-9]{4}){3}$/)
    const { ticket } = await firstStep()
    const written = ` ${(codes[0] ?? '').toUpperCase().replaceAll('-', ' ')} `
    ok(await secondStep(openBrowser(server.base), ticket, written))
    const again = await firstStep()
    assert.equal((await secondStep(openBrowser(server.base), again.ticket, codes[0] ?? '')).status, 401)
    ok(await secondStep(openBrowser(server.base), again.ticket, codes[1] ?? ''))
  })

  test('new recovery codes end the old ones, and the last factor takes them along', async () => {
    const { codes } = await enroll(ann)
    const renewed = ok<{ codes: string[] }>(await ann.ask('POST', '/api/v2/me/recovery-codes')).codes
    const { ticket } = await firstStep()
    assert.equal((await secondStep(openBrowser(server.base), ticket, codes[0] ?? '')).status, 401)
    ok(await secondStep(openBrowser(server.base), ticket, renewed[0] ?? ''))
    assert.equal((await ann.ask('DELETE', '/api/v2/me/totp')).status, 204)
    assert.equal((await firstStep()).done, true)
    assert.equal((await ann.ask('POST', '/api/v2/me/recovery-codes')).status, 409)
  })

  test('an app that shows no right code is not asked for, and an offer is good for its person alone', async () => {
    const { ticket, secret } = ok<{ ticket: string; secret: string }>(await ann.ask('POST', '/api/v2/me/totp'))
    assert.equal((await ann.ask('POST', '/api/v2/me/totp/confirm', { ticket, code: '000000' })).status, 401)
    assert.equal((await firstStep()).done, true)
    const made = ok(await ann.ask('POST', '/api/v2/invitations', { email: 'eve@corp.test', role: 'admin' }), 201)
    const eve = openBrowser(server.base)
    const accepted = { token: String(made.link).split('#')[1], name: 'Eve', password }
    ok(await eve.ask('POST', '/api/v2/invitation/accept', accepted), 201)
    const stolen = { ticket, code: codeNow(secret) }
    assert.equal((await eve.ask('POST', '/api/v2/me/totp/confirm', stolen)).status, 401)
    ok(await ann.ask('POST', '/api/v2/me/totp/confirm', stolen))
  })

  test('what proves who one is changes only after a fresh proof', async () => {
    await enroll(ann)
    await clock.advance(16 * minute)
    for (const [method, path] of [
      ['POST', '/api/v2/me/totp'],
      ['DELETE', '/api/v2/me/totp'],
      ['POST', '/api/v2/me/recovery-codes'],
      ['POST', '/api/v2/me/passkeys/options'],
      ['DELETE', '/api/v2/me/passkeys/1'],
    ] as const) {
      const { status, json } = await ann.ask(method, path)
      assert.deepEqual([status, (json as Json).type], [403, 'urn:allswell:problem:unconfirmed'], path)
    }
    ok(await ann.ask('POST', '/api/v2/session/confirm', { password }))
    ok(await ann.ask('POST', '/api/v2/me/totp'))
  })

  /** Makes a passkey; gives its authenticator and the answer. */
  async function addPasskey(browser: Browser, algorithm: Algorithm = 'ES256', bent: Bent = {}) {
    const device = new SoftAuthenticator(server.base, algorithm)
    const { ticket, options } = ok<Offer>(await browser.ask('POST', '/api/v2/me/passkeys/options'))
    const body = { ticket, name: 'Laptop', credential: device.create(options, bent) }
    return { device, body, answer: await browser.ask('POST', '/api/v2/me/passkeys', body) }
  }

  async function byPasskey(
    device: SoftAuthenticator,
    bent: Bent = {},
    step?: string,
    browser = openBrowser(server.base),
  ) {
    const asked = step === undefined ? {} : { ticket: step }
    const { ticket, options } = ok<Offer>(await browser.ask('POST', '/api/v2/session/passkey/options', asked))
    const body = { ticket, credential: device.get(options, bent) }
    return { browser, body, answer: await browser.ask('POST', '/api/v2/session/passkey', body) }
  }

  for (const algorithm of ['ES256', 'EdDSA', 'RS256'] as const) {
    test(`a passkey of the kind ${algorithm} signs its person in, without a password`, async () => {
      const { device, answer } = await addPasskey(ann, algorithm)
      const made = ok<{ codes: string[]; name: string }>(answer, 201)
      assert.deepEqual([made.name, made.codes.length], ['Laptop', 10])
      const { browser, answer: entered } = await byPasskey(device)
      assert.equal(ok<{ session: { method: string } }>(entered).session.method, 'passkey')
      assert.equal(ok(await browser.ask('GET', '/api/v2/me')).name, email)
    })
  }

  test('a passkey that is made for another place, question or without a touch is not kept', async () => {
    const bents: Bent[] = [
      { origin: 'https://evil.test' },
      { rpId: 'evil.test' },
      { challenge: 'AAAA' },
      { type: 'webauthn.get' },
      { flags: 4 },
      { crossOrigin: true },
    ]
    for (const bent of bents) {
      const { answer, body } = await addPasskey(ann, 'ES256', bent)
      assert.equal(answer.status, 401, JSON.stringify(bent))
      // The question was used up by the wrong answer.
      assert.equal((await ann.ask('POST', '/api/v2/me/passkeys', body)).status, 410)
    }
    assert.equal(ok<{ items: unknown[] }>(await ann.ask('GET', '/api/v2/me/passkeys')).items.length, 0)
  })

  test('a passkey that answers wrongly does not sign in', async () => {
    const { device } = await addPasskey(ann)
    const other = new SoftAuthenticator(server.base)
    const bents: Bent[] = [
      { origin: 'https://evil.test' },
      { rpId: 'evil.test' },
      { challenge: 'AAAA' },
      { type: 'webauthn.create' },
      { flags: 1 },
      { flags: 4 },
      { crossOrigin: true },
    ]
    for (const bent of bents) assert.equal((await byPasskey(device, bent)).answer.status, 401, JSON.stringify(bent))
    assert.equal((await byPasskey(other)).answer.status, 401)
    const { answer, body, browser } = await byPasskey(device)
    ok(answer)
    assert.equal((await browser.ask('POST', '/api/v2/session/passkey', body)).status, 410)
    const forged = await byPasskey(device, {}, undefined)
    ok(forged.answer)
  })

  test('a signature of another passkey under a known id is refused', async () => {
    const { device } = await addPasskey(ann)
    const browser = openBrowser(server.base)
    const { ticket, options } = ok<Offer>(await browser.ask('POST', '/api/v2/session/passkey/options', {}))
    const credential = { ...new SoftAuthenticator(server.base).get(options), id: device.id.toString('base64url') }
    assert.equal((await browser.ask('POST', '/api/v2/session/passkey', { ticket, credential })).status, 401)
  })

  test('a copied passkey shows by its counter', async () => {
    const { device } = await addPasskey(ann)
    device.counter = 10
    ok((await byPasskey(device)).answer)
    assert.equal((await byPasskey(device, { counter: 11 })).answer.status, 401)
    assert.equal((await byPasskey(device, { counter: 5 })).answer.status, 401)
    device.counter = 20
    ok((await byPasskey(device)).answer)
    const { items } = ok<{ items: { action: string }[] }>(await ann.ask('GET', '/api/v2/audit?type=user&limit=5'))
    assert.ok(items.some(({ action }) => action === 'refused_passkey'))
  })

  test('an authenticator that does not count at all is taken again and again', async () => {
    const { device } = await addPasskey(ann)
    for (let at = 0; at < 3; at += 1) ok((await byPasskey(device, { counter: 0 })).answer)
  })

  test('a passkey is a second step after the password, without finger or PIN then', async () => {
    const { device } = await addPasskey(ann)
    const step = await firstStep()
    assert.deepEqual(step.factors, ['passkey', 'recovery'])
    ok((await byPasskey(device, { flags: 1 }, step.ticket)).answer)
    // The step is used up.
    const again = await openBrowser(server.base).ask('POST', '/api/v2/session/passkey/options', { ticket: step.ticket })
    assert.equal(again.status, 410)
  })

  test('a passkey of somebody else is no second step', async () => {
    await addPasskey(ann)
    const made = ok(await ann.ask('POST', '/api/v2/invitations', { email: 'eve@corp.test', role: 'viewer' }), 201)
    const eve = openBrowser(server.base)
    const accepted = { token: String(made.link).split('#')[1], name: 'Eve', password }
    ok(await eve.ask('POST', '/api/v2/invitation/accept', accepted), 201)
    const { device } = await addPasskey(eve)
    const step = await firstStep()
    assert.equal((await byPasskey(device, {}, step.ticket)).answer.status, 401)
  })

  test('a passkey is a fresh proof, too', async () => {
    const { device } = await addPasskey(ann)
    await clock.advance(16 * minute)
    const { ticket, options } = ok<Offer>(await ann.ask('POST', '/api/v2/session/confirm/passkey/options'))
    const body = { ticket, credential: device.get(options) }
    const before = ann.cookies.get('allswell')
    ok(await ann.ask('POST', '/api/v2/session/confirm/passkey', body))
    assert.notEqual(ann.cookies.get('allswell'), before)
    ok(await ann.ask('POST', '/api/v2/me/totp'))
  })

  test('passkeys are listed, renamed and removed by their person alone', async () => {
    const { device, answer } = await addPasskey(ann)
    const { id } = ok<{ id: number }>(answer, 201)
    const path = `/api/v2/me/passkeys/${id}`
    assert.equal(ok<{ name: string }>(await ann.ask('PATCH', path, { name: 'Phone' })).name, 'Phone')
    const made = ok(await ann.ask('POST', '/api/v2/invitations', { email: 'eve@corp.test', role: 'admin' }), 201)
    const eve = openBrowser(server.base)
    const accepted = { token: String(made.link).split('#')[1], name: 'Eve', password }
    ok(await eve.ask('POST', '/api/v2/invitation/accept', accepted), 201)
    assert.equal((await eve.ask('PATCH', path, { name: 'Mine' })).status, 404)
    assert.equal((await eve.ask('DELETE', path)).status, 404)
    assert.equal((await ann.ask('DELETE', path)).status, 204)
    assert.equal((await byPasskey(device)).answer.status, 401)
    assert.equal((await firstStep()).done, true)
  })

  test('an owner takes away the factors of somebody who has lost them, who signs in by the password', async () => {
    const made = ok(await ann.ask('POST', '/api/v2/invitations', { email: 'bob@corp.test', role: 'editor' }), 201)
    const bob = openBrowser(server.base)
    const accepted = { token: String(made.link).split('#')[1], name: 'Bob', password }
    const { user } = ok<{ user: { id: number } }>(await bob.ask('POST', '/api/v2/invitation/accept', accepted), 201)
    await enroll(bob)
    await addPasskey(bob)
    assert.equal((await ann.ask('DELETE', `/api/v2/users/${user.id}/factors`)).status, 204)
    assert.equal((await bob.ask('GET', '/api/v2/me')).status, 401)
    const body = { email: 'bob@corp.test', password }
    assert.equal(ok<Step>(await openBrowser(server.base).ask('POST', '/api/v2/session', body)).done, true)
  })

  test('rubbish in the place of a passkey is refused', async () => {
    const rubbish = { clientDataJSON: 'AAAA', attestationObject: 'oA', authenticatorData: 'AAAA', signature: 'AAAA' }
    const { ticket } = ok<Offer>(await ann.ask('POST', '/api/v2/me/passkeys/options'))
    const body = { ticket, name: 'x', credential: { id: 'AAAA', response: rubbish } }
    assert.equal((await ann.ask('POST', '/api/v2/me/passkeys', body)).status, 401)
    const bad = {
      ...body,
      credential: { id: 'not base64!', response: { ...rubbish, clientDataJSON: 'A'.repeat(9_000) } },
    }
    assert.equal((await ann.ask('POST', '/api/v2/me/passkeys', bad)).status, 422)
  })
})
