// Tests of expectations of JSON: each compare in words, settings that make no sense, and JSON that is hostile.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgeJson, jsonSetting } from './json.ts'

const judge = (json: unknown, spec: unknown) => judgeJson(JSON.stringify(json), jsonSetting.parse(spec), 'The body')
const says = (json: unknown, spec: unknown) => judge(json, spec)?.message ?? 'well'
const faults = (spec: unknown) =>
  jsonSetting
    .safeParse(spec)
    .error?.issues.flatMap((issue) => (issue.code === 'invalid_union' ? issue.errors.flat() : [issue]))
    .map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('\n') ?? ''

test('a value alone is what must stand there', () => {
  assert.equal(says({ status: 'ok' }, { '/status': 'ok' }), 'well')
  assert.equal(says({ status: 'degraded' }, { '/status': 'ok' }), '/status is "degraded"; "ok" was expected.')
  assert.equal(says({ code: '200' }, { code: 200 }), 'code is "200"; 200 was expected.')
  assert.equal(says({ up: false }, { '$.up': true }), '$.up is false; true was expected.')
  assert.equal(says({ error: 'x' }, { '/error': null }), '/error is "x"; null was expected.')
  assert.equal(says('pong', { '': 'ping' }), 'The JSON is "pong"; "ping" was expected.')
  assert.equal(says({ a: ' ok\n' }, { a: 'ok' }), 'a is " ok\\n"; "ok" was expected.')
})

test('lists of compares are read like mappings', () => {
  const spec = [
    { path: '/status', equals: 'ok' },
    { path: 'queue.length', less: 100 },
  ]
  assert.equal(says({ status: 'ok', queue: { length: 99 } }, spec), 'well')
  assert.equal(says({ status: 'ok', queue: { length: 120 } }, spec), 'queue.length is 120; less than 100 was expected.')
})

test('each compare has its words', () => {
  const of = (value: unknown, compare: unknown) => says({ v: value }, { v: compare })
  assert.equal(of('x', { exists: true }), 'well')
  assert.equal(says({}, { v: { exists: true } }), 'v is missing: the body has no "v".')
  assert.equal(says({}, { v: { exists: false } }), 'well')
  assert.equal(of('disk full', { exists: false }), 'v is "disk full"; nothing was to be there.')
  assert.equal(of('bad', { not_equals: 'bad' }), 'v is "bad"; anything else was expected.')
  assert.equal(of('abc', { contains: 'x' }), 'v is "abc", which does not contain "x".')
  assert.equal(of(['a', 'b'], { contains: 'b' }), 'well')
  assert.equal(of(['a', 'b'], { contains: 'c' }), 'v is ["a", "b"], which does not contain "c".')
  assert.equal(of(5, { contains: 5 }), 'v is 5, which is neither text nor a list that could contain 5.')
  assert.equal(of(5, { less: 5 }), 'v is 5; less than 5 was expected.')
  assert.equal(of(6, { at_most: 5 }), 'v is 6; at most 5 was expected.')
  assert.equal(of(5, { greater: 5 }), 'v is 5; more than 5 was expected.')
  assert.equal(of(4, { at_least: 5 }), 'v is 4; at least 5 was expected.')
  assert.equal(of(5, { at_least: 5, at_most: 5 }), 'well')
  assert.equal(of('4.5', { less: 5 }), 'well')
  assert.equal(of('many', { less: 5 }), 'v is "many"; a number, less than 5, was expected.')
  assert.equal(of('', { greater: -1 }), 'v is ""; a number, more than -1, was expected.')
  assert.equal(of('c', { one_of: ['a', 1, null] }), 'v is "c"; "a" or 1 or null was expected.')
  assert.equal(of(null, { one_of: ['a', 1, null] }), 'well')
  assert.equal(of('1.9', { regex: '^2\\.' }), 'v is "1.9", which does not match the pattern “^2\\.”.')
  assert.equal(of(2.5, { regex: '^2\\.' }), 'well')
  assert.equal(of([2], { regex: '2' }), 'v is [2], which is no text that could match the pattern “2”.')
})

