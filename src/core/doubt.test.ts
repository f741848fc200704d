// What is told of a stored state when nothing newer arrives.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { believed, doubtOf } from './doubt.ts'
import { fresh, type MonitorState } from './state.ts'

const now = Date.UTC(2026, 10, 21, 14, 5)
const min = 60_000
const up = (changes: Partial<MonitorState> = {}): MonitorState => ({
  ...fresh(now - 1_000 * min),
  status: 'up',
  reason: null,
  sentence: null,
  since: now - 500 * min,
  lastAt: now - 1_000,
  ...changes,
})
const trust = { now, interval: null, unstoredSince: null }

test('a state that news confirm is told as it is', () => {
  const state = up()
  assert.equal(believed(state, { ...trust, interval: 10_000 }), state)
})

test('a check that has not come for three intervals and a minute makes it unknown since its last look', () => {
  const state = believed(up({ lastAt: now - 4 * min }), { ...trust, interval: min })
  assert.deepEqual([state.status, state.since, state.reason], ['unknown', now - 4 * min, 'no_data'])
  assert.equal(state.sentence, 'Nothing has been observed since 2026-11-21 14:01 UTC.')
  assert.equal(doubtOf(up({ lastAt: now - 59_000 }), { ...trust, interval: 1_000 }), null)
})

test('a deadline that passed and that nobody acted on makes it unknown, down as well as up', () => {
  for (const status of ['up', 'degraded', 'down'] as const) {
    const state = believed(up({ status, wakeAt: now - min }), trust)
    assert.deepEqual([state.status, state.since], ['unknown', now - min])
  }
  assert.equal(doubtOf(up({ wakeAt: now - 14_000 }), trust), null, 'it may be looked at just now')
})

test('a store that takes nothing for a minute makes everything unknown that is not known to be paused', () => {
  const state = believed(up(), { ...trust, unstoredSince: now - 61_000 })
  assert.deepEqual([state.status, state.since], ['unknown', now - 61_000])
  assert.match(state.sentence ?? '', /^Nothing can be stored since 2026-11-21 14:03 UTC\.$/)
  assert.equal(doubtOf(up(), { ...trust, unstoredSince: now - 30_000 }), null)
  assert.equal(doubtOf(up({ paused: true }), { ...trust, unstoredSince: now - 61_000 }), null)
})
