// Tests of reading an RDAP answer: the forms that registries use, and any JSON at all.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { readRegistration } from './rdap.ts'

const read = (change: object) => {
  const found = readRegistration(
    JSON.stringify({ objectClassName: 'domain', ldhName: 'a.example', ...change }),
    'a.example',
  )
  assert.ok(typeof found === 'object', 'it is read')
  return found
}
const expiry = (eventDate: unknown, eventAction = 'expiration') =>
  read({ events: [{ eventAction, eventDate }] }).expires

test('the day of expiry is read in the forms that registries write', () => {
  const noon = Date.UTC(2027, 2, 1, 12)
  for (const text of [
    '2027-03-01T12:00:00Z',
    '2027-03-01T12:00:00.000Z',
    '2027-03-01t12:00:00z',
    '2027-03-01T14:00:00+02:00',
    '2027-03-01T12:00:00',
    '2027-03-01 12:00:00',
  ])
    assert.equal(expiry(text), noon, text)
  assert.equal(expiry('2027-03-01'), Date.UTC(2027, 2, 1))
  assert.equal(expiry('2027-03-01', 'Registrar Expiration'), Date.UTC(2027, 2, 1))
  for (const text of [
    'soon',
    '',
    '2027-13-01',
    '2027-03-01T25:00:00Z',
    '1/3/2027',
    7,
    null,
    '2027-03-01T12:00:00+99:99',
  ])
    assert.equal(expiry(text), null, String(text))
})

test('of several days of expiry the first counts, and the registry’s before the registrar’s', () => {
  const event = (eventAction: string, day: string) => ({ eventAction, eventDate: `2027-03-${day}` })
  const of = (...events: object[]) => read({ events }).expires
  assert.equal(of(event('expiration', '09'), event('expiration', '05')), Date.UTC(2027, 2, 5))
  assert.equal(of(event('registrar expiration', '01'), event('expiration', '05')), Date.UTC(2027, 2, 5))
})

test('the registrar is read from its card, or from its handle', () => {
  const of = (...properties: unknown[]) =>
    read({ entities: [{ roles: ['registrar'], handle: '292', vcardArray: ['vcard', properties] }] }).registrar
  assert.equal(of(['fn', {}, 'text', 'Good Names']), 'Good Names')
  assert.equal(of(['fn', {}, 'text', ''], ['org', {}, 'text', 'Good Names Ltd.']), 'Good Names Ltd.')
  assert.equal(of('fn', 7), '292')
  assert.equal(of(['fn', {}, 'text', 'a\u001b[2J\u202eb']), 'a [2J b')
  assert.equal((of(['fn', {}, 'text', 'x'.repeat(100_000)]) ?? '').length, 121)
})

test('any JSON is read without a throw, into values of bounded size', () => {
  const names = ['events', 'entities', 'status', 'nameservers', 'secureDNS', 'handle']
  const anything = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 5 }))
  fc.assert(
    fc.property(anything, (change) => {
      const { status, nameservers, registrar } = read(change)
      assert.ok(status.length <= 50 && nameservers.length <= 50 && (registrar ?? '').length <= 121)
      for (const text of [...status, ...nameservers, registrar ?? '']) assert.doesNotMatch(text, /\p{Cc}/u)
    }),
    { numRuns: 300 },
  )
  fc.assert(fc.property(fc.string(), (text) => typeof readRegistration(text, 'a.example') === 'string'))
})
