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
  for (const address of ['169.254.169.254', 'fd00:ec2::254', '64:ff9b::169.254.169.254'])
    assert.equal(metadata.has(address), true, address)
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
  fc.assert(fc.property(fc.oneof(fc.string(), fc.ipV6()), (text) => typeof networks.has(text) === 'boolean'))
})
