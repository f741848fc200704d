// Tests of STARTTLS in each protocol: the words that are spoken, refusals, and servers that do not play along.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { golden, look, openTarget, type Talk, tlsOf, upgrade } from '#test/targets.ts'
import { startSmtpSink } from '#test/smtp-sink.ts'
import { selfSigned } from '#test/tls.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { tlsCheck } from '../tls-check/tls-check.ts'

/** Words after which the server begins TLS. */
const begin = (words: string | Buffer) => ({ words })

interface Server {
  readonly greeting?: string | Buffer
  /** By what the client must say: an answer, after which TLS begins where it is wrapped in `begin`. */
  readonly turns: readonly (readonly [RegExp | Buffer, string | Buffer | ReturnType<typeof begin>])[]
}

/** Of what was said, so many bytes are what was wanted: a text that matches, or bytes that it begins with. */
function fits(said: Buffer, wanted: RegExp | Buffer): number {
  if (wanted instanceof RegExp) return wanted.test(said.toString('latin1')) ? said.length : 0
  return said.subarray(0, wanted.length).equals(wanted) ? wanted.length : 0
}

/** Plays the server's part, turn by turn; whatever does not fit the turn ends the connection. */
const play =
  ({ greeting, turns }: Server): Talk =>
  (socket) => {
    if (greeting !== undefined) socket.write(greeting)
    const rest = [...turns]
    const listen = (said: Buffer): void => {
      const [wanted, answer] = rest.shift() ?? []
      const length = wanted === undefined || answer === undefined ? 0 : fits(said, wanted)
      if (length === 0 || answer === undefined) {
        socket.destroy()
      } else if (typeof answer === 'string' || Buffer.isBuffer(answer)) {
        socket.write(answer)
      } else {
        socket.off('data', listen).pause()
        if (said.length > length) socket.unshift(said.subarray(length))
        if (answer.words.length > 0) socket.write(answer.words)
        upgrade(socket, tlsOf('good'))
      }
    }
    socket.on('data', listen)
  }

async function check(t: TestContext, starttls: string, talk: Talk, spec: object = {}) {
  const target = await openTarget(t, talk)
  const address = `127.0.0.1:${target.port}`
  const finding = await look(tlsCheck, { address, starttls, ca: golden('ca.pem'), ...spec })
  await target.quiet()
  const words = finding.sentence?.replace(String(target.port), 'PORT') ?? null
  return { ...finding, words, said: `${finding.reason}: ${words}` }
}

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))

/** A greeting of MySQL with those capabilities. */
function mysqlGreeting(capabilities: number): Buffer {
  const low = [capabilities & 0xff, capabilities >> 8]
  const payload = bytes([10], '8.0.36\0', [1, 0, 0, 0], 'saltsalt', [0], low, [45, 2, 0, 0, 0, 21], '\0'.repeat(23))
  return bytes([payload.length, 0, 0, 0], payload.toString('latin1'))
}

const oid = '1.3.6.1.4.1.1466.20037'
const ldapResult = (code: number, why = '') => {
  const result = bytes([0x0a, 1, code, 4, 0, 4, why.length], why)
  return bytes([0x30, result.length + 5, 2, 1, 1, 0x78, result.length], result.toString('latin1'))
}
const features = (inside: string) =>
  `<?xml version='1.0'?><stream:stream from='x' id='1' version='1.0' xmlns='jabber:client' ` +
  `xmlns:stream='http://etherx.jabber.org/streams'><stream:features>${inside}</stream:features>`
const tlsFeature = `<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>`
const proceed = `<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`

