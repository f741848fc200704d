// The inbox: bounded, in order, and thrifty with beats.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Observation } from '#core/observation.ts'
import type { Signal } from '#core/words.ts'
import { Inbox } from './inbox.ts'

const seen = (
  monitor: number,
  at: number,
  signal: Signal = 'beat',
): { type: 'observation'; observation: Observation } => ({
  type: 'observation',
  observation: {
    monitor,
    at,
    signal,
    location: 'local',
    outcome: signal === 'fail' ? 'down' : 'up',
    latency: null,
    reason: null,
    sentence: null,
  },
})
const times = (inbox: Inbox) =>
  inbox.take(100).map(({ move }) => (move.type === 'observation' ? move.observation.at : null))

test('it turns away what is past its limit and keeps what it has', () => {
  const inbox = new Inbox(2)
  assert.equal(inbox.put(1, seen(1, 10, 'check'), 0, null), true)
  assert.equal(inbox.put(2, seen(2, 11, 'check'), 0, null), true)
  assert.equal(inbox.put(3, seen(3, 12, 'check'), 0, null), false)
  assert.deepEqual(times(inbox), [10, 11])
})

test('waiting beats of one monitor become the newest one', () => {
  const inbox = new Inbox(10)
  for (let at = 0; at < 1000; at += 1) assert.equal(inbox.put(1, seen(1, at), 0, null), true)
  assert.deepEqual(times(inbox), [999])
})

test('a failure between two beats keeps its place', () => {
  const inbox = new Inbox(10)
  inbox.put(1, seen(1, 1), 0, null)
  inbox.put(1, seen(1, 2, 'fail'), 0, null)
  inbox.put(1, seen(1, 3), 0, null)
  assert.deepEqual(times(inbox), [1, 2, 3])
})

test('a beat that somebody waits for is never merged away', () => {
  const inbox = new Inbox(10)
  const answered: number[] = []
  for (const at of [1, 2, 3]) inbox.put(1, seen(1, at), 0, () => answered.push(at))
  for (const item of inbox.take(10)) item.done?.({ ok: true, state: null })
  assert.deepEqual(answered, [1, 2, 3])
})

test('taking some leaves the others in order', () => {
  const inbox = new Inbox(10)
  for (const at of [1, 2, 3, 4, 5]) inbox.put(at, seen(at, at, 'check'), at, null)
  assert.deepEqual(
    inbox.take(2).map((item) => item.monitor),
    [1, 2],
  )
  assert.equal(inbox.oldest, 3)
  assert.equal(inbox.size, 3)
})
