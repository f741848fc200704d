// What a sender says of thresholds becomes settings that can be read, whatever was said in whatever order.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Adjustment } from '#core/expected.ts'
import { adjust } from './adjust.ts'
import { config, expects } from './config.ts'

const minute = 60_000
const usual = { every: '1d', grace: '1h' }
const warn = (to: Adjustment['to']): Adjustment => ({ threshold: 'degraded', to })
const err = (to: Adjustment['to']): Adjustment => ({ threshold: 'down', to })
const auto: Adjustment = { threshold: 'down', to: 'auto', unlessSet: true }

test('one threshold leaves the other what it was, and what is usual for all counts from the last beat', () => {
  assert.deepEqual(adjust(usual, [warn(minute)]), { degraded_after: '1m', down_after: '1d1h' })
  assert.deepEqual(adjust(usual, [err(minute)]), { down_after: '1m' })
  assert.deepEqual(adjust({ down_after: '1h' }, [warn(minute)]), { degraded_after: '1m', down_after: '1h' })
  assert.deepEqual(adjust({ degraded_after: '1m', down_after: '1h' }, [err(null)]), {
    degraded_after: '1m',
    down_after: 'none',
  })
})

test('nothing of a duration in force is learnt instead, unless that is said outright', () => {
  assert.deepEqual(adjust(usual, [auto]), { down_after: 'auto' })
  assert.deepEqual(adjust({ down_after: 'none' }, [auto]), { down_after: 'auto' })
  const written = { down_after: '1h' }
  assert.equal(adjust(written, [auto]), written)
  assert.deepEqual(adjust(written, [err('auto')]), { down_after: 'auto' })
})

test('degraded that would never be seen gives way, and down that nobody chose', () => {
  assert.deepEqual(adjust({ down_after: '1m' }, [warn(2 * minute)]), { down_after: '1m' })
  assert.deepEqual(adjust(usual, [warn(48 * 60 * minute)]), { degraded_after: '2d', down_after: 'none' })
  assert.deepEqual(adjust(usual, [warn('auto'), err('auto')]), { down_after: 'auto' })
})

test('no threshold is longer than a year: it is never reached', () =>
  assert.deepEqual(adjust(usual, [err(9e18)]), { down_after: 'none' }))

test('other settings stay, and what must be silent has no threshold', () => {
  assert.deepEqual(adjust({ ...usual, max_run: '2h' }, [err(minute)]), { max_run: '2h', down_after: '1m' })
  const silent = { silent: true }
  assert.equal(adjust(silent, [err(minute)]), silent)
})

test('whatever is said, the settings can be read, and saying it again changes nothing', () => {
  const change: fc.Arbitrary<Adjustment> = fc.oneof(
    fc.constant(auto),
    fc.record({
      threshold: fc.constantFrom<Adjustment['threshold']>('degraded', 'down'),
      to: fc.oneof(fc.constantFrom<Adjustment['to']>('auto', null, 0), fc.integer({ min: 1_000, max: 1e14 })),
    }),
  )
  const written = fc.constantFrom(usual, {}, { every: '1m' }, { down_after: '0s' }, { degraded_after: '1m' })
  fc.assert(
    fc.property(written, fc.array(change, { maxLength: 6 }), (before, changes) => {
      const after = adjust(before, changes)
      assert.ok(config.safeParse(after).success, JSON.stringify(after))
      assert.ok(expects(config.parse(after)))
      if (changes.every(({ unlessSet }) => !unlessSet)) assert.deepEqual(adjust(after, changes), after)
    }),
  )
})
