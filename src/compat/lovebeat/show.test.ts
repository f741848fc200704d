// What lovebeat's clients read, to the byte: states in the words of both, lists in pieces, signs of HTML escaped.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { expecting } from '#core/expected.ts'
import { fresh, type MonitorState } from '#core/state.ts'
import * as show from './show.ts'

const at = 1_795_205_887_000
const one = (state: Partial<MonitorState> | null, expected = expecting({})): show.Service => ({
  key: 'a',
  name: 'a',
  policy: { beat: expected },
  state: state === null ? null : { ...fresh(at), ...state },
  createdAt: at,
})

test('a state has a word in each generation, and what is not known is never ok', () => {
  const words = (state: Partial<MonitorState> | null) => {
    const mood = show.moodOf(one(state).state)
    return [show.wordOf(mood, '1.0'), show.wordOf(mood, '0.8')]
  }
  assert.deepEqual(words({ status: 'up' }), ['ok', 'ok'])
  assert.deepEqual(words({ status: 'degraded' }), ['ok', 'warning'])
  assert.deepEqual(words({ status: 'down' }), ['error', 'error'])
  assert.deepEqual(words({ status: 'unknown' }), ['new', 'paused'])
  assert.deepEqual(words(null), ['new', 'paused'])
  assert.deepEqual(words({ status: 'unknown', paused: true }), ['muted', 'paused'])
})

test('timeouts count from the last beat: none, learnt, always in error, and a period with its grace', () => {
  const of = (expected: Parameters<typeof expecting>[0], state: Partial<MonitorState> = {}) => {
    const { timeout } = show.service(one(state, expecting(expected)), [])
    const { warning_timeout: warning, error_timeout: error } = show.olderService(
      one(state, expecting(expected)),
      null,
      at,
    )
    return [timeout, warning, error]
  }
  assert.deepEqual(of({}), [-1, -1, -1])
  assert.deepEqual(of({ downAfter: 'auto', degradedAfter: 10_000 }), [-2, 10, -2])
  assert.deepEqual(of({ downAfter: 0 }), [0, -1, 0])
  assert.deepEqual(of({ due: { every: 60_000 }, downAfter: 5_000 }), [65_000, -1, 65])
  assert.deepEqual(of({ calmAfter: 60_000 }), [-1, -1, -1])
  const intervals = Array.from({ length: 7 }, () => 10_000)
  const rhythm = { at, intervals, odd: [] }
  assert.deepEqual(of({ downAfter: 'auto' }, { rhythm }), [-2, -1, 15], 'the older one said what it had learnt')
})

test('ten intervals are enough for an analysis, and a wide range is unstable', () => {
  const analysed = (intervals: number[]) => {
    const shown = show.service(one({ rhythm: { at, intervals, odd: [] } }, expecting({ downAfter: 'auto' })), [])
    return (shown as { analysis?: unknown }).analysis
  }
  assert.equal(analysed(Array(9).fill(1_000)), undefined)
  assert.deepEqual(analysed(Array(10).fill(1_000)), { lower: 1, upper: 1, percentage: 90 })
  assert.deepEqual(analysed([1, 1, 1, 1, 1, 1, 9, 9, 9, 9].map((seconds) => seconds * 1_000)), {
    lower: 1,
    upper: 9,
    percentage: 90,
    unstable: true,
  })
})

test('a service that never beat has -1, in both', () => {
  assert.equal(show.service(one({}), []).last_beat, -1)
  const { last_beat: last, last_beat_delta: delta } = show.olderService(one({}), null, 5_000)
  assert.deepEqual([last, delta], [-1, 6])
})

test('status is six lines or four, and what is not in trouble counts as ok', () => {
  const states = ['up', 'degraded', 'down', 'unknown'] as const
  const counts = show.countsOf([...states.map((status) => one({ status }).state), null])
  assert.equal(
    show.statusText(show.status(counts, true)),
    'num_ok 3\nnum_warning 1\nnum_error 1\nhas_warning true\nhas_error true\ngood false\n',
  )
  assert.equal(show.statusText(show.status(counts, false)), 'num_ok 4\nnum_error 1\nhas_error true\ngood false\n')
  assert.deepEqual(show.status({ ok: 1, warning: 1, error: 0 }, true)['good'], false)
  assert.deepEqual(show.status({ ok: 1, warning: 1, error: 0 }, false)['good'], true)
})

test('lists in pieces are the same as in one', () =>
  fc.assert(
    fc.property(fc.array(fc.record({ name: fc.string(), list: fc.array(fc.string()) })), fc.nat(), (items, now) => {
      const alone = [...show.jsonList(items, null)].join('')
      assert.equal(alone, show.json(items))
      const whole = [...show.jsonList(items, { head: { alarm: { a: [1] } }, name: 'services', now })].join('')
      assert.equal(whole, show.json({ alarm: { a: [1] }, services: items, now }))
      assert.doesNotMatch(whole, /[<>&\u2028]/)
      assert.equal(JSON.stringify(JSON.parse(alone)), JSON.stringify(items))
    }),
  ))
