// Tests of the shared socket: whose answer counts, whose does not, and when the socket is open and looked at.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { VirtualClock } from '#test/virtual-clock.ts'
import { type Echo, Line, type Run } from './line.ts'
import { addressBytes } from './packet.ts'
import { openWire, reply4, reply6, report4, type Wire } from './testing.ts'

const host = '192.0.2.1'
const echoesOf = ({ last }: Run): Echo[] => (last === null ? [] : [...echoesOf({ last: last.before } as Run), last])
/** A line on a clock that a test moves, and a socket whose answers the test gives. */
function open(answer: (packet: Buffer, wire: Wire) => void = () => {}, family: 4 | 6 = 4) {
  const clock = new VirtualClock()
  const wire = openWire(
    () => clock.now(),
    (packet, own) => {
      answer(packet, own)
      return null
    },
  )
  return { clock, wire, line: new Line(family, clock, wire.open) }
}

test('an answer of the very host, number, tag and size counts once, with the time of the system', async () => {
  const { clock, wire, line } = open()
  const run = await line.begin(addressBytes(host), 56)
  line.send(run)
  const sent = clock.now()
  await clock.advance(3)
  wire.arrive(reply4(wire.sent[0]?.packet as Buffer, host), host, sent + 2.25)
  wire.arrive(reply4(wire.sent[0]?.packet as Buffer, host), host, sent + 2.5)
  await clock.advance(5)
  assert.deepEqual([run.last?.rtt, run.duplicates, run.ignored], [2.25, 1, 0])
  line.end(run)
  line.close()
})

test('a jump of the wall clock while a ping is under way does not spoil its time', async () => {
  const { clock, wire, line } = open()
  const run = await line.begin(addressBytes(host), 56)
  for (const jump of [-10_000, 10_000]) {
    line.send(run)
    await clock.advance(0.5)
    clock.jump(jump)
    wire.arrive(reply4(wire.sent.at(-1)?.packet as Buffer, host), host, clock.now())
    await clock.advance(1)
    const rtt = run.last?.rtt ?? -1
    assert.ok(rtt > 0 && rtt <= 1.5, String(rtt))
  }
  line.close()
})

test('answers of another host, with another tag, or cut off are counted and do not count', async () => {
  const { clock, wire, line } = open()
  const run = await line.begin(addressBytes(host), 56)
  line.send(run)
  const packet = wire.sent[0]?.packet as Buffer
  wire.arrive(reply4(packet, '192.0.2.2'), '192.0.2.2')
  wire.arrive(
    reply4(packet, host, (bytes) => Buffer.from(bytes.fill(0, 8, 16))),
    host,
  )
  wire.arrive(
    reply4(packet, host, (bytes) => bytes.subarray(0, 40)),
    host,
  )
  wire.arrive(
    reply4(packet, host, (bytes) => Buffer.concat([bytes, Buffer.alloc(8)])),
    host,
  )
  await clock.advance(10)
  assert.deepEqual([run.last?.rtt, run.ignored, line.strangers], [null, 4, 0])
  line.end(run)
  line.close()
})

test('packets with wrong ids, broken ones and late ones are strangers', async () => {
  const { clock, wire, line } = open()
  const run = await line.begin(addressBytes(host), 56)
  line.send(run)
  const packet = wire.sent[0]?.packet as Buffer
  wire.arrive(
    reply4(packet, host, (bytes) => Buffer.from(bytes.fill(0, 4, 8))),
    host,
  )
  wire.arrive(Buffer.alloc(0), host)
  wire.arrive(Buffer.from('not a packet at all, though it is long enough'), host)
  await clock.advance(10)
  assert.deepEqual([run.ignored, line.strangers], [0, 3])
  const other = await line.begin(addressBytes(host), 56)
  line.end(run)
  line.send(other)
  wire.arrive(reply4(packet, host), host)
  await clock.advance(10)
  assert.deepEqual([run.last?.rtt, other.last?.rtt, line.strangers], [null, null, 4])
  line.close()
})

