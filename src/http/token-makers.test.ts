// Tokens of people: none may more than the person who made it may now.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Role } from '#core/rights.ts'
import { openSession } from '#commands/accounts/sessions.ts'
import { type Browser, openBrowser } from '#test/signed-in.ts'
import { openTestServer, type TestServer } from './testing.ts'

describe('a token that a person made', () => {
  let server: TestServer
  before(async () => {
    server = await openTestServer()
    const http = { url: 'https://web.example.test' }
    for (const team of ['shop', 'pay']) {
      const body = { key: team, http, labels: { team } }
      assert.equal((await server.ask('POST', '/api/v2/monitors', { body })).status, 201)
    }
  })
  after(() => server.close())

  let count = 0
  /** An administrator of their own for each test, and a token that they made. */
  async function made(scopes: readonly string[]): Promise<{ id: number; secret: string; browser: Browser }> {
    const person = { email: `p${(count += 1)}@corp.test`, name: 'p', role: 'admin', labels: null } as const
    const user = await server.store.users.insert({ ...person, external: null, password: null }, server.clock.now())
    const browser = openBrowser(server.base)
    const { secret } = await openSession(server, user, 'link', { address: null, agent: null })
    browser.cookies.set('allswell', secret)
    const token = await browser.ask('POST', '/api/v2/tokens', { name: 'ci', scopes })
    assert.equal(token.status, 201, token.text)
    return { id: user.id, secret: (token.json as unknown as { secret: string }).secret, browser }
  }
  const change = async (id: number, patch: { role?: Role; labels?: object; disabled?: boolean }) => {
    const { status, text } = await server.ask('PATCH', `/api/v2/users/${id}`, { body: patch })
    assert.equal(status, 200, text)
  }
  const status = async (token: string, method: string, path: string, body?: unknown) =>
    (await server.ask(method, path, { token, ...(body === undefined ? {} : { body }) })).status

  test('is refused while they are disabled, and works again when they are not', async () => {
    const { id, secret } = await made(['read'])
    assert.equal(await status(secret, 'GET', '/api/v2/monitors'), 200)
    await change(id, { disabled: true })
    assert.equal(await status(secret, 'GET', '/api/v2/monitors'), 401)
    await change(id, { disabled: false })
    assert.equal(await status(secret, 'GET', '/api/v2/monitors'), 200)
  })

  test('is revoked when they are removed', async () => {
    const { id, secret } = await made(['admin'])
    assert.equal(await status(secret, 'DELETE', `/api/v2/users/${id}`), 204)
    assert.equal(await status(secret, 'GET', '/api/v2/monitors'), 401)
    assert.ok((await server.store.tokens.list(server.clock.now())).every(({ maker }) => maker?.disabled !== true))
    const { items } = await server.store.audit.list({ limit: 1, type: 'token', action: 'revoked' })
    assert.equal(items[0]?.subject, 'ci')
  })

  test('loses the scopes that their new role does not have', async () => {
    const { id, secret } = await made(['admin'])
    await change(id, { role: 'responder' })
    assert.equal(await status(secret, 'GET', '/api/v2/monitors'), 200)
    assert.equal(await status(secret, 'POST', '/api/v2/silences', { monitors: 'x', for: '1h' }), 201)
    assert.equal(await status(secret, 'POST', '/api/v2/monitors/shop/pause'), 403)
    assert.equal(await status(secret, 'GET', '/api/v2/tokens'), 403)
  })

  test('sees no more than they see now', async () => {
    const { id, secret } = await made(['admin'])
    await change(id, { role: 'editor', labels: { team: ['shop'] } })
    const { json } = await server.ask('GET', '/api/v2/monitors', { token: secret })
    assert.deepEqual(
      (json as { items: { key: string }[] }).items.map(({ key }) => key),
      ['shop'],
    )
    assert.equal(await status(secret, 'GET', '/api/v2/monitors/pay'), 404)
  })

  test('is bound to them also where it was made by a token of theirs', async () => {
    const { id, secret } = await made(['admin'])
    const { json } = await server.ask('POST', '/api/v2/tokens', {
      token: secret,
      body: { name: 'b', scopes: ['admin'] },
    })
    const second = (json as { secret: string }).secret
    assert.equal(await status(second, 'GET', '/api/v2/tokens'), 200)
    await change(id, { disabled: true })
    assert.equal(await status(second, 'GET', '/api/v2/tokens'), 401)
  })

  test('invites nobody any more when the person may not, and neither do they', async () => {
    const invite = async (by: { token: string } | Browser, email: string) => {
      const body = { email, role: 'admin' }
      const { text } =
        'token' in by
          ? await server.ask('POST', '/api/v2/invitations', { ...by, body })
          : await by.ask('POST', '/api/v2/invitations', body)
      return (JSON.parse(text) as { link: string }).link.split('#')[1] ?? ''
    }
    const accept = async (token: string) => {
      const body = { token, name: 'New', password: 'seven quiet lanterns' }
      const read = await openBrowser(server.base).ask('POST', '/api/v2/invitation/read', { token })
      const made = await openBrowser(server.base).ask('POST', '/api/v2/invitation/accept', body)
      return [read.status, made.status]
    }
    const ends: ((id: number) => Promise<unknown>)[] = [
      (id) => change(id, { disabled: true }),
      (id) => change(id, { role: 'editor' }),
      (id) => server.ask('DELETE', `/api/v2/users/${id}`),
    ]
    for (const end of ends) {
      const { id, secret, browser } = await made(['admin'])
      const links = [await invite(browser, `x${id}@corp.test`), await invite({ token: secret }, `y${id}@corp.test`)]
      await end(id)
      for (const link of links) assert.deepEqual(await accept(link), [410, 410])
    }
    const { id, secret } = await made(['admin'])
    assert.deepEqual(await accept(await invite({ token: secret }, `z${id}@corp.test`)), [200, 201])
  })
})
