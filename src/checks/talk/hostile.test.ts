// Tests of every kind that holds a conversation against servers that do not play along.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { look, openTarget, type Talk } from '#test/targets.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import type { Kind } from '../check.ts'
import { ftp } from '../ftp/ftp.ts'
import { imap } from '../imap/imap.ts'
import { pop3 } from '../pop3/pop3.ts'
import { smtp } from '../smtp/smtp.ts'
import { ssh } from '../ssh/ssh.ts'
import { tcp } from '../tcp/tcp.ts'
import { check, endless, play, type Script, trickle } from './testing.ts'

interface Case {
  readonly kind: Kind
  readonly spec: object
  /** A server that is well. */
  readonly well: Script
}

const sshGreeting = 'Be welcome.\r\nSSH-2.0-Test_1.0 hello\r\n'
const cases: Readonly<Record<string, Case>> = {
  smtp: {
    kind: smtp,
    spec: { to: 'a@example.com' },
    well: {
      greeting: '220-mail.example\r\n220 ESMTP\r\n',
      rules: [
        [/^EHLO \[127\.0\.0\.1\]$/, '250-mail.example\r\n250-SIZE 100\r\n250 HELP\r\n'],
        [/^MAIL FROM:<>$/, '250 ok\r\n'],
        [/^RCPT TO:<a@example\.com>$/, '250-yes\r\n250 ok\r\n'],
        [/^RSET$/, '250 ok\r\n'],
        [/^QUIT$/, '221 bye\r\n'],
      ],
    },
  },
  imap: {
    kind: imap,
    spec: { auth: { user: 'u', password: 'p', without_tls: true }, mailbox: 'INBOX' },
    well: {
      greeting: '* OK ready\r\n',
      rules: [
        [/^a CAPABILITY$/, '* CAPABILITY IMAP4rev1\r\na OK done\r\n'],
        [/^a LOGIN "u" "p"$/, 'a OK done\r\n'],
        [/^a EXAMINE "INBOX"$/, '* FLAGS (\\Seen)\r\n* 3 EXISTS\r\na OK [READ-ONLY] done\r\n'],
        [/^z LOGOUT$/, '* BYE\r\nz OK bye\r\n'],
      ],
    },
  },
  pop3: {
    kind: pop3,
    spec: { auth: { user: 'u', password: 'p', without_tls: true } },
    well: {
      greeting: '+OK ready\r\n',
      rules: [
        [/^USER u$/, '+OK\r\n'],
        [/^PASS p$/, '+OK welcome\r\n'],
        [/^STAT$/, '+OK 2 320\r\n'],
        [/^QUIT$/, '+OK bye\r\n'],
      ],
    },
  },
  ftp: {
    kind: ftp,
    spec: { auth: { user: 'anonymous', password: 'x' } },
    well: {
      greeting: '120 soon\r\n220-Welcome\r\n 220 is not the end\r\n220 Ready\r\n',
      rules: [
        [/^USER anonymous$/, '331 and the password\r\n'],
        [/^PASS x$/, '230 in\r\n'],
        [/^PWD$/, '257 "/a ""b"""\r\n'],
        [/^QUIT$/, '221 bye\r\n'],
      ],
    },
  },
  ssh: {
    kind: ssh,
    spec: { until: 'banner' },
    well: { greeting: sshGreeting, rules: [[/^SSH-2\.0-Allswell$/, null]] },
  },
  tcp: {
    kind: tcp,
    spec: { send: 'PING\r\n', expect: { contains: 'PONG' } },
    well: { rules: [[/^PING$/, '+PONG\r\n']] },
  },
}

