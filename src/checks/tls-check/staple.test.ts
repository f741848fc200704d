// Tests of OCSP staples and the DER they are written in, whole and mutilated.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import { measure, parts } from '../der.ts'
import { readStaple } from './staple.ts'

const stapleOf = (name: string) => readFileSync(new URL(`../../../test/golden/tls/staple-${name}.der`, import.meta.url))

test('a staple says good or revoked, and since when it is known', () => {
  assert.deepEqual(readStaple(stapleOf('good')), { status: 'good', at: '2026-11-21T03:29:29.000Z' })
  assert.deepEqual(readStaple(stapleOf('revoked')), { status: 'revoked', at: '2026-11-21T03:29:29.000Z' })
})

test('an answer that is only an error is no status', () => {
  assert.deepEqual(readStaple(Buffer.from([0x30, 3, 0x0a, 1, 6])), { status: 'unreadable' })
})

test('a staple that was cut off anywhere is unreadable', () => {
  const whole = stapleOf('revoked')
  for (let length = 0; length < whole.length; length += 1)
    assert.deepEqual(readStaple(whole.subarray(0, length)), { status: 'unreadable' }, String(length))
})

test('whatever bytes are stapled, there is a status', () => {
  const whole = stapleOf('good')
  const mutilated = fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => {
    const bytes = Buffer.from(whole)
    bytes[at] = byte
    return bytes
  })
  const any = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
  fc.assert(
    fc.property(fc.oneof(mutilated, any), (bytes) => {
      assert.match(readStaple(bytes).status, /^(good|revoked|unknown|unreadable)$/)
    }),
  )
})

test('the parts of DER are measured by short and long lengths, and no others', () => {
  assert.equal(measure(Buffer.from([0x30])), null)
  assert.deepEqual(measure(Buffer.from([0x30, 5])), { begin: 2, length: 5 })
  assert.equal(measure(Buffer.from([0x30, 0x82, 1])), null)
  assert.deepEqual(measure(Buffer.from([0x30, 0x82, 1, 0])), { begin: 4, length: 256 })
  assert.throws(() => measure(Buffer.from([0x30, 0x80])), RangeError)
  assert.throws(() => measure(Buffer.from([0x30, 0x85, 1])), RangeError)
  assert.throws(() => measure(Buffer.from([0x3f, 1])), RangeError)
  assert.throws(() => parts(Buffer.from([0x04, 2, 0])), RangeError)
  assert.deepEqual(parts(Buffer.from([4, 1, 7, 5, 0])), [
    { tag: 4, value: Buffer.from([7]) },
    { tag: 5, value: Buffer.alloc(0) },
  ])
})
