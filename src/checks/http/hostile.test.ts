// Tests of the kind `http` against servers that stall, cheat, overflow or hang up: each check ends in time,
// with the right words, and leaves no socket behind.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { gzipSync } from 'node:zlib'
import { systemClock } from '#platform/clock.ts'
import { type LookOptions, answers, look, openTarget, page, type Talk } from '#test/targets.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { http } from './http.ts'

const short = 150

interface Case extends LookOptions {
  readonly spec?: Record<string, unknown>
}

/** The reason and sentence that a server earns; the check has ended and no connection is open. */
async function verdict(t: TestContext, talk: Talk, { spec = {}, timeout = short, ...options }: Case = {}) {
  const target = await openTarget(t, talk)
  const finding = await look(http, { url: `http://127.0.0.1:${target.port}/`, ...spec }, { timeout, ...options })
  await target.quiet()
  return { ...finding, words: (finding.sentence ?? '').replaceAll(String(target.port), 'PORT') }
}

/** Once asked, calls at every turn of the event loop until the connection is gone. */
const endlessly =
  (first: string, more: (index: number) => string | Buffer): Talk =>
  (socket) => {
    let index = 0
    const next = () => {
      if (socket.destroyed) return
      index += 1
      socket.write(more(index), () => setImmediate(next))
    }
    socket.once('data', () => socket.write(first, next))
  }

test('silence after the connection ends at the timeout, saying how far it got', async (t) => {
  const clock = new VirtualClock()
  const target = await openTarget(t, () => {})
  const url = `http://127.0.0.1:${target.port}/`
  const looking = look(http, { url }, { clock, timeout: 500 })
  await target.heard('\r\n\r\n')
  await clock.advance(499)
  await clock.advance(1)
  const finding = await looking
  assert.equal(finding.outcome, 'down')
  assert.equal(finding.reason, 'timeout')
  assert.equal(finding.latency, null)
  assert.equal(finding.sentence, 'No answer within 500 ms; it got as far as waiting for the first byte.')
  await target.quiet()
  assert.equal(clock.pending(), 0)
})

test('an answer that trickles in byte by byte is cut off at the timeout', async (t) => {
  const clock = new VirtualClock()
  const text = page('OK')
  const target = await openTarget(t, (socket) => {
    socket.once('data', () => socket.write(text[0] ?? ''))
  })
  const looking = look(http, { url: `http://127.0.0.1:${target.port}/` }, { clock, timeout: 60_000 })
  await target.heard('\r\n\r\n')
  await clock.advance(60_000)
  assert.equal((await looking).reason, 'timeout')
  await target.quiet()
})

test('a page that sends its headers and then stalls is not well, whatever is expected of it', async (t) => {
  const talk: Talk = (socket) =>
    socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'))
  const { reason, words } = await verdict(t, talk)
  assert.equal(reason, 'timeout')
  assert.equal(words, 'No answer within 150 ms; it got as far as reading the answer.')
})

test('headers without end are given up on', async (t) => {
  const talk = endlessly('HTTP/1.1 200 OK\r\n', (index) => `X-${index}: ${'a'.repeat(1_000)}\r\n`)
  const { reason, words } = await verdict(t, talk, { timeout: 5_000 })
  assert.equal(reason, 'protocol')
  assert.equal(words, 'The headers are larger than 64 kB.')
})

test('interim answers without end are given up on', async (t) => {
  const talk = endlessly('', () => 'HTTP/1.1 100 Continue\r\n\r\n'.repeat(50))
  assert.equal((await verdict(t, talk, { timeout: 5_000 })).reason, 'protocol')
})

test('a body without end is judged by its beginning where that suffices', async (t) => {
  const talk = endlessly('HTTP/1.1 200 OK\r\n\r\nOK', () => Buffer.alloc(20_000, 'x'))
  const of = (body?: unknown) =>
    verdict(t, talk, { timeout: 5_000, spec: { expect: { max_size: '100kB', ...(body ? { body } : {}) } } })
  assert.equal((await of()).outcome, 'up')
  assert.equal((await of({ contains: 'OK' })).outcome, 'up')
  const missing = await of({ contains: 'end' })
  assert.equal(missing.reason, 'too_large')
  assert.equal(missing.words, 'Only the first 100 kB of the body were read; “end” is not in that part.')
  const forbidden = await of({ not_contains: 'end' })
  assert.equal(forbidden.reason, 'too_large')
  assert.equal(forbidden.words, 'Only the first 100 kB of the body were read; it cannot be judged.')
  assert.equal((await of({ not_contains: 'OK' })).reason, 'body')
})

