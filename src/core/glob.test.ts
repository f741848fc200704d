// Globs against a slow reference, hostile patterns, and selectors.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matchesGlob, selects } from './glob.ts'

/** Plain recursion over all ways to match. */
function slowly(glob: string, key: string): boolean {
  if (glob === '') return key === ''
  if (glob[0] === '*') return slowly(glob.slice(1), key) || (key !== '' && slowly(glob, key.slice(1)))
  return key !== '' && (glob[0] === '?' || glob[0] === key[0]) && slowly(glob.slice(1), key.slice(1))
}

const few = (letters: string[]) => fc.array(fc.constantFrom(...letters), { maxLength: 8 }).map((all) => all.join(''))

test('a glob matches what a slow reference matches', () =>
  fc.assert(
    fc.property(few(['a', 'b', '*', '?']), few(['a', 'b', '*', '?']), (glob, key) =>
      assert.equal(matchesGlob(glob, key), slowly(glob, key), `${glob} on ${key}`),
    ),
    { numRuns: 2_000 },
  ))

test('a text without wildcards matches itself alone', () =>
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      fc.pre(!/[*?]/.test(one))
      assert.equal(matchesGlob(one, other), one === other)
    }),
  ))

test('characters of regular expressions are only themselves', () => {
  assert.ok(matchesGlob('a.b+(c)[d]', 'a.b+(c)[d]'))
  assert.ok(!matchesGlob('a.b', 'axb'))
})

test('a pattern made to be slow ends', () =>
  assert.equal(matchesGlob(`${'*a'.repeat(500)}b`, 'a'.repeat(20_000)), false))

const web = { key: 'shop-web', labels: { customer: 'acme', zone: 'eu-1' } }

test('a selector means any of its keys', () => {
  assert.ok(selects({ keys: ['db', 'shop-*'], labels: null }, web))
  assert.ok(!selects({ keys: ['db'], labels: null }, web))
})

test('a selector means all of its labels, globs in their values', () => {
  assert.ok(selects({ keys: null, labels: { customer: 'acme', zone: 'eu-*' } }, web))
  assert.ok(!selects({ keys: null, labels: { customer: 'acme', zone: 'us-*' } }, web))
  assert.ok(!selects({ keys: null, labels: { team: '*' } }, web))
})

test('a selector with keys and labels means both', () => {
  assert.ok(selects({ keys: ['shop-*'], labels: { customer: 'acme' } }, web))
  assert.ok(!selects({ keys: ['db-*'], labels: { customer: 'acme' } }, web))
})

test('an empty selector means no monitor', () => {
  for (const keys of [null, []]) for (const labels of [null, {}]) assert.ok(!selects({ keys, labels }, web))
})

test('a label that no monitor has is not found in what every object inherits', () =>
  assert.ok(!selects({ keys: null, labels: { constructor: '*' } }, web)))
