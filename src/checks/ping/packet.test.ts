// Tests of ICMP messages as bytes: what is built can be read, and nothing that is broken passes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { addressBytes, checksum, readMessage, sayAddress } from './packet.ts'
import { buildRequest, reply4, reply6, report4, report6 } from './testing.ts'

const tag = Buffer.from('allswell')
const request = (family: 4 | 6, size = 56) => buildRequest(family, 0xfffe_0001, tag, size)
const read = (family: 4 | 6, bytes: Buffer) => {
  const message = readMessage(family, bytes)
  return message?.what === 'report' ? `${message.number} ${sayAddress(message.to)}: ${message.words}` : message
}

test('an IPv4 request is one by RFC 792, with its number, tag, size and checksum', () => {
  const packet = request(4)
  assert.equal(packet.length, 64)
  assert.equal(packet.subarray(0, 2).toString('hex'), '0800')
  assert.equal(packet.subarray(4, 16).toString('latin1'), '\u00ff\u00fe\u0000\u0001allswell')
  assert.equal(checksum(packet), 0)
  assert.equal(request(6).subarray(0, 4).toString('hex'), '80000000')
})

test('the answer to a request is read with its number and data', () => {
  for (const family of [4, 6] as const) {
    const packet = request(family, 17)
    const received = family === 4 ? reply4(packet, '192.0.2.1') : reply6(packet)
    const message = readMessage(family, received)
    assert.ok(message?.what === 'reply')
    assert.equal(message.number, 0xfffe_0001)
    assert.deepEqual(received.subarray(message.begin), packet.subarray(8))
  }
})

test('errors of both versions are read with the request that they are about', () => {
  const of4 = (type: number, code: number) => read(4, report4(request(4), '192.0.2.1', [type, code], '198.51.100.1'))
  assert.equal(of4(3, 1), '4294836225 192.0.2.1: host unreachable')
  assert.equal(of4(3, 0), '4294836225 192.0.2.1: network unreachable')
  assert.equal(of4(3, 99), '4294836225 192.0.2.1: destination unreachable')
  assert.equal(of4(11, 0), '4294836225 192.0.2.1: TTL exceeded (too many hops on the way)')
  assert.equal(of4(12, 0), '4294836225 192.0.2.1: packet not understood')
  assert.equal(of4(5, 0), null)
  const of6 = (type: number, code: number) => read(6, report6(request(6), '2001:db8::1', [type, code]))
  assert.equal(of6(1, 0), '4294836225 2001:db8::1: no route to the host')
  assert.equal(of6(1, 4), '4294836225 2001:db8::1: port unreachable')
  assert.equal(of6(2, 0), '4294836225 2001:db8::1: packet too large')
  assert.equal(of6(3, 0), '4294836225 2001:db8::1: TTL exceeded (too many hops on the way)')
  assert.equal(of6(128, 0), null)
})

test('an answer that was cut off anywhere is not read as a whole one', () => {
  const whole = reply4(request(4), '192.0.2.1')
  for (let length = 0; length < whole.length; length += 1) {
    const message = readMessage(4, whole.subarray(0, length))
    assert.ok(message === null || (message.what === 'reply' && length - message.begin < 56), String(length))
  }
  for (let length = 0; length < 8; length += 1)
    assert.equal(readMessage(6, reply6(request(6)).subarray(0, length)), null)
  const error = report6(request(6), '2001:db8::1', [1, 0])
  for (let length = 0; length < 56; length += 1) assert.equal(readMessage(6, error.subarray(0, length)), null)
})

test('an answer with any single bit of its message turned is refused by its checksum', () => {
  const whole = reply4(request(4), '192.0.2.1')
  fc.assert(
    fc.property(fc.nat(whole.length * 8 - 20 * 8 - 1), (bit) => {
      const bytes = Buffer.from(whole)
      const at = 20 + (bit >> 3)
      bytes[at] = (bytes[at] as number) ^ (1 << (bit & 7))
      return readMessage(4, bytes) === null
    }),
  )
})

test('whatever arrives is read without a throw', () => {
  const family = fc.constantFrom(4 as const, 6 as const)
  const noise = fc.uint8Array({ maxLength: 200 })
  const whole = fc.constantFrom(
    reply4(request(4), '192.0.2.1'),
    reply6(request(6)),
    report4(request(4), '192.0.2.1', [3, 1], '198.51.100.1'),
    report6(request(6), '2001:db8::1', [1, 0]),
  )
  const spoiled = fc
    .tuple(whole, fc.array(fc.tuple(fc.nat(120), fc.nat(255)), { maxLength: 4 }), fc.nat(120))
    .map(([bytes, changes, length]) => {
      const copy = Buffer.from(bytes.subarray(0, length))
      for (const [at, value] of changes) if (at < copy.length) copy[at] = value
      return copy
    })
  fc.assert(
    fc.property(family, fc.oneof(noise, spoiled), (version, bytes) => {
      const message = readMessage(version, Buffer.from(bytes))
      return message === null || message.number >= 0
    }),
  )
})

test('addresses become bytes and text again', () => {
  for (const text of ['192.0.2.1', '255.255.255.255', '::1', '2001:db8::1', 'fe80::1:0:0:1', '1:2:3:4:5:6:7:8', '::'])
    assert.equal(sayAddress(addressBytes(text)), text)
  assert.deepEqual([...addressBytes('::1')], [...Array.from({ length: 15 }, () => 0), 1])
  assert.throws(() => addressBytes('localhost'), /not an address/)
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const back = addressBytes(sayAddress(bytes))
      return back.equals(back.length === 4 ? bytes.subarray(12) : bytes)
    }),
  )
})
