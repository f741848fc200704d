// Tests of network lists: ranges of both families and every spelling of an address.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { loopback, metadataNetworks, parseNetworks, plainAddress, privateNetworks } from './networks.ts'

test('an address in a range is found and its neighbours are not', () => {
  const networks = parseNetworks(['10.1.0.0/16', '192.0.2.7', '2001:db8::/32'])
  for (const inside of ['10.1.0.0', '10.1.255.255', '192.0.2.7', '2001:db8::1', '2001:DB8:ffff::'])
    assert.equal(networks.has(inside), true, inside)
  for (const outside of ['10.0.255.255', '10.2.0.0', '192.0.2.8', '2001:db9::1', '', 'localhost', '10.1.0'])
    assert.equal(networks.has(outside), false, outside)
})

test('an IPv4-mapped IPv6 address is judged as the IPv4 address that it means, in every spelling', () => {
  const networks = parseNetworks(['127.0.0.0/8'])
  for (const spelling of ['::ffff:127.0.0.1', '::FFFF:7f00:1', '0:0:0:0:0:ffff:7f00:0001', '[::ffff:127.0.0.1]'])
    assert.equal(networks.has(spelling), true, spelling)
  assert.equal(parseNetworks(['::ffff:10.0.0.0/104']).has('10.9.9.9'), true)
})

test('a zone does not hide a link-local address', () => {
  assert.equal(parseNetworks(metadataNetworks).has('fe80::1%eth0'), true)
  assert.equal(plainAddress('fe80::1%eth0')?.address, 'fe80::1')
})

test('the known lists hold what they are named for', () => {
  assert.equal(parseNetworks(loopback).has('::1'), true)
  assert.equal(parseNetworks(privateNetworks).has('172.31.0.1'), true)
  assert.equal(parseNetworks(privateNetworks).has('172.32.0.1'), false)
  const metadata = parseNetworks(metadataNetworks)
  for (const address of ['169.254.169.254', 'fd00:ec2::254', '168.63.129.16', '192.0.0.192', '100.100.100.200'])
    assert.equal(metadata.has(address), true, address)
})

/** The IPv4 address within IPv6 as translators and tunnels read it: its four octets put where they look. */
const disguises: Readonly<Record<string, (a: string, b: string, c: string, d: string) => string>> = {
  NAT64: (a, b, c, d) => `64:ff9b::${a}${b}:${c}${d}`,
  'NAT64 of the site, /48': (a, b, c, d) => `64:ff9b:1:${a}${b}:00${c}:${d}00::`,
  'NAT64 of the site, /56': (a, b, c, d) => `64:ff9b:1:ab${a}:00${b}:${c}${d}::`,
  'NAT64 of the site, /64': (a, b, c, d) => `64:ff9b:1:abcd:00${a}:${b}${c}:${d}00::`,
  'NAT64 of the site, /96': (a, b, c, d) => `64:ff9b:1:abcd:0:1:${a}${b}:${c}${d}`,
  '6to4': (a, b, c, d) => `2002:${a}${b}:${c}${d}:1::7`,
  'IPv4-compatible': (a, b, c, d) => `::${a}${b}:${c}${d}`,
  'IPv4-translated': (a, b, c, d) => `::ffff:0:${a}${b}:${c}${d}`,
  'IPv4-mapped': (a, b, c, d) => `::ffff:${a}${b}:${c}${d}`,
}
const disguise = (address: string, way: (...octets: [string, string, string, string]) => string) => {
  const hex = address.split('.').map((octet) => Number(octet).toString(16).padStart(2, '0'))
  return way(...(hex as [string, string, string, string]))
}

test('an IPv6 address reaches the IPv4 address that it embeds, in every form', () => {
  const metadata = parseNetworks(metadataNetworks)
  for (const [name, way] of Object.entries(disguises)) {
    for (const inside of ['169.254.169.254', '168.63.129.16', '100.100.100.200'])
      assert.equal(metadata.reaches(disguise(inside, way)), true, `${name} ${inside}`)
    assert.equal(metadata.reaches(disguise('203.0.113.9', way)), false, name)
  }
  assert.equal(metadata.reaches('64:ff9b::169.254.169.254%eth0'), true)
  assert.equal(metadata.reaches('2001:db8::a9fe:a9fe'), false)
})

test('who lies in a network is judged by the address itself: an embedded one lends it nobody’s trust', () => {
  const trusted = parseNetworks(['10.0.0.0/8'])
  assert.equal(trusted.has('2002:a00:1::1'), false)
  assert.equal(trusted.has('64:ff9b::10.0.0.1'), false)
  assert.equal(parseNetworks(['0.0.0.0/0']).reaches('::1'), false)
})

test('every address in a network is reached, and every IPv4 address in every disguise', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.constantFrom(...Object.values(disguises)), (address, way) => {
      fc.pre(!address.startsWith('0.'))
      assert.equal(parseNetworks([address]).reaches(address), true)
      assert.equal(parseNetworks([address]).reaches(disguise(address, way)), true)
    }),
  )
})

test('what is not a network is refused by name, with what to write instead', () => {
  assert.throws(() => parseNetworks(['10.0.0.0/8', 'office']), /"office" is not a network: write an address/)
  assert.throws(() => parseNetworks(['10.0.0.0/33']), /a number from 0 to 32/)
  assert.throws(() => parseNetworks(['::/129']), /a number from 0 to 128/)
  for (const wrong of ['', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', '10.0.0.0/-1', '::ffff:0:0/64'])
    assert.throws(() => parseNetworks([wrong]), /is not a network/, wrong)
})

test('every IPv4 address lies in its own /32 and in no other', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), (one, other) => {
      assert.equal(parseNetworks([`${one}/32`]).has(`::ffff:${one}`), true)
      assert.equal(parseNetworks([one]).has(other), one === other)
    }),
  )
})

test('any text at all is answered, never thrown at', () => {
  const networks = parseNetworks(['::/0', '0.0.0.0/0'])
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV6()), (text) => {
      assert.equal(typeof networks.has(text), 'boolean')
      assert.equal(typeof networks.reaches(text), 'boolean')
    }),
  )
})
