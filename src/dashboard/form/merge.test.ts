// Tests of joining what two people changed at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { merged, theirChanges } from './merge.ts'

const before = { interval: '1m', labels: { team: 'shop' }, http: { url: 'https://a.example', expect: [200] } }

test('what only the other one changed is taken over, and what only I changed is kept', () => {
  const theirs = { ...before, interval: '5m', labels: { team: 'shop', tier: 'one' } }
  const mine = { ...before, http: { ...before.http, url: 'https://b.example' }, labels: {} }
  const expected = { interval: '5m', labels: { tier: 'one' }, http: { url: 'https://b.example', expect: [200] } }
  assert.deepEqual(merged(before, theirs, mine), expected)
  assert.deepEqual(
    theirChanges(before, theirs, mine).map(({ path, conflict }) => [path, conflict]),
    [
      ['interval', false],
      ['labels.tier', false],
    ],
  )
})

test('where both changed one setting it is a conflict, and mine stays', () => {
  const theirs = { ...before, http: { url: 'https://theirs.example', expect: [200] } }
  const mine = { ...before, http: { url: 'https://mine.example', expect: [204] } }
  assert.deepEqual(merged(before, theirs, mine), mine)
  const url = { path: 'http.url', before: 'https://a.example', theirs: 'https://theirs.example' }
  const change = { ...url, mine: 'https://mine.example', conflict: true }
  assert.deepEqual(theirChanges(before, theirs, mine), [change])
})

test('what both made the same, or wrote in another order, is no change', () => {
  const both = { ...before, interval: '5m' }
  const { http, ...rest } = both
  assert.deepEqual(theirChanges(before, both, { http, ...rest }), [])
  assert.deepEqual(merged(before, both, { http, ...rest }), both)
})

test('a setting that the other one took away goes, unless I changed it', () => {
  const { interval: _, ...theirs } = before
  assert.deepEqual(merged(before, theirs, { ...before, labels: {} }), { labels: {}, http: before.http })
  assert.equal((merged(before, theirs, { ...before, interval: '9m' }) as typeof before).interval, '9m')
  assert.equal(theirChanges(before, theirs, { ...before, interval: '9m' })[0]?.conflict, true)
})

test('labels that are called as what every object has are settings like others', () => {
  const theirs = { labels: JSON.parse('{"constructor": "a", "__proto__": "b"}') as unknown }
  const joined = merged({ labels: {} }, theirs, { labels: { mine: 'c' } })
  assert.equal(JSON.stringify(joined), '{"labels":{"mine":"c","constructor":"a","__proto__":"b"}}')
})
