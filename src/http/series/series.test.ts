// What is promised of the points and spans of a chart, on made-up results.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ofObservations, resolutionMs } from '#core/rollup.ts'
import type { SeenObservation, StoredEvent } from '#store/store.ts'
import { pointsOfResults, pointsOfRollups } from './points.ts'
import { pointsMost, rangeOf } from './range.ts'
import { spansOf } from './spans.ts'

const { hour, day } = resolutionMs
const minute = 60_000

const seen = (at: number, latency: number | null, more: Partial<SeenObservation> = {}): SeenObservation => ({
  at,
  location: 'local',
  outcome: 'up',
  signal: 'check',
  latency,
  reason: null,
  ...more,
})

test('a range has 300 points at most that cover it, of lengths that stand still on the clock', () => {
  const now = Date.UTC(2026, 5, 15, 12, 34, 56)
  fc.assert(
    fc.property(fc.integer({ min: minute, max: 3_650 * day }), fc.nat(10 * day), (span, ago) => {
      const to = now - ago
      const range = rangeOf(to - span, to)
      assert.ok(range, String(span))
      const { start, step, count, source } = range
      assert.ok(count <= pointsMost && start <= to - span && start + step > to - span)
      assert.ok(start + step * count >= to && start + step * (count - 1) < to)
      assert.equal(start % step, 0)
      if (source !== 'results') assert.equal(step % resolutionMs[source], 0)
    }),
  )
  const shape = (ms: number) => {
    const range = rangeOf(now - ms, now)
    return range && [range.source, range.step / minute]
  }
  assert.deepEqual([hour, day, 7 * day, 30 * day, 90 * day, 365 * day].map(shape), [
    ['results', 0.25],
    ['results', 5],
    ['hour', 60],
    ['hour', 180],
    ['day', 1440],
    ['day', 2 * 1440],
  ])
  for (const [from, to] of [
    [5, 4],
    [0, minute - 1],
    [0, 4_000 * day],
    [Number.NaN, 5],
  ] as const)
    assert.equal(rangeOf(from, to), null)
})

test('each point tells the mean, the extremes and p95 of its own time, and null where nothing was measured', () => {
  const range = { source: 'results', start: 0, step: 10, count: 3 } as const
  const twenty = Array.from({ length: 20 }, (_, index) => seen(index % 10, index + 1))
  const points = pointsOfResults(range, [
    ...twenty,
    seen(20, null, { outcome: 'down' }),
    seen(21, null, { signal: 'start' }),
  ])
  assert.deepEqual(
    [points.mean, points.min],
    [
      [10.5, null, null],
      [1, null, null],
    ],
  )
  assert.deepEqual(
    [points.p95, points.max],
    [
      [19, null, null],
      [20, null, null],
    ],
  )
  assert.deepEqual([points.observations, points.failures, points.time], [[20, 0, 1], [0, 0, 1], null])
})

test('phases are means over the checks that have them', () => {
  const range = { source: 'results', start: 0, step: 10, count: 2 } as const
  const timed = (at: number, phases: Record<string, number>) => seen(at, 10, { phases })
  const { phases } = pointsOfResults(range, [timed(1, { connect: 2, tls: 4 }), timed(2, { connect: 4 }), seen(3, 5)])
  assert.deepEqual(phases, { connect: [3, null], tls: [2, null] })
})

test('points of sums tell as much as those of the results themselves, p95 to its bucket', () => {
  const range = { source: 'hour', start: 0, step: 2 * hour, count: 2 } as const
  const results = [seen(1, 10), seen(hour + 1, 30, { outcome: 'down' }), seen(2 * hour, 7)]
  const rollups = [0, 1, 2].map((index) => ({
    start: index * hour,
    rollup: ofObservations(results.filter(({ at }) => Math.floor(at / hour) === index)),
  }))
  const [exact, summed] = [pointsOfResults(range, results), pointsOfRollups(range, rollups)]
  for (const column of ['observations', 'failures', 'mean', 'min', 'max'] as const)
    assert.deepEqual(summed[column], exact[column])
  assert.ok(Math.abs((summed.p95[0] ?? 0) - 30) < 3)
  assert.deepEqual(summed.time?.up, [0, 0])
})

const event = (id: number, at: number, type: string, previous: string, lasted = 5): StoredEvent =>
  ({
    id,
    at,
    type: `monitor.${type}`,
    previous,
    lasted,
    reason: null,
    sentence: `It is ${type}.`,
    status: type === 'paused' || type === 'resumed' ? 'unknown' : type,
  }) as StoredEvent

test('spans follow one another, from what was before the range to what goes on', () => {
  const events = [event(2, 120, 'up', 'down'), event(3, 150, 'paused', 'up'), event(4, 170, 'resumed', 'unknown')]
  const later = [
    ...events,
    event(5, 180, 'up', 'unknown'),
    event(6, 190, 'identity_changed', 'up'),
    event(7, 195, 'down', 'up'),
  ]
  const told = spansOf({ events: later, prior: event(1, 90, 'down', 'up'), now: null }, 100)
  assert.deepEqual(
    told.map(({ status, from, to, event: id }) => [status, from, to, id]),
    [
      ['down', 100, 120, 1],
      ['paused', 150, 170, 3],
      ['unknown', 170, 180, 4],
      ['down', 195, null, 7],
    ],
  )
})

test('without an earlier event the first one tells what was before it, and without any the present does', () => {
  const spans = spansOf({ events: [event(1, 120, 'up', 'unknown', 7)], prior: null, now: null }, 100)
  assert.deepEqual(
    spans.map(({ status, from, to }) => [status, from, to]),
    [['unknown', 113, 120]],
  )
  const now = { status: 'down', since: 110 } as const
  assert.deepEqual(spansOf({ events: [], prior: null, now }, 100)[0]?.from, 110)
  assert.deepEqual(spansOf({ events: [], prior: event(1, 5, 'up', 'down'), now }, 100), [])
})
