// Tests of sealing: what opens where, with which key, and what a changed or moved text comes to.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { KeyRing, newKey, parseKey, WrongKey, writeKey } from './seal.ts'

const [one, two] = [newKey(), newKey()]
const ring = new KeyRing([one], one)

test('any text comes back from where it was sealed', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, place) => {
      const sealed = ring.seal(text, place)
      assert.equal(new KeyRing([two, one], two).open(sealed, place), text.toWellFormed())
      assert.ok(text.length < 4 || !sealed.includes(text))
    }),
  )
})

test('the same text sealed twice looks different', () => {
  assert.notEqual(ring.seal('secret', 'here'), ring.seal('secret', 'here'))
})

test('what was never sealed comes back as it is, and is not current', () => {
  assert.equal(ring.open('{"plain":1}', 'here'), '{"plain":1}')
  assert.equal(ring.isCurrent('{"plain":1}'), false)
  assert.equal(ring.isCurrent(ring.seal('x', 'here')), true)
  assert.equal(new KeyRing([one, two], two).isCurrent(ring.seal('x', 'here')), false)
})

test('what was sealed at one place opens at no other, remembered or not', () => {
  const sealed = ring.seal('secret', 'channel one')
  assert.equal(ring.open(sealed, 'channel one'), 'secret')
  for (const opening of [ring, new KeyRing([one], one)])
    assert.throws(() => opening.open(sealed, 'channel two'), /sealed at channel two was changed or moved/)
})

test('another key opens nothing, and the error names both by what tells nothing of them', () => {
  const sealed = ring.seal('secret', 'here')
  const error = new WrongKey(`a secret was sealed with the key ${one.id}, which is not here (here: ${two.id})`)
  assert.throws(() => new KeyRing([two], two).open(sealed, 'here'), error)
})

test('a text of which anything was changed is refused', () => {
  const sealed = ring.seal('secret', 'here')
  for (let at = 'sealed:1:'.length; at < sealed.length; at += 7) {
    const letter = sealed[at] === 'A' ? 'B' : 'A'
    const changed = sealed.slice(0, at) + letter + sealed.slice(at + 1)
    const opened = (() => {
      try {
        return new KeyRing([one], one).open(changed, 'here')
      } catch {
        return null
      }
    })()
    // The last digit of base 64 may have bits that mean nothing.
    assert.ok(opened === null || opened === 'secret', changed)
  }
  for (const broken of ['sealed:1:', `sealed:1:${one.id}`, `sealed:1:${one.id}:a:b`, `sealed:1:${one.id}::`])
    assert.throws(() => ring.open(broken, 'here'))
})

test('a key is read in base 64 and hex, and anything else is refused without being repeated', () => {
  assert.deepEqual(parseKey(writeKey(one)), one)
  assert.deepEqual(parseKey(` ${Buffer.from(one.bytes).toString('hex')}\n`), one)
  assert.deepEqual(parseKey(Buffer.from(one.bytes).toString('base64url')), one)
  for (const wrong of ['', 'password', 'a'.repeat(32), 'a'.repeat(63), writeKey(one).slice(4), `${writeKey(one)}AAAA`])
    assert.throws(
      () => parseKey(wrong),
      (error: Error) => /is not a key/.test(error.message) && (wrong === '' || !error.message.includes(wrong)),
    )
})
