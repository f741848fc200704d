// The tail of an output: what is kept whatever the pieces are.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { Tail } from './tail.ts'

describe('the tail of an output', () => {
  it('is all of it where that is little', () => {
    const tail = new Tail(10)
    tail.add(Buffer.from('a\n'))
    tail.add(Buffer.from('b\n'))
    assert.equal(tail.bytes.toString(), 'a\nb\n')
  })

  it('begins with a whole line where something is missing before it', () => {
    const tail = new Tail(10)
    tail.add(Buffer.from('first line\nsecond\nlast\n'))
    assert.equal(tail.bytes.toString(), 'last\n')
  })

  it('is the end of what came, in pieces of any size', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), fc.integer({ min: 1, max: 60 }), (pieces, most) => {
        const tail = new Tail(most)
        for (const piece of pieces) tail.add(piece)
        const all = Buffer.concat(pieces)
        const { bytes } = tail
        assert.ok(bytes.length <= most)
        assert.ok(all.subarray(all.length - bytes.length).equals(bytes))
        if (all.length <= most) assert.equal(bytes.length, all.length)
      }),
    )
  })
})
