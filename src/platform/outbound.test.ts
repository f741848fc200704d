// Tests of the way out: names, literals in every spelling, forbidden addresses, and waiting that ends.
import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { test } from 'node:test'
import { deniedByDefault, openOutbound, type Lookup, OutboundError } from './outbound.ts'

const signal = new AbortController().signal
const never: Lookup = () => new Promise(() => {})
const names =
  (table: Record<string, string[]>): Lookup =>
  async (host) => {
    const found = table[host]
    if (!found) throw Object.assign(new Error('getaddrinfo'), { code: 'ENOTFOUND' })
    return found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  }
const fails = (reason: string, words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof OutboundError)
  assert.equal(error.reason, reason)
  assert.match(error.message, words)
  return true
}

test('a name gives all its addresses in the order of the system', async () => {
  const outbound = openOutbound({ denied: [], lookup: names({ 'a.test': ['2001:db8::1', '192.0.2.1'] }) })
  assert.deepEqual(await outbound.resolve('a.test', { signal }), [
    { address: '2001:db8::1', family: 6 },
    { address: '192.0.2.1', family: 4 },
  ])
})

test('a literal in any spelling is the address that it means, without asking anybody', async () => {
  const outbound = openOutbound({ denied: [], lookup: never })
  for (const spelling of ['127.0.0.1', '2130706433', '0x7f.1', '0177.0.0.1', '[::ffff:127.0.0.1]', '127.1', '0.0.0.0'])
    assert.deepEqual(await outbound.resolve(spelling, { signal }), [{ address: '127.0.0.1', family: 4 }], spelling)
  for (const spelling of ['[::1]', '::1', '[::]'])
    assert.deepEqual(await outbound.resolve(spelling, { signal }), [{ address: '::1', family: 6 }], spelling)
})

test('the address of a cloud’s metadata is refused in every spelling', async () => {
  const outbound = openOutbound({ denied: deniedByDefault, lookup: never })
  for (const spelling of [
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.43518',
    '[::ffff:a9fe:a9fe]',
    '::ffff:169.254.169.254',
    'fd00:ec2::254',
    '[fe80::1%25eth0]',
    'fe80::1%eth0',
    '64:ff9b::169.254.169.254',
    '[64:ff9b:1::a9fe:a9fe]',
    '2002:a9fe:a9fe::1',
    '::169.254.169.254',
    '168.63.129.16',
    '192.0.0.192',
    '100.100.100.200',
  ]) {
    await assert.rejects(outbound.resolve(spelling, { signal }), fails('forbidden', /networks\.denied/), spelling)
  }
})

test('a name that leads only to forbidden addresses is refused; one that leads elsewhere too goes there', async () => {
  const lookup = names({
    'evil.test': ['169.254.169.254', '::ffff:169.254.169.254'],
    'mixed.test': ['169.254.169.254', '192.0.2.1'],
  })
  const outbound = openOutbound({ denied: deniedByDefault, lookup })
  await assert.rejects(
    outbound.resolve('evil.test', { signal }),
    fails('forbidden', /^evil\.test \(169\.254\.169\.254\) may not be connected to/),
  )
  assert.deepEqual(await outbound.resolve('mixed.test', { signal }), [{ address: '192.0.2.1', family: 4 }])
})

test('a public server behind NAT64 is connected to by its IPv6 address, not by the one within', async () => {
  const outbound = openOutbound({ denied: deniedByDefault, lookup: names({ 'a.test': ['64:ff9b::203.0.113.9'] }) })
  assert.deepEqual(await outbound.resolve('a.test', { signal }), [{ address: '64:ff9b::cb00:7109', family: 6 }])
})

test('denying loopback also denies the unspecified address', async () => {
  const outbound = openOutbound({ denied: ['127.0.0.0/8', '::1/128'], lookup: never })
  for (const host of ['0.0.0.0', '::', '0'])
    await assert.rejects(outbound.resolve(host, { signal }), fails('forbidden', /networks\.denied/), host)
})

test('connecting to a forbidden address is refused even without resolving', () => {
  const outbound = openOutbound({ denied: deniedByDefault })
  assert.throws(
    () => outbound.connect({ address: '::ffff:169.254.169.254', family: 6 }, 80),
    fails('forbidden', /may not be connected to/),
  )
})

test('an allowed address is connected to, as it was resolved', async (t) => {
  const server = createServer((socket) => socket.end('hello')).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const outbound = openOutbound({ denied: deniedByDefault, lookup: names({ 'here.test': ['127.0.0.1'] }) })
  const [address] = await outbound.resolve('here.test', { signal })
  assert.ok(address)
  const socket = outbound.connect(address, (server.address() as AddressInfo).port)
  const [said] = await once(socket, 'data')
  assert.equal(String(said), 'hello')
  socket.destroy()
})

test('a name that does not exist, has no such family, or is none says so', async () => {
  const outbound = openOutbound({ denied: [], lookup: names({ 'empty.test': [] }) })
  await assert.rejects(outbound.resolve('no.test', { signal }), fails('dns', /^The name no\.test does not exist\.$/))
  await assert.rejects(outbound.resolve('no.test', { signal, family: 6 }), fails('dns', /has no IPv6 address/))
  await assert.rejects(outbound.resolve('empty.test', { signal }), fails('dns', /has no address/))
  await assert.rejects(outbound.resolve('', { signal }), fails('dns', /is not a host name/))
  await assert.rejects(outbound.resolve('999.1.1.1', { signal }), fails('dns', /neither a name nor an address/))
  await assert.rejects(outbound.resolve('::1', { signal, family: 4 }), fails('dns', /only IPv4 is to be used/))
})

test('a name server that never answers is waited for no longer than the signal allows', async () => {
  const outbound = openOutbound({ denied: [], lookup: never })
  const stop = new AbortController()
  const waiting = outbound.resolve('slow.test', { signal: stop.signal })
  stop.abort()
  await assert.rejects(waiting, fails('timeout', /slow\.test was not resolved in time/))
  await assert.rejects(outbound.resolve('slow.test', { signal: stop.signal }), fails('timeout', /in time/))
})

test('many who ask for one name share one question, and its failure', async () => {
  let asked = 0
  const outbound = openOutbound({
    denied: [],
    lookup: async () => {
      asked += 1
      throw Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' })
    },
  })
  const all = await Promise.allSettled([1, 2, 3].map(() => outbound.resolve('same.test', { signal })))
  assert.equal(asked, 1)
  for (const one of all)
    assert.ok(one.status === 'rejected' && fails('dns', /its name servers do not answer/)(one.reason))
})

test('names that wait for ever cannot pile up without end', async () => {
  const outbound = openOutbound({ denied: [], lookup: never })
  const stop = new AbortController()
  const waiting = Array.from({ length: 1_000 }, (_, index) =>
    outbound.resolve(`n${index}.test`, { signal: stop.signal }).catch(() => null),
  )
  await assert.rejects(outbound.resolve('last.test', { signal }), fails('internal', /1000 other names/))
  stop.abort()
  await Promise.all(waiting)
})
