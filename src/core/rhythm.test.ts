// Learning a rhythm: what is learnt, what is not, and that it is learnt anew.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { interrupt, learn, learnt, type Rhythm, rhythmLeast, rhythmMost } from './rhythm.ts'

/** The rhythm of beats so far apart, beginning at 0. */
const after = (...intervals: readonly number[]): Rhythm | undefined => {
  let [at, rhythm] = [0, learn(undefined, 0)]
  for (const interval of intervals) {
    at += interval
    rhythm = learn(rhythm, at)
  }
  return rhythm
}
const times = (count: number, interval: number) => Array.from({ length: count }, () => interval)

describe('a rhythm', () => {
  test('is half more than the median, in whole seconds, after six intervals', () => {
    assert.equal(learnt(undefined), null)
    assert.equal(learnt(after(...times(5, 10_000))), null)
    assert.deepEqual(learnt(after(...times(6, 10_000))), { samples: 6, median: 10_000, timeout: 15_000 })
    assert.equal(learnt(after(...times(6, 2_000)))?.timeout, 3_000)
    assert.equal(learnt(after(7_000, 5_000, 1_000, 3_000, 7_000, 3_000))?.median, 4_000)
    assert.equal(learnt(after(...times(7, 1_001)))?.timeout, 2_000)
  })

  test('learns nothing from one outage, however long, nor from five in a row', () => {
    const usual = times(10, 10_000)
    const before = learnt(after(...usual))
    assert.deepEqual(learnt(after(...usual, 86_400_000)), before)
    assert.deepEqual(learnt(after(...usual, ...times(5, 86_400_000))), before)
    assert.deepEqual(learnt(after(...usual, 60_000, 10_000, 60_000, 10_000, 60_000))?.median, 10_000)
  })

  test('is another one as soon as six intervals in a row were longer than expected', () => {
    const slower = after(...times(20, 10_000), ...times(6, 60_000))
    assert.deepEqual(learnt(slower), { samples: 6, median: 60_000, timeout: 90_000 })
  })

  test('becomes quicker with what comes more often', () =>
    assert.equal(learnt(after(...times(20, 60_000), ...times(11, 10_000)))?.timeout, 15_000))

  test('takes beats within a second for one', () => {
    const twice = after(...Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? 9_900 : 100)))
    assert.deepEqual(learnt(twice)?.median, 10_000)
  })

  test('that was interrupted does not count until the beat after the next one', () => {
    const rhythm = after(...times(6, 10_000))
    const back = learn(interrupt(rhythm), 10_000_000)
    assert.equal(back?.intervals.length, 6)
    assert.deepEqual(learn(back, 10_012_000)?.intervals.at(-1), 12_000)
    assert.equal(interrupt(undefined), undefined)
  })
})

const anyIntervals = fc.array(fc.oneof(fc.nat(5_000), fc.integer({ min: 1_000, max: 100_000_000 })), { maxLength: 80 })

describe('any rhythm', () => {
  test('stays within a few numbers, all of them intervals that were seen', () =>
    fc.assert(
      fc.property(anyIntervals, (intervals) => {
        const rhythm = after(...intervals)
        assert.ok(rhythm !== undefined && rhythm.intervals.length <= rhythmMost && rhythm.odd.length < rhythmLeast)
        for (const one of [...rhythm.intervals, ...rhythm.odd]) assert.ok(one >= 1_000)
        const found = learnt(rhythm)
        if (found === null) return
        assert.ok(found.median >= Math.min(...rhythm.intervals) && found.median <= Math.max(...rhythm.intervals))
        assert.ok(found.timeout >= found.median * 1.5 && found.timeout % 1_000 === 0)
        for (const one of rhythm.odd) assert.ok(one > found.timeout)
      }),
    ))

  test('whose beats come within a third of each other’s distance is never called late', () =>
    fc.assert(
      fc.property(
        fc.integer({ min: 2_000, max: 86_400_000 }),
        fc.array(fc.double({ min: 1, max: 1.33, noNaN: true }), { minLength: 7, maxLength: 60 }),
        (base, factors) => {
          let [at, rhythm] = [0, learn(undefined, 0)]
          for (const factor of factors) {
            const interval = base * factor
            const timeout = learnt(rhythm)?.timeout
            assert.ok(timeout === undefined || interval <= timeout, `${interval} after ${timeout}`)
            at += interval
            rhythm = learn(rhythm, at)
          }
        },
      ),
    ))

  test('is learnt the same after it was stored', () =>
    fc.assert(
      fc.property(anyIntervals, fc.nat(100_000), (intervals, next) => {
        const rhythm = after(...intervals)
        const stored = JSON.parse(JSON.stringify(rhythm)) as Rhythm
        assert.deepEqual(learn(stored, (rhythm?.at ?? 0) + next), learn(rhythm, (rhythm?.at ?? 0) + next))
      }),
    ))
})