test('an error is believed when it is about our request to that host, and an answer outweighs it', async () => {
  const { clock, wire, line } = open()
  const run = await line.begin(addressBytes(host), 56)
  line.send(run)
  const packet = wire.sent[0]?.packet as Buffer
  wire.arrive(report4(packet, '192.0.2.77', [3, 1], '198.51.100.1'), '198.51.100.1')
  await clock.advance(5)
  assert.deepEqual([run.last?.report, run.ignored], [null, 1])
  wire.arrive(report4(packet, host, [3, 1], '198.51.100.1'), '198.51.100.1')
  wire.arrive(report4(packet, host, [11, 0], '198.51.100.7'), '198.51.100.7')
  await clock.advance(5)
  assert.equal(run.last?.report, '198.51.100.1 reports: host unreachable')
  wire.arrive(reply4(packet, host), host)
  await clock.advance(5)
  assert.notEqual(run.last?.rtt, null)
  line.close()
})

test('many runs share one socket, and each gets its own answers', async () => {
  const { clock, wire, line } = open((packet, own) => own.arrive(reply6(packet), '2001:db8::1'), 6)
  const runs = await Promise.all(Array.from({ length: 500 }, () => line.begin(addressBytes('2001:db8::1'), 8)))
  for (const run of runs) for (let count = 0; count < 3; count += 1) assert.equal(line.send(run), null)
  await clock.advance(20)
  assert.equal(wire.opened(), 1)
  for (const run of runs) assert.equal(echoesOf(run).filter(({ rtt }) => rtt !== null).length, 3)
  const numbers = new Set(runs.flatMap((run) => echoesOf(run).map(({ number }) => number)))
  assert.equal(numbers.size, 1_500)
  line.close()
})

test('the socket is looked at only while a run is under way, and closed when nobody needs it', async () => {
  const { clock, wire, line } = open()
  assert.equal(wire.opened(), 0)
  const run = await line.begin(addressBytes(host), 56)
  line.send(run)
  assert.equal(clock.pending(), 1)
  line.end(run)
  await clock.advance(4_000)
  assert.equal(wire.isOpen(), true)
  const second = await line.begin(addressBytes(host), 56)
  await clock.advance(60_000)
  assert.equal(wire.isOpen(), true)
  line.end(second)
  await clock.advance(5_000)
  assert.deepEqual([wire.isOpen(), clock.pending()], [false, 0])
  assert.equal(line.send(second), 'EBADF')
  line.end(await line.begin(addressBytes(host), 56))
  assert.equal(wire.opened(), 2)
  line.close()
})

test('many sends in a row do not put off the look for answers', async () => {
  const { clock, wire, line } = open((packet, own) => own.arrive(reply4(packet, host), host))
  const run = await line.begin(addressBytes(host), 56)
  for (let count = 0; count < 20; count += 1) {
    line.send(run)
    await clock.advance(0.5)
  }
  assert.ok(echoesOf(run).filter(({ rtt }) => rtt !== null).length >= 18)
  assert.equal(wire.sent.length, 20)
  line.close()
})

test('whatever arrives, only a whole answer of the host itself counts', async () => {
  const change = fc.record({
    from: fc.constantFrom(host, '192.0.2.2', '127.0.0.1'),
    length: fc.integer({ min: 0, max: 90 }),
    bytes: fc.array(fc.tuple(fc.nat(63), fc.nat(255)), { maxLength: 3 }),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 6 }), async (changes) => {
      const { clock, wire, line } = open()
      const run = await line.begin(addressBytes(host), 56)
      line.send(run)
      const packet = wire.sent[0]?.packet as Buffer
      let whole = 0
      for (const { from, length, bytes } of changes) {
        const reply = reply4(packet, from, (message) => {
          for (const [at, value] of bytes) message[at] = value
          return message.subarray(0, length)
        })
        const same = Buffer.from(packet)
        same[0] = 0
        // What lies behind the tag is not looked at; the checksum is the system's affair, made anew.
        const isOurs = [0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15].every((at) => reply[20 + at] === same[at])
        if (from === host && reply.length === 84 && isOurs) whole += 1
        wire.arrive(reply, from)
      }
      await clock.advance(10)
      const counted = (run.last?.rtt === null ? 0 : 1) + run.duplicates
      line.close()
      assert.equal(counted, whole)
      assert.equal(counted + run.ignored + line.strangers, changes.length)
    }),
    { numRuns: 60 },
  )
})
