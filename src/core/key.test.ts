// Keys from outside: what may name a heartbeat, as bytes and as text.
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import * as fc from 'fast-check'
import { isKey, isKeyText } from './key.ts'

const hostile = ['', '.a', '-a', '_a', '../etc/passwd', 'a/b', 'a b', '<script>', 'a\n', 'å', 'a\0', 'x'.repeat(129)]

describe('keys', () => {
  it('take letters, digits, dot, underscore and hyphen, beginning with a letter or digit', () => {
    for (const key of ['a', '0', 'A.b_c-d', 'nightly-backup', 'x'.repeat(128)]) assert.ok(isKeyText(key), key)
    for (const key of hostile) assert.ok(!isKeyText(key), JSON.stringify(key))
  })

  it('are judged the same as bytes and as text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.stringMatching(/^[a-zA-Z0-9._-]{0,130}$/),
      fc.constantFrom(...hostile),
    )
    fc.assert(
      fc.property(text, (key) => {
        const bytes = Buffer.from(`>${key}<`)
        assert.equal(isKey(bytes, 1, bytes.length - 1), isKeyText(key))
      }),
    )
  })
})
