// Did you mean: the nearest known word, or nothing rather than a silly guess.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { editDistance, suggest } from './suggest.ts'

const keys = ['interval', 'timeout', 'fail_after', 'recover_after', 'labels', 'http', 'tcp']
const word = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 7 }).map((letters) => letters.join(''))

test('a slip of the finger finds its word', () => {
  const slips = ['intervall', 'timout', 'fial_after', 'lables', 'htpp', 'failAfter', 'Fail-After', 'recover after']
  assert.deepEqual(
    slips.map((slip) => suggest(slip, keys)),
    ['interval', 'timeout', 'fail_after', 'labels', 'http', 'fail_after', 'fail_after', 'recover_after'],
  )
})

test('a short word may have one slip as well', () => assert.equal(suggest('tc', keys), 'tcp'))

test('of several equally near the first known one is meant', () => assert.equal(suggest('wab', ['web', 'wob']), 'web'))

test('a word unlike all others finds none', () => {
  for (const other of ['colour', 'x', '', 'x'.repeat(1_000_000)]) assert.equal(suggest(other, keys), null)
})

test('where nothing is known nothing is suggested', () => assert.equal(suggest('http', []), null))

test('the distance is the same in both directions, and nothing only between equals', () =>
  fc.assert(
    fc.property(word, word, (one, other) => {
      assert.equal(editDistance(one, other), editDistance(other, one))
      assert.equal(editDistance(one, other) === 0, one === other)
    }),
  ))

test('each slip costs one: a letter more, one less, another, or two changed about', () => {
  for (const slip of ['webs', 'we', 'wab', 'wbe']) assert.equal(editDistance('web', slip), 1, slip)
})

test('beyond what is asked for the distance is not looked for', () =>
  fc.assert(
    fc.property(word, word, fc.nat(7), (one, other, most) => {
      const distance = editDistance(one, other)
      assert.equal(editDistance(one, other, most), distance <= most ? distance : Number.POSITIVE_INFINITY)
    }),
  ))

test('what is longer than anybody types is compared with nothing', () => {
  assert.equal(suggest('x'.repeat(64), ['x'.repeat(65)]), 'x'.repeat(65))
  assert.equal(suggest('x'.repeat(65), ['x'.repeat(64)]), null)
})

test('the distance is never more than the longer word', () =>
  fc.assert(
    fc.property(word, word, (one, other) => {
      const distance = editDistance(one, other)
      assert.ok(distance <= Math.max(one.length, other.length))
      assert.ok(distance >= Math.abs(one.length - other.length))
    }),
  ))
