// A passkey in a real browser: made and used through the browser's own WebAuthn, with its virtual authenticator.
// Promises that what the API gives and takes is what browsers' JSON methods take and give.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { ownerSecret } from '#commands/accounts/setup.ts'
import { openTestServer, type TestServer } from '#http/testing.ts'
import { openBrowser, withPage } from '#test/browser.ts'

let server: TestServer
let browser: Browser
before(async () => {
  server = await openTestServer()
  browser = await openBrowser()
})
after(async () => {
  await browser.close()
  await server.close()
})

interface Answer {
  readonly status: number
  readonly json: Record<string, never>
}

/** Asks the API from within the page, as the dashboard does. */
const ask = (page: Page, method: string, path: string, body: unknown = {}): Promise<Answer> =>
  page.evaluate(
    async ([method, path, body]) => {
      const response = await fetch(path, {
        method,
        headers: { 'x-allswell-csrf': '1' },
        ...(method === 'GET' ? {} : { body }),
      })
      const text = await response.text()
      return { status: response.status, json: text === '' ? null : JSON.parse(text) }
    },
    [method, path, JSON.stringify(body)] as const,
  )

/** What a page's own script does with options of the API. As text: only browsers know these names. */
const inPage = (page: Page, verb: 'create' | 'get', parse: string, options: unknown): Promise<unknown> =>
  page.evaluate(`(async () => {
    const publicKey = PublicKeyCredential.${parse}(${JSON.stringify(options)})
    return (await navigator.credentials.${verb}({ publicKey })).toJSON()
  })()`)

const create = (page: Page, options: unknown) => inPage(page, 'create', 'parseCreationOptionsFromJSON', options)
const get = (page: Page, options: unknown) => inPage(page, 'get', 'parseRequestOptionsFromJSON', options)

/** A page of the server, in a browser with an authenticator that somebody has touched. */
async function withAuthenticator(use: (page: Page) => Promise<void>): Promise<void> {
  await withPage(browser, { javaScriptEnabled: true, bypassCSP: true }, async (page) => {
    const devtools = await page.context().newCDPSession(page)
    await devtools.send('WebAuthn.enable')
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    })
    await page.goto(`http://localhost:${server.port}/healthz`)
    await use(page)
  })
}

test('a passkey is made and signs in by the browser’s own means, alone and as a second step', async () => {
  await withAuthenticator(async (page) => {
    const token = await ownerSecret(server)
    const ann = { email: 'ann@corp.test', name: 'Ann', password: 'seven quiet lanterns' }
    assert.equal((await ask(page, 'POST', '/api/v2/setup', { token, ...ann })).status, 201)

    const offer = await ask(page, 'POST', '/api/v2/me/passkeys/options')
    assert.equal(offer.status, 200)
    const credential = await create(page, offer.json.options)
    const made = await ask(page, 'POST', '/api/v2/me/passkeys', { ticket: offer.json.ticket, name: 'Key', credential })
    assert.equal(made.status, 201, JSON.stringify(made.json))

    assert.equal((await ask(page, 'DELETE', '/api/v2/session')).status, 204)
    assert.equal((await ask(page, 'GET', '/api/v2/me')).status, 401)
    const alone = await ask(page, 'POST', '/api/v2/session/passkey/options')
    const answer = { ticket: alone.json.ticket, credential: await get(page, alone.json.options) }
    const entered = await ask(page, 'POST', '/api/v2/session/passkey', answer)
    assert.deepEqual([entered.status, entered.json.done], [200, true], JSON.stringify(entered.json))
    assert.equal((await ask(page, 'GET', '/api/v2/me')).json.name, ann.email)

    assert.equal((await ask(page, 'DELETE', '/api/v2/session')).status, 204)
    const { email, password } = ann
    const step = await ask(page, 'POST', '/api/v2/session', { email, password })
    assert.equal(step.json.done, false)
    const asked = await ask(page, 'POST', '/api/v2/session/passkey/options', { ticket: step.json.ticket })
    const second = { ticket: asked.json.ticket, credential: await get(page, asked.json.options) }
    assert.equal((await ask(page, 'POST', '/api/v2/session/passkey', second)).status, 200)
    assert.equal((await ask(page, 'GET', '/api/v2/me')).status, 200)
  })
})

test('a page of another origin can neither read with somebody’s session nor change anything', async () => {
  await withAuthenticator(async (page) => {
    const token = await ownerSecret(server)
    const eve = { email: 'eve@corp.test', name: 'Eve', password: 'seven quiet lanterns' }
    assert.equal((await ask(page, 'POST', '/api/v2/setup', { token, ...eve })).status, 201)
    const other = await page.context().newPage()
    // The same machine under another name is another site.
    await other.goto(`http://127.0.0.1:${server.port}/healthz`)
    const tried = await other.evaluate(async (base) => {
      const attempt = async (init: RequestInit) =>
        fetch(`${base}/api/v2/monitors`, { credentials: 'include', ...init }).then(
          ({ status }) => `answered ${status}`,
          () => 'blocked',
        )
      const body = '{"key":"forged","http":{"url":"https://x.test"}}'
      return [
        await attempt({}),
        await attempt({ method: 'POST', body, headers: { 'x-allswell-csrf': '1' } }),
        await attempt({ method: 'POST', body, headers: { 'content-type': 'text/plain' } }),
        await attempt({ method: 'POST', body, mode: 'no-cors' }),
      ]
    }, `http://localhost:${server.port}`)
    assert.ok(
      tried.slice(0, 3).every((one) => one === 'blocked'),
      tried.join(', '),
    )
    assert.equal(await server.store.objects.get('monitor', 'forged'), null)
  })
})
