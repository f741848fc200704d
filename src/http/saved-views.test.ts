// Tests of saved views over real sockets: whose they are, what they take, and what a token may.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Role } from '#core/rights.ts'
import { openSession } from '#commands/accounts/sessions.ts'
import { type Browser, openBrowser } from '#test/signed-in.ts'
import { openTestServer, type TestServer } from './testing.ts'

let server: TestServer
before(async () => {
  server = await openTestServer()
})
after(() => server.close())

async function signedIn(name: string, role: Role): Promise<Browser> {
  const user = { email: `${name}@corp.test`, name, role, labels: null, external: null, password: null }
  const made = await server.store.users.insert(user, server.clock.now())
  const browser = openBrowser(server.base)
  const { secret } = await openSession(server, made, 'link', { address: null, agent: null })
  browser.cookies.set('allswell', secret)
  return browser
}

interface View {
  readonly id: number
  readonly name: string
  readonly query: string
  readonly shared: boolean
}
const path = '/api/v2/saved-views'
const listed = async (browser: Browser): Promise<View[]> =>
  (JSON.parse((await browser.ask('GET', path)).text) as { items: View[] }).items

test('a viewer keeps views of their own, which nobody else finds, and shares none', async () => {
  const [vera, otto] = [await signedIn('vera', 'viewer'), await signedIn('otto', 'owner')]
  const made = await vera.ask('POST', path, { name: 'Down', query: '?label=team:shop&status=down&sort=-since' })
  assert.equal(made.status, 201, made.text)
  const { id, query, shared } = JSON.parse(made.text) as View
  assert.deepEqual([query, shared], ['label=team%3Ashop&status=down&sort=-since', false])
  assert.equal((await vera.ask('POST', path, { name: 'All', query: '', shared: true })).status, 403)
  assert.equal((await vera.ask('PATCH', `${path}/${id}`, { shared: true })).status, 403)
  assert.equal((await vera.ask('POST', path, { name: 'Down', query: '' })).status, 409)
  assert.deepEqual(await listed(otto), [])
  for (const [method, body] of [['PATCH', { name: 'Taken' }], ['DELETE']] as const)
    assert.equal((await otto.ask(method, `${path}/${id}`, body)).status, 404)
  assert.equal((await vera.ask('PATCH', `${path}/${id}`, { name: 'Broken' })).status, 200)
  assert.equal((await vera.ask('DELETE', `${path}/${id}`)).status, 204)
  assert.equal((await vera.ask('DELETE', `${path}/${id}`)).status, 404)
})

test('what everybody sees is shared, changed and taken away by whoever may edit', async () => {
  const [ed, rita] = [await signedIn('ed', 'editor'), await signedIn('rita', 'responder')]
  const made = await ed.ask('POST', path, { name: 'Night', query: 'status=down&status=degraded', shared: true })
  const { id } = JSON.parse(made.text) as View
  assert.deepEqual(
    (await listed(rita)).map(({ name, shared }) => [name, shared]),
    [['Night', true]],
  )
  assert.equal((await rita.ask('DELETE', `${path}/${id}`)).status, 403)
  assert.equal((await rita.ask('PATCH', `${path}/${id}`, { name: 'x' })).status, 403)
  const edit = await server.token('edit')
  assert.equal((await server.ask('DELETE', `${path}/${id}`, { token: edit })).status, 204)
})

test('a token has no views of its own', async () => {
  const token = await server.token('edit')
  const own = await server.ask('POST', path, { token, body: { name: 'Mine', query: '' } })
  assert.equal(own.status, 403)
  assert.match(own.text, /set \\"shared\\" to true/)
  const shared = await server.ask('POST', path, { token, body: { name: 'Ours', query: '', shared: true } })
  assert.equal(shared.status, 201, shared.text)
})

test('a query that the list would not take is refused with what is wrong', async () => {
  for (const [query, said] of [
    ['statu=down', /statu/],
    ['status=broken', /status/],
    ['kind=htp', /http/],
    ['sort=age', /sort/],
    ['cursor=abc', /cursor/],
    ['label=team', /name:value/],
    [`search=${'x'.repeat(201)}`, /search/],
    ['x'.repeat(5_000), /4000/],
  ] as const) {
    const { status, text } = await server.ask('POST', path, { body: { name: 'Bad', query, shared: true } })
    assert.equal(status, 422, query)
    assert.match(text, said)
  }
  for (const name of ['', ' ', 'two\nlines', '\u202egnp.exe', 'x'.repeat(101), 7])
    assert.equal((await server.ask('POST', path, { body: { name, query: '', shared: true } })).status, 422)
})
