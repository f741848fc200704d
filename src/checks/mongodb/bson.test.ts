// Tests of BSON with the samples that its specification prints, and with documents that lie.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decode, encode } from './bson.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

test('the samples of the specification are written and read as it prints them', () => {
  const hello = bytes('\x16\0\0\0\x02hello\0\x06\0\0\0world\0\0')
  assert.deepEqual(encode({ hello: 'world' }), hello)
  assert.deepEqual({ ...decode(hello) }, { hello: 'world' })
  const bson = bytes('1\0\0\0\x04BSON\0&\0\0\0\x020\0\x08\0\0\0awesome\0\x011\x00333333\x14@\x102\0\xc2\x07\0\0\0\0')
  assert.deepEqual({ ...decode(encode({ BSON: ['awesome', 1986] })) }, { BSON: ['awesome', 1986] })
  assert.deepEqual({ ...decode(bson) }, { BSON: ['awesome', 5.05, 1986] })
})

test('what we say is read as it was meant', () => {
  const sent = { ping: 1, flag: true, not: false, words: 'sésame', raw: Buffer.from([0, 1]), in: { a: -1 } }
  const read = decode(encode(sent)) ?? {}
  assert.deepEqual({ ...read, in: { ...(read['in'] as object) } }, sent)
})

test('values that are of no use are passed over, whatever their type', () => {
  const values = [
    '\x06u\0',
    `\x07id\0${'i'.repeat(12)}`,
    '\x09t\0\x01\0\0\0\0\0\0\0',
    '\x0an\0',
    '\x0bre\0a.*\0i\0',
    `\x0cp\0\x02\0\0\0x\0${'i'.repeat(12)}`,
    '\x0dcode\0\x02\0\0\0x\0',
    '\x0fs\0\x0f\0\0\0\x02\0\0\0x\0\x05\0\0\0\0',
    '\x11ts\0\x01\0\0\0\x02\0\0\0',
    '\x12long\0\x01\0\0\0\0\0\0\0',
    `\x13d\0${'\0'.repeat(16)}`,
    '\x7fmax\0',
    '\xffmin\0',
    '\x10ok\0\x01\0\0\0',
  ]
  const body = bytes(`${values.join('')}\0`)
  const length = Buffer.alloc(4)
  length.writeInt32LE(body.length + 4)
  assert.equal(decode(Buffer.concat([length, body]))?.['ok'], 1)
})

test('documents whose lengths lie are refused, and never read for long', () => {
  const lies = [
    '',
    '\0\0\0\0',
    '\x05\0\0\0',
    '\x05\0\0\0\x01',
    '\x06\0\0\0\0',
    '\xff\xff\xff\x7f\0',
    '\x05\0\0\0\0\0',
    '\x0c\0\0\0\x02a\0\xff\xff\xff\x7f\0',
    '\x0c\0\0\0\x02a\0\xff\xff\xff\xff\0',
    '\x0d\0\0\0\x05a\0\xff\xff\xff\xff\0\0',
    '\x08\0\0\0\x14a\0\0',
    '\x0c\0\0\0\x0fa\0\0\0\0\0\0',
  ]
  for (const lie of lies) assert.equal(decode(bytes(lie)), null, JSON.stringify(lie))
  let deep = encode({ a: 1 })
  for (let depth = 0; depth < 30; depth += 1)
    deep = Buffer.concat([int32(deep.length + 8), bytes('\x03a\0'), deep, bytes('\0')])
  assert.equal(decode(deep), null)
})

test('rubbish is refused without an error of our own', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (rubbish) => {
      const body = Buffer.concat([int32(rubbish.length + 5), rubbish, bytes('\0')])
      const read = decode(body)
      return read === null || typeof read === 'object'
    }),
  )
})

function int32(value: number): Buffer {
  const four = Buffer.alloc(4)
  four.writeInt32LE(value)
  return four
}
