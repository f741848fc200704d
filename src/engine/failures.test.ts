// What is promised of which failures are kept.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Observation } from '#core/observation.ts'
import { LastFailures } from './failures.ts'

const seen = (at: number, more: Partial<Observation> = {}): Observation => {
  const what = { monitor: 1, location: 'local', at, outcome: 'down', signal: 'check', latency: null } as const
  return { ...what, reason: 'timeout', sentence: null, ...more }
}

test('of several failures in a batch the last of each monitor is kept, and nothing that is well', () => {
  const list = [seen(1), seen(2), seen(3, { monitor: 2 }), seen(4, { monitor: 3, outcome: 'up', reason: null })]
  assert.deepEqual(
    new LastFailures().of(list).map(({ at }) => at),
    [2, 3],
  )
})

test('the same failure is kept again after a minute, another one at once, and what was not stored again too', () => {
  const last = new LastFailures()
  assert.equal(last.of([seen(1)]).length, 1)
  assert.equal(last.of([seen(2)]).length, 1, 'the first was not stored')
  last.note([seen(2)])
  assert.equal(last.of([seen(50_000)]).length, 0)
  assert.equal(last.of([seen(50_000, { reason: 'refused' })]).length, 1)
  assert.equal(last.of([seen(60_002)]).length, 1)
})
