// Tests of client-address: what a request's address is, with proxies honest and forged.
// Promises that no header makes a stranger private. Must not need a socket.
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { clientOf, plainAddress } from './client-address.ts'

const proxies = { has: (address: string) => address === '10.0.0.1' || address === '10.0.0.2' }

function from(remoteAddress: string, headers: IncomingMessage['headers'] = {}): string | null {
  const request = { headers, socket: { remoteAddress } as IncomingMessage['socket'] }
  return clientOf(request, proxies).address
}

test('a request without forwarding headers comes from its peer', () => {
  assert.equal(from('192.0.2.7'), '192.0.2.7')
  assert.equal(from('::ffff:127.0.0.1'), '127.0.0.1')
  assert.equal(from('fe80::1%eth0'), 'fe80::1')
})

test('forwarding headers of an untrusted peer make the address unknown, whatever they say', () => {
  const names = [
    'x-forwarded-for',
    'forwarded',
    'x-real-ip',
    'x-forwarded-host',
    'via',
    'cf-connecting-ip',
    'client-ip',
  ]
  for (const name of [...names, 'x-forwarded-proto', 'true-client-ip', 'x-cluster-client-ip', 'x-original-host'])
    assert.equal(from('127.0.0.1', { [name]: '127.0.0.1' }), null, name)
})

test('the right-most untrusted address counts behind trusted proxies', () => {
  assert.equal(from('10.0.0.1', { 'x-forwarded-for': '127.0.0.1, 198.51.100.4, 10.0.0.2' }), '198.51.100.4')
  assert.equal(from('10.0.0.1', { forwarded: 'for=127.0.0.1;proto=http, for="[2001:db8::5]:443"' }), '2001:db8::5')
  assert.equal(from('10.0.0.1', { 'x-forwarded-for': '10.0.0.2' }), '10.0.0.2')
})

test('a trusted proxy that does not say who asks leaves the address unknown', () => {
  assert.equal(from('10.0.0.1', { via: '1.1 proxy' }), null)
  assert.equal(from('10.0.0.1', { 'x-forwarded-for': '192.168.1.1, junk' }), null)
  assert.equal(from('10.0.0.1', { forwarded: 'for=unknown' }), null)
  assert.equal(from('10.0.0.1', { forwarded: 'proto=https' }), null)
})

test('two forwarding headers that disagree are believed neither', () => {
  const headers = { 'x-forwarded-for': '127.0.0.1', forwarded: 'for=198.51.100.4' }
  assert.equal(from('10.0.0.1', headers), null)
  assert.equal(from('10.0.0.1', { ...headers, 'x-forwarded-for': '198.51.100.4' }), '198.51.100.4')
})

test('addresses are read with ports, brackets and quotes, and nothing else is one', () => {
  assert.equal(plainAddress('192.0.2.1:8080'), '192.0.2.1')
  assert.equal(plainAddress('"[2001:DB8::1]:80"'), '2001:db8::1')
  for (const junk of ['', 'localhost', '1.2.3', '[::1', '_hidden', '::1::', '127.1'])
    assert.equal(plainAddress(junk), null, junk)
})
