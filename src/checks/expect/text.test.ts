// Tests of expectations of a text: each in words, what contradicts itself, and texts of which only a part is known.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { needsEnd, refuseContradictions, textFault, textSettings } from './text.ts'

const schema = z.strictObject(textSettings('answer')).superRefine(refuseContradictions)
const fault = (text: string, spec: unknown, isCut = false) => textFault(text, schema.parse(spec), isCut)
const says = (text: string, spec: unknown, isCut = false) => fault(text, spec, isCut)?.says ?? 'well'
const faults = (spec: unknown) =>
  schema
    .safeParse(spec)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('\n') ?? ''

test('each expectation is a predicate of a sentence', () => {
  assert.equal(says('all OK', { contains: 'OK' }), 'well')
  assert.equal(says('all', { contains: ['all', 'OK'] }), 'does not contain “OK”')
  assert.equal(says('an error', { not_contains: ['warn', 'error'] }), 'contains “error”')
  assert.equal(says(' pong\n', { equals: 'pong' }), 'well')
  assert.equal(says('ping', { equals: 'pong' }), 'is not “pong”')
  assert.equal(says('v1.2', { regex: ['^v', '\\d$'] }), 'well')
  assert.equal(says('v1.2', { regex: '^v2' }), 'does not match the pattern “^v2”')
  assert.equal(says('Traceback: x', { not_regex: '(?i)error|traceback' }), 'matches the pattern “(?i)error|traceback”')
  assert.equal(says(' \n', { empty: true }), 'well')
  assert.equal(says('x', { empty: true }), 'is not empty')
  assert.equal(says(' \n', { empty: false }), 'is empty')
  assert.equal(says('x', { empty: false }), 'well')
})

test('what makes no sense together is refused with the reason', () => {
  assert.match(faults({}), /expects nothing; give contains, equals, regex or empty/)
  assert.match(faults({ contains: ['a', 'b'], not_contains: 'b' }), /^not_contains: “b” cannot be both there and not/)
  assert.match(faults({ regex: 'a+', not_regex: ['a+'] }), /^not_regex: “a\+” cannot be both found and not found/)
  assert.match(faults({ equals: 'pong', contains: 'ping' }), /^contains: “ping” is not in the text that equals asks/)
  assert.match(faults({ equals: 'pong', not_contains: 'on' }), /^not_contains: “on” is in the text that equals asks/)
  assert.match(faults({ empty: true, contains: 'x' }), /^contains: expects something, and empty: true expects nothing/)
  assert.match(faults({ empty: false, equals: ' ' }), /^equals: expects nothing, and empty: false expects something/)
  assert.match(faults({ regex: 'a*' }), /^regex: is found in every text, so it says nothing/)
  assert.match(faults({ regex: '' }), /an empty pattern is found in everything/)
  assert.match(faults({ regex: ['a{600}', 'b{600}'] }), /^regex: these patterns are together too large/)
  assert.match(faults({ contains: '' }), /an empty text is found in everything/)
  assert.equal(faults({ regex: '^$' }), '')
})

test('of a text that was cut off only what was seen is judged', () => {
  const of = (spec: unknown) => {
    const found = fault('the beginning OK', spec, true)
    return found === null ? 'well' : found.isUnread ? 'unread' : 'wrong'
  }
  assert.equal(of({ contains: 'OK' }), 'well')
  assert.equal(of({ contains: 'end' }), 'unread')
  assert.equal(of({ not_contains: 'OK' }), 'wrong')
  assert.equal(of({ not_contains: 'end' }), 'unread')
  assert.equal(of({ equals: 'the beginning OK' }), 'unread')
  assert.equal(of({ regex: 'begin+ing' }), 'well')
  assert.equal(of({ regex: 'OK$' }), 'unread')
  assert.equal(of({ regex: 'end' }), 'unread')
  assert.equal(of({ not_regex: 'begin' }), 'wrong')
  assert.equal(of({ not_regex: 'end' }), 'unread')
  assert.equal(of({ empty: false }), 'well')
  assert.equal(of({ empty: true }), 'wrong')
  assert.equal(fault(' ', { empty: true }, true)?.isUnread, true)
})

test('patterns that are large search less, and say how far they came', () => {
  const long = 'ab'.repeat(100_000)
  const missing = fault(`${long}cd`, { regex: 'a[ab]{900}[cd][ef]' })
  assert.equal(missing?.isUnread, true)
  assert.ok(missing.searched !== null && missing.searched < long.length)
  assert.equal(fault(long, { not_regex: 'a[ab]{900}[cd][ef]' })?.isUnread, true)
  assert.equal(fault(long, { regex: 'abab' }), null)
})

test('what more text might mend is told apart from what it cannot', () => {
  const isHopeful = (text: string, spec: unknown) => fault(text, spec)?.isHopeful
  assert.equal(isHopeful('O', { contains: 'OK' }), true)
  assert.equal(isHopeful('O', { regex: 'OK' }), true)
  assert.equal(isHopeful('', { empty: false }), true)
  assert.equal(isHopeful('po', { equals: 'pong' }), true)
  assert.equal(isHopeful('bad', { not_contains: 'bad' }), false)
  assert.equal(isHopeful('bad', { not_regex: 'b.d' }), false)
  assert.equal(isHopeful('x', { empty: true }), false)
  const of = (spec: unknown) => needsEnd(schema.parse(spec))
  assert.deepEqual([{ contains: 'a' }, { regex: 'a' }, { empty: false }].map(of), [false, false, false])
  const ending = [{ not_contains: 'a' }, { not_regex: 'a' }, { equals: 'a' }, { empty: true }]
  assert.deepEqual(ending.map(of), [true, true, true, true])
})
