// Tests of the kind `ntp`: offsets, what a server says of itself, and answers that do not belong.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { systemClock } from '#platform/clock.ts'
import { look, type LookOptions } from '#test/targets.ts'
import { faultOf } from '../talk/testing.ts'
import { readAnswer, spellQuestion } from './message.ts'
import { ntp } from './ntp.ts'

interface Told {
  /** Ms by which the server’s clock is ahead. */
  readonly ahead?: number
  readonly stratum?: number
  readonly leap?: number
  readonly reference?: string | Buffer
  readonly change?: (bytes: Buffer) => Buffer
}

function write(bytes: Buffer, at: number, ms: number): void {
  const seconds = ms / 1_000 + 2_208_988_800
  bytes.writeUInt32BE(Math.floor(seconds) % 2 ** 32, at)
  bytes.writeUInt32BE(Math.floor((seconds % 1) * 2 ** 32), at + 4)
}

function spell(question: Buffer, now: number, told: Told): Buffer {
  const { ahead = 0, stratum = 2, leap = 0, reference = Buffer.from([192, 0, 2, 1]), change = (bytes) => bytes } = told
  const bytes = Buffer.alloc(48)
  bytes[0] = (leap << 6) | (4 << 3) | 4
  bytes[1] = stratum
  bytes.writeUInt32BE(0x1_0000 / 4, 4)
  Buffer.from(reference).copy(bytes, 12)
  question.copy(bytes, 24, 40, 48)
  write(bytes, 32, now + ahead)
  write(bytes, 40, now + ahead)
  return change(bytes)
}

