// Tests of the kind `dns` against a real name server: what is up, what is not, and the words for it.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import {
  a,
  type Answering,
  longs,
  nameBytes,
  openDns,
  pointer,
  record,
  reply,
  says,
  type ServerOptions,
  words,
} from '#test/dns-server.ts'
import { look, type LookOptions } from '#test/targets.ts'
import { createSecure } from '../tls.ts'
import { createDns, dns } from './dns.ts'

const name = 'shop.example.test'

/** One look at a server that answers so, the port in sentences replaced. */
async function ask(t: TestContext, answer: Answering, spec: object = {}, options: ServerOptions & LookOptions = {}) {
  const server = await openDns(t, answer, options)
  const finding = await look(dns, { server: `127.0.0.1:${server.port}`, name, ...spec }, options)
  const said = `${finding.outcome} ${finding.reason}: ${finding.sentence?.replaceAll(String(server.port), 'PORT')}`
  return { server, finding, facts: finding.facts ?? {}, said: finding.outcome === 'up' ? 'up' : said }
}

test('a name with the expected address is up, with records, code, flags, server and tries as facts', async (t) => {
  const answer: Answering = (asked) => reply(asked, { flags: ['ra', 'aa'], answers: [a(name, '192.0.2.1')] })
  const { server, finding, facts } = await ask(t, answer, { type: 'A', expect: { contains: '192.0.2.1' } })
  assert.equal(finding.outcome, 'up')
  assert.equal(typeof finding.latency, 'number')
  const { phases, ...others } = facts
  assert.deepEqual(Object.keys(phases as object), ['resolve', 'answer'])
  assert.deepEqual(others, {
    server: `127.0.0.1:${server.port}`,
    address: '127.0.0.1',
    protocol: 'udp',
    tries: 1,
    rcode: 'NOERROR',
    flags: ['aa', 'rd', 'ra'],
    records: [{ name, type: 'A', ttl: 300, value: '192.0.2.1' }],
  })
  const [asked] = server.asked
  assert.deepEqual([asked?.name, asked?.type, asked?.edns, asked?.flags], [name, 1, 1_232, 0x0100])
})

test('a name that does not exist, and every other error, is said in plain words', async (t) => {
  const code = async (rcode: number, spec = {}) => (await ask(t, (asked) => reply(asked, { rcode }), spec)).said
  assert.equal(await code(3), `down dns: 127.0.0.1:PORT says that ${name} does not exist (NXDOMAIN).`)
  assert.equal(await code(2), `down dns: 127.0.0.1:PORT could not find out about ${name} (SERVFAIL).`)
  assert.equal(await code(5), `down dns: 127.0.0.1:PORT refuses to answer for ${name} (REFUSED).`)
  assert.equal(await code(1), 'down dns: 127.0.0.1:PORT says that it does not understand the question (FORMERR).')
  assert.equal(await code(13), `down dns: 127.0.0.1:PORT answers with an error for ${name} (RCODE13).`)
  assert.equal(await code(0), `down dns: 127.0.0.1:PORT knows no A record of ${name}.`)
  assert.equal(await code(3, { expect: { rcode: 'NXDOMAIN' } }), 'up')
  assert.equal(
    await code(0, { expect: { rcode: 'NXDOMAIN' } }),
    `down status: 127.0.0.1:PORT says that ${name} exists (NOERROR); NXDOMAIN was expected.`,
  )
})

test('the server’s own explanation of an error is quoted', async (t) => {
  const option = Buffer.concat([words(15, 14, 6), Buffer.from('no keys\u0007here')])
  const opt = Buffer.concat([Buffer.of(0), words(41, 1_232, 0, 0, option.length), option])
  const { said } = await ask(t, (asked) => reply(asked, { rcode: 2, additions: [opt] }))
  assert.equal(said, `down dns: 127.0.0.1:PORT could not find out about ${name} (SERVFAIL: “no keys here”).`)
})