for (const [name, { kind, spec, well }] of Object.entries(cases)) {
  test(`${name}: a server that is well is up, and is left with a goodbye where there is one`, async (t) => {
    const said = { clear: [], inside: [] }
    const { said: words, outcome, facts, latency } = await check(t, kind, play(well, said), spec)
    assert.equal(words, 'well')
    assert.equal(outcome, 'up')
    assert.equal(typeof latency, 'number')
    assert.deepEqual(Object.keys(facts['phases'] as object).slice(0, 2), ['resolve', 'connect'])
    if (name !== 'ssh' && name !== 'tcp') assert.match(said.clear.at(-1) ?? '', /^(QUIT|z LOGOUT)$/)
  })

  test(`${name}: a server that speaks a byte at a time is understood as well`, async (t) => {
    assert.equal((await check(t, kind, trickle(play(well)), spec)).said, 'well')
  })

  test(`${name}: silence at any turn ends at the timeout, and says how far it got`, async (t) => {
    for (let silentFrom = 0; silentFrom < well.rules.length; silentFrom += 1) {
      const clock = new VirtualClock()
      const rules = well.rules.map(([wanted, answer], at) => [wanted, at < silentFrom ? answer : ''] as const)
      const greeting = silentFrom === 0 ? '' : (well.greeting ?? '')
      const last = well.rules.length - 1
      const target = await openTarget(t, play({ ...well, greeting, rules }))
      const looking = look(kind, { address: `127.0.0.1:${target.port}`, ...spec }, { clock, timeout: 2_000 })
      const isOver = looking.then(() => true)
      while (!(await Promise.race([isOver, new Promise((resolve) => setImmediate(resolve, false))])))
        await clock.advance(50)
      const { reason, sentence, outcome } = await looking
      // Only the goodbye was not answered: that is no fault of the service.
      if (silentFrom === last && silentFrom > 0) assert.equal(outcome, 'up', `${sentence}`)
      else {
        assert.equal(reason, 'timeout', `${silentFrom}: ${sentence}`)
        assert.match(sentence ?? '', /^No answer within 2 s; it got as far as waiting for /)
      }
      await target.quiet()
      assert.equal(clock.pending(), 0)
    }
  })

  test(`${name}: rubbish without end is given up on, with and without lines, NULs and all`, async (t) => {
    const texts = [
      'x'.repeat(5_000),
      '\0'.repeat(5_000),
      '220-hello\r\n'.repeat(500),
      '* OK\r\n'.repeat(900),
      '\r\n'.repeat(9_000),
    ]
    for (const text of texts) {
      const { outcome, reason, said } = await check(t, kind, endless(text), spec)
      assert.equal(outcome, 'down')
      assert.match(String(reason), /^(protocol|too_large|reset|closed|body)$/, said)
      assert.doesNotMatch(said, /[\0\r\n]/)
      assert.ok(said.length < 400, said)
    }
  })

  test(`${name}: who hangs up, resets or speaks another protocol is told apart`, async (t) => {
    assert.match((await check(t, kind, (socket) => socket.end(), spec)).said, /^closed: 127\.0\.0\.1:PORT closed the /)
    assert.match((await check(t, kind, (socket) => socket.resetAndDestroy(), spec)).said, /^reset: /)
    const other = await check(t, kind, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), spec)
    assert.match(other.said, /^(protocol|body): 127\.0\.0\.1:PORT .*“HTTP\/1\.1 400 Bad Request”/)
    const half = await check(t, kind, (socket) => socket.end('22'), spec)
    assert.match(half.said, /^(closed|body): .*“22”/)
  })

  test(`${name}: a reset in the middle of the conversation is one`, async (t) => {
    const cut: Talk = (socket, index) => {
      play({ ...well, rules: [[/./, '']] })(socket, index)
      socket.once('data', () => socket.resetAndDestroy())
    }
    if (name !== 'ssh') assert.match((await check(t, kind, cut, spec)).said, /^(reset|closed): /)
  })

  test(`${name}: forbidden addresses and the wrong version of IP hold here as well`, async () => {
    const at = { ...spec, address: '[::ffff:a9fe:a9fe]:2525' }
    assert.equal((await look(kind, at, { denied: ['169.254.0.0/16'] })).reason, 'forbidden')
    assert.equal(kind.config.safeParse({ ...spec, address: '[::1]:2525', ip: 4 }).success, false)
    assert.equal(kind.config.safeParse({ ...spec, address: '[::1]:2525', ip: 6 }).success, true)
  })

  test(`${name}: IPv6 is spoken as well as IPv4`, async (t) => {
    const rules = well.rules.map(
      ([wanted, answer]) => [/EHLO/.test(wanted.source) ? /^EHLO \[IPv6:::1\]$/ : wanted, answer] as const,
    )
    const target = await openTarget(t, play({ ...well, rules }), undefined, '::1')
    assert.equal((await look(kind, { ...spec, address: `[::1]:${target.port}`, ip: 6 })).sentence, null)
    await target.quiet()
  })

  test(`${name}: latency thresholds are judged`, async (t) => {
    const slow: Talk = (socket, index) => {
      const write = socket.write.bind(socket)
      const later = (words: string) => systemClock.after(30, () => void (socket.writable && write(words)))
      play(well)(Object.assign(socket, { write: later }), index)
    }
    const { said } = await check(t, kind, slow, { ...spec, latency: { degraded: '5ms' } })
    assert.match(said, /^slow: It took \d+ ms; more than 5 ms counts as degraded\.$/)
  })
}
