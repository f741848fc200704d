// The order of rows while somebody reads them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Row } from '../api/types.ts'
import { inOrderOf } from './monitors-steady.ts'

const row = (key: string, name = key): Row => ({
  key,
  name,
  kind: 'http',
  status: 'up',
  since: '2026-11-21T14:00:00Z',
  reason: null,
  sentence: null,
  labels: {},
  target: null,
  paused: false,
  outage: null,
  lastAt: null,
  owner: 'api',
  revision: 1,
})
const keys = (rows: readonly Row[]) => rows.map(({ key }) => key).join('')

test('rows stay where they are and tell what is new', () => {
  const { rows, waits } = inOrderOf([row('a'), row('b')], [row('b', 'newer'), row('a')])
  assert.deepEqual([keys(rows), rows[1]?.name, waits], ['ab', 'newer', true])
})

test('a row that has left the page stays until the new order is shown, and a new one waits', () => {
  const { rows, waits } = inOrderOf([row('a'), row('b')], [row('a'), row('c')])
  assert.deepEqual([keys(rows), waits], ['ab', true])
})

test('the same order does not wait, and where nothing was shown everything is', () => {
  assert.equal(inOrderOf([row('a')], [row('a', 'newer')]).waits, false)
  assert.deepEqual(inOrderOf([], [row('a')]), { rows: [row('a')], waits: false })
})