test('values are compared: contains, equals, set and count', async (t) => {
  const two = says(a(name, '192.0.2.9'), a(name, '192.0.2.8'), a(name, '192.0.2.9'))
  const of = async (expect: object, answer = two) => (await ask(t, answer, { expect })).said
  const both = 'The A records are 192.0.2.9 and 192.0.2.8'
  assert.equal(await of({ contains: '192.0.2.9' }), 'up')
  assert.equal(await of({ contains: ['192.0.2.9', '192.0.2.8'] }), 'up')
  assert.equal(await of({ contains: '192.0.2.1' }), `down body: ${both}; 192.0.2.1 is missing.`)
  assert.equal(
    await of({ contains: ['192.0.2.1', '192.0.2.2', '192.0.2.9'] }),
    `down body: ${both}; 192.0.2.1 and 192.0.2.2 are missing.`,
  )
  assert.equal(await of({ equals: '192.0.2.9' }), `down body: ${both}; only 192.0.2.9 was expected.`)
  assert.equal(await of({ equals: '192.0.2.9' }, says(a(name, '192.0.2.9'))), 'up')
  assert.equal(await of({ set: ['192.0.2.8', '192.0.2.9'] }), 'up')
  assert.equal(await of({ set: ['192.0.2.8'] }), `down body: ${both}; 192.0.2.9 was not expected.`)
  assert.equal(
    await of({ set: ['192.0.2.8', '192.0.2.7'] }),
    `down body: ${both}; 192.0.2.7 is missing, and 192.0.2.9 was not expected.`,
  )
  assert.equal(await of({ count: 2 }), 'up')
  assert.equal(await of({ count: 1 }), `down body: ${both}; that is 2 where 1 was expected.`)
  assert.equal(await of({ count: { min: 3 } }), `down body: ${both}; that is 2 where at least 3 were expected.`)
  assert.equal(await of({ count: 0 }), `down body: ${both}; none was expected.`)
  assert.equal(await of({ count: 0 }, says()), 'up')
  assert.equal(await of({ count: { max: 3 } }, says()), 'up')
  assert.equal(
    await of({ contains: '192.0.2.1' }, says(a(name, '192.0.2.9'))),
    'down body: The only A record is 192.0.2.9; 192.0.2.1 is missing.',
  )
})

test('an address is not mistaken for a longer one that begins like it', async (t) => {
  const { said } = await ask(t, says(a(name, '192.0.2.10')), { expect: { contains: '192.0.2.1' } })
  assert.equal(said, 'down body: The only A record is 192.0.2.10; 192.0.2.1 is missing.')
})

test('every type is asked for and read', async (t) => {
  const is = async (type: string, code: number, data: Buffer, value: string, contains = value) => {
    const spec = { type, expect: { contains } }
    const { server, finding } = await ask(t, says(record(pointer, code, data)), spec)
    const [found] = (finding.facts?.['records'] ?? []) as { value: string }[]
    assert.deepEqual([found?.value, finding.sentence, server.asked[0]?.type], [value, null, code])
  }
  const host = (text: string) => nameBytes(text)
  const long = Buffer.from('20010db8000000000000000000000001', 'hex')
  const txt = Buffer.concat(['v=spf1 ', '-all'].map((part) => Buffer.from(String.fromCharCode(part.length) + part)))
  const soa = Buffer.concat([host('ns1.test'), host('root.test'), longs(2026010101, 7200, 900, 1209600, 300)])
  await is('AAAA', 28, long, '2001:db8::1', '2001:DB8:0:0::1')
  await is('CNAME', 5, host('www.example.test'), 'www.example.test', 'WWW.example.test.')
  await is('MX', 15, Buffer.concat([words(10), host('mail.test')]), '10 mail.test', 'mail.test')
  await is('MX', 15, Buffer.concat([words(10), pointer]), `10 ${name}`)
  await is('NS', 2, host('Ns1.test'), 'Ns1.test', 'ns1.test')
  await is('TXT', 16, txt, 'v=spf1 -all', 'spf1')
  await is('SOA', 6, soa, 'ns1.test root.test 2026010101 7200 900 1209600 300', '2026010101')
  await is('SRV', 33, Buffer.concat([words(10, 5, 5060), host('sip.test')]), '10 5 5060 sip.test', 'sip.test')
  await is('PTR', 12, host('a.test'), 'a.test')
  await is('CAA', 257, Buffer.concat([Buffer.of(0, 5), Buffer.from('issueca.test')]), '0 issue "ca.test"', 'ca.test')
})

test('an address is asked for its name where it is written plainly', async (t) => {
  const of = async (name: string) => {
    const { server, said } = await ask(t, says(record(pointer, 'PTR', nameBytes('a.test'))), { name, type: 'PTR' })
    assert.equal(said, 'up')
    return server.asked[0]?.name
  }
  assert.equal(await of('192.0.2.1'), '1.2.0.192.in-addr.arpa')
  assert.equal(await of('2001:db8::567:89ab'), `b.a.9.8.7.6.5.0.${'0.'.repeat(16)}8.b.d.0.1.0.0.2.ip6.arpa`)
  assert.equal(await of('1.2.0.192.in-addr.arpa'), '1.2.0.192.in-addr.arpa')
  const none = await ask(t, says(), { name: '192.0.2.1', type: 'PTR' })
  assert.equal(none.said, 'down dns: 127.0.0.1:PORT knows no PTR record of 192.0.2.1.')
})

