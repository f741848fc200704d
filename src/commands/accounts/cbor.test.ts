// Tests of CBOR against examples of RFC 8949, and with bytes that are none.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Cbor, readCbor } from './cbor.ts'

const read = (hex: string) => readCbor(new Uint8Array(Buffer.from(hex, 'hex'))).value

test('values are read as RFC 8949 has them', () => {
  const vectors: [string, Cbor][] = [
    ['00', 0],
    ['17', 23],
    ['1864', 100],
    ['1903e8', 1_000],
    ['1a000f4240', 1_000_000],
    ['1b000000e8d4a51000', 1_000_000_000_000],
    ['20', -1],
    ['3903e7', -1_000],
    ['f4', false],
    ['f5', true],
    ['f6', null],
    ['4401020304', new Uint8Array([1, 2, 3, 4])],
    ['62c3bc', 'ü'],
    ['83010203', [1, 2, 3]],
    ['8301820203820405', [1, [2, 3], [4, 5]]],
    [
      'a26161016162820203',
      new Map<Cbor, Cbor>([
        ['a', 1],
        ['b', [2, 3]],
      ]),
    ],
  ]
  for (const [hex, value] of vectors) assert.deepEqual(read(hex), value, hex)
})

test('what is cut off, endless, nested too deep or of another kind is refused', () => {
  const bad = [
    '',
    '18',
    '4405',
    '62c3',
    '83',
    '9b7fffffffffffffff',
    '5bffffffffffffffff',
    '9f01ff',
    'c001',
    'fb3ff199999999999a',
  ]
  for (const hex of [...bad, '81'.repeat(20) + '00', 'a2616101616102', '62ff41', `99ffff${'00'.repeat(2_000)}`])
    assert.throws(() => read(hex), hex)
})

test('any bytes are read or refused, without end or crash', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      try {
        readCbor(bytes)
      } catch (error) {
        assert.ok(error instanceof Error)
      }
    }),
  )
})
