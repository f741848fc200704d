// Quorum: more that fail never make it better, silence is never green, and one living location suffices.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Quorum } from './policy.ts'
import { agree, needed } from './quorum.ts'
import { type Outcome, statuses, worst } from './words.ts'

const anyQuorum = fc.constantFrom<Quorum>('any', 'majority', 'all', 1, 2, 3, 10)
const known = fc.constantFrom<Outcome>('up', 'degraded', 'down')
const badness: Record<string, number> = { up: 0, degraded: 1, down: 2 }

test('a location that gets worse never makes the verdict better', () =>
  fc.assert(
    fc.property(anyQuorum, fc.array(known, { minLength: 1 }), fc.nat(), known, (quorum, voices, pick, other) => {
      const index = pick % voices.length
      const changed = voices.with(index, other)
      const [before, after] = [agree(voices, quorum), agree(changed, quorum)]
      const worse = (badness[other] ?? 0) - (badness[voices[index] ?? ''] ?? 0)
      const verdict = (badness[after] ?? 0) - (badness[before] ?? 0)
      assert.ok(worse * verdict >= 0, `${voices.join()} → ${changed.join()}: ${before} → ${after}`)
    }),
  ))

test('those that know nothing have no vote', () =>
  fc.assert(
    fc.property(anyQuorum, fc.array(known), fc.nat(5), (quorum, voices, silent) => {
      const all = [...voices, ...Array.from({ length: silent }, () => 'unknown' as const)]
      assert.equal(agree(all, quorum), agree(voices, quorum))
    }),
  ))

test('the order of locations does not matter', () =>
  fc.assert(
    fc.property(anyQuorum, fc.array(known), (quorum, voices) =>
      assert.equal(agree(voices.toReversed(), quorum), agree(voices, quorum)),
    ),
  ))

test('where nobody knows anything it is unknown, never up', () => {
  for (const voices of [[], ['unknown'], ['unknown', 'unknown']] as const) assert.equal(agree(voices, 'any'), 'unknown')
})

test('where all agree it is what they say, whatever the quorum', () =>
  fc.assert(
    fc.property(anyQuorum, known, fc.integer({ min: 1, max: 9 }), (quorum, outcome, count) =>
      assert.equal(
        agree(
          Array.from({ length: count }, () => outcome),
          quorum,
        ),
        outcome,
      ),
    ),
  ))

test('one that fails is down for `any`, and degraded for every larger quorum', () => {
  const verdicts = (['any', 1, 'majority', 2, 'all'] as const).map((quorum) => agree(['down', 'up', 'up'], quorum))
  assert.deepEqual(verdicts, ['down', 'down', 'degraded', 'degraded', 'degraded'])
})

test('slowness below the quorum is well', () => {
  assert.equal(agree(['degraded', 'up', 'up'], 'majority'), 'up')
  assert.equal(agree(['degraded', 'degraded', 'up'], 'majority'), 'degraded')
})

test('a majority is more than half', () =>
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((live) => needed('majority', live)),
    [1, 2, 2, 3, 3],
  ))

test('a number of locations is never more than live, so that it cannot freeze', () => {
  assert.equal(needed(3, 2), 2)
  assert.equal(needed(0, 2), 1)
  assert.equal(agree(['down'], 3), 'down')
})

test('the worst of statuses ranks trouble over unknown and unknown over up', () => {
  assert.deepEqual(
    [worst(statuses), worst(['up', 'unknown']), worst(['unknown', 'degraded']), worst([])],
    ['down', 'unknown', 'degraded', 'unknown'],
  )
})
