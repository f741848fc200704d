// Durations: there and back, refusals, and how people read them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { duration, formatDuration, parseDuration, sayDuration } from './duration.ts'

test('a duration written out reads back as it was', () =>
  fc.assert(fc.property(fc.nat(10 * 366 * 86_400_000), (ms) => assert.equal(parseDuration(formatDuration(ms)), ms))))

test('every unit is read, alone, together, with spaces and fractions', () => {
  const texts = ['500ms', '90s', '5m', '2h', '1d', '1w', '1h30m', '1h 30m', ' 1.5d ', '0', '0s', '1 h']
  assert.deepEqual(
    texts.map(parseDuration),
    [500, 90_000, 300_000, 7_200_000, 86_400_000, 604_800_000, 5_400_000, 5_400_000, 129_600_000, 0, 0, 3_600_000],
  )
})

test('what has no unit or is no duration is refused', () => {
  for (const text of ['', ' ', '5', '1.5', '5 x', 's', '-5s', '5s!', '1h30', '.5s', '1e3s', '5S', '5мин', '1,5h'])
    assert.equal(parseDuration(text), null, text)
})

test('a text made to be slow is refused at once', () => assert.equal(parseDuration('1'.repeat(100_000)), null))

test('a schema names what is wrong and what is allowed', () => {
  const schema = duration({ min: 1_000, max: 60_000 })
  const say = (value: unknown) => schema.safeParse(value).error?.issues[0]?.message
  assert.deepEqual(
    ['1s', '30s', '1m'].map((text) => schema.parse(text)),
    [1_000, 30_000, 60_000],
  )
  assert.equal(say(30), 'expected a duration with a unit, such as 30s, 5m or 1h30m')
  assert.equal(
    say('30'),
    '"30" is not a duration; write a number with a unit (ms, s, m, h, d, w), such as 30s or 1h30m',
  )
  assert.equal(say('2m'), '2m is out of range; allowed is 1s to 1m')
  assert.equal(say(`${'9'.repeat(400)}d`)?.endsWith('is out of range; allowed is 1s to 1m'), true)
})

test('people read two units at most, the largest first', () => {
  const all = [0, 0.4, 250, 999.7, 12_000, 240_000, 7_500_000, 273_600_000, 3_605_000]
  assert.deepEqual(all.map(sayDuration), [
    '0 ms',
    '0 ms',
    '250 ms',
    '1 s',
    '12 s',
    '4 min',
    '2 h 5 min',
    '3 d 4 h',
    '1 h',
  ])
})

test('less than nothing is said as nothing', () => assert.equal(sayDuration(-5_000), '0 ms'))

test('a fraction too small to write is zero', () => assert.equal(formatDuration(0.3), '0s'))
