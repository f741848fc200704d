// Tests of the settings of a DNS check: what is accepted, and what is refused with which reason.
import assert from 'node:assert/strict'
import { getServers } from 'node:dns'
import { test } from 'node:test'
import { dnsConfig } from './config.ts'
import { dns } from './dns.ts'
import { readServer, systemServer } from './server.ts'

const name = 'shop.example.test'
const fault = (spec: object) =>
  dnsConfig
    .safeParse({ name, ...spec })
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    .join('; ') ?? ''

test('a server is written with or without port, IPv6 with or without brackets', () => {
  const of = (text: string) => {
    const read = readServer(text, 53)
    return typeof read === 'string' ? read : `${read.host} ${read.port} ${read.said}`
  }
  assert.equal(of('192.0.2.53'), '192.0.2.53 53 192.0.2.53')
  assert.equal(of('192.0.2.53:5353'), '192.0.2.53 5353 192.0.2.53:5353')
  assert.equal(of('ns1.example.test'), 'ns1.example.test 53 ns1.example.test')
  assert.equal(of('ns1.example.test:53'), 'ns1.example.test 53 ns1.example.test')
  assert.equal(of('2001:db8::53'), '2001:db8::53 53 2001:db8::53')
  assert.equal(of('[2001:db8::53]'), '2001:db8::53 53 2001:db8::53')
  assert.equal(of('[2001:db8::53]:5353'), '2001:db8::53 5353 [2001:db8::53]:5353')
  assert.match(of('[192.0.2.53]:53'), /in brackets stands an IPv6 address/)
  assert.match(of('192.0.2.53:0'), /a port is a number from 1 to 65535/)
  assert.match(of('https://dns.test/'), /is a URL; write only the server/)
  assert.match(of('a b'), /is no name server; write 192\.0\.2\.53/)
  assert.match(of(''), /is no name server/)
})

test('the usual port is that of the protocol', () => {
  const port = (protocol: string) => dnsConfig.parse({ server: '192.0.2.53', name, protocol }).servers[0]?.port
  assert.deepEqual(['udp', 'tcp', 'tls'].map(port), [53, 53, 853])
})

test('without a server the first resolver of this machine is asked', () => {
  assert.deepEqual(dnsConfig.parse({ name }).servers, [])
  const [first] = getServers()
  const own = first === undefined ? null : readServer(first, 53)
  assert.deepEqual(systemServer(53), own)
})

test('it is described by what is asked for and where', () => {
  const say = (spec: object) => dns.describe(dns.config.parse({ name, ...spec }))
  assert.equal(say({}), 'A of shop.example.test')
  assert.equal(say({ server: '127.0.0.1:5353', type: 'MX' }), 'MX of shop.example.test at 127.0.0.1:5353')
  assert.equal(say({ servers: ['a.test', 'b.test'] }), 'A of shop.example.test at a.test, b.test')
  assert.equal(say({ name: '192.0.2.1', type: 'PTR' }), 'PTR of 192.0.2.1')
})

test('names that cannot be asked for are refused', () => {
  assert.match(fault({ name: '192.0.2.1' }), /^name: 192\.0\.2\.1 is an address; give a name, or type: PTR/)
  assert.match(fault({ name: 'a..b' }), /^name: a\.\.b cannot be asked for: it has two dots in a row/)
  assert.match(fault({ name: 'https://a.test/' }), /write the bare name/)
  assert.match(fault({ name: 'a b' }), /write the bare name/)
  assert.match(fault({ name: '' }), /expected a name such as/)
  assert.match(fault({ name: `${'a'.repeat(70)}.test` }), /is longer than 63 characters/)
  assert.equal(fault({ name: 'bücher.test' }), '')
  assert.equal(fault({ name: '_sip._tcp.example.test', type: 'SRV' }), '')
  assert.equal(fault({ name: '.', type: 'NS' }), '')
})

test('values that no record of the type can have are refused with an example', () => {
  const of = (type: string, contains: unknown) => fault({ type, expect: { contains } })
  assert.equal(of('A', '192.0.2.256'), 'expect.contains: no A record is “192.0.2.256”; write 192.0.2.1')
  assert.match(of('A', '2001:db8::1'), /no A record is/)
  assert.match(of('AAAA', '192.0.2.1'), /no AAAA record is “192\.0\.2\.1”; write 2001:db8::1/)
  assert.match(of('MX', 'ten mail.test'), /no MX record is/)
  assert.match(of('CNAME', 'a b'), /no CNAME record is/)
  assert.match(of('A', 5), /expected a text or a list of texts/)
  assert.match(of('A', []), /expects nothing; give at least one value/)
  for (const [type = '', value] of [
    ['MX', '10 mail.test.'],
    ['MX', 'mail.test'],
    ['SRV', '1 2 3 a.test'],
    ['TXT', 'v=spf1 -all'],
    ['CAA', 'letsencrypt.test'],
  ])
    assert.equal(of(type, value), '', type)
})

test('settings that contradict one another are refused with the reason', () => {
  assert.match(fault({ server: 'a', servers: ['a', 'b'] }), /give either server or servers/)
  assert.match(fault({ servers: ['a'] }), /is for two servers or more/)
  assert.match(fault({ servers: ['a', 'a:53'] }), /servers: a is given twice/)
  assert.match(fault({ servers: ['a', ':'] }), /servers\.1: : is no name server/)
  assert.match(fault({ server: '::1', ip: 4 }), /::1 is an IPv6 address, which ip: 4 excludes/)
  assert.match(fault({ protocol: 'tcp', tries: 2 }), /tries is for protocol: udp/)
  assert.match(fault({ verify: false }), /udp has no certificate/)
  assert.match(fault({ protocol: 'https' }), /expected one of udp, tcp, tls/)
  assert.match(fault({ type: 'ANY' }), /expected one of A, AAAA/)
  const expect = (settings: object, others: object = {}) => fault({ expect: settings, ...others })
  assert.match(expect({ rcode: 'NXDOMAIN', count: 1 }), /expect\.count: an answer NXDOMAIN has no records to compare/)
  assert.match(expect({ rcode: 'nxdomain' }), /expected one of NOERROR/)
  assert.match(expect({ set: ['192.0.2.1'], equals: '192.0.2.1' }), /give either set or equals/)
  assert.match(expect({ contains: '192.0.2.1', equals: '192.0.2.1' }), /give either contains or equals/)
  assert.match(expect({ set: ['192.0.2.1'], count: 1 }), /set already says how many/)
  assert.match(expect({ count: { min: 3, max: 2 } }), /min must not be more than max/)
  assert.match(expect({ count: {} }), /expects nothing; give min, max or a number/)
  assert.match(expect({ count: 0, contains: '192.0.2.1' }), /no record can contain it/)
  assert.match(expect({ authenticated: false }), /leave it out where it does not matter/)
  assert.match(expect({ same_serial: true }), /add type: SOA.*list them under servers/)
  assert.equal(expect({ same_serial: true }, { type: 'SOA', servers: ['a', 'b'] }), '')
  assert.match(fault({ expct: {} }), /Unrecognized key/)
})
