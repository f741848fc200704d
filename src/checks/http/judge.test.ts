// Tests of what is judged of an HTTP answer: JSON, headers, patterns, emptiness, from servers that mean well and ill.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { brotliCompressSync, constants, createZstdCompress, gzipSync, zstdCompressSync } from 'node:zlib'
import { answers, look, openTarget, page, type Talk } from '#test/targets.ts'
import { http } from './http.ts'

async function verdict(t: TestContext, talk: Talk, expect: object, spec: object = {}) {
  const target = await openTarget(t, talk)
  const finding = await look(http, { url: `http://127.0.0.1:${target.port}/`, expect, ...spec })
  await target.quiet()
  return finding.outcome === 'up' ? 'up' : `${finding.reason}: ${finding.sentence}`
}

const json = (value: unknown): Talk =>
  answers(page(JSON.stringify(value), 'HTTP/1.1 200 OK\r\nContent-Type: application/json'))

test('places in a JSON answer are compared', async (t) => {
  const talk = json({ status: 'degraded', queue: { length: 120 }, nodes: [{ name: 'a' }] })
  const of = (expect: object) => verdict(t, talk, { json: expect })
  assert.equal(await of({ '/status': 'ok' }), 'body: /status is "degraded"; "ok" was expected.')
  assert.equal(await of({ 'queue.length': { less: 100 } }), 'body: queue.length is 120; less than 100 was expected.')
  assert.equal(await of([{ path: 'nodes[0].name', equals: 'a' }]), 'up')
  assert.equal(await of({ '/nodes/1/name': 'b' }), 'body: /nodes/1/name is missing: /nodes has 1 entry.')
})

test('an answer that is no JSON, or not whole, says so', async (t) => {
  const of = (talk: Talk, expect: object = {}) => verdict(t, talk, { json: { '/a': 1 }, ...expect })
  assert.equal(await of(answers(page('<html>'))), 'body: The body is not JSON; it begins with “<html>”.')
  assert.equal(await of(answers(page(''))), 'body: The body is empty; JSON was expected.')
  assert.equal(
    await of(json({ a: 'x'.repeat(5_000) }), { max_size: '1kB' }),
    'too_large: Only the first 1 kB of the body were read, so its JSON is not whole.',
  )
  const marked = answers(page('\ufeff{"a":1}'))
  assert.equal(await of(marked), 'up')
  const spec = { body: { contains: '[' } }
  assert.equal(await of(answers(page('[[[[')), spec), 'body: The body is not JSON; it begins with “[[[[”.')
})

test('JSON that is deep or made to be slow ends in a verdict', async (t) => {
  const deep = answers(page(`${'['.repeat(400_000)}${']'.repeat(400_000)}`))
  assert.equal(await verdict(t, deep, { json: { '[0][0][0]': { exists: true } } }), 'up')
  assert.match(await verdict(t, deep, { json: { '/0/1': 1 } }), /^body: \/0\/1 is missing: \/0 has 1 entry\.$/)
  const endless = answers(page(`{"a":${'['.repeat(900_000)}`))
  assert.match(await verdict(t, endless, { json: { '/a': 1 } }), /^body: The body is not JSON/)
})

test('patterns in a body are found or not, whatever the body does to them', async (t) => {
  const of = (body: string, expect: object) => verdict(t, answers(page(body)), { body: expect })
  assert.equal(await of('version 2.14.1', { regex: 'version 2\\.\\d+' }), 'up')
  assert.equal(
    await of('version 3', { regex: '^version 2' }),
    'body: The body does not match the pattern “^version 2”.',
  )
  assert.equal(await of('a FATAL b', { not_regex: '(?i)fatal' }), 'body: The body matches the pattern “(?i)fatal”.')
  const bomb = `${'a'.repeat(500_000)}!`
  assert.equal(await of(bomb, { regex: '^(a+)+$' }), 'body: The body does not match the pattern “^(a+)+$”.')
  assert.equal(await of(bomb, { regex: '^(a|aa)+!$' }), 'up')
  const noise = 'ab'.repeat(250_000)
  assert.match(
    await of(noise, { regex: 'a[ab]{500}[cd]' }),
    /^too_large: Only the first \d+ characters were searched; the pattern “a\[ab\].*” is not in that part\.$/,
  )
})

test('an empty body and one that must not be empty are told apart', async (t) => {
  const of = (body: string, empty: boolean) => verdict(t, answers(page(body)), { body: { empty } })
  assert.equal(await of('\n', true), 'up')
  assert.equal(await of('x', true), 'body: The body is not empty.')
  assert.equal(await of('x', false), 'up')
  assert.equal(await of(' ', false), 'body: The body is empty.')
})

