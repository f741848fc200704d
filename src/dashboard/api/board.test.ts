// What an address means for the list.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isNarrowed, viewOf } from './board.ts'

test('an address that makes no sense shows the list as it is usually', () => {
  const view = viewOf(new URLSearchParams('page=-3&sort=bogus&status=burning'))
  assert.deepEqual([view.page, view.sort, view.status, isNarrowed(view)], [1, 'status', [], false])
  assert.equal(viewOf(new URLSearchParams('page=1e300')).page, 1)
  assert.equal(viewOf(new URLSearchParams('page=999999999')).page, 100_000)
})

test('an address holds words, several states and labels, the order and the page', () => {
  const view = viewOf(new URLSearchParams('search=a+b&status=down&status=up&label=team:shop&sort=-latency&page=7'))
  assert.deepEqual([view.search, view.status, view.label], ['a b', ['down', 'up'], ['team:shop']])
  assert.deepEqual([view.sort, view.page, isNarrowed(view)], ['-latency', 7, true])
})
