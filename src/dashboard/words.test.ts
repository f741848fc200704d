// How the dashboard says things: plain words, and never a figure that is too good.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ago, count, latency, list, ownerWord, percent, span, valueWords } from './words.ts'

test('spans are told in their two largest units, and without noise', () => {
  const told = [0, 340, 12_000, 240_000, 250_000, 3_600_000, 5_400_000, 187_200_000, 864_000_000].map(span)
  const words = ['0 ms', '340 ms', '12 s', '4 min', '4 min 10 s', '1 h', '1 h 30 min', '2 d 4 h', '10 d']
  assert.deepEqual(told, words)
})

test('no span reads as an empty text or a negative one', () => {
  fc.assert(fc.property(fc.double({ min: -1e6, max: 1e12, noNaN: true }), (ms) => /^\d/.test(span(ms))))
})

test('moments are told from now, in both directions', () => {
  const now = Date.parse('2026-11-21T14:00:00Z')
  const at = (ms: number) => ago(new Date(now + ms).toISOString(), now)
  assert.deepEqual(
    [at(-240_000), at(-1_000), at(7_200_000), ago('nonsense', now)],
    ['4 min ago', 'just now', 'in 2 h', 'at an unknown time'],
  )
})

test('a share of time is never rounded up to all of it', () => {
  assert.deepEqual([1, 0.999999, 0.99985, 0.5, 0, null, undefined].map(percent), [
    '100 %',
    '99.99 %',
    '99.98 %',
    '50.0 %',
    '0.0 %',
    '–',
    '–',
  ])
  fc.assert(fc.property(fc.double({ min: 0, max: 0.9999999, noNaN: true }), (share) => percent(share) !== '100 %'))
})

test('latency keeps two or three figures', () => {
  assert.deepEqual([0, 0.02, 0.42, 82.4, 1_240, null].map(latency), [
    '0 ms',
    '< 0.1 ms',
    '0.4 ms',
    '82 ms',
    '1.24 s',
    '–',
  ])
})

test('numbers and lists are spoken', () => {
  assert.deepEqual([count(1, 'monitor'), count(5_000, 'monitor')], ['1 monitor', '5,000 monitors'])
  assert.deepEqual([list([]), list(['a']), list(['a', 'b', 'c'])], ['', 'a', 'a, b and c'])
  assert.deepEqual(['api', 'beat', 'file:/etc/allswell.yaml'].map(ownerWord), [
    'people',
    'first heartbeat',
    '/etc/allswell.yaml',
  ])
})

test('values of settings are spoken, and nothing is called none', () => {
  const values = ['30s', 3, true, null, undefined, {}, [], { team: 'shop', n: 2 }, ['a', { b: 1 }]]
  assert.deepEqual(values.map(valueWords), [
    '30s',
    '3',
    'true',
    'none',
    'none',
    'none',
    'none',
    'team: shop, n: 2',
    'a, {"b":1}',
  ])
})
