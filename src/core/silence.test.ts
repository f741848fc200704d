// Silences: whom one covers, and who may see it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isWithin, type LabelLimit } from './rights.ts'
import { type Covering, covers, isSilenceWithin, silenceState } from './silence.ts'

test('a silence is scheduled before it begins, active until it ends, and ended from then on', () => {
  const silence = { from: 10, until: 20 }
  const states = [9, 10, 19, 20].map((now) => silenceState(silence, now))
  assert.deepEqual(states, ['scheduled', 'active', 'active', 'ended'])
})

const name = fc.constantFrom('team', 'zone', '__proto__')
const value = fc.constantFrom('a', 'b', 'ab')
const limit: fc.Arbitrary<LabelLimit> = fc.dictionary(name, fc.array(value, { maxLength: 2 }), { minKeys: 1 })
const covering: fc.Arbitrary<Covering> = fc.record({
  selector: fc.record({
    keys: fc.option(fc.array(fc.constantFrom('*', 'web', 'w?b'), { minLength: 1, maxLength: 2 })),
    labels: fc.option(fc.dictionary(name, fc.constantFrom('a', 'b', '*', 'a*', '?'))),
  }),
  within: fc.option(limit),
})
const monitor = fc.record({ key: fc.constantFrom('web', 'shop'), labels: fc.dictionary(name, value) })

test('whoever may see a silence sees all that it covers', () =>
  fc.assert(
    fc.property(limit, covering, monitor, (seen, silence, one) => {
      if (isSilenceWithin(seen, silence) && covers(silence, one)) assert.ok(isWithin(seen, one.labels))
    }),
    { numRuns: 2_000 },
  ))

test('what somebody makes within their limit they may see, and it covers nothing else', () =>
  fc.assert(
    fc.property(limit, covering, monitor, (within, { selector }, one) => {
      const made = { selector, within }
      assert.ok(isSilenceWithin(within, made))
      if (covers(made, one)) assert.ok(isWithin(within, one.labels))
    }),
  ))