const servers: Readonly<Record<string, Server>> = {
  smtp: {
    greeting: '220-mail.example\r\n220 ESMTP\r\n',
    turns: [
      [/^EHLO \[127\.0\.0\.1\]\r\n$/, '250-mail.example\r\n250-SIZE 100\r\n250-STARTTLS\r\n250 HELP\r\n'],
      [/^STARTTLS\r\n$/, begin('220 Go ahead\r\n')],
    ],
  },
  ftp: {
    greeting: '120 soon\r\n220-Welcome\r\n   220 is not the end\r\n220 Ready\r\n',
    turns: [[/^AUTH TLS\r\n$/, begin('234 AUTH TLS OK.\r\n')]],
  },
  imap: {
    greeting: '* OK [CAPABILITY IMAP4rev1 STARTTLS] ready\r\n',
    turns: [[/^a STARTTLS\r\n$/, begin('* CAPABILITY IMAP4rev1\r\na OK Begin TLS\r\n')]],
  },
  pop3: { greeting: '+OK ready\r\n', turns: [[/^STLS\r\n$/, begin('+OK Begin\r\n')]] },
  postgres: { turns: [[bytes([0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f]), begin('S')]] },
  mysql: {
    greeting: mysqlGreeting(0xffff),
    turns: [[bytes([32, 0, 0, 1, 0, 0x8a, 0, 0, 0, 0, 0, 1, 45], '\0'.repeat(23)), begin('')]],
  },
  ldap: { turns: [[bytes([0x30, 0x1d, 2, 1, 1, 0x77, 0x18, 0x80, 0x16], oid), begin(ldapResult(0))]] },
  xmpp: {
    turns: [
      [/^<\?xml version='1\.0'\?><stream:stream .*to='127\.0\.0\.1'/, features(tlsFeature)],
      [/^<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'\/>$/, begin(proceed)],
    ],
  },
}

for (const [protocol, server] of Object.entries(servers)) {
  test(`TLS is asked for in the words of ${protocol}`, async (t) => {
    const finding = await check(t, protocol, play(server))
    assert.equal(finding.words, null)
    assert.equal(finding.outcome, 'up')
    assert.deepEqual(Object.keys(finding.facts?.['phases'] ?? {}), ['resolve', 'connect', 'starttls', 'tls'])
  })

  test(`a server that speaks ${protocol} a byte at a time is understood as well`, async (t) => {
    const trickle: Talk = (socket, index) => {
      const write = socket.write.bind(socket)
      const slow = (words: string | Buffer) => {
        for (const byte of Buffer.from(words)) write(Buffer.from([byte]))
        return true
      }
      play(server)(Object.assign(socket, { write: slow }), index)
    }
    assert.equal((await check(t, protocol, trickle)).words, null)
  })

  test(`silence, where ${protocol} should be spoken, ends at the timeout`, async (t) => {
    const clock = new VirtualClock()
    const target = await openTarget(t, () => {})
    const address = `127.0.0.1:${target.port}`
    const looking = look(tlsCheck, { address, starttls: protocol }, { clock, timeout: 2_000 })
    while (target.count() === 0) await new Promise(setImmediate)
    await clock.advance(2_000)
    const { reason, sentence } = await looking
    assert.equal(reason, 'timeout')
    assert.match(sentence ?? '', /^No answer within 2 s; it got as far as /)
    await target.quiet()
    assert.equal(clock.pending(), 0)
  })

  test(`rubbish without end, where ${protocol} should be spoken, is given up on`, async (t) => {
    const endless =
      (text: string): Talk =>
      (socket) => {
        const more = () => void (socket.destroyed || socket.write(text, () => setImmediate(more)))
        more()
      }
    for (const text of ['x'.repeat(5_000), '220-hello\r\n'.repeat(500), '* OK\r\n'.repeat(900), '<a>'.repeat(2_000)]) {
      const { reason, outcome } = await check(t, protocol, endless(text))
      assert.equal(outcome, 'down')
      assert.match(String(reason), /^(protocol|too_large|tls|reset|closed)$/, text.slice(0, 10))
    }
  })

  test(`a server that hangs up or resets, where ${protocol} should be spoken, is told apart`, async (t) => {
    assert.equal((await check(t, protocol, (socket) => socket.end())).reason, 'closed')
    assert.match((await check(t, protocol, (socket) => socket.resetAndDestroy())).said, /^reset: /)
  })
}

test('a real mail server begins TLS when asked by STARTTLS', async (t) => {
  const sink = await startSmtpSink({ tls: 'starttls' })
  t.after(() => sink.stop())
  const spec = { address: `127.0.0.1:${sink.port}`, starttls: 'smtp', ca: selfSigned.cert }
  assert.equal((await look(tlsCheck, spec)).sentence, null)
  const plain = await startSmtpSink({ tls: 'none' })
  t.after(() => plain.stop())
  const without = await look(tlsCheck, { address: `127.0.0.1:${plain.port}`, starttls: 'smtp' })
  assert.match(without.sentence ?? '', /does not offer STARTTLS; it offers “PIPELINING/)
})

test('refusals are said in the server’s own words', async (t) => {
  const refusal = async (protocol: string, server: Server) => (await check(t, protocol, play(server))).said
  const at = '127.0.0.1:PORT'
  assert.equal(
    await refusal('smtp', { greeting: '554 go away\r\n', turns: [] }),
    `status: ${at} does not accept mail; it said “554 go away”.`,
  )
  assert.equal(
    await refusal('smtp', { greeting: '220 hi\r\n', turns: [[/^EHLO/, '250-hi\r\n250 SIZE\r\n']] }),
    `tls: ${at} does not offer STARTTLS; it offers “SIZE”.`,
  )
  const offering = '250-hi\r\n250 STARTTLS\r\n'
  assert.equal(
    await refusal('smtp', {
      greeting: '220 hi\r\n',
      turns: [
        [/^EHLO/, offering],
        [/^START/, '454 not now\r\n'],
      ],
    }),
    `tls: ${at} refuses STARTTLS; it said “454 not now”.`,
  )
  assert.equal(
    await refusal('smtp', { greeting: 'SSH-2.0-OpenSSH_9\r\n', turns: [] }),
    `protocol: ${at} does not speak SMTP; it said “SSH-2.0-OpenSSH_9”.`,
  )
  assert.equal(
    await refusal('ftp', { greeting: '220 hi\r\n', turns: [[/^AUTH/, '502 no\r\n']] }),
    `tls: ${at} refuses AUTH TLS; it said “502 no”.`,
  )
  assert.match(await refusal('imap', { greeting: '* BYE full\r\n', turns: [] }), /does not let us in; .*“\* BYE/)
  assert.match(await refusal('imap', { greeting: '* OK\r\n', turns: [[/^a/, 'a NO never\r\n']] }), /refuses STARTTLS/)
  assert.match(await refusal('pop3', { greeting: '+OK\r\n', turns: [[/^STLS/, '-ERR never\r\n']] }), /refuses STLS/)
  assert.equal(
    await refusal('postgres', { turns: [[bytes([0]), 'N']] }),
    `tls: ${at} does not offer TLS to PostgreSQL’s clients.`,
  )
  assert.match(await refusal('postgres', { turns: [[bytes([0]), 'E']] }), /does not speak PostgreSQL/)
  assert.equal(
    await refusal('mysql', { greeting: mysqlGreeting(0xf7ff), turns: [] }),
    `tls: ${at} does not offer TLS to MySQL’s clients.`,
  )
  const tooMany = bytes([23, 0, 0, 0, 0xff, 0x10, 4], 'Too many connections')
  assert.equal(
    await refusal('mysql', { greeting: tooMany, turns: [] }),
    `status: ${at} does not let us in; it said “Too many connections”.`,
  )
  assert.equal(
    await refusal('ldap', { turns: [[/^0/, ldapResult(2, 'no TLS here')]] }),
    `tls: ${at} refuses StartTLS; it said “no TLS here (result 2)”.`,
  )
  assert.match(await refusal('xmpp', { turns: [[/^</, features('<bind/>')]] }), /does not offer STARTTLS/)
  assert.match(
    await refusal('xmpp', {
      turns: [
        [/^</, features(tlsFeature)],
        [/^</, '<failure/>'],
      ],
    }),
    /refuses STARTTLS/,
  )
})

test('what is slipped in before TLS begins is not taken for the server’s', async (t) => {
  const injected: Server = { greeting: '+OK ready\r\n', turns: [[/^STLS/, '+OK\r\n+OK you have mail\r\n']] }
  assert.equal(
    (await check(t, 'pop3', play(injected))).said,
    'protocol: 127.0.0.1:PORT said “+OK you have mail” where TLS must begin.',
  )
})

test('LDAP answers whose lengths lie are refused', async (t) => {
  for (const lie of [
    [0x30, 0x80],
    [0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
    [0x30, 5, 2, 9, 1, 1, 1],
    [0x3f, 1],
    [0x30, 0],
  ]) {
    assert.match((await check(t, 'ldap', play({ turns: [[/^0/, Buffer.from(lie)]] }))).said, /does not speak LDAP/)
  }
})

test('a handshake that fails after STARTTLS is a failure of TLS', async (t) => {
  const plain: Server = {
    greeting: '+OK ready\r\n',
    turns: [
      [/^STLS/, '+OK\r\n'],
      [bytes([22]), '-ERR what?\r\n'],
    ],
  }
  assert.equal((await check(t, 'pop3', play(plain))).said, 'tls: 127.0.0.1:PORT does not speak TLS.')
})
