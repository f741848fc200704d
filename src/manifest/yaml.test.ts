// Tests of YAML as plain values: what the language's odd corners become, and where things stand.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openLines } from './show.ts'
import { readYaml } from './yaml.ts'

const asIs = (text: string) => ({ ok: true, text }) as const
const value = (text: string) => {
  const tree = readYaml(text, asIs)
  assert.deepEqual(tree.faults, [])
  return tree.value
}
const place = (text: string, path: (string | number)[], at?: 'key') => {
  const { line, column } = openLines(text)(readYaml(text, asIs).offsetOf(path, at))
  return `${line}:${column}`
}

test('yes, no, on and off are texts, and so are times and keys that look like numbers', () => {
  assert.deepEqual(value('on: [yes, no, off, 12:30, 2026-11-21]\n0x10: 1\n1.50: 2\ntrue: 3\n'), {
    on: ['yes', 'no', 'off', '12:30', '2026-11-21'],
    '0x10': 1,
    '1.50': 2,
    true: 3,
  })
})

test('a mapping’s own keys win over those merged into it, earlier merges over later ones', () => {
  const text = 'a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc: { <<: [*a, *b], x: 3 }\nd: { y: 4, <<: *b }\n'
  const { c, d } = value(text) as Record<string, unknown>
  assert.deepEqual(
    [c, d],
    [
      { x: 3, y: 1, z: 2 },
      { y: 4, z: 2 },
    ],
  )
})

test('an alias means the last anchor of that name before it', () => {
  assert.deepEqual(value('a: &n 1\nb: *n\nc: &n 2\nd: *n\n'), { a: 1, b: 1, c: 2, d: 2 })
})

test('an empty value and an empty text differ', () => {
  assert.deepEqual(value('a:\nb: ""\nc: ~\n'), { a: null, b: '', c: null })
})

test('a value stands where it is written, also when it came by an alias or a merge', () => {
  const text = 'a: &a\n  x: 1\nb: *a\nc:\n  <<: *a\n  y: [1, { z: 2 }]\n'
  assert.equal(place(text, ['a', 'x']), '2:6')
  assert.equal(place(text, ['b', 'x']), '2:6')
  assert.equal(place(text, ['c', 'x']), '2:6')
  assert.equal(place(text, ['c', 'y', 1, 'z']), '6:15')
  assert.equal(place(text, ['c', 'y', 1, 'z'], 'key'), '6:12')
})

test('what is not there is placed at the key of what should hold it', () => {
  const text = 'a:\n  b: { c: 1 }\n  d:\n'
  assert.equal(place(text, ['a', 'b', 'none']), '2:3')
  assert.equal(place(text, ['a', 'd', 'none', 'deeper']), '3:3')
  assert.equal(place(text, ['a', 'none']), '1:1')
  assert.equal(place(text, ['none']), '1:1')
  assert.equal(place('', ['none']), '1:1')
})

test('what contains itself is a fault, whether by an alias or by a merge', () => {
  for (const text of ['a: &a { b: *a }', 'a: &a [*a]', 'a: &a { b: { <<: *a } }', 'a: &a [{ b: { <<: [*a] } }]']) {
    const { faults } = readYaml(text, asIs)
    assert.ok(faults.length > 0 && faults.length < 3, text)
  }
  assert.deepEqual(readYaml('a: &a { <<: *a, b: 1 }', asIs).value, { a: { b: 1 } })
})

test('aliases may repeat much, but not without end', () => {
  const many = `a: &a { x: [1, 2, 3] }\nb:\n${'  - *a\n'.repeat(5_000)}`
  assert.equal((value(many) as { b: unknown[] }).b.length, 5_000)
  const [fault] = readYaml(`a: &a [${'1, '.repeat(1_000)}]\nb: [${'*a, '.repeat(2_000)}]`, asIs).faults
  assert.equal(fault?.message, 'the aliases (*name) expand to more than 1000000 values')
})
