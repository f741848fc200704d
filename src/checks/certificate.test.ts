// Certificates in words: days, and what of a stranger's texts is kept.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { certificateIdentity, sayDay } from './certificate.ts'

test('a day is said in words, of UTC, and one that cannot be read as well', () => {
  assert.equal(sayDay('2026-11-27T23:59:59Z'), '27 November 2026')
  assert.equal(sayDay(new Date(Date.UTC(2027, 0, 1))), '1 January 2027')
  assert.equal(sayDay('unreadable'), 'an unreadable day')
})

test('a certificate with long names is told of in short', () => {
  const long = 'x'.repeat(250)
  const { words } = certificateIdentity({
    subject: long,
    issuer: long,
    names: [],
    validFrom: 'unreadable',
    validTo: 'unreadable',
    fingerprint: 'AB:'.repeat(32).slice(0, -1),
  })
  assert.ok(words.length < 250, words)
  assert.match(words, /^one of x{63}…, issued by x{63}…, valid until an unreadable day \(SHA-256 (AB:){7}…\)$/)
})
