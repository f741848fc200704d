// Deadlines: which comes first, how long they are held, and their sentences.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { nextDeadline, sayTime } from './deadline.ts'
import { fresh } from './state.ts'
import { active, anyInputs, anyPolicy, beat, checks, passive, play, startSignal } from './testing.ts'

const always = Number.NEGATIVE_INFINITY

test('the earlier of late and overrun comes first', () => {
  const { state } = play(passive(), [beat(5_000), startSignal(6_000)])
  assert.deepEqual(pick(nextDeadline(state, passive(), always)), [16_000, 'down', 'overrun'])
  const late = play(passive(), [beat(5_000), startSignal(70_000)]).state
  assert.deepEqual(pick(nextDeadline(late, passive(), always)), [75_000, 'down', 'late'])
})

const pick = (deadline: ReturnType<typeof nextDeadline>) => deadline && [deadline.at, deadline.status, deadline.reason]

test('a run has no limit where no grace is given', () => {
  const policy = passive({ every: null, grace: 0 })
  assert.equal(nextDeadline(play(policy, [startSignal(6_000)]).state, policy, always), null)
})

test('an active monitor is stale so long after the last look from anywhere', () => {
  const { state } = play(active({ staleAfter: 30_000 }), checks('up', 'up'))
  assert.deepEqual(pick(nextDeadline(state, active({ staleAfter: 30_000 }), always)), [50_000, 'unknown', 'no_data'])
})

test('a monitor that nobody has looked at has no deadline, since it is unknown already', () =>
  assert.equal(nextDeadline(fresh(0), active(), always), null))

test('listening later never brings a deadline forward, and it is held for at most one hold', () =>
  fc.assert(
    fc.property(anyPolicy, anyInputs, fc.nat(1_000_000), fc.nat(1_000_000), (policy, inputs, one, more) => {
      const { state } = play(policy, inputs)
      const [free, early, later] = [always, one, one + more].map((since) => nextDeadline(state, policy, since)?.at ?? 0)
      assert.ok(free !== undefined && early !== undefined && later !== undefined)
      assert.ok(free <= early && early <= later)
    }),
  ))

test('a sentence says since when and what was expected', () => {
  const { state } = play(passive(), [beat(Date.UTC(2026, 10, 21, 14, 5, 59))])
  assert.equal(
    nextDeadline(state, passive(), always)?.sentence(),
    'No heartbeat since 2026-11-21 14:05 UTC; one was expected every 1 min, with 10 s of grace.',
  )
  const strict = passive({ grace: 0 })
  assert.equal(
    nextDeadline(fresh(0), strict, always)?.sentence(),
    'No heartbeat has ever arrived; one was expected every 1 min.',
  )
  assert.equal(sayTime(0), '1970-01-01 00:00 UTC')
})
