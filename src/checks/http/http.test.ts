// Tests of the kind `http` against servers that behave: what is sent, what is expected, what is kept as evidence.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { systemClock } from '#platform/clock.ts'
import { version } from '#platform/version.ts'
import { answers, look, openTarget, page, type Talk } from '#test/targets.ts'
import { http } from './http.ts'

/** One check of a server that talks so. */
async function check(t: TestContext, talk: Talk, spec: Record<string, unknown> = {}, path = '/health') {
  const target = await openTarget(t, talk)
  const finding = await look(http, { url: `http://127.0.0.1:${target.port}${path}`, ...spec })
  await target.quiet()
  return { finding, target }
}

test('a page that answers well is up, with its phases in milliseconds', async (t) => {
  const { finding } = await check(t, answers(page('All OK')), { expect: { status: 200, body: { contains: 'OK' } } })
  assert.equal(finding.outcome, 'up')
  assert.equal(finding.reason, null)
  assert.equal(finding.sentence, null)
  assert.equal(typeof finding.latency, 'number')
  assert.deepEqual(Object.keys(finding.facts ?? {}), ['phases', 'address'])
  const phases = finding.facts?.['phases'] as Record<string, number>
  for (const phase of ['resolve', 'connect', 'firstByte', 'body']) assert.ok((phases[phase] ?? 0) >= 0, phase)
})

test('a request names its host, its sender and that the connection ends', async (t) => {
  const { target } = await check(t, answers(page('')), { headers: { 'X-One': '1' } }, '/a%20b?c=d')
  const lines = target.received().split('\r\n')
  assert.equal(lines[0], 'GET /a%20b?c=d HTTP/1.1')
  for (const line of [
    `Host: 127.0.0.1:${target.port}`,
    `User-Agent: Allswell/${version}`,
    'Connection: close',
    'X-One: 1',
  ])
    assert.ok(lines.includes(line), line)
})

test('headers of one’s own replace the usual ones, Host too', async (t) => {
  const { target } = await check(t, answers(page('')), { headers: { host: 'shop.example.test', 'user-agent': 'me' } })
  assert.match(target.received(), /\r\nHost: shop\.example\.test\r\n/)
  assert.match(target.received(), /\r\nuser-agent: me\r\n/)
  assert.equal(target.received().match(/user-agent/gi)?.length, 1)
  assert.equal(target.received().match(/host:/gi)?.length, 1)
})

test('a body is sent with its length in bytes', async (t) => {
  const { target } = await check(t, answers(page('')), { body: 'grüße', headers: { 'Content-Type': 'text/plain' } })
  assert.match(target.received(), /^POST .*\r\nContent-Length: 7\r\n/s)
  assert.equal(Buffer.from(target.received(), 'latin1').toString().split('\r\n\r\n')[1], 'grüße')
})

test('basic and bearer credentials are sent and never kept', async (t) => {
  const basic = { basic: { user: 'me', password: 'hush-hush' } }
  const first = await check(t, answers(page('', 'HTTP/1.1 401 Unauthorized')), { auth: basic })
  assert.match(first.target.received(), /\r\nAuthorization: Basic bWU6aHVzaC1odXNo\r\n/)
  const second = await check(t, answers(page('', 'HTTP/1.1 401 Unauthorized')), { auth: { bearer: 'hush-token' } })
  assert.match(second.target.received(), /\r\nAuthorization: Bearer hush-token\r\n/)
  for (const { finding } of [first, second]) {
    assert.equal(finding.reason, 'status')
    assert.doesNotMatch(JSON.stringify(finding), /hush|bWU6/)
    assert.match(JSON.stringify(finding), /"Authorization":"\*\*\*"/)
  }
})

test('another status than the expected is down, in words', async (t) => {
  const { finding } = await check(t, answers(page('oh', 'HTTP/1.1 500 Whatever')), { expect: { status: 200 } })
  assert.equal(finding.outcome, 'down')
  assert.equal(finding.reason, 'status')
  assert.equal(finding.sentence, 'It answered 500 Internal Server Error; 200 was expected.')
  assert.notEqual(finding.latency, null)
})

test('by default any status from 200 to 399 is well', async (t) => {
  const of = async (status: string) => (await check(t, answers(page('', `HTTP/1.1 ${status}`)))).finding
  assert.equal((await of('204 No Content')).outcome, 'up')
  assert.equal((await of('399 Odd')).outcome, 'up')
  assert.equal((await of('404 Not Found')).sentence, 'It answered 404 Not Found; 200–399 was expected.')
  assert.equal((await of('999 Go away')).sentence, 'It answered 999; 200–399 was expected.')
})

test('what the body must and must not contain is judged', async (t) => {
  const of = async (body: string, expect: unknown) => {
    const { finding } = await check(t, answers(page(body)), { expect: { body: expect } })
    return finding.outcome === 'up' ? 'up' : `${finding.reason}: ${finding.sentence}`
  }
  assert.equal(await of('all well', { contains: 'OK' }), 'body: The body does not contain “OK”.')
  assert.equal(await of('all OK', { contains: ['all', 'OK'], not_contains: 'error' }), 'up')
  assert.equal(await of('an error', { not_contains: ['warning', 'error'] }), 'body: The body contains “error”.')
  assert.equal(await of(' pong\n', { equals: 'pong' }), 'up')
  assert.equal(await of('ping\n', { equals: 'pong' }), 'body: The body is “ping”; “pong” was expected.')
  assert.equal(await of('größer', { contains: 'größe' }), 'up')
})

