// Tests of names and messages: there and back, lengths and pointers that lie, and any bytes at all.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { a, type Asked, askedPart, longs, nameBytes, pointer, record, reply, words } from '#test/dns-server.ts'
import { answersTo, type Question, readAnswer, spellQuestion, udpSize } from './message.ts'
import { DnsError, inAscii, readName, reverseName, spellName } from './name.ts'
import { typeNames } from './records.ts'

const question: Question = { name: 'shop.example.test', type: 'A', recursion: true, authenticated: false }
const asked = { id: 7, name: question.name, type: 1, flags: 0x0100 } as Asked
const fault = (bytes: Buffer) => {
  try {
    readAnswer(bytes)
    return null
  } catch (error) {
    assert.ok(error instanceof DnsError, String(error))
    return error.message
  }
}

test('a question is spelled as RFC 1035 says, with EDNS where wanted', () => {
  const plain = Buffer.concat([words(7, 0x0100, 1, 0, 0, 0), nameBytes(question.name), words(1, 1)])
  assert.deepEqual(spellQuestion(question, 7, false), plain)
  const edns = spellQuestion({ ...question, recursion: false, authenticated: true, type: 'CAA' }, 7, true)
  const opt = Buffer.concat([Buffer.of(0), words(41, udpSize, 0, 0, 0)])
  assert.deepEqual(edns, Buffer.concat([words(7, 0x0020, 1, 0, 0, 1), nameBytes(question.name), words(257, 1), opt]))
})

test('an answer counts by id, direction and question, in upper or lower case', () => {
  const is = (bytes: Buffer) => answersTo(bytes, question, 7)
  assert.equal(is(reply(asked)), true)
  assert.equal(is(reply(asked, { question: askedPart({ name: 'SHOP.example.TEST', type: 1 }) })), true)
  assert.equal(is(reply(asked, { id: 8 })), false)
  assert.equal(is(reply(asked, { question: askedPart({ name: 'shop.example.tes', type: 1 }) })), false)
  assert.equal(is(reply(asked, { question: askedPart({ name: question.name, type: 28 }) })), false)
  assert.equal(is(reply(asked, { question: null })), false)
  assert.equal(is(reply(asked, { question: null, rcode: 1 })), true)
  assert.equal(is(spellQuestion(question, 7, false)), false)
  assert.equal(is(reply(asked).subarray(0, 20)), false)
  assert.equal(is(Buffer.alloc(0)), false)
})

test('lengths and counts that lie are named', () => {
  const of = (...answers: Buffer[]) => fault(reply(asked, { answers }))
  const long = a(question.name, '192.0.2.1')
  assert.equal(of(long.subarray(0, -1)), 'a record says that it is longer than the message')
  assert.equal(fault(reply(asked, { answers: [long], claims: 2 })), 'a name goes on after the end')
  assert.equal(fault(reply(asked, { answers: [long], claims: 65_535 })), 'it has 65535 records; at most 2000 are read')
  const lies = 'the length of a record is not that of its data'
  assert.equal(of(record('a', 'A', Buffer.alloc(5))), lies)
  assert.equal(of(record('a', 'AAAA', Buffer.alloc(4))), lies)
  assert.equal(of(record('a', 'TXT', Buffer.of(9, 65))), lies)
  assert.equal(of(record('a', 'CAA', Buffer.of(0, 9, 65))), lies)
  assert.equal(of(record('a', 'MX', Buffer.of(0))), lies)
  assert.equal(of(record('a', 'NS', Buffer.concat([nameBytes('b'), Buffer.of(1)]))), lies)
  assert.equal(of(record('a', 'SOA', Buffer.concat([nameBytes('b'), nameBytes('c'), longs(1)]))), lies)
  assert.equal(of(record('a', 99, Buffer.alloc(5))), null, 'of unknown types nothing is known')
  assert.equal(fault(Buffer.alloc(3)), 'it is shorter than any message')
})

test('pointers only lead backwards, so that loops end at once', () => {
  const of = (name: Buffer) => fault(reply(asked, { answers: [record(name, 'A', Buffer.alloc(4))] }))
  const start = reply(asked).length
  const wrong = 'a name points forwards or to itself'
  assert.equal(of(words(0xc000 | start)), wrong)
  assert.equal(of(words(0xc000 | (start + 2))), wrong)
  assert.equal(of(words(0xffff)), wrong)
  assert.equal(of(Buffer.concat([Buffer.of(1, 97), words(0xc000 | start)])), wrong)
  assert.equal(of(Buffer.concat([Buffer.of(1, 97), pointer])), null)
  assert.equal(of(Buffer.of(0x80, 0)), 'a name has a part of an unknown form')
})

