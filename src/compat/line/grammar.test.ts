// The grammar of lines, against what both generations of lovebeat were observed to do.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { isBlank, isValue, verbOf } from './grammar.ts'

const value = (text: string) => isValue(Buffer.from(text), 0, Buffer.byteLength(text))

describe('values', () => {
  it('are an integer, a type and perhaps a rate, with a carriage return allowed', () => {
    const good = ['1|c', '-1|c', '0|c', '1|g', '1|ms', '1|c|@0.1', '5|c|@1', '1|c\r', '007|c', '-2|g', '1|c|@..']
    for (const text of good) assert.ok(value(text), text)
  })

  it('are refused as the observed servers refused them', () => {
    const bad = ['1|s', '1|c|@x', '1|c|@', '1.5|c', '+1|c', '|c', '', '1', '1|', '1|c\t', '1|c|#t:1', '1|c:2|c', '-|c']
    for (const text of [...bad, '1|m', '1|cc', '1|c|', '1|c |@1', ' 1|c', '1|c\r\r']) assert.ok(!value(text), text)
  })

  it('must fit 64 bits', () => {
    for (const text of ['9223372036854775807', '-9223372036854775808', '0009223372036854775807']) {
      assert.ok(value(`${text}|g`), text)
    }
    for (const text of ['9223372036854775808', '-9223372036854775809', '99999999999999999999']) {
      assert.ok(!value(`${text}|g`), text)
    }
  })

  it('are judged as a regular expression would judge them', () => {
    const shape = /^-?\d{1,18}\|(?:c|g|ms)(?:\|@[\d.]+)?\r?$/
    const text = fc.array(fc.constantFrom('1', '0', '-', '|', 'c', 'g', 'm', 's', '@', '.', '\r', ' '), {
      maxLength: 9,
    })
    fc.assert(
      fc.property(text, (parts) => assert.equal(value(parts.join('')), shape.test(parts.join('')))),
      { numRuns: 20_000 },
    )
  })
})

describe('verbs', () => {
  it('stand after the last dot', () => {
    const of = (text: string) => verbOf(Buffer.from(text), 0, text.length)
    assert.deepEqual(of('a.beat.beat'), { verb: 'beat', dot: 6 })
    assert.deepEqual(of('a.autobeat'), { verb: 'autobeat', dot: 1 })
    assert.deepEqual(of('.beat'), { verb: 'beat', dot: 0 })
    for (const text of ['beat', 'a.Beat', 'a.beats', 'a.', '', 'a.b-e-a-t-long']) assert.equal(of(text), null, text)
  })
})

describe('blank lines', () => {
  it('are empty or a lone carriage return', () => {
    for (const [text, blank] of [
      ['', true],
      ['\r', true],
      [' ', false],
      ['\r\r', false],
    ] as const) {
      assert.equal(isBlank(Buffer.from(text), 0, text.length), blank)
    }
  })
})
