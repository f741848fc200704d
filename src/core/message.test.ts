// Tests of the words of a message.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { hostile, hostileMessage, messages } from '#test/messages.ts'
import { lines, plain, sentence, text, title } from './message.ts'

const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u

test('the title says what happened to which monitor', () => {
  assert.equal(title(messages.down), 'DOWN: Web shop')
  assert.equal(title(messages.degraded), 'DEGRADED: Web shop')
  assert.equal(title(messages.unknown), 'UNKNOWN: Web shop')
  assert.equal(title(messages.test), 'TEST: Test message')
})

test('the title of a recovery says how long the whole outage was', () => {
  assert.equal(title(messages.up), 'UP: Web shop, after 4 min')
  assert.equal(title({ ...messages.up, outage: null }), 'UP: Web shop, after 4 min')
  assert.equal(title({ ...messages.up, at: messages.up.at + 60_000 }), 'UP: Web shop, after 5 min')
})

test('the first news of a monitor is no recovery', () => {
  const first = { ...messages.up, previous: 'unknown', outage: null } as const
  assert.equal(title(first), 'UP: Web shop')
  assert.equal(sentence(first), 'It is heard of again and well.')
})

test('every event has a sentence, whether or not the check gave one', () => {
  for (const message of Object.values(messages)) {
    for (const given of [message.sentence, null, '  ']) {
      const said = sentence({ ...message, sentence: given })
      assert.match(said, /^[A-Z].*\.$/)
    }
  }
  assert.equal(sentence({ ...messages.down, sentence: null }), 'It is down: unexpected status.')
})

test('the evidence names cause, time, duration, confirmations and places', () => {
  assert.deepEqual(lines(messages.down), [
    { label: 'Target', value: 'http://127.0.0.1:9001/health' },
    { label: 'Since', value: '2026-11-21 14:05 UTC' },
    { label: 'Before', value: 'was up for 3 d 4 h' },
    { label: 'Reason', value: 'unexpected status' },
    { label: 'Seen', value: '2 times in a row, from local, berlin' },
    { label: 'Monitor', value: 'web' },
    { label: 'Labels', value: 'customer=acme' },
    { label: 'Told by', value: 'rule everything' },
  ])
})

test('a later message of an outage says how long the trouble lasts already', () => {
  const trouble = lines(messages.worse).find(({ label }) => label === 'In trouble')
  assert.equal(trouble?.value, 'for 10 min, since 2026-11-21 14:05 UTC')
})

test('what only time has shown was seen by nobody', () => {
  const late = lines({ ...messages.down, reason: 'late', confirmations: 1 })
  assert.ok(!late.some(({ label }) => label === 'Seen'))
})

test('the text holds title, sentence and evidence', () => {
  const whole = text(messages.up)
  assert.ok(whole.startsWith('UP: Web shop, after 4 min\n\nIt is well again'))
  assert.match(whole, /\nBefore: was down for 4 min\n/)
})

test('hostile text stays on its line and cannot turn the reading direction', () => {
  for (const bad of hostile) {
    const message = hostileMessage(bad)
    for (const line of [title(message), sentence(message), ...lines(message).map(({ value }) => value)]) {
      assert.doesNotMatch(line, unseen)
      assert.ok(line.isWellFormed())
      assert.ok(line.length <= 2_000)
    }
    assert.equal(text(message).split('\n').length, lines(message).length + 4)
  }
})

test('plain text keeps its head and its tail when it is too long', () => {
  assert.equal(plain('abcdefghij', 10), 'abcdefghij')
  assert.equal(plain('abcdefghijk', 5), 'ab…jk')
  assert.equal(plain(`${'a'.repeat(50_000)}z`, 5), 'aa…az')
})

test('plain text of anything is one well-formed line within the limit', () => {
  fc.assert(
    fc.property(fc.uint16Array({ maxLength: 60 }), fc.integer({ min: 3, max: 20 }), (units, most) => {
      const given = String.fromCharCode(...units)
      const line = plain(given, most)
      assert.ok(Array.from(line).length <= most)
      assert.ok(line.isWellFormed())
      assert.doesNotMatch(line, unseen)
    }),
  )
})