test('headers must be there, must not, or must be as expected', async (t) => {
  const head = 'HTTP/1.1 200 OK\r\nServer: nginx/1.27\r\nCache-Control: no-store\r\nVary: A\r\nVary: B\r\nX-Empty:'
  const of = (headers: object) => verdict(t, answers(page('', head)), { headers })
  assert.equal(await of({ 'cache-control': 'no-store', Vary: { equals: 'A, B' } }), 'up')
  assert.equal(
    await of({ Server: { present: false } }),
    'header: The header Server is there, with the value “nginx/1.27”; it must not be.',
  )
  assert.equal(await of({ 'X-Powered-By': { present: false } }), 'up')
  assert.equal(await of({ Server: { present: true } }), 'up')
  assert.equal(await of({ 'X-Id': { present: true } }), 'header: The header X-Id is missing.')
  assert.equal(await of({ 'X-Id': { regex: 'a' } }), 'header: The header X-Id is missing.')
  assert.equal(
    await of({ Server: { equals: 'nginx' } }),
    'header: The header Server is “nginx/1.27”; “nginx” was expected.',
  )
  assert.equal(
    await of({ Server: { regex: '^apache' } }),
    'header: The header Server is “nginx/1.27”, which does not match the pattern “^apache”.',
  )
  assert.equal(
    await of({ Server: { not_regex: '\\d' } }),
    'header: The header Server is “nginx/1.27”, which matches the pattern “\\d”.',
  )
  assert.equal(
    await of({ Server: { not_contains: 'nginx' } }),
    'header: The header Server is “nginx/1.27”, which contains “nginx”.',
  )
  assert.equal(await of({ 'X-Empty': { empty: false } }), 'header: The header X-Empty is empty.')
  assert.equal(await of({ 'X-Empty': { empty: true } }), 'up')
})

test('a header that is secret by its name is judged, and not shown', async (t) => {
  const talk = answers(page('', 'HTTP/1.1 200 OK\r\nX-Session-Token: hush'))
  const words = await verdict(t, talk, { headers: { 'X-Session-Token': { regex: '^\\d+$' } } })
  assert.equal(words, 'header: The header X-Session-Token is “***”, which does not match the pattern “^\\d+$”.')
})

const encoded = (name: string, body: Buffer): Talk =>
  answers(`HTTP/1.1 200 OK\r\nContent-Encoding: ${name}\r\nContent-Length: ${body.length}\r\n\r\n`, body)

test('bombs in every encoding make no more than the wanted bytes, in layers too', async (t) => {
  const zeros = Buffer.alloc(10_000_000)
  const bombs = { gzip: gzipSync(zeros), br: brotliCompressSync(zeros), zstd: zstdCompressSync(zeros) }
  const layers = { 'gzip, gzip': gzipSync(bombs.gzip), 'zstd, gzip': gzipSync(bombs.zstd) }
  for (const [name, body] of Object.entries({ ...bombs, ...layers })) {
    const words = await verdict(t, encoded(name, body), { body: { contains: 'OK' } })
    assert.equal(words, 'too_large: Only the first 1 MB of the body were read; “OK” is not in that part.', name)
    assert.equal(await verdict(t, encoded(name, body), { json: { a: 1 } }), whole, name)
  }
})
const whole = 'too_large: Only the first 1 MB of the body were read, so its JSON is not whole.'

test('of a compressed body that is longer than wanted the beginning is judged, in every encoding', async (t) => {
  let seed = 1
  const noise = Buffer.from(Array.from({ length: 60_000 }, () => (seed = (seed * 48_271) % 2_147_483_647) >> 8))
  const text = Buffer.concat([Buffer.from('OK '), noise])
  const bodies = { gzip: gzipSync(text), br: brotliCompressSync(text), zstd: zstdCompressSync(text) }
  for (const [name, body] of Object.entries(bodies)) {
    const words = await verdict(t, encoded(name, body), { max_size: body.length - 500, body: { contains: 'OK' } })
    assert.equal(words, 'up', name)
  }
})

test('a compressed body that asks for huge memory, or is broken, is not understood', async (t) => {
  const compress = createZstdCompress({ params: { [constants.ZSTD_c_windowLog]: 27 } })
  const parts: Buffer[] = []
  compress.on('data', (part: Buffer) => parts.push(part))
  const ended = new Promise((resolve) => compress.once('end', resolve))
  compress.write(Buffer.from('OK'))
  compress.end(Buffer.alloc(1_000))
  await ended
  assert.match(
    await verdict(t, encoded('zstd', Buffer.concat(parts)), {}),
    /^protocol: The body cannot be decompressed/,
  )
  for (const name of ['gzip', 'br', 'zstd', 'deflate'])
    assert.match(await verdict(t, encoded(name, Buffer.from('rubbish, not it')), {}), /^protocol: /, name)
  const half = gzipSync(Buffer.from('OK '.repeat(5_000))).subarray(0, 40)
  assert.match(await verdict(t, encoded('gzip', half), {}), /^protocol: The body cannot be decompressed \(gzip\)/)
})
