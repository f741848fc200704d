// Links in messages: what is read back, and that nothing of one can be changed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DeedClaim, deeds, openDeedLinks } from './deed-links.ts'

const [one, two] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
const links = openDeedLinks([one])
const claim: DeedClaim = {
  deed: 'acknowledge',
  monitor: 12,
  outage: 345,
  outageAt: 1_795_269_909_000,
  channel: 'on-call.eu',
  expiresAt: 1_795_529_109_000,
}
const anyClaim: fc.Arbitrary<DeedClaim> = fc.record({
  deed: fc.constantFrom(...deeds),
  monitor: fc.nat(),
  outage: fc.nat(),
  outageAt: fc.nat(4_000_000_000_000),
  channel: fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/),
  expiresAt: fc.nat(4_000_000_000_000),
})

test('what a link allows is read back as it was written, and fits into an address as it is', () =>
  fc.assert(
    fc.property(anyClaim, (any) => {
      const token = links.make(any)
      assert.deepEqual(links.read(token), { ...any })
      assert.equal(encodeURIComponent(token), token)
    }),
  ))

test('a link of which any sign is another is not believed', () => {
  const token = links.make(claim)
  for (let at = 0; at < token.length; at += 1) {
    for (const sign of ['a', 'b', '.', '-', '', '%', 'é']) {
      const forged = token.slice(0, at) + sign + token.slice(at + 1)
      // The last sign of the proof holds two bits that mean nothing.
      const same = at === token.length - 1 && Buffer.from(sign, 'base64url').length === 0 && sign.length === 1
      if (forged !== token && !same) assert.equal(links.read(forged)?.outage ?? null, null, `${at} ${sign}`)
    }
  }
})

test('rubbish is not believed, and costs little', () => {
  for (const rubbish of ['', '.', '1', '1.a.1.1.1.1.c.', 'x'.repeat(1_000_000), '1.a.1.1.1.1.c.é', '\0', '....'])
    assert.equal(links.read(rubbish), null)
  assert.equal(openDeedLinks([two]).read(links.make(claim)), null)
  assert.equal(openDeedLinks([]).read(links.make(claim)), null)
})

test('a link outlives a new key as long as the old one is there', () => {
  const token = links.make(claim)
  assert.deepEqual(openDeedLinks([two, one]).read(token), claim)
  assert.notEqual(openDeedLinks([two, one]).make(claim), token)
})