test('aliases are followed within the answer, and an alias that leads nowhere is no answer', async (t) => {
  const alias = (from: string, to: string) => record(from, 'CNAME', nameBytes(to))
  const good = says(a('c.test', '192.0.2.1'), alias('b.test', 'C.test'), alias(name, 'b.test'))
  assert.equal((await ask(t, good, { expect: { contains: '192.0.2.1' } })).said, 'up')
  const dangling = await ask(t, says(alias(name, 'b.test')))
  assert.equal(dangling.said, `down dns: 127.0.0.1:PORT knows no A record of ${name}.`)
  const loop = await ask(t, says(alias(name, 'b.test'), alias('b.test', name)))
  assert.equal(loop.finding.reason, 'dns')
  const other = await ask(t, says(a('bank.test', '192.0.2.1')))
  assert.equal(other.finding.reason, 'dns', 'a record of another name does not count')
})

test('the word of the resolver that signatures were verified is asked for and looked at', async (t) => {
  const spec = { expect: { authenticated: true } }
  const of = async (flags: readonly 'ad'[]) =>
    ask(t, (asked) => reply(asked, { flags, answers: [a(name, '192.0.2.1')] }), spec)
  const good = await of(['ad'])
  assert.equal(good.said, 'up')
  assert.equal(good.server.asked[0]?.flags, 0x0120)
  const without = await of([])
  assert.equal(without.said, 'down status: 127.0.0.1:PORT does not say that it verified the signatures (no AD flag).')
})

test('the resolver of this machine is asked wherever it is, others only where the guard lets them', async () => {
  const denied = { denied: ['0.0.0.0/0', '::/0'], timeout: 200 }
  assert.equal((await look(dns, { server: '192.0.2.53', name }, denied)).reason, 'forbidden')
  assert.notEqual((await look(dns, { name }, denied)).reason, 'forbidden')
})

test('recursion is not asked for where it is switched off', async (t) => {
  const { server } = await ask(t, says(a(name, '192.0.2.1')), { recursion: false })
  assert.equal(server.asked[0]?.flags, 0)
})

test('servers are compared by the serial of their zone', async (t) => {
  const soa = (serial: number) =>
    says(
      record(pointer, 'SOA', Buffer.concat([nameBytes('ns1.test'), nameBytes('root.test'), longs(serial, 1, 1, 1, 1)])),
    )
  const ports: number[] = []
  for (const serial of [7, 7, 6]) ports.push((await openDns(t, soa(serial))).port)
  const at = ports.map((port) => `127.0.0.1:${port}`)
  const of = (servers: string[]) => look(dns, { servers, name, type: 'SOA', expect: { same_serial: true } })
  const same = await of(at.slice(0, 2))
  assert.equal(same.outcome, 'up')
  const asked = same.facts?.['servers'] as { server: string }[]
  assert.deepEqual(
    asked.map(({ server }) => server),
    at.slice(0, 2),
  )
  const differ = await of(at)
  assert.equal(differ.reason, 'body')
  assert.equal(
    differ.sentence,
    `The servers disagree on the serial of ${name}: ${at[0]} and ${at[1]} have 7, ${at[2]} has 6.`,
  )
})

test('of several servers each must answer as expected, and the one that does not is named', async (t) => {
  const good = await openDns(t, says(a(name, '192.0.2.1')))
  const bad = await openDns(t, says(a(name, '192.0.2.9')))
  const servers = [good, bad].map(({ port }) => `127.0.0.1:${port}`)
  const finding = await look(dns, { servers, name, expect: { contains: '192.0.2.1' } })
  assert.equal(finding.sentence, `The only A record at ${servers[1]} is 192.0.2.9; 192.0.2.1 is missing.`)
})

test('an answer that is too slow is degraded or down', async (t) => {
  const { finding } = await ask(t, says(a(name, '192.0.2.1')), { latency: { degraded: '10s', down: '20s' } })
  assert.equal(finding.outcome, 'up')
})

test('that the name server of this machine is away says nothing of a name, but what it answers does', async (t) => {
  const known = await openDns(t, (asked) => reply(asked, { rcode: 2 }), { udp: true })
  const silent = await openDns(t, () => null)
  const seen = async (port: number, host = '127.0.0.1') => {
    const own = createDns(createSecure(), () => ({ host, port, said: 'OWN' }))
    const { outcome, reason, sentence } = await look(own, { name }, { timeout: 200 })
    return `${outcome} ${reason}: ${sentence?.replaceAll(String(port), 'PORT')}`
  }
  assert.match(await seen(known.port), /^down dns: OWN could not find out about/)
  assert.equal(
    await seen(silent.port),
    'unknown internal: No answer from OWN within 200 ms, asked 3 times. ' +
      'It is the name server of this machine; to watch that one itself, name it under server.',
  )
  assert.match(await seen(1), /^unknown internal: Nothing listens on .* It is the name server of this machine/)
})