test('lists and mappings are compared whole, the order of keys aside', () => {
  const of = (value: unknown, equals: unknown) => says({ v: value }, { v: { equals } })
  assert.equal(of({ a: 1, b: [2, { c: null }] }, { b: [2, { c: null }], a: 1 }), 'well')
  assert.equal(of([1, 2], [2, 1]), 'v is [1, 2]; [2, 1] was expected.')
  assert.equal(of({ a: 1 }, { a: 1, b: 2 }), 'v is { "a": 1 }; { "a": 1, "b": 2 } was expected.')
  assert.equal(of([], {}), 'v is []; {} was expected.')
  assert.equal(of(Array(500).fill(1), []), 'v is a list of 500; [] was expected.')
  assert.equal(of({ a: [1] }, { a: [2] }), 'v is a mapping of 1, but not the one that was expected.')
})

test('settings that make no sense are refused with the reason', () => {
  assert.match(faults({}), /expects nothing; give at least one place/)
  assert.match(faults([]), /./)
  assert.match(faults({ '/a': {} }), /expects nothing; give equals, exists, less/)
  assert.match(faults({ '/a': { exists: false, equals: 1 } }), /what must not be there cannot be compared/)
  assert.match(faults({ '/a': { less: 1, greater: 2 } }), /no number is so, with 2 as the lower bound/)
  assert.match(faults({ '/a': { less: 1, at_least: 1 } }), /no number is so/)
  assert.match(faults({ '/a': { equal: 1 } }), /Unrecognized key: "equal"/)
  assert.match(faults({ 'items[*]': 1 }), /the place names many places/)
  assert.match(faults([{ path: 'a..b', equals: 1 }]), /the place names many places/)
  assert.match(faults([{ equals: 1 }]), /path: /)
  assert.match(faults({ '/a': { regex: '(' } }), /is not a regular expression/)
  assert.match(faults({ '/a': { regex: 'a{600}' }, '/b': { regex: 'b{600}' } }), /together too large/)
  assert.match(faults({ '/a': { equals: 'x'.repeat(20_000) } }), /./)
  assert.match(faults('ok'), /expected/)
})

test('what is no JSON says so with its beginning', () => {
  const of = (text: string) => {
    const wrong = judgeJson(text, jsonSetting.parse({ '/a': 1 }), 'The body')
    return `${wrong?.reason}: ${wrong?.message}`
  }
  assert.equal(of('<html>Oops'), 'body: The body is not JSON; it begins with “<html>Oops”.')
  assert.equal(of(' \n'), 'body: The body is empty; JSON was expected.')
  assert.match(of('{"a": 1} x'), /^body: The body is not JSON at line 1, column 10; it begins with “\{"a": 1\} x”\.$/)
  assert.equal(of(`"${'x'.repeat(2_000_000)}"`), 'too_large: The body is too large to be read as JSON; 2 MB are read.')
})

test('JSON that is deep, wide or odd is judged like any other', () => {
  const deep = `${'['.repeat(200_000)}1${']'.repeat(200_000)}`
  const of = (text: string, spec: unknown) =>
    judgeJson(text, jsonSetting.parse(spec), 'The body')?.message.slice(0, 100) ?? 'well'
  assert.equal(of(deep, { '[0][0]': { exists: true } }), 'well')
  assert.equal(of(deep, { '': [[1]] }), 'The JSON is a list of 1, but not the one that was expected.')
  assert.match(of(deep.slice(0, 300_000), { '': [] }), /^The body is not JSON at line 1, column 300001; it begins/)
  const wide = `{${Array.from({ length: 50_000 }, (_, index) => `"k${index}":${index}`).join()}}`
  assert.equal(of(wide, { k49999: 49_999 }), 'well')
  assert.equal(of(wide, { '': { equals: { a: 1 } } }), 'The JSON is a mapping of 50000; { "a": 1 } was expected.')
  assert.equal(of('{"__proto__":{"x":1},"a":1,"a":2}', { '/__proto__/x': 1, '/a': 2 }), 'well')
  const cursor = '{"a":"\\u001b[2J\\u202eevil\\u2028"}'
  assert.equal(of(cursor, { '/a': 'ok' }), '/a is "\\u001b[2J evil "; "ok" was expected.')
})

test('a pattern meets a bounded part of a text, whatever both are', () => {
  const words = says({ a: `${'a'.repeat(1_000_000)}!` }, { '/a': { regex: '^(a+)+$' } })
  assert.match(words, /^\/a is "a{60}…", which does not match the pattern “\^\(a\+\)\+\$” within its first 10000 char/)
})
