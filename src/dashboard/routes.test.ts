// Addresses and screens.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { changedQuery } from './query.ts'
import { match } from './routes.ts'

test('every address means one screen', () => {
  for (const [path, screen, params] of [
    ['/', 'home', {}],
    ['/monitors', 'monitors', {}],
    ['/monitors/', 'monitors', {}],
    ['/monitors/new', 'monitor-new', {}],
    ['/monitors/web', 'monitor', { key: 'web' }],
    ['/monitors/a%2Fb/edit', 'monitor-edit', { key: 'a/b' }],
    ['/settings/people/7', 'user', { id: '7' }],
    ['/nowhere', 'missing', {}],
    ['/monitors/%E0%A4%A', 'missing', {}],
    ['/monitors/a/b/c', 'missing', {}],
  ] as const)
    assert.deepEqual(match(path), { screen, params }, path)
})

test('a query changes piece by piece, and empty pieces go', () => {
  const query = new URLSearchParams('status=down&status=up&search=web')
  assert.equal(changedQuery(query, { status: ['up'], page: '2' }), '?search=web&status=up&page=2')
  assert.equal(changedQuery(query, { status: null, search: '' }), '')
  assert.equal(changedQuery(query, { search: 'a b&c' }), '?status=down&status=up&search=a+b%26c')
})
