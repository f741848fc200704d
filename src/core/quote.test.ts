// What a stranger's text looks like in a sentence of ours.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quote, visible } from './quote.ts'

test('what a terminal would obey is spelled out, and everything else stands as it is', () => {
  assert.equal(visible('a\u001b[31mb\u009b2J\r\n\u202e\u{e0041}'), 'a\\x1b[31mb\\x9b2J\\x0d\\x0a\\u202e\\u{e0041}')
  assert.equal(visible('Zürich “日本” 🎉 ok'), 'Zürich “日本” 🎉 ok')
})

test('a quoted text is one short line without anything that moves or turns', () => {
  assert.equal(quote('a\u001bb\u202e\u0085'), '"a\\u001bb\\u202e\\x85"')
  assert.equal(quote('x'.repeat(100)).length, 62)
})
