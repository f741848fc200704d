// Forms from schemas: a field for whatever a schema says, and entries that hold only what was touched.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { keyFrom, read, write } from './entry.ts'
import { nodeOf, type Schema, wayOf } from './model.ts'
import { briefly, oneOf, valueWord, wayWord } from './words.ts'

test('one thing or a list of such things is a list, choices between words are one choice', () => {
  const text = { type: 'string' }
  const both = { anyOf: [text, { type: 'array', items: text }] }
  assert.deepEqual(nodeOf(both), { is: 'list', item: text, single: true })
  assert.deepEqual(nodeOf({ anyOf: [{ const: 'any' }, { const: 4 }, { const: 6 }] }), {
    is: 'select',
    values: ['any', 4, 6],
  })
  assert.deepEqual(nodeOf({ enum: ['1.2', 1.2] }), { is: 'select', values: ['1.2'] })
})

test('a value finds the way it goes', () => {
  const ways: Schema[] = [{ type: 'boolean' }, { type: 'object', properties: { chain: { type: 'boolean' } } }]
  assert.deepEqual([wayOf(ways, false), wayOf(ways, { chain: true }), wayOf(ways, 'else')], [0, 1, 0])
})

test('text, numbers and words are one field; yes, no and settings are three ways', () => {
  const span = { type: 'string', examples: ['30s'] }
  const node = nodeOf({ anyOf: [{ enum: ['any', 'all'] }, { type: 'integer' }, span] })
  assert.deepEqual(node, { is: 'text', long: false, example: '30s', numeric: true, words: ['any', 'all'] })
  const verify = nodeOf({ anyOf: [{ type: 'boolean' }, { type: 'object', properties: { hex: { type: 'string' } } }] })
  assert.deepEqual(verify.is === 'either' ? verify.ways.map(wayWord) : verify, ['yes', 'no', 'Hex'])
  assert.deepEqual(nodeOf({ anyOf: [{ type: 'string' }, {}] }), { is: 'json' })
})

test('what is folded is told in a few words, and one of many has a name', () => {
  const expect = { status: [200, 204], body: { contains: 'OK' }, json: [{ path: '/a' }], tls: true }
  assert.equal(briefly(expect), 'status 200, 204 · contains OK · json 1 · tls yes')
  assert.equal(briefly({ text: 'x'.repeat(10_000) }).length, 80)
  assert.deepEqual(['Steps', 'Status', 'Headers', 'Queries', 'Loss', 'JSON'].map(oneOf), [
    'Step',
    'Status',
    'Header',
    'Query',
    'Loss',
    'JSON',
  ])
})

test('what is inherited is told in words', () => {
  const told = [60, '60s', true, ['down', 'up'], {}, undefined, ''].map((value) => valueWord(value))
  assert.deepEqual(told, ['60', '60s', 'yes', 'down, up', null, null, null])
})

test('what is taken away leaves nothing behind, and what was not touched stays as it is', () => {
  const entry = { name: 'Web', http: { url: 'https://a.test' } }
  const expecting = write(entry, ['http', 'expect', 'status'], 200)
  assert.deepEqual(expecting, { name: 'Web', http: { url: 'https://a.test', expect: { status: 200 } } })
  assert.deepEqual(write(expecting, ['http', 'expect', 'status'], undefined), entry)
  assert.deepEqual(write({ list: ['a', 'b'] }, ['list', 0], undefined), { list: ['b'] })
  assert.equal(read(expecting, ['http', 'expect', 'status']), 200)
  assert.equal(read('text', ['a', 'b']), undefined)
})

test('a key is made from any name, hostile ones too', () => {
  for (const [name, key] of [
    ['Web shop (EU)', 'web-shop-eu'],
    ['Köln', 'koln'],
    ['<script>alert(1)</script>', 'script-alert-1-script'],
    ['مرحبا', ''],
    ['🔥'.repeat(50), ''],
    ['x'.repeat(10_000), 'x'.repeat(100)],
  ] as const)
    assert.equal(keyFrom(name), key)
})
