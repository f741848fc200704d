// Tests of the kind `udp`: answers, silence, refusals, and those who answer for others.
import assert from 'node:assert/strict'
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { look, type LookOptions } from '#test/targets.ts'
import { until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { faultOf } from './talk/testing.ts'
import { udp } from './udp.ts'

type Serve = (bytes: Buffer, from: RemoteInfo, socket: Socket) => void

/** A server on loopback until the test ends. */
async function serve(t: TestContext, answer: Serve, host = '127.0.0.1') {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  const heard: Buffer[] = []
  socket.on('message', (bytes, from) => {
    heard.push(bytes)
    answer(bytes, from, socket)
  })
  socket.bind(0, host)
  await once(socket, 'listening')
  t.after(() => socket.close())
  const { port } = socket.address()
  return { port, heard, address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}` }
}

const echo: Serve = (bytes, from, socket) => socket.send(bytes, from.port, from.address)
const silent: Serve = () => {}

async function seen(address: string, spec: object, options: LookOptions = {}) {
  const { outcome, reason, sentence, facts = {}, latency } = await look(udp, { address, ...spec }, options)
  return { outcome, said: `${reason ?? 'up'}: ${sentence ?? 'well'}`.replaceAll(address, 'TARGET'), facts, latency }
}

test('text and bytes are sent as they are, and the answer judged', async (t) => {
  const { address, heard } = await serve(t, echo)
  const text = await seen(address, { send: 'PING\n', expect: { contains: 'PING', not_contains: 'ERR' } })
  assert.equal(text.said, 'up: well')
  assert.equal(text.facts['answer'], 'PING\n')
  assert.equal(typeof text.latency, 'number')
  assert.deepEqual(Object.keys(text.facts['phases'] as object), ['resolve', 'answer'])
  const bytes = await seen(address, { send: { hex: 'ff 00:FE01' }, expect: { bytes: '00fe' } })
  assert.equal(bytes.said, 'up: well')
  assert.equal(bytes.facts['answer'], 'ff00fe01')
  assert.deepEqual(heard.at(-1), Buffer.from([0xff, 0, 0xfe, 1]))
  assert.equal((await seen(address, { expect: 'answer' })).said, 'up: well')
  assert.equal(heard.at(-1)?.length, 0)
})

test('it is sent from an address of this machine, not from the one that it is sent to', async (t) => {
  const senders: string[] = []
  const tell: Serve = (bytes, from, socket) => {
    senders.push(from.address)
    socket.send(bytes, from.port, from.address)
  }
  const { address } = await serve(t, tell, '127.0.0.2')
  assert.equal((await seen(address, { send: 'PING', expect: { contains: 'PING' } })).said, 'up: well')
  assert.deepEqual(senders, ['127.0.0.1'])
})

test('a wrong answer is down with what was said, when nothing better comes', async (t) => {
  const clock = new VirtualClock()
  const { address, heard } = await serve(t, echo)
  const spec = { send: 'PING', expect: { regex: '^PONG' }, tries: 2 }
  const looking = seen(address, spec, { clock, timeout: 3_000 })
  await until('it was asked', () => heard.length === 1)
  await clock.advance(1_000)
  await until('it was asked again', () => heard.length === 2)
  await clock.advance(2_000)
  const { said, facts } = await looking
  assert.match(
    said,
    /^body: TARGET answered “PING”, which does not match the pattern “\^PONG”, and nothing better within 3 s\.$/,
  )
  assert.equal(facts['answer'], 'PING')
  assert.equal(clock.pending(), 0)
})

test('what is lost is sent again', async (t) => {
  const clock = new VirtualClock()
  let asked = 0
  const { address, heard } = await serve(t, (bytes, from, socket) => {
    asked += 1
    if (asked === 3) echo(bytes, from, socket)
  })
  const looking = seen(address, { send: 'x', expect: 'answer' }, { clock, timeout: 7_000 })
  for (const count of [1, 2, 3]) {
    await until(`it was asked ${count} times`, () => heard.length === count)
    if (count < 3) await clock.advance(count * 1_000)
  }
  const { said, facts } = await looking
  assert.equal(said, 'up: well')
  assert.equal(facts['tries'], 3)
})

test('silence where an answer is expected is down', async (t) => {
  const { address } = await serve(t, silent)
  const { said } = await seen(address, { send: 'x', expect: 'answer' }, { timeout: 70 })
  assert.equal(said, 'timeout: No answer from TARGET within 70 ms, asked 3 times.')
})

test('a closed port is refused, whatever is expected', async () => {
  const { said } = await seen('127.0.0.1:1', { send: 'x', expect: 'answer' })
  assert.equal(said, 'refused: Nothing listens on TARGET (connection refused).')
  assert.match((await seen('127.0.0.1:1', { send: 'x', expect: 'nothing' })).said, /^refused: /)
})

test('where no answer is expected silence is well after a second, and an answer down at once', async (t) => {
  const clock = new VirtualClock()
  const { address, heard } = await serve(t, silent)
  const looking = seen(address, { send: 'x', expect: 'nothing' }, { clock })
  await until('it was asked', () => heard.length === 1)
  await clock.advance(1_000)
  const { said, latency } = await looking
  assert.equal(said, 'up: well')
  assert.equal(latency, null)
  assert.equal(clock.pending(), 0)
  const chatty = await serve(t, echo)
  const answered = await seen(chatty.address, { send: 'x', expect: 'nothing' }, { clock: new VirtualClock() })
  assert.equal(answered.said, 'body: TARGET answered “x”, and nothing was to come back.')
})

test('what was sent is not shown where it comes back, neither as text nor as bytes', async (t) => {
  const said = async (send: unknown, expect: object) => {
    const clock = new VirtualClock()
    const { address, heard } = await serve(t, echo)
    const looking = seen(address, { send, expect, tries: 2 }, { clock, timeout: 3_000 })
    for (const times of [1, 2]) {
      await until('it was asked', () => heard.length === times)
      await clock.advance(times * 1_000)
    }
    return (await looking).said
  }
  assert.match(await said('key s3cret-word', { contains: 'PONG' }), /^body: TARGET answered “\*\*\*”, which does not/)
  const bytes = await said({ hex: '00 01 fe ff 00 01 fe ff 11' }, { bytes: '02' })
  assert.match(bytes, /^body: TARGET answered \*\*\* \(hexadecimal\)/)
})

test('an answer from another port does not count', async (t) => {
  const other = createSocket('udp4')
  t.after(() => other.close())
  const { address } = await serve(t, (bytes, from) => other.send(bytes, from.port, from.address))
  const { said } = await seen(address, { send: 'x', expect: 'answer' }, { timeout: 70 })
  assert.equal(said, 'timeout: No answer from TARGET within 70 ms, asked 3 times.')
})

test('a flood of wrong answers costs little and is told', async (t) => {
  const { address } = await serve(t, (_, from, socket) => {
    for (let count = 0; count < 300; count += 1) socket.send('x'.repeat(1_000), from.port, from.address)
  })
  const { said, facts } = await seen(address, { send: 'x', expect: { contains: 'y' } }, { timeout: 100 })
  assert.match(said, /^body: TARGET answered “x+…”, which does not contain “y”/)
  assert.ok(Number(facts['strays']) > 32)
})

test('the next address has its turn where one refuses', async (t) => {
  const { port } = await serve(t, echo)
  const lookup = async () => [
    { address: '::1', family: 6 },
    { address: '127.0.0.1', family: 4 },
  ]
  const { said } = await seen(`h.test:${port}`, { send: 'x', expect: 'answer' }, { lookup })
  assert.equal(said, 'up: well')
})

test('IPv6, the choice of one version, and forbidden addresses hold here as well', async (t) => {
  const { address } = await serve(t, echo, '::1')
  assert.equal((await seen(address, { send: 'x', expect: 'answer', ip: 6 })).said, 'up: well')
  const mapped = '[::ffff:a9fe:a9fe]:53'
  assert.match((await seen(mapped, { expect: 'answer' }, { denied: ['169.254.0.0/16'] })).said, /^forbidden: /)
  assert.match((await seen('127.0.0.1:9', { expect: 'answer', latency: { down: '1s' } })).said, /^refused: /)
})

test('a name that is not resolved is not called silence', async () => {
  const lookup = () => new Promise<never>(() => {})
  const { said } = await seen('h.test:9', { send: 'x', expect: 'answer' }, { lookup, timeout: 50 })
  assert.match(said, /^timeout: No answer within 50 ms; it got as far as resolving the name h\.test\.$/)
})

test('settings that make no sense are refused with the reason', () => {
  const fault = (spec: object) => faultOf(udp, { address: 'h:1', ...spec })
  assert.match(
    fault({}),
    /^expect: expected what must come back: UDP knows no connection, so silence tells nothing; say/,
  )
  assert.match(fault({ expect: 'silence' }), /^expect: expected what must come back/)
  assert.match(fault({ expect: {} }), /^expect: /)
  assert.match(fault({ expect: 'nothing', latency: { down: '1s' } }), /^latency: measures an answer/)
  assert.match(fault({ expect: 'nothing', tries: 2 }), /^tries: is for an answer that might be lost/)
  assert.match(fault({ expect: 'answer', send: '' }), /an empty text says nothing/)
  assert.match(fault({ expect: 'answer', send: { hex: 'f' } }), /half of one/)
  assert.match(fault({ expect: 'answer', send: { hex: 'xy' } }), /something else is in it/)
  assert.match(fault({ expect: 'answer', address: 'h' }), /h has no port/)
  assert.match(fault({ expect: 'answer', address: '[::1]:9', ip: 4 }), /^ip: ::1 is an IPv6 address/)
  assert.equal(fault({ expect: 'nothing' }), '')
  assert.equal(udp.describe(udp.config.parse({ address: '[::1]:80', expect: 'answer' })), '[::1]:80')
  assert.deepEqual(udp.secrets, ['send'])
})
