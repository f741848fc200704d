// Tests of the kind `dns` against servers that are silent, lie, cut short, answer for others or talk without end.
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import {
  a,
  type Answering,
  openDns,
  pointer,
  record,
  reply,
  says,
  type ServerOptions,
  words,
} from '#test/dns-server.ts'
import { golden, look, type LookOptions, tlsOf } from '#test/targets.ts'
import { until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { createSecure } from '../tls.ts'
import { createDns, dns } from './dns.ts'

const name = 'shop.example.test'
const good = a(name, '192.0.2.1')
const silence: Answering = () => null

async function ask(t: TestContext, answer: Answering, spec: object = {}, options: ServerOptions & LookOptions = {}) {
  const server = await openDns(t, answer, options)
  const finding = await look(dns, { server: `127.0.0.1:${server.port}`, name, ...spec }, options)
  const said = `${finding.reason}: ${finding.sentence?.replaceAll(String(server.port), 'PORT')}`
  return { server, finding, facts: finding.facts ?? {}, said: finding.outcome === 'up' ? 'up' : said }
}

test('silence is asked again, ever more patiently, and ends at the timeout with no timer left', async (t) => {
  const clock = new VirtualClock()
  const server = await openDns(t, silence)
  const looking = look(dns, { server: `127.0.0.1:${server.port}`, name }, { clock, timeout: 2_000 })
  const heard = (count: number) => until(`${count} questions`, () => server.asked.length === count)
  await heard(1)
  await clock.advance(285)
  assert.equal(server.asked.length, 1)
  await clock.advance(1)
  await heard(2)
  await clock.advance(571)
  assert.equal(server.asked.length, 2)
  await clock.advance(1)
  await heard(3)
  await clock.advance(1_142)
  const { reason, sentence, facts } = await looking
  assert.equal(reason, 'timeout')
  assert.equal(sentence, `No answer from 127.0.0.1:${server.port} within 2 s, asked 3 times.`)
  assert.deepEqual([facts?.['tries'], facts?.['protocol']], [3, 'udp'])
  assert.equal(clock.pending(), 0)
})

test('a lost question is asked again, from the same port with the same id', async (t) => {
  const second: Answering = (asked, index) => (index === 1 ? null : reply(asked, { answers: [good] }))
  const { server, said, facts } = await ask(t, second, {}, { timeout: 700 })
  assert.equal(said, 'up')
  assert.equal(facts['tries'], 2)
  assert.equal(server.asked[0]?.id, server.asked[1]?.id)
})

test('each check has an id and a port of its own', async (t) => {
  const server = await openDns(t, says(good))
  for (let index = 0; index < 8; index += 1) await look(dns, { server: `127.0.0.1:${server.port}`, name })
  assert.ok(new Set(server.asked.map(({ id }) => id)).size > 4)
  assert.ok(new Set(server.asked.map(({ port }) => port)).size > 4)
})

test('messages with a wrong id or question, echoes and rubbish are passed over; the right answer counts', async (t) => {
  const lie = a(name, '192.0.2.66')
  const lies: Answering = (asked) => {
    asked.send(reply(asked, { id: asked.id ^ 1, answers: [lie] }))
    asked.send(reply({ ...asked, name: 'bank.example.test' }, { answers: [lie] }))
    asked.send(reply({ ...asked, type: 28 }, { answers: [lie] }))
    asked.send(asked.bytes)
    asked.send(Buffer.from('hello'))
    return reply(asked, { answers: [good] })
  }
  const { said, facts } = await ask(t, lies, { expect: { equals: '192.0.2.1' } })
  assert.equal(said, 'up')
  assert.equal(facts['strays'], 5)
})

test('where only strangers’ messages come, it says so', async (t) => {
  const wrong: Answering = (asked) => reply(asked, { id: asked.id ^ 1 })
  const { said } = await ask(t, wrong, { tries: 1 }, { timeout: 150 })
  const sentence = 'No answer from 127.0.0.1:PORT within 150 ms, asked once; one message that did not belong'
  assert.equal(said, `timeout: ${sentence} to the question came instead.`)
})

test('an answer that does not repeat the question is named as what came', async (t) => {
  const bare: Answering = (asked) => reply(asked, { question: null, answers: [a(name, '192.0.2.66')] })
  const { said } = await ask(t, bare, { tries: 1 }, { timeout: 150 })
  const what = 'sends an answer (NOERROR) that does not repeat the question, so it does not count'
  assert.equal(said, `protocol: 127.0.0.1:PORT ${what}; nothing else came within 150 ms.`)
})

test('an answer from another address than the one that was asked does not count', async (t) => {
  const stranger = createSocket('udp4')
  t.after(() => stranger.close())
  stranger.bind(0, '127.0.0.2')
  await once(stranger, 'listening')
  const race: Answering = (asked) => {
    const forged = reply(asked, { answers: [a(name, '192.0.2.66')] })
    stranger.send(forged, asked.port, '127.0.0.1', () => asked.send(reply(asked, { answers: [good] })))
    return null
  }
  assert.equal((await ask(t, race, { expect: { equals: '192.0.2.1' } })).said, 'up')
})

test('a port on which nobody listens is refused, and the next address of the name has its turn', async (t) => {
  const closed = await openDns(t, silence, { udp: false })
  const none = await look(dns, { server: `127.0.0.1:${closed.port}`, name })
  assert.equal(none.reason, 'refused')
  assert.equal(none.sentence, `Nothing listens on 127.0.0.1:${closed.port} (connection refused).`)
  const open = await openDns(t, says(good))
  const lookup = async () => ['127.0.0.2', '127.0.0.1'].map((address) => ({ address, family: 4 }))
  const both = await look(dns, { server: `ns.test:${open.port}`, name }, { lookup })
  assert.equal(both.outcome, 'up')
  const once = await look(dns, { server: `ns.test:${open.port}`, name, tries: 1 }, { lookup })
  assert.equal(once.reason, 'refused')
})

test('an answer cut short is asked for again over TCP', async (t) => {
  const short: Answering = (asked) =>
    asked.over === 'udp' ? reply(asked, { flags: ['tc'] }) : reply(asked, { answers: [good] })
  const { said, facts } = await ask(t, short, { expect: { contains: '192.0.2.1' } })
  assert.equal(said, 'up')
  assert.deepEqual([facts['protocol'], facts['tries']], ['tcp', 2])
  assert.deepEqual(Object.keys(facts['phases'] as object), ['resolve', 'answer', 'connect'])
  const refused = await ask(t, short, {}, { tcp: false })
  assert.equal(
    refused.said,
    'refused: Its answer was cut short by UDP, and over TCP: Nothing listens on 127.0.0.1:PORT (connection refused).',
  )
})

test('a server that does not know EDNS is asked once more without', async (t) => {
  const old: Answering = (asked) =>
    asked.edns === null ? reply(asked, { answers: [good] }) : reply(asked, { rcode: 1, question: null })
  const { said, server } = await ask(t, old)
  assert.equal(said, 'up')
  assert.deepEqual(
    server.asked.map(({ edns }) => edns),
    [1_232, null],
  )
})

test('an answer that contradicts itself is not understood, and says why', async (t) => {
  const of = async (...answers: Buffer[]) => (await ask(t, (asked) => reply(asked, { answers }))).said
  const because = (why: string) => `protocol: The answer of 127.0.0.1:PORT cannot be understood: ${why}.`
  assert.equal(await of(good.subarray(0, -2)), because('a record says that it is longer than the message'))
  assert.equal(
    await of(record(pointer, 'A', Buffer.alloc(3))),
    because('the length of a record is not that of its data'),
  )
  assert.equal(await of(record(words(0xffff), 'A', Buffer.alloc(4))), because('a name points forwards or to itself'))
})

test('over TCP, closing early, half an answer and another answer are told apart', async (t) => {
  const of = async (talk: (socket: Socket, message: Buffer) => void) =>
    (await ask(t, silence, { protocol: 'tcp' }, { udp: false, talk })).said
  assert.equal(await of((socket) => socket.end()), 'closed: 127.0.0.1:PORT closed the connection without an answer.')
  const half = 'closed: 127.0.0.1:PORT closed the connection in the middle of its answer.'
  assert.equal(await of((socket) => socket.end(Buffer.of(255, 255, 1))), half)
  assert.equal(await of((socket) => socket.end(Buffer.of(0))), half)
  assert.match(await of((socket) => socket.resetAndDestroy()), /^reset: /)
  const other = 'protocol: 127.0.0.1:PORT answered something else than what it was asked.'
  assert.equal(await of((socket) => socket.write(Buffer.of(0, 0))), other)
  assert.equal(await of((socket) => socket.write('x'.repeat(500_000))), other)
  assert.equal(await of((socket, message) => socket.write(Buffer.concat([words(message.length), message]))), other)
})

test('over TCP an answer in single bytes is put together, and silence ends at the timeout', async (t) => {
  const bytewise = (socket: Socket, message: Buffer) => {
    const asked = { id: message.readUInt16BE(0), name, type: 1, flags: 0x0100 }
    const bytes = reply(
      { ...asked, over: 'tcp', edns: null, port: 0, bytes: message, send: () => {} },
      { answers: [good] },
    )
    const all = Buffer.concat([words(bytes.length), bytes])
    const next = (at: number) => {
      if (at < all.length) socket.write(all.subarray(at, at + 1), () => setImmediate(() => next(at + 1)))
    }
    next(0)
  }
  const spec = { protocol: 'tcp', expect: { contains: '192.0.2.1' } }
  const { said, facts } = await ask(t, silence, spec, { udp: false, talk: bytewise })
  assert.equal(said, 'up')
  assert.equal(facts['protocol'], 'tcp')
  const mute = await ask(t, silence, { protocol: 'tcp' }, { udp: false, timeout: 100 })
  assert.equal(mute.said, 'timeout: No answer from 127.0.0.1:PORT by TCP within 100 ms.')
})

test('over TLS the certificate is verified, unless that is switched off', async (t) => {
  const kind = createDns(createSecure(golden('ca.pem')))
  const of = async (certificate: string, spec: object = {}) => {
    const server = await openDns(t, says(good), { udp: false, tls: { ...tlsOf(certificate), ALPNProtocols: ['dot'] } })
    return look(kind, { server: `127.0.0.1:${server.port}`, name, protocol: 'tls', ...spec })
  }
  const well = await of('good')
  assert.equal(well.sentence, null)
  assert.deepEqual(Object.keys(well.facts?.['phases'] as object), ['resolve', 'connect', 'tls', 'answer'])
  const certificate = well.facts?.['certificate'] as { subject: string } | undefined
  assert.equal(certificate?.subject, 'localhost')
  assert.equal((await of('self')).reason, 'certificate')
  assert.equal((await of('self', { verify: false })).outcome, 'up')
  const plain = await openDns(t, says(good))
  const deaf = { server: `127.0.0.1:${plain.port}`, name, protocol: 'tls' }
  assert.equal((await look(kind, deaf, { timeout: 150 })).reason, 'timeout')
})

test('a name server at IPv6 is asked', async (t) => {
  const server = await openDns(t, says(good), { host: '::1' })
  for (const protocol of ['udp', 'tcp']) {
    const finding = await look(dns, { server: `[::1]:${server.port}`, name, protocol })
    assert.equal(finding.sentence, null)
    assert.equal(finding.facts?.['address'], '::1')
  }
})

test('a name server at a forbidden address is not asked, however it is spelled', async () => {
  const denied = ['169.254.0.0/16']
  const of = async (server: string, protocol = 'udp') =>
    (await look(dns, { server, name, protocol }, { denied })).reason
  assert.equal(await of('169.254.169.254'), 'forbidden')
  assert.equal(await of('[::ffff:169.254.169.254]:53'), 'forbidden')
  assert.equal(await of('0xa9fea9fe'), 'forbidden')
  assert.equal(await of('169.254.169.254', 'tcp'), 'forbidden')
  const lookup = async () => [{ address: '169.254.169.254', family: 4 }]
  assert.equal((await look(dns, { server: 'ns.test', name }, { denied, lookup })).reason, 'forbidden')
})

test('a name server whose own name is not resolved is said to be the trouble', async () => {
  const lookup = async () => {
    throw Object.assign(new Error('no'), { code: 'ENOTFOUND' })
  }
  const finding = await look(dns, { server: 'ns.test', name }, { lookup })
  assert.equal(finding.sentence, 'The name ns.test does not exist.')
  const never = () => new Promise<never>(() => {})
  const late = await look(dns, { server: 'ns.test', name }, { lookup: never, timeout: 50 })
  assert.equal(late.sentence, 'The name server ns.test could not be asked within 50 ms.')
})

test('of several servers the silent one is named', async (t) => {
  const servers = [await openDns(t, says(good)), await openDns(t, silence)].map(({ port }) => `127.0.0.1:${port}`)
  const finding = await look(dns, { servers, name, tries: 2 }, { timeout: 120 })
  assert.equal(finding.sentence, `No answer from ${servers[1]} within 120 ms, asked 2 times.`)
})

test('a check that is called off closes what it opened', async (t) => {
  const clock = new VirtualClock()
  const stop = new AbortController()
  const server = await openDns(t, silence)
  const looking = look(dns, { server: `127.0.0.1:${server.port}`, name }, { clock, signal: stop.signal })
  await until('the question came', () => server.asked.length === 1)
  stop.abort()
  assert.equal((await looking).outcome, 'unknown')
  assert.equal(clock.pending(), 0)
})

test('a check may be called off at any moment', async (t) => {
  const server = await openDns(t, says(good))
  for (let turns = 0; turns < 12; turns += 1) {
    const stop = new AbortController()
    const looking = look(dns, { server: `127.0.0.1:${server.port}`, name }, { signal: stop.signal })
    for (let turn = 0; turn < turns; turn += 1)
      await (turns % 2 === 0 ? Promise.resolve() : new Promise((resolve) => process.nextTick(resolve)))
    stop.abort()
    assert.ok(['up', 'unknown'].includes((await looking).outcome))
  }
})

test('an address that this machine cannot send to is unreachable, and a tiny timeout no trouble', async (t) => {
  const finding = await look(dns, { server: '255.255.255.255', name })
  assert.equal(finding.reason, 'unreachable')
  const { said } = await ask(t, silence, { tries: 10 }, { timeout: 2 })
  assert.match(said, /^timeout: /)
})

test('what a stranger writes into a text record reaches sentences quoted and cleaned', async (t) => {
  const text = Buffer.from('ok\u001b[2J“down”\u0000')
  const txt = record(pointer, 'TXT', Buffer.concat([Buffer.of(text.length), text]))
  const { said, facts } = await ask(t, says(txt), { type: 'TXT', expect: { contains: 'v=spf1' } })
  assert.equal(said, 'body: The only TXT record is “ok [2J“down””; “v=spf1” is missing.')
  assert.ok(!JSON.stringify(facts).includes('\\u0000'))
})
