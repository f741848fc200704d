// What is promised of packed observations.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { append, pack, type Seen, unpack } from './pack.ts'
import { reasonNames } from './reason.ts'
import { signals, statuses } from './words.ts'

const hour = Date.UTC(2026, 10, 21, 14)

const anySeen: fc.Arbitrary<Seen> = fc.record({
  at: fc.oneof(
    fc.integer({ min: 0, max: 3_599_999 }).map((ms) => hour + ms),
    fc.integer({ min: -(2 ** 48), max: 2 ** 48 }),
  ),
  location: fc.oneof(fc.constantFrom('local', 'eu-1', ''), fc.string({ unit: 'grapheme', maxLength: 300 })),
  outcome: fc.constantFrom(...statuses),
  signal: fc.constantFrom(...signals),
  latency: fc.option(
    fc.oneof(fc.double({ min: 0, max: 200, noNaN: true }), fc.double({ min: 0, max: 1e9, noNaN: true })),
  ),
  reason: fc.option(fc.constantFrom(...reasonNames)),
})
const some = fc.array(anySeen, { maxLength: 200 })

/** As packing keeps it: 0.1 ms below 100 ms, 1 ms above. */
function assertKept(unpacked: readonly Seen[], given: readonly Seen[]): void {
  const plain = ({ latency: _, ...rest }: Seen) => rest
  assert.deepEqual(unpacked.map(plain), given.map(plain))
  for (const [index, { latency }] of given.entries()) {
    const kept = unpacked[index]?.latency ?? null
    if (latency === null || kept === null) assert.equal(kept, latency)
    else assert.ok(Math.abs(kept - latency) <= (latency < 100 ? 0.0501 : 0.5001), `${latency} became ${kept}`)
  }
}

test('what was packed comes back in the same order', () => {
  fc.assert(fc.property(some, (seen) => assertKept(unpack(hour, pack(hour, seen)), seen)))
})

test('observations added piece by piece come back as if packed at once', () => {
  fc.assert(
    fc.property(fc.array(some, { maxLength: 6 }), (pieces) => {
      let packed = pack(hour, [])
      for (const piece of pieces) packed = append(hour, packed, piece)
      assertKept(unpack(hour, packed), pieces.flat())
    }),
  )
})

test('packing again what was unpacked changes nothing more', () => {
  fc.assert(
    fc.property(some, (seen) => {
      const once = unpack(hour, pack(hour, seen))
      assert.deepEqual(unpack(hour, pack(hour, once)), once)
    }),
  )
})

test('latencies below a millisecond are kept', () => {
  const seen = [0, 0.1, 0.3, 0.94, 12.3, 99.9, 100, 101, 5_000].map((latency, index) => ordinary(index, latency))
  assert.deepEqual(
    unpack(hour, pack(hour, seen)).map(({ latency }) => latency),
    [0, 0.1, 0.3, 0.9, 12.3, 99.9, 100, 101, 5_000],
  )
})

const ordinary = (index: number, latency: number): Seen => ({
  at: hour + index * 10_000 + ((index * 7) % 13),
  location: 'local',
  outcome: 'up',
  signal: 'check',
  latency,
  reason: null,
})

test('an ordinary observation takes at most four bytes, added in pieces too', () => {
  const seen = Array.from({ length: 360 }, (_, index) => ordinary(index, 180 + ((index * 31) % 40)))
  let pieced = pack(hour, [])
  for (let from = 0; from < seen.length; from += 12) pieced = append(hour, pieced, seen.slice(from, from + 12))
  assert.ok(pack(hour, seen).length < 360 * 3, `${pack(hour, seen).length} bytes`)
  assert.ok(pieced.length < 360 * 4, `${pieced.length} bytes`)
})

test('bytes that were not packed here are refused, never read for ever', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        unpack(hour, bytes)
      } catch (error) {
        assert.match((error as Error).message, /^packed observations are/)
      }
    }),
  )
})

test('a packed hour that was cut short is refused', () => {
  const whole = pack(hour, [ordinary(1, 5), ordinary(2, 6)])
  for (let length = 2; length < whole.length; length += 1)
    assert.throws(() => unpack(hour, whole.subarray(0, length)), /damaged/)
})

test('the numbers of words in packed history never change: new ones are added at the end', () => {
  assert.deepEqual(statuses, ['up', 'degraded', 'down', 'unknown'])
  assert.deepEqual(signals.slice(0, 4), ['check', 'beat', 'start', 'fail'])
  const first =
    'timeout refused reset closed unreachable dns forbidden tls certificate protocol status header body redirect ' +
    'too_large slow loss late overrun failed reported partial no_data paused internal'
  assert.deepEqual(reasonNames.slice(0, 25), first.split(' '))
})
