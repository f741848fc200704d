// The state's own questions: what is shown, whether a change waits, and how it moves with the wall clock.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fresh, shift, shown, unsettled } from './state.ts'
import { active, checks, passive, play, startSignal } from './testing.ts'

test('paused is shown over any status', () =>
  assert.deepEqual(
    [shown({ status: 'down', paused: false }), shown({ status: 'down', paused: true })],
    ['down', 'paused'],
  ))

test('a change is unsettled from its first sign until it is confirmed', () => {
  const policy = active({ failAfter: 3, recoverAfter: 2 })
  const { steps } = play(policy, checks('up', 'down', 'down', 'down', 'up', 'up'))
  assert.deepEqual(
    steps.map(({ state }) => unsettled(state, 'local')),
    [false, true, true, false, true, false],
  )
})

test('a location that has seen nothing has nothing to confirm', () => assert.equal(unsettled(fresh(0), 'local'), false))

test('moments move with the wall clock, but none past now, and what was told stays', () => {
  const { state } = play(passive(), [...checks('up'), startSignal(20_000)])
  const moved = shift(state, 1_000_000, 1_015_000)
  assert.deepEqual(
    [moved.locations['local']?.at, moved.startedAt, moved.lastAt, moved.armedAt, moved.since],
    [1_010_000, 1_015_000, 1_015_000, 1_000_000, 10_000],
  )
})
