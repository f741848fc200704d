// Tests of the settings of the kind `tls`: what is accepted, what is refused and with which words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { golden } from '#test/targets.ts'
import { tlsConfig } from './config.ts'
import { tlsCheck } from './tls-check.ts'

const faults = (spec: object) =>
  tlsConfig
    .safeParse({ address: 'shop.example:443', ...spec })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('; ') ?? ''

test('the entry of the contract is accepted as it stands', () => {
  const spec = { address: '127.0.0.1:9443', verify: false, days_left: { degraded: 21, down: 7 } }
  const { verify, days_left } = tlsConfig.parse(spec)
  assert.deepEqual(verify, { chain: false, name: false })
  assert.deepEqual(days_left, { degraded: 21, down: 7 })
})

test('what is left out is asked for strictly', () => {
  const { verify, days_left, min_version, ip } = tlsConfig.parse({ address: 'shop.example:443' })
  assert.deepEqual(verify, { chain: true, name: true })
  assert.deepEqual(days_left, { degraded: 21, down: 7 })
  assert.equal(min_version, '1.2')
  assert.equal(ip, 'any')
  assert.deepEqual(tlsConfig.parse({ address: 'h:1', verify: { name: false } }).verify, { chain: true, name: false })
})

test('a version is a text or the number that YAML makes of it', () => {
  const version = (min_version: unknown) => tlsConfig.parse({ address: 'h:1', min_version }).min_version
  assert.deepEqual([version('1.0'), version(1), version(1.1), version(1.3)], ['1.0', '1.0', '1.1', '1.3'])
  assert.match(faults({ min_version: 1.4 }), /^min_version: expected one of 1\.0, 1\.1, 1\.2, 1\.3$/)
  assert.match(faults({ min_version: 'TLSv1.2' }), /expected one of/)
})

test('what makes no sense is refused with the reason', () => {
  assert.equal(faults({}), '')
  assert.match(faults({ address: 'shop.example' }), /has no port/)
  assert.match(faults({ address: '[::1]:443', ip: 4 }), /^ip: ::1 is an IPv6 address/)
  assert.match(
    faults({ days_left: { degraded: 7, down: 21 } }),
    /^days_left\.degraded: degraded must be more days than down/,
  )
  assert.match(faults({ days_left: { down: 1.5 } }), /^days_left\.down: expected a whole number of days/)
  assert.match(faults({ days_left: { down: -1 } }), /^days_left\.down: /)
  assert.match(faults({ verify: 'no' }), /^verify: expected true, false or \{ chain, name \}/)
  assert.match(faults({ starttls: 'smpt' }), /^starttls: expected one of smtp, imap, .*; leave it out where/)
  assert.match(faults({ server_name: '192.0.2.1' }), /^server_name: expected a name/)
  assert.match(faults({ server_name: 'a b' }), /^server_name: expected the name of a host/)
  assert.match(faults({ ca: '/etc/ca.pem' }), /^ca: holds no certificate; expected PEM text .* \$\{file:ca\.pem\}/)
  assert.match(faults({ ca: golden('server.key') }), /^ca: holds a private key/)
  assert.match(faults({ ca: golden('ca.pem').replace('MII', 'XXX') }), /^ca: holds a certificate that cannot be read/)
  assert.match(faults({ ca: golden('ca.pem'), verify: false }), /^ca: is used to verify the chain, which verify turns/)
  assert.equal(faults({ ca: golden('ca.pem') + golden('root.pem'), verify: { name: false } }), '')
})

test('it is described by its address, and by the protocol where TLS is asked for in one', () => {
  const describe = (spec: object) => tlsCheck.describe(tlsCheck.config.parse(spec))
  assert.equal(describe({ address: '[::1]:443' }), '[::1]:443')
  assert.equal(describe({ address: 'mail.example:25', starttls: 'smtp' }), 'mail.example:25 (STARTTLS, smtp)')
})
