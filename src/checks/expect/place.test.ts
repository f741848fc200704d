// Tests of places in JSON: both ways to write them, what is refused, and how far a missing one led.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { lookUp, readPlace } from './place.ts'

test('JSON Pointers are read as RFC 6901 has them', () => {
  assert.deepEqual(readPlace(''), [])
  assert.deepEqual(readPlace('/'), [''])
  assert.deepEqual(readPlace('/foo/0'), ['foo', '0'])
  assert.deepEqual(readPlace('/a~1b/m~0n/c%d/ '), ['a/b', 'm~n', 'c%d', ' '])
  assert.deepEqual(readPlace('/~01'), ['~1'])
})

test('dotted places are read with numbers and quoted names in brackets, $ or not', () => {
  assert.deepEqual(readPlace('$'), [])
  assert.deepEqual(readPlace('status'), ['status'])
  assert.deepEqual(readPlace('$.a.b[0].c'), ['a', 'b', '0', 'c'])
  assert.deepEqual(readPlace('$[0][1]'), ['0', '1'])
  assert.deepEqual(readPlace('a["x.y"].z'), ['a', 'x.y', 'z'])
  assert.deepEqual(readPlace("a['x y']['\"']"), ['a', 'x y', '"'])
  assert.deepEqual(readPlace('$x.ключ'), ['$x', 'ключ'])
})

test('what names no one place is refused with the reason', () => {
  const says = (text: string) => String(readPlace(text))
  for (const text of ['items[*]', 'a.*', '$..x', 'a[0:2]', 'a[?(@.x)]']) assert.match(says(text), /^names many places/)
  assert.match(says('a[-1]'), /^counts from the end at \[-1\]/)
  assert.match(says('/a~2'), /~ is written as ~0/)
  for (const text of ['a[', 'a]b', 'a.', '.a', 'a b', 'items[0]name', 'a[b]', '"q"'])
    assert.match(says(text), /^cannot be read at “.*”; write it as \/items\/0\/name or items\[0\]\.name$/, text)
  assert.match(says('/x'.repeat(51)), /^leads through 51 levels; at most 50/)
})

test('what is missing is told with how far the way led', () => {
  const json = { data: { items: [1, 2], none: null, text: 'x' } }
  const why = (name: string) => {
    const found = lookUp(json, readPlace(name) as readonly string[], name)
    return found.found ? found.value : found.why
  }
  assert.equal(why('/data/items/1'), 2)
  assert.equal(why('data.none'), null)
  assert.equal(why('/status'), '/status is missing: the body has no "status".')
  assert.equal(why('data.items[2]'), 'data.items[2] is missing: data.items has 2 entries.')
  assert.equal(
    why('/data/items/x'),
    '/data/items/x is missing: /data/items is a list, whose entries are numbers such as 0.',
  )
  assert.equal(why('/data/items/01'), '/data/items/01 is missing: /data/items has 2 entries.')
  assert.equal(why('data.text.length'), 'data.text.length is missing: data.text is a text.')
  assert.equal(why('data.none.x'), 'data.none.x is missing: data.none is null.')
  assert.equal(why('data.constructor'), 'data.constructor is missing: data has no "constructor".')
})

test('every entry of any JSON is found by its pointer', () => {
  const escape = (step: string) => step.replaceAll('~', '~0').replaceAll('/', '~1')
  const walk = (value: unknown, path: string, root: unknown): void => {
    const steps = readPlace(path)
    if (typeof steps === 'string') return assert.match(steps, /at most 50/)
    assert.deepEqual(lookUp(root, steps, path), { found: true, value })
    if (typeof value !== 'object' || value === null) return
    for (const [name, one] of Object.entries(value)) walk(one, `${path}/${escape(name)}`, root)
  }
  fc.assert(fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => walk(value, '', value)))
})
