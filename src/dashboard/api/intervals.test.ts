// Intervals and their limit, as the chart of a heartbeat draws them.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { intervalsOf, limitOf } from './intervals.ts'

const seen = (minute: number, signal = 'beat', outcome = 'up') => ({
  at: `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`,
  signal,
  outcome,
})

describe('the intervals of a heartbeat', () => {
  it('lie between beats that were well, and not between other signals', () => {
    const all = [seen(20), seen(12, 'start', 'unknown'), seen(10), seen(7, 'fail', 'down'), seen(5)]
    assert.deepEqual(intervalsOf(all), [300_000, 600_000])
    assert.deepEqual(intervalsOf([seen(1)]), [])
  })

  it('have the limit that is nearest to being down', () => {
    const lastAt = '2026-01-01T00:00:00.000Z'
    const [degradedAt, downAt] = ['2026-01-01T00:01:00.000Z', '2026-01-01T00:02:00.000Z']
    assert.equal(limitOf({ lastAt, degradedAt, downAt }), 120_000)
    assert.equal(limitOf({ lastAt, degradedAt, downAt: null }), 60_000)
    assert.equal(limitOf({ lastAt, degradedAt: null, downAt: null }), null)
    assert.equal(limitOf({ lastAt: null, degradedAt, downAt }), null)
  })
})
