// Tests of the kind `tcp`: connecting, saying something, listening, and servers that do not play along.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { look, openTarget, type Talk } from '#test/targets.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { tcp } from './tcp.ts'

const redis: Talk = (socket) =>
  socket.on('data', (bytes) => socket.write(String(bytes) === 'PING\r\n' ? '+PONG\r\n' : '-ERR\r\n'))

test('a port that accepts is up, with the phases of the connection', async (t) => {
  const target = await openTarget(t, () => {})
  const finding = await look(tcp, { address: `127.0.0.1:${target.port}` })
  assert.equal(finding.outcome, 'up')
  assert.equal(typeof finding.latency, 'number')
  assert.deepEqual(Object.keys(finding.facts?.['phases'] as object), ['resolve', 'connect'])
  await target.quiet()
})

test('a port on which nobody listens is refused', async () => {
  const finding = await look(tcp, { address: '127.0.0.1:1' })
  assert.equal(finding.reason, 'refused')
  assert.equal(finding.sentence, 'Nothing listens on 127.0.0.1:1 (connection refused).')
})

test('what is sent arrives as it is, and the answer is looked through', async (t) => {
  const target = await openTarget(t, redis)
  const address = `127.0.0.1:${target.port}`
  assert.equal((await look(tcp, { address, send: 'PING\r\n', expect: { contains: 'PONG' } })).outcome, 'up')
  const other = await look(tcp, { address, send: 'HELLO', expect: { contains: 'PONG' } }, { timeout: 150 })
  assert.equal(other.reason, 'body')
  assert.equal(other.sentence, 'Within 150 ms it answered “-ERR”, which does not contain “PONG”.')
  await target.quiet()
})

test('something may be sent without expecting an answer', async (t) => {
  const target = await openTarget(t, () => {})
  assert.equal((await look(tcp, { address: `127.0.0.1:${target.port}`, send: 'hello' })).outcome, 'up')
  await target.heard('hello')
  await target.quiet()
})

test('a greeting is heard unasked, also when it comes in pieces', async (t) => {
  const target = await openTarget(t, (socket) => {
    socket.write('220 ma', () => setImmediate(() => socket.write('il ESMTP\r\n')))
  })
  const spec = { address: `127.0.0.1:${target.port}`, expect: { contains: '220 mail' } }
  const finding = await look(tcp, spec)
  assert.equal(finding.outcome, 'up')
  await target.quiet()
})

test('silence where an answer is expected ends at the timeout of the whole exchange', async (t) => {
  const clock = new VirtualClock()
  const target = await openTarget(t, () => {})
  const spec = { address: `127.0.0.1:${target.port}`, send: 'PING', expect: { contains: 'PONG' } }
  const looking = look(tcp, spec, { clock, timeout: 2_000 })
  await target.heard('PING')
  await clock.advance(2_000)
  const finding = await looking
  assert.equal(finding.reason, 'timeout')
  assert.equal(finding.sentence, 'No answer within 2 s; it got as far as waiting for an answer.')
  await target.quiet()
  assert.equal(clock.pending(), 0)
})

test('a server that closes, resets or talks without end is told apart', async (t) => {
  const of = async (talk: Talk) => {
    const target = await openTarget(t, talk)
    const finding = await look(tcp, { address: `127.0.0.1:${target.port}`, expect: { contains: 'OK' } })
    await target.quiet()
    return `${finding.reason}: ${finding.sentence?.replaceAll(String(target.port), 'PORT')}`
  }
  assert.equal(await of((socket) => socket.end()), 'closed: 127.0.0.1:PORT closed the connection without a word.')
  assert.equal(
    await of((socket) => socket.end('no\u0007pe')),
    'body: 127.0.0.1:PORT answered “no pe”, which does not contain “OK”.',
  )
  assert.match(await of((socket) => socket.resetAndDestroy()), /^reset: /)
  assert.match(await of((socket) => socket.write('x'.repeat(500_000))), /^body: 127\.0\.0\.1:PORT answered “x+…”/)
})

test('an IPv6 address stands in brackets', async (t) => {
  const target = await openTarget(t, () => {}, undefined, '::1')
  assert.equal((await look(tcp, { address: `[::1]:${target.port}` })).outcome, 'up')
  assert.equal((await look(tcp, { address: `[::1]:${target.port}`, ip: 6 })).outcome, 'up')
  await target.quiet()
})

test('a name is only resolved to the chosen IP version', async () => {
  const families: number[] = []
  const lookup = async (_: string, family: 0 | 4 | 6) => {
    families.push(family)
    return [{ address: '127.0.0.1', family: 4 }]
  }
  for (const ip of ['any', 4, 6]) await look(tcp, { address: 'h.test:1', ip }, { lookup })
  assert.deepEqual(families, [0, 4, 6])
})

test('forbidden addresses are not connected to', async () => {
  const finding = await look(tcp, { address: '[::ffff:a9fe:a9fe]:80' }, { denied: ['169.254.0.0/16'] })
  assert.equal(finding.reason, 'forbidden')
})

test('settings that make no sense are refused with the reason', () => {
  const fault = (spec: unknown) =>
    tcp.config
      .safeParse(spec)
      .error?.issues.map(({ message }) => message)
      .join('; ') ?? ''
  assert.match(fault({ address: 'db.example.test' }), /^db\.example\.test has no port; write host:port/)
  assert.match(fault({ address: '[::1]:80', ip: 4 }), /::1 is an IPv6 address, which ip: 4 excludes/)
  assert.match(fault({}), /expected host:port/)
  assert.match(fault({ address: 'h:1', expect: {} }), /contains|expected/)
  assert.match(fault({ address: 'h:1', send: '' }), /an empty text says nothing/)
  assert.match(fault({ address: 'h:1', expct: {} }), /Unrecognized key/)
  assert.equal(fault({ address: '127.0.0.1:5432' }), '')
})

test('it is described by its address', () => {
  assert.equal(tcp.describe(tcp.config.parse({ address: '[::1]:80' })), '[::1]:80')
})
