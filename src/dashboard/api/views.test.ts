// Views under a name: what is kept, and when two are the same.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { viewOf } from './board.ts'
import { canonical, queryOf } from './views.ts'

test('a view is kept without its page and without the usual order', () => {
  const view = viewOf(new URLSearchParams('page=3&status=down&label=team:shop&label=env:prod&sort=status'))
  assert.equal(queryOf(view), 'status=down&label=team%3Ashop&label=env%3Aprod')
  assert.equal(queryOf(viewOf(new URLSearchParams('sort=-uptime'))), 'sort=-uptime')
  assert.equal(queryOf(viewOf(new URLSearchParams(''))), '')
})

test('the same view is known again in whatever order its parts stand', () => {
  assert.equal(canonical('status=down&label=a:1&sort=status'), canonical('label=a%3A1&status=down'))
  assert.notEqual(canonical('label=a:1'), canonical('label=a:2'))
  assert.notEqual(canonical('sort=name'), canonical(''))
})
