// Tests of what is shown of a request and its answer: nothing that settings call secret, wherever it comes back.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { answers, look, openTarget, page } from '#test/targets.ts'
import { http } from './http.ts'
import { showReceived, showSent, showUrl } from './show.ts'

test('of a URL the values of the query and the fragment are masked', () => {
  assert.equal(showUrl('https://a.test/b?c=d&e=&f;g=h'), 'https://a.test/b?c=***&e=&***;g=***')
  assert.equal(showUrl('https://a.test/b#access_token=x'), 'https://a.test/b#***')
  assert.equal(showUrl('https://a.test/b?x=1#y'), 'https://a.test/b?x=***#***')
  assert.equal(showUrl('https://a.test/?a=b=c?d'), 'https://a.test/?a=***')
  assert.equal(showUrl('https://a.test/b'), 'https://a.test/b')
  assert.equal(showUrl(`https://a.test/${'x'.repeat(1_000)}`).length, 500)
})

test('of the headers that were sent those are shown that everybody sends', () => {
  assert.equal(showSent('Accept', 'text/html'), 'text/html')
  assert.equal(showSent('user-agent', 'me'), 'me')
  assert.equal(showSent('Host', 'a.test'), 'a.test')
  for (const name of ['Authorization', 'Cookie', 'X-Api', 'X-Tenant', 'Referer'])
    assert.equal(showSent(name, 'x'), '***')
})

test('of the headers that were received those named like secrets are masked, and values in URLs', () => {
  assert.equal(showReceived('set-cookie', 'sid=x'), '***')
  assert.equal(showReceived('x-auth-token', 'x'), '***')
  assert.equal(showReceived('www-authenticate', 'Basic realm="a"'), 'Basic realm="a"')
  assert.equal(showReceived('location', '/in?ticket=x#y'), '/in?ticket=***#***')
  assert.equal(showReceived('content-type', 'text/html; charset=utf-8'), 'text/html; charset=utf-8')
  assert.equal(showReceived('link', '<https://a.test/?k=v>; rel=next'), '<https://a.test/?k=***>; rel=next')
  assert.equal(showReceived('x-color', '#fff'), '#fff')
})

/** What is shown of a check whose server says back what it was sent. */
async function echoed(t: TestContext, spec: object, query = '', say: (request: string) => string = (text) => text) {
  const target = await openTarget(t, (socket) => {
    socket.once('data', (bytes) => socket.end(page(say(bytes.toString()), 'HTTP/1.1 500 Oops')))
  })
  const finding = await look(http, { url: `http://127.0.0.1:${target.port}/${query}`, ...spec })
  await target.quiet()
  return JSON.stringify(finding)
}

test('a server that says back what it was sent makes no secret known', async (t) => {
  const of = async (spec: object, query?: string) => {
    const shown = await echoed(t, spec, query)
    assert.match(shown, /It answered 500/)
    assert.doesNotMatch(shown, /hush|aHVzaC/i)
  }
  await of({ auth: { bearer: 'hush-token' } })
  await of({ auth: { basic: { user: 'me', password: 'hush-hush' } } })
  await of({ headers: { 'X-Api-Key': 'hush', Cookie: 'sid=hush-hush-hush; theme=dark' } })
  await of({ headers: { 'X-Custom': 'hush0123456789abcdef' } })
  await of({ body: 'the hush of the body' })
  await of({ body: JSON.stringify({ name: 'me', password: 'hush"hush' }) })
  await of({}, '?api_key=hush%20hush')
  await of({ headers: { Authorization: 'Token hush-hush-hush' } })
})

test('parts of what was sent are hidden where they come back alone, cut off, or in a sentence', async (t) => {
  const body = JSON.stringify({ user: 'me', password: 'hush-hush' })
  assert.doesNotMatch(await echoed(t, { body }, '', () => 'no hush-hush here'), /hush/)
  assert.doesNotMatch(await echoed(t, { body: 'user=me&password=hush-hush' }, '', () => 'no hush-hush here'), /hush/)
  const cut = () => `${'x'.repeat(1_024 - 6)}hush-hush`
  assert.doesNotMatch(await echoed(t, { auth: { bearer: 'hush-hush' } }, '', cut), /hush/)
  const spec = { auth: { bearer: 'hush-hush' }, expect: { status: 500, body: { equals: 'OK' } } }
  assert.doesNotMatch(await echoed(t, spec, '', () => 'hush-hush'), /hush/)
  const cookie = { headers: { Cookie: 'a=1; sid=hush-hush-hush' } }
  assert.doesNotMatch(await echoed(t, cookie, '', () => 'sid was hush-hush-hush'), /hush/)
})

test('a secret is hidden however the server spells what it says back', async (t) => {
  const password = 'hu/sh"wört'
  const spellings = [
    'hu\\/sh\\"w\\u00f6rt',
    'hu/sh\\"w\\u00f6rt',
    'hu/sh&quot;wört',
    'hu%2fsh%22w%c3%b6rt',
    'HU/SH"WÖRT',
    Buffer.from(password).toString('base64'),
  ]
  for (const spelled of spellings) {
    const shown = await echoed(t, { auth: { basic: { user: 'me', password } } }, '', () => `no: ${spelled}.`)
    assert.match(shown, /"no: \*\*\*\."/, spelled)
  }
  const text = await openTarget(t, (socket) => socket.end(`${password}\r\n`))
  const spec = { url: `http://127.0.0.1:${text.port}/`, auth: { basic: { user: 'me', password } } }
  assert.match((await look(http, spec)).sentence ?? '', /begins with “\*\*\*”/)
  await text.quiet()
})

test('what is no secret stays readable', async (t) => {
  const spec = { headers: { 'X-Tenant': 'shop', 'X-Debug': '1' }, body: '{"query":"status"}' }
  const shown = await echoed(t, spec, '', () => 'the status of the shop is 1')
  assert.match(shown, /the status of the shop is 1/)
})

test('an answer that is well is shown without anything of the request', async (t) => {
  const target = await openTarget(t, answers(page('OK')))
  const { facts } = await look(http, { url: `http://127.0.0.1:${target.port}/`, auth: { bearer: '127.' } })
  assert.deepEqual(Object.keys(facts ?? {}), ['phases', 'address'])
  assert.equal(facts?.['address'], '127.0.0.1')
  await target.quiet()
})
