// Roll-ups and histograms: merging in any order, time counted once, quantiles within one bucket.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  bucketMs,
  bucketOf,
  decodeHistogram,
  encodeHistogram,
  type Histogram,
  mergeHistograms,
  quantile,
} from './histogram.ts'
import {
  emptyRollup,
  mergeRollups,
  ofObservations,
  resolutionMs,
  type Rollup,
  slices,
  timesOf,
  uptime,
} from './rollup.ts'
import type { Outcome } from './words.ts'

/** Whole milliseconds, so that sums are exact in any order. */
const anyLatency = fc.nat(100_000)
const anySeen = fc.array(
  fc.record({ outcome: fc.constantFrom<Outcome>('up', 'degraded', 'down', 'unknown'), latency: fc.option(anyLatency) }),
)
const anyRollup: fc.Arbitrary<Rollup> = fc
  .tuple(anySeen, fc.array(fc.nat(86_400_000), { minLength: timesOf.length, maxLength: timesOf.length }))
  .map(([seen, ms]) => ({
    ...ofObservations(seen),
    ms: Object.fromEntries(timesOf.map((status, index) => [status, ms[index] ?? 0])) as Rollup['ms'],
  }))
const anyHistogram: fc.Arbitrary<Histogram> = fc.array(anyLatency).map(histogram)

function histogram(latencies: readonly number[]): Histogram {
  return ofObservations(latencies.map((latency) => ({ outcome: 'up', latency }))).latencies
}

test('roll-ups merge in any grouping', () =>
  fc.assert(
    fc.property(anyRollup, anyRollup, anyRollup, (one, two, three) =>
      assert.deepEqual(mergeRollups(mergeRollups(one, two), three), mergeRollups(one, mergeRollups(two, three))),
    ),
  ))

test('roll-ups merge in any order', () =>
  fc.assert(
    fc.property(anyRollup, anyRollup, (one, two) => assert.deepEqual(mergeRollups(one, two), mergeRollups(two, one))),
  ))

test('an empty roll-up changes nothing', () =>
  fc.assert(fc.property(anyRollup, (one) => assert.deepEqual(mergeRollups(one, emptyRollup), one))))

test('rolling up in parts and merging is rolling up the whole', () =>
  fc.assert(
    fc.property(anySeen, fc.nat(), (seen, cut) => {
      const at = seen.length === 0 ? 0 : cut % seen.length
      const parts = mergeRollups(ofObservations(seen.slice(0, at)), ofObservations(seen.slice(at)))
      assert.deepEqual(parts, ofObservations(seen))
    }),
  ))

test('a roll-up counts what failed, and measures only what was measured', () => {
  const rollup = ofObservations([
    { outcome: 'up', latency: 10 },
    { outcome: 'degraded', latency: 30 },
    { outcome: 'down', latency: null },
    { outcome: 'unknown', latency: null },
  ])
  const { count, failures, latencySum, latencyMin, latencyMax } = rollup
  assert.deepEqual([count, failures, latencySum, latencyMin, latencyMax], [4, 2, 40, 10, 30])
})

const anySpan = fc.tuple(fc.integer({ min: 0, max: 4e12 }), fc.nat(30 * 86_400_000))
const anyResolution = fc.constantFrom('hour' as const, 'day' as const)

test('slices add up to the span, follow on each other and cross no border', () =>
  fc.assert(
    fc.property(anySpan, anyResolution, ([from, length], resolution) => {
      const size = resolutionMs[resolution]
      let at = from
      for (const { start, ms, status } of slices(from, from + length, 'down', resolution)) {
        assert.equal(status, 'down')
        assert.ok(ms > 0)
        assert.equal(start % size, 0)
        assert.ok(start <= at && at + ms <= start + size)
        at += ms
      }
      assert.equal(at, from + length)
    }),
  ))

test('an empty or backward span has no slices', () => {
  assert.deepEqual(slices(5, 5, 'up', 'hour'), [])
  assert.deepEqual(slices(5, 4, 'up', 'hour'), [])
})

test('uptime leaves out what nobody knows, and is unknown where nothing is known', () => {
  const none = emptyRollup.ms
  assert.equal(uptime({ ...none, up: 50, degraded: 25, down: 25, unknown: 900, paused: 900, maintenance: 900 }), 0.75)
  assert.equal(uptime({ ...none, unknown: 5, paused: 5, maintenance: 5 }), null)
})

test('histograms merge in any grouping and order', () =>
  fc.assert(
    fc.property(anyHistogram, anyHistogram, anyHistogram, (one, two, three) => {
      const all = mergeHistograms(mergeHistograms(one, two), three)
      assert.deepEqual(mergeHistograms(one, mergeHistograms(two, three)), all)
      assert.deepEqual(mergeHistograms(three, mergeHistograms(two, one)), all)
    }),
  ))

test('a histogram comes back from its text as it was', () =>
  fc.assert(fc.property(anyHistogram, (one) => assert.deepEqual(decodeHistogram(encodeHistogram(one)), one))))

test('a histogram has one text, however it came about', () => {
  const [one, two] = [histogram([5]), histogram([500])]
  assert.equal(encodeHistogram(mergeHistograms(one, two)), encodeHistogram(mergeHistograms(two, one)))
})

test('a quantile lies in the bucket of the true one', () =>
  fc.assert(
    fc.property(fc.array(anyLatency, { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), (latencies, q) => {
      const sorted = latencies.toSorted((one, other) => one - other)
      const exact = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? 0
      const found = quantile(histogram(latencies), q)
      assert.equal(bucketOf(found ?? -1), bucketOf(exact))
    }),
  ))

test('a quantile is at most a twentieth off, from 10 µs to ten hours', () =>
  fc.assert(
    fc.property(fc.double({ min: 0.0101, max: 36_000_000, noNaN: true }), (ms) => {
      const found = bucketMs(bucketOf(ms))
      assert.ok(Math.abs(found - ms) / ms < 0.05, `${ms} → ${found}`)
    }),
  ))

test('a quantile of nothing is null', () => assert.equal(quantile(new Map(), 0.5), null))

test('latencies that nobody could have are kept in the outermost buckets', () =>
  assert.deepEqual([bucketOf(0), bucketOf(-5), bucketOf(Number.POSITIVE_INFINITY)], [0, 0, 255]))
