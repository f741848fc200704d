// Tests of authenticator codes against the vectors of RFC 6238 and RFC 4226.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeAt, newTotpSecret, stepOf, totpUri } from './totp.ts'

/** `12345678901234567890` of the RFCs, in base 32. */
const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'

test('codes are those of RFC 6238, of which apps show the last six digits', () => {
  const vectors: [number, string][] = [
    [59, '94287082'],
    [1_111_111_109, '07081804'],
    [1_111_111_111, '14050471'],
    [1_234_567_890, '89005924'],
    [2_000_000_000, '69279037'],
    [20_000_000_000, '65353130'],
  ]
  for (const [seconds, code] of vectors) assert.equal(codeAt(secret, Math.floor(seconds / 30)), code.slice(2))
})

test('codes are those of RFC 4226', () => {
  const codes = ['755224', '287082', '359152', '969429', '338314', '254676', '287922', '162583', '399871', '520489']
  assert.deepEqual(
    codes.map((_, step) => codeAt(secret, step)),
    codes,
  )
})

test('a code of one step before or after is taken, further ones are not', () => {
  const now = 1_234_567_890_000
  const step = Math.floor(now / 30_000)
  for (const near of [-1, 0, 1]) assert.equal(stepOf(secret, codeAt(secret, step + near), now), step + near)
  for (const far of [-2, 2]) assert.equal(stepOf(secret, codeAt(secret, step + far), now), null)
  for (const wrong of ['', '12345', '1234567', 'abcdef', '０００００００'])
    assert.equal(stepOf(secret, wrong, now), null, wrong)
})

test('a new secret has 160 bits, and its URI says what every app must know', () => {
  const made = newTotpSecret()
  assert.match(made, /^[A-Z2-7]{32}$/)
  assert.notEqual(made, newTotpSecret())
  const uri = new URL(totpUri(made, 'ann@corp.test', 'status corp.test'))
  assert.equal(uri.protocol, 'otpauth:')
  assert.equal(decodeURIComponent(uri.pathname), '/status corp.test:ann@corp.test')
  assert.equal(uri.searchParams.get('issuer'), 'status corp.test')
  assert.equal(uri.searchParams.get('secret'), made)
})