test('a gzip bomb makes no more than the wanted bytes', async (t) => {
  const bomb = gzipSync(Buffer.alloc(50_000_000))
  const talk = answers(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\n\r\n`, bomb)
  assert.equal((await verdict(t, talk, { timeout: 5_000 })).outcome, 'up')
  const judged = await verdict(t, talk, { timeout: 5_000, spec: { expect: { body: { contains: 'OK' } } } })
  assert.equal(judged.reason, 'too_large')
  assert.equal(judged.words, 'Only the first 1 MB of the body were read; “OK” is not in that part.')
})

test('a compressed body of which only a part is read is judged by that part', async (t) => {
  const noise = Buffer.from(Array.from({ length: 50_000 }, (_, index) => (index * 7_919) % 251))
  const body = gzipSync(Buffer.concat([Buffer.from('OK'), noise]))
  const talk = answers('HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n', body)
  const spec = { expect: { max_size: 200, body: { contains: 'OK' } } }
  assert.equal((await verdict(t, talk, { timeout: 5_000, spec })).outcome, 'up')
})

test('a body that is not compressed as it claims is not understood', async (t) => {
  const of = (encoding: string, body: string | Buffer) =>
    verdict(t, answers(`HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\n\r\n`, body), { timeout: 5_000 })
  const wrong = await of('gzip', 'plain text')
  assert.equal(wrong.reason, 'protocol')
  assert.match(wrong.words, /^The body cannot be decompressed \(gzip\): /)
  const half = gzipSync('OK'.repeat(100))
  assert.equal((await of('gzip', half.subarray(0, half.length - 9))).reason, 'protocol')
  assert.equal((await of('sdch', 'x')).words, 'The body’s encoding “sdch” is not one that was asked for.')
  assert.equal((await of('gzip,gzip,gzip,gzip', 'x')).words, 'The body is compressed 4 times over.')
})

test('bad chunks, cut bodies and garbage are not understood, in words', async (t) => {
  const of = async (...parts: string[]) => {
    const { reason, words } = await verdict(t, answers(...parts), { timeout: 5_000 })
    return `${reason}: ${words}`
  }
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'
  assert.equal(await of(chunked, 'xyz\r\n'), 'protocol: The body’s chunks cannot be read at “xyz”.')
  assert.equal(
    await of(chunked, '5\r\nhel'),
    'closed: The connection was closed in the middle of the body, after 3 bytes.',
  )
  assert.equal(
    await of('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'),
    'closed: The connection was closed in the middle of the body, after 4 of 10 bytes.',
  )
  assert.equal(await of('HTTP/1.1 200'), 'closed: The connection was closed in the middle of the headers.')
  assert.equal(await of(), 'closed: The connection was closed before anything was answered.')
  assert.equal(
    await of('220 mail.example.test ESMTP\r\n'),
    'protocol: It does not answer in HTTP; the answer begins with “220 mail.example.test ESMTP”.',
  )
})

test('a server that speaks first and is no HTTP is told at once, without waiting for the timeout', async (t) => {
  const { reason, words } = await verdict(t, (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n'), { timeout: 60_000 })
  assert.equal(reason, 'protocol')
  assert.match(words, /“SSH-2\.0-OpenSSH_9\.2p1”/)
})

test('a connection that is reset says so, before the answer and in the middle of it', async (t) => {
  const early = await verdict(t, (socket) => socket.once('data', () => socket.resetAndDestroy()), { timeout: 5_000 })
  assert.equal(early.reason, 'reset')
  assert.equal(early.words, '127.0.0.1:PORT reset the connection.')
  const late = await verdict(
    t,
    (socket) =>
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', () => socket.resetAndDestroy())
      }),
    { timeout: 5_000 },
  )
  assert.match(String(late.reason), /^(reset|closed)$/)
})

test('a port on which nobody listens is refused', async () => {
  const finding = await look(http, { url: 'http://127.0.0.1:1/' })
  assert.equal(finding.reason, 'refused')
  assert.equal(finding.sentence, 'Nothing listens on 127.0.0.1:1 (connection refused).')
})

test('a name that is never resolved ends at the timeout too', async () => {
  const lookup = () => new Promise<never>(() => {})
  const finding = await look(http, { url: 'http://slow.test/' }, { lookup, timeout: 50 })
  assert.equal(finding.reason, 'timeout')
  assert.equal(finding.sentence, 'No answer within 50 ms; it got as far as resolving the name slow.test.')
})

test('a name or literal that leads to a forbidden address is not connected to', async () => {
  const denied = ['169.254.0.0/16']
  const lookup = async () => [{ address: '::ffff:169.254.169.254', family: 6 }]
  for (const host of ['evil.test', '169.254.169.254', '2852039166', '0xa9.0xfe.0xa9.0xfe', '[::ffff:a9fe:a9fe]']) {
    const finding = await look(http, { url: `http://${host}/` }, { lookup, denied })
    assert.equal(finding.reason, 'forbidden', host)
    assert.match(finding.sentence ?? '', /may not be connected to; the setting networks\.denied forbids it\.$/)
  }
})

test('a check that is called off finds nothing out, at once', async (t) => {
  const stop = new AbortController()
  const target = await openTarget(t, () => {})
  const looking = look(http, { url: `http://127.0.0.1:${target.port}/` }, { signal: stop.signal, timeout: 60_000 })
  await target.heard('\r\n\r\n')
  stop.abort()
  const finding = await looking
  assert.equal(finding.outcome, 'unknown')
  assert.equal(finding.reason, 'internal')
  await target.quiet()
})

test('the timeout holds on the system’s clock as well', async (t) => {
  const { reason } = await verdict(t, () => {}, { clock: systemClock })
  assert.equal(reason, 'timeout')
})
