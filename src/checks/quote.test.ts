// Quotations of what a stranger sent: short, printable, and never empty where something came.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { quote } from './quote.ts'

test('text is quoted without what could move a cursor, and cut where it is long', () => {
  assert.equal(quote('a\u001b[2Jb'), '“a [2Jb”')
  assert.equal(quote('abcdef', 3), '“abc…”')
  assert.equal(quote(' \n'), '“”')
})

test('what holds nothing that can be read is called binary, with its bytes where they are known', () => {
  assert.equal(quote('\0\u0001\u0002'), 'binary data (3 bytes, hex 00 01 02)')
  assert.equal(quote('\u0080'.repeat(40)), `binary data (40 bytes, hex ${'80 '.repeat(12)}…)`)
  assert.equal(quote(Buffer.from([0xff, 0xfe]).toString('utf8')), 'binary data')
})