test('a name made long by pointers is refused at 255 bytes', () => {
  const label = (index: number) =>
    Buffer.concat([Buffer.of(63), Buffer.alloc(63, 97), words(0xc000 | ((index - 1) * 66))])
  const bytes = Buffer.concat([nameBytes('a'.repeat(63)), Buffer.of(0), ...[1, 2, 3, 4].map(label)])
  assert.equal(readName(bytes, 66 * 2).name.length, 191)
  assert.throws(() => readName(bytes, 66 * 4), /longer than 255 bytes/)
})

test('a message of pointers upon pointers ends', () => {
  const parts = Array.from({ length: 8_000 }, (_, index) => words(0xc000 | Math.max(12, 12 + (index - 1) * 2)))
  const bytes = Buffer.concat([words(7, 0x8000, 0, 1_999, 0, 0), Buffer.of(0, 0), ...parts])
  assert.notEqual(fault(bytes), undefined)
})

test('any bytes are an answer or a DnsError', () => {
  const any = (bytes: Uint8Array) => {
    const buffer = Buffer.from(bytes)
    fault(buffer)
    answersTo(buffer, question, 7)
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), any), { numRuns: 1_000 })
  const header = fc.tuple(fc.nat(3), fc.nat(5), fc.nat(5), fc.nat(5))
  const shaped = fc.property(header, fc.uint8Array({ maxLength: 300 }), (counts, rest) =>
    any(Buffer.concat([words(7, 0x8000, ...counts), rest])),
  )
  fc.assert(shaped, { numRuns: 1_000 })
})

test('a good answer with some bytes changed is an answer or a DnsError', () => {
  const answers = [28, 5, 15, 2, 16, 6, 33, 12, 257, 1].map((type) =>
    record(pointer, type, Buffer.concat([words(1, 2, 3), nameBytes('a.b'), nameBytes('c'), longs(1, 2, 3, 4, 5)])),
  )
  const good = reply(asked, { answers: [a('x.test', '192.0.2.1'), ...answers] })
  const change = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 })
  fc.assert(
    fc.property(change, fc.nat(good.length), (changes, length) => {
      const bytes = Buffer.from(good)
      for (const [at, byte] of changes) bytes[at] = byte
      fault(bytes)
      fault(bytes.subarray(0, length))
    }),
    { numRuns: 1_000 },
  )
})

test('a name of any bytes reads back as the text that spells it', () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(fc.array(label, { minLength: 1, maxLength: 8 }), (labels) => {
      const parts = labels.flatMap((one) => [Buffer.of(one.length), Buffer.from(one)])
      const bytes = Buffer.concat([...parts, Buffer.of(0)])
      const { name, next } = readName(bytes, 0)
      assert.equal(next, bytes.length)
      assert.match(name, /^[!-~]+$/)
      assert.deepEqual(spellName(name), bytes)
    }),
  )
})

test('names that are none are refused in words', () => {
  const of = (text: string) => assert.throws(() => spellName(text), DnsError, text)
  for (const text of ['', 'a..b', '.a', 'a..', '..', `${'a'.repeat(64)}.test`, 'a.'.repeat(130), '\\999.test']) of(text)
  assert.deepEqual(spellName('.'), Buffer.of(0))
  assert.deepEqual(spellName('a.test.'), spellName('a.test'))
  assert.deepEqual(spellName('bücher.test'), nameBytes('xn--bcher-kva.test'))
  assert.equal(inAscii('_sip._tcp.example.test'), '_sip._tcp.example.test')
})

test('addresses turn into the names that are asked for them', () => {
  assert.equal(reverseName('192.0.2.1'), '1.2.0.192.in-addr.arpa')
  assert.equal(reverseName('::1'), `1.${'0.'.repeat(31)}ip6.arpa`)
  assert.equal(reverseName('::ffff:192.0.2.1'), '1.2.0.192.in-addr.arpa')
  assert.equal(reverseName('shop.example.test'), null)
  assert.equal(typeNames.length, 10)
})