async function seen(t: TestContext, told: Told, spec: object = {}, options: LookOptions = {}) {
  const { clock = systemClock } = options
  const socket = createSocket('udp4')
  const questions: Buffer[] = []
  socket.on('message', (question, from) => {
    questions.push(question)
    socket.send(spell(question, clock.now(), told), from.port, from.address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  t.after(() => socket.close())
  const address = `127.0.0.1:${socket.address().port}`
  const { outcome, reason, sentence, facts = {}, latency } = await look(ntp, { address, ...spec }, options)
  const said = (sentence ?? 'well').replaceAll(address, 'TARGET')
  return { outcome, said: `${reason ?? 'up'}: ${said}`, facts, latency, questions }
}

test('a server that knows the time is well, and what it says of itself is kept', async (t) => {
  const { said, facts, latency, questions } = await seen(t, {}, { offset: { degraded: '1s', down: '2s' } })
  assert.equal(said, 'up: well')
  assert.equal(typeof latency, 'number')
  const { stratum, leap, reference, root_delay, root_dispersion } = facts
  assert.deepEqual(
    { stratum, leap, reference, root_delay, root_dispersion },
    { stratum: 2, leap: 'none', reference: '192.0.2.1', root_delay: 250, root_dispersion: 0 },
  )
  assert.ok(Math.abs(Number(facts['offset'])) < 1_000)
  const [question] = questions
  assert.equal(question?.length, 48)
  assert.equal(question[0], 0x23)
  // Only what comes back as a cookie is filled in: nothing is told of our own clock.
  assert.deepEqual(question.subarray(1, 40), Buffer.alloc(39))
})

test('a clock that is off is degraded or down, ahead or behind', async (t) => {
  const spec = { offset: { degraded: '1s', down: '1m' } }
  const ahead = await seen(t, { ahead: 30_000 }, spec)
  assert.equal(ahead.outcome, 'degraded')
  assert.match(
    ahead.said,
    /^clock: The clock of TARGET is (30|29\.\d+) s ahead of that of this machine \(give or take .*\); more than 1s/,
  )
  const behind = await seen(t, { ahead: -91_800_000 }, spec)
  assert.equal(behind.outcome, 'down')
  assert.match(
    behind.said,
    /^clock: The clock of TARGET is 1 d 1 h behind that of this machine .* 1m counts as down\.$/,
  )
  assert.equal((await seen(t, { ahead: 30_000 })).said, 'up: well')
})

test('a difference that the way may have made is no verdict', async (t) => {
  let asked = 0
  // Four seconds seem to pass between the question and its answer.
  const slow = { ...systemClock, monotonic: () => systemClock.monotonic() + (asked > 0 ? 4_000 : 0) }
  const change = (bytes: Buffer) => {
    asked += 1
    return bytes
  }
  const spec = { offset: { down: '1s' } }
  assert.equal((await seen(t, { change }, spec, { clock: slow, timeout: 60_000 })).said, 'up: well')
  asked = 0
  const far = await seen(t, { ahead: 9_000, change }, spec, { clock: slow, timeout: 60_000 })
  assert.match(far.said, /ahead of that of this machine \(give or take 2 s\)/)
})

test('a server that says itself that it does not know is down', async (t) => {
  const unsynchronised = 'clock: TARGET says that its clock is not synchronised.'
  assert.equal((await seen(t, { leap: 3 })).said, unsynchronised)
  assert.equal((await seen(t, { stratum: 16 })).said, unsynchronised)
  const none = (bytes: Buffer) => bytes.fill(0, 32)
  assert.equal((await seen(t, { change: none })).said, 'protocol: TARGET answers without telling the time.')
})

test('a server that refuses is told with its reason', async (t) => {
  const kiss = async (code: string) => (await seen(t, { stratum: 0, reference: code })).said
  assert.equal(await kiss('RATE'), 'status: TARGET refuses to tell the time: it is asked too often (RATE).')
  assert.equal(await kiss('DENY'), 'status: TARGET refuses to tell the time: it does not serve this machine (DENY).')
  assert.equal(await kiss('X\0\u0007Y'), 'status: TARGET refuses to tell the time (XY).')
  assert.equal(await kiss('\0\0\0\0'), 'status: TARGET refuses to tell the time.')
})

test('stratum and announced leap seconds are judged where that is asked for', async (t) => {
  const far = await seen(t, { stratum: 5 }, { stratum: { degraded: 3 } })
  assert.equal(far.said, 'clock: TARGET is at stratum 5; more than 3 counts as degraded.')
  assert.equal((await seen(t, { leap: 1 })).said, 'up: well')
  const leap = await seen(t, { leap: 2 }, { leap: 'degraded' })
  assert.equal(leap.said, 'clock: TARGET announces a leap second.')
  assert.equal(leap.facts['leap'], 'deleted')
  const both = await seen(t, { leap: 1, stratum: 9 }, { leap: 'degraded', stratum: { down: 8 } })
  assert.equal(both.outcome, 'down')
  assert.equal((await seen(t, { stratum: 1, reference: 'GPS\0' })).facts['reference'], 'GPS')
})

test('answers to another question, cut ones and echoes do not count', async (t) => {
  const changes: ((bytes: Buffer) => Buffer)[] = [
    (bytes) => (bytes.writeUInt8(bytes.readUInt8(31) ^ 1, 31), bytes),
    (bytes) => bytes.subarray(0, 47),
    (bytes) => (bytes.writeUInt8(0x23), bytes),
    () => Buffer.alloc(0),
  ]
  for (const change of changes) {
    const { said, facts } = await seen(t, { change }, {}, { timeout: 70 })
    assert.match(
      said,
      /^timeout: No answer from TARGET within 70 ms, asked (once|\d times); .* did not belong to the question/,
    )
    assert.equal(facts['strays'], 3)
  }
})

test('time goes on after 2036, when the count of NTP begins anew', () => {
  const cookie = Buffer.alloc(8, 7)
  for (const date of ['2026-11-21', '2036-02-07T06:28:15Z', '2036-02-07T06:28:17Z', '2040-01-01', '2103-01-01']) {
    const now = Date.parse(date)
    const answer = readAnswer(spell(spellQuestion(cookie), now, { ahead: 2_500 }), cookie, now)
    assert.ok(Math.abs((answer?.sent ?? 0) - now - 2_500) < 1, date)
  }
})

test('no bytes whatever break the reading of an answer', () => {
  const cookie = Buffer.alloc(8)
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const answer = readAnswer(Buffer.from(bytes), cookie, 0)
      assert.ok(answer === null || Number.isFinite(answer.rootDelay))
    }),
  )
})

test('settings that make no sense are refused with the reason', () => {
  const fault = (spec: object) => faultOf(ntp, { address: 'time.example', ...spec })
  assert.equal(fault({}), '')
  assert.match(fault({ offset: {} }), /^offset: says nothing/)
  assert.match(fault({ offset: { degraded: '2s', down: '1s' } }), /^offset\.degraded: degraded must be less than down/)
  assert.match(fault({ offset: { degraded: 5 } }), /with a unit/)
  assert.match(fault({ stratum: { down: 16 } }), /^stratum\.down: /)
  assert.match(fault({ leap: 'yes' }), /^leap: expected up, degraded or down/)
  assert.match(fault({ address: '192.0.2.1', ip: 6 }), /^ip: 192\.0\.2\.1 is an IPv4 address/)
  assert.match(fault({ address: 'a b' }), /^address: /)
  assert.equal(ntp.describe(ntp.config.parse({ address: 'time.example' })), 'time.example')
  assert.equal(ntp.describe(ntp.config.parse({ address: '[2001:db8::1]:1123' })), '[2001:db8::1]:1123')
})