test('a body is read by the charset that it names', async (t) => {
  const body = Buffer.from('gr\u00f6\u00dfer', 'latin1')
  const head = 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset="ISO-8859-1"\r\n\r\n'
  const { finding } = await check(t, answers(head, body), { expect: { body: { contains: 'größer' } } })
  assert.equal(finding.outcome, 'up')
  const odd = 'HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=klingon\r\n\r\nOK'
  assert.equal((await check(t, answers(odd), { expect: { body: { contains: 'OK' } } })).finding.outcome, 'up')
})

test('expected headers are looked for by name without regard to case', async (t) => {
  const talk = answers(page('', 'HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=60, public'))
  const of = async (headers: Record<string, string>) => (await check(t, talk, { expect: { headers } })).finding
  assert.equal((await of({ 'Cache-Control': 'public' })).outcome, 'up')
  assert.equal((await of({ 'X-Frame': 'deny' })).sentence, 'The header X-Frame is missing.')
  const other = await of({ 'Cache-Control': 'private' })
  assert.equal(other.reason, 'header')
  assert.equal(other.sentence, 'The header Cache-Control is “max-age=60, public”, which does not contain “private”.')
})

test('compressed bodies are decompressed, in every encoding that was offered', async (t) => {
  const text = Buffer.from('All is well and OK '.repeat(50))
  const encoded = {
    gzip: gzipSync(text),
    'x-gzip': gzipSync(text),
    br: brotliCompressSync(text),
    deflate: deflateSync(text),
    ' Deflate': deflateRawSync(text),
    zstd: zstdCompressSync(text),
    'gzip, br': brotliCompressSync(gzipSync(text)),
    identity: text,
  }
  for (const [encoding, body] of Object.entries(encoded)) {
    const head = `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`
    const { finding, target } = await check(t, answers(head, body), { expect: { body: { equals: String(text) } } })
    assert.equal(finding.sentence, null, encoding)
    assert.match(target.received(), /\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n/)
  }
})

test('an answer to HEAD is judged without waiting for a body', async (t) => {
  const talk: Talk = (socket) => socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n'))
  const { finding } = await check(t, talk, { method: 'HEAD' })
  assert.equal(finding.outcome, 'up')
})

test('interim answers are passed over', async (t) => {
  const talk = answers('HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n', page('OK'))
  assert.equal((await check(t, talk, { expect: { status: 200, body: { contains: 'OK' } } })).finding.outcome, 'up')
})

test('a failure keeps request and answer as evidence, bounded and with secrets masked', async (t) => {
  const head = [
    'HTTP/1.1 503 Down',
    'Set-Cookie: sid=hush',
    'X-Api-Key: hush',
    ...Array.from({ length: 100 }, (_, index) => `X-${index}: ${'v'.repeat(500)}`),
  ].join('\r\n')
  const spec = { headers: { Cookie: 'hush', 'X-Plain': 'seen' } }
  const { finding } = await check(t, answers(page('b'.repeat(5_000), head)), spec, '/h?token=hush&page=2')
  const { request, response } = finding.facts as Record<'request' | 'response', Record<string, unknown>>
  assert.equal(response['status'], 503)
  assert.equal((response['body'] as string).length, 1_024)
  assert.match(String(request['url']), /\/h\?token=\*\*\*&page=\*\*\*$/)
  const sent = request['headers'] as Record<string, string>
  assert.equal(sent['X-Plain'], '***')
  assert.equal(sent['User-Agent'], `Allswell/${version}`)
  assert.doesNotMatch(JSON.stringify(finding), /hush/)
  assert.ok(JSON.stringify(finding).length < 16_000)
})

test('a target is described without the secrets in its URL', () => {
  const describe = (spec: unknown) => http.describe(http.config.parse(spec))
  assert.equal(describe({ url: 'https://example.test/a?api_key=hush' }), 'https://example.test/a?api_key=***')
  assert.equal(describe({ url: 'https://example.test/a?hush#hush' }), 'https://example.test/a?***#***')
  assert.equal(describe({ url: 'https://example.test/a', method: 'HEAD' }), 'HEAD https://example.test/a')
})

test('a slow answer is degraded or down by the thresholds', async (t) => {
  const target = await openTarget(t, answers(page('')))
  const of = (latency: Record<string, string>) => {
    // A clock on which 100 ms pass whenever somebody looks at it.
    let looks = 0
    const clock = { ...systemClock, monotonic: () => (looks += 1) * 100 }
    return look(http, { url: `http://127.0.0.1:${target.port}/`, latency }, { clock })
  }
  const degraded = await of({ degraded: '100ms', down: '10m' })
  assert.equal(degraded.outcome, 'degraded')
  assert.equal(degraded.reason, 'slow')
  assert.match(degraded.sentence ?? '', /^It took [\d.]+ m?s; more than 100 ms counts as degraded\.$/)
  assert.equal((await of({ degraded: '100ms', down: '200ms' })).outcome, 'down')
})
