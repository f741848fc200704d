// Tests of differences between two values, as the record of changes shows them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { differences } from './diff.ts'

const open = (value: unknown) => ({ value, shown: value })

test('each setting that is other has its path, before and after, and what is the same is left out', () => {
  const before = { name: 'a', http: { url: 'x', headers: { b: '1', c: '2' } }, tags: ['x'] }
  const after = { name: 'a', http: { url: 'y', headers: { c: '2', d: '3' } }, tags: ['x', 'y'], new: null }
  assert.deepEqual(differences(open(before), open(after)), [
    { path: 'http.headers.b', before: '1' },
    { path: 'http.headers.d', after: '3' },
    { path: 'http.url', before: 'x', after: 'y' },
    { path: 'new', after: null },
    { path: 'tags', before: ['x'], after: ['x', 'y'] },
  ])
})

test('the order of names is no difference, the order in a list is one', () => {
  assert.deepEqual(differences(open({ a: 1, b: { c: 1, d: 2 } }), open({ b: { d: 2, c: 1 }, a: 1 })), [])
  assert.equal(differences(open({ a: [1, 2] }), open({ a: [2, 1] })).length, 1)
})

test('a secret that changed differs without being shown', () => {
  const before = { value: { token: 'one', name: 'a' }, shown: { token: '***', name: 'a' } }
  const after = { value: { token: 'two', name: 'a' }, shown: { token: '***', name: 'a' } }
  assert.deepEqual(differences(before, after), [{ path: 'token', before: '***', after: '***' }])
  // Where all of it is hidden, what is below it is hidden, too.
  const hidden = differences({ value: { a: { b: 's3cret' } }, shown: '***' }, { value: { a: {} }, shown: '***' })
  assert.deepEqual(hidden, [{ path: 'a.b', before: '***' }])
})

test('what is made and what is gone is told setting by setting', () => {
  const nothing = open(undefined)
  assert.deepEqual(differences(nothing, open({ a: { b: 1 } })), [{ path: 'a.b', after: 1 }])
  assert.deepEqual(differences(open({ a: { b: 1 } }), nothing), [{ path: 'a.b', before: 1 }])
})

test('values without end are told within bounds', () => {
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`k${at}`, 'x'.repeat(5_000)]))
  const found = differences(open({}), open(many))
  assert.equal(found.length, 201)
  assert.equal(found.at(-1)?.after, 'and 4800 more')
  assert.ok(found.every(({ after }) => String(after).length <= 1_001))
  let deep: unknown = 1
  for (let at = 0; at < 500; at += 1) deep = { deep }
  assert.equal(differences(open({ deep: 2 }), open(deep)).length, 1)
})

test('an empty mapping where there was nothing is a difference', () => {
  assert.deepEqual(differences(open({}), open({ labels: {} })), [{ path: 'labels', after: {} }])
})

test('equal values never differ, and a difference is found wherever it lies', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.jsonValue({ maxDepth: 4 }), (one, other) => {
      assert.deepEqual(differences(open({ one }), open({ one: JSON.parse(JSON.stringify(one)) as unknown })), [])
      const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(other))
      if (!same) assert.ok(differences(open({ at: one }), open({ at: other })).length > 0)
    }),
  )
})

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, sorted(inner)] as const)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)))
}
