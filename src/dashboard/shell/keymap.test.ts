// Keys: single ones, pairs, and what is no command.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyList, press } from './keymap.ts'
import { moved } from './target.ts'

test('a key does its deed, a pair when it is whole', () => {
  assert.deepEqual(press('', '/'), { deed: 'search', pending: '' })
  assert.deepEqual(press('', 'g'), { deed: null, pending: 'g' })
  assert.deepEqual(press('g', 'h'), { deed: 'go /', pending: '' })
  assert.deepEqual(press('g', 'x'), { deed: null, pending: '' })
  assert.deepEqual(press('g', 'g'), { deed: null, pending: 'g' })
  assert.deepEqual(press('', 'q'), { deed: null, pending: '' })
})

test('no key means two things', () => {
  const all = keyList.map(({ keys }) => keys.join(' '))
  assert.equal(new Set(all).size, all.length)
})

test('moving begins at an end and stops at the other', () => {
  const rows = [{ key: 'a' }, { key: 'b' }]
  assert.deepEqual(
    [moved(rows, null, 1), moved(rows, 'a', 1), moved(rows, 'b', 1), moved(rows, null, -1), moved([], 'a', 1)],
    ['a', 'b', 'b', 'b', null],
  )
})
