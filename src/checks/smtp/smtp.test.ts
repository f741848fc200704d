// Tests of the kind `smtp`: against a real mail server, and servers that refuse, lie and slip things in.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { startSmtpSink, type SmtpSinkOptions } from '#test/smtp-sink.ts'
import { golden, look } from '#test/targets.ts'
import { selfSigned } from '#test/tls.ts'
import { until } from '#test/until.ts'
import { check, play, type Said, type Script } from '../talk/testing.ts'
import { smtp } from './smtp.ts'

const own = { ca: selfSigned.cert }

/** One check of a real mail server. */
async function real(t: TestContext, spec: object, options: SmtpSinkOptions = {}) {
  const sink = await startSmtpSink(options)
  t.after(() => sink.stop())
  const finding = await look(smtp, { address: `127.0.0.1:${sink.port}`, ...spec })
  // The sink does not see the end of what it has wrapped itself.
  if (options.tls !== 'starttls') await until('the connection is gone', () => sink.connections() === 0)
  const words = finding.sentence?.replaceAll(String(sink.port), 'PORT') ?? 'well'
  return { ...finding, said: `${finding.reason ?? 'up'}: ${words}`, facts: finding.facts ?? {}, sink }
}

const phases = (facts: object) => Object.keys((facts as { readonly phases: object }).phases)

test('a real mail server is well in clear, by STARTTLS and in TLS from the first byte', async (t) => {
  const clear = await real(t, {})
  assert.equal(clear.said, 'up: well')
  assert.deepEqual(phases(clear.facts), ['resolve', 'connect', 'greeting', 'ehlo'])
  assert.match(String(clear.facts['greeting']), /^220 .* ESMTP/)
  assert.ok((clear.facts['offers'] as string[]).includes('PIPELINING'))
  const asked = await real(t, { starttls: true, tls: own }, { tls: 'starttls' })
  assert.equal(asked.said, 'up: well')
  assert.deepEqual(phases(asked.facts), ['resolve', 'connect', 'greeting', 'ehlo', 'starttls', 'tls'])
  assert.equal((asked.facts['certificate'] as { readonly subject: string }).subject, 'localhost')
  const atOnce = await real(t, { tls: own }, { tls: 'implicit' })
  assert.equal(atOnce.said, 'up: well')
  assert.deepEqual(phases(atOnce.facts), ['resolve', 'connect', 'tls', 'greeting', 'ehlo'])
})

test('a login is tried by the real server, and a wrong password told', async (t) => {
  const options: SmtpSinkOptions = { tls: 'starttls', auth: { user: 'Zoë', pass: 'pä"ss' } }
  const spec = { starttls: true, tls: own }
  assert.equal((await real(t, { ...spec, auth: { user: 'Zoë', password: 'pä"ss' } }, options)).said, 'up: well')
  const wrong = await real(t, { ...spec, auth: { user: 'Zoë', password: 'guess' } }, options)
  assert.match(wrong.said, /^auth: 127\.0\.0\.1:PORT does not let us log in; it said “535 /)
})

test('a recipient is asked for, and no mail is ever sent', async (t) => {
  const { said, sink } = await real(t, { to: 'ops@example.com', from: 'probe@example.com' })
  assert.equal(said, 'up: well')
  assert.deepEqual(sink.stages.items, ['connect', 'mail', 'rcpt'])
  assert.deepEqual(sink.messages, [])
  const refused = await real(
    t,
    { to: 'gone@example.com' },
    { answer: (stage) => (stage === 'rcpt' ? { code: 550, text: 'no such user' } : 'ok') },
  )
  assert.equal(refused.said, 'status: 127.0.0.1:PORT refuses mail to gone@example.com; it said “550 no such user”.')
})

test('certificates are judged before anything is said inside', async (t) => {
  const auth = { user: 'u', password: 'secret' }
  const options: SmtpSinkOptions = { tls: 'starttls', auth: { user: 'u', pass: 'secret' } }
  const distrusted = await real(t, { starttls: true, auth }, options)
  assert.equal(distrusted.said, 'certificate: The certificate of localhost is self-signed, so nobody vouches for it.')
  assert.ok(distrusted.facts['certificate'])
  assert.equal((await real(t, { starttls: true, tls: { verify: false }, auth }, options)).said, 'up: well')
  const named = await real(t, { starttls: true, tls: { ...own, server_name: 'mail.example' } }, options)
  assert.match(named.said, /^certificate: The certificate is for localhost, 127\.0\.0\.1, not for mail\.example\.$/)
  const short = await real(t, { starttls: true, tls: { ...own, days_left: { degraded: 3_650 } } }, options)
  assert.equal(short.outcome, 'up')
})

test('a certificate that runs out soon degrades, also where nobody is trusted', async (t) => {
  const ahead = Date.parse('2119-11-01') - systemClock.now()
  const late = { ...systemClock, now: () => systemClock.now() + ahead }
  const script: Script = {
    greeting: '220 hi\r\n',
    rules: [
      [/^EHLO/, '250 hi\r\n'],
      [/^QUIT/, '221 bye\r\n'],
    ],
  }
  const spec = { tls: { verify: false, days_left: { degraded: 3_650 } } }
  const { said, outcome } = await check(t, smtp, play(script), spec, { tls: 'good', clock: late })
  assert.match(
    said,
    /^certificate: The certificate of 127\.0\.0\.1 expires in 60 days, on 1 January 2120; 3650 are asked for\.$/,
  )
  assert.equal(outcome, 'degraded')
  const overlooked = await check(t, smtp, play(script), { tls: { verify: false } }, { tls: 'expired' })
  assert.equal(overlooked.said, 'well')
})

test('TLS where none is spoken says what else may be meant', async (t) => {
  assert.equal(
    (await real(t, { tls: true })).said,
    'tls: 127.0.0.1:PORT does not speak TLS from the first byte; ' +
      'if it begins TLS only when asked to, write starttls: true.',
  )
  assert.match((await real(t, { starttls: true })).said, /^tls: .* does not offer STARTTLS; it offers “PIPELINING, /)
})

const offering = '250-hi\r\n250-STARTTLS\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE\r\n'
const good = { ca: golden('ca.pem') }

test('what is slipped in between STARTTLS and TLS is refused, and nothing is said to whoever did it', async (t) => {
  const said: Said = { clear: [], inside: [] }
  const script: Script = {
    greeting: '220 hi\r\n',
    rules: [
      [/^EHLO/, offering],
      [/^STARTTLS$/, { tls: '220 go\r\n250-hi\r\n250 AUTH PLAIN\r\n' }],
    ],
  }
  const spec = { starttls: true, tls: good, auth: { user: 'u', password: 'secret' } }
  const finding = await check(t, smtp, play(script, said), spec)
  assert.equal(finding.said, 'protocol: 127.0.0.1:PORT said “250-hi 250 AUTH PLAIN” where TLS must begin.')
  assert.doesNotMatch(said.clear.join(), /QUIT|AUTH/)
  assert.deepEqual(said.inside, [])
})

test('what a server offers is asked for again inside of TLS, and passwords go there only', async (t) => {
  const said: Said = { clear: [], inside: [] }
  const script: Script = {
    greeting: '220 hi\r\n',
    rules: [
      [/^EHLO/, '250-hi\r\n250-STARTTLS\r\n250 AUTH CRAM-MD5\r\n'],
      [/^STARTTLS$/, { tls: '220 go\r\n' }],
    ],
    inside: [
      [/^EHLO mon\.example$/, '250-hi\r\n250 AUTH LOGIN\r\n'],
      [/^AUTH LOGIN$/, '334 VXNlcm5hbWU6\r\n'],
      [/^dQ==$/, '334 UGFzc3dvcmQ6\r\n'],
      [/^c2VjcmV0$/, '235 in\r\n'],
      [/^QUIT$/, '221 bye\r\n'],
    ],
  }
  const spec = { starttls: true, tls: good, hello: 'mon.example', auth: { user: 'u', password: 'secret' } }
  assert.equal((await check(t, smtp, play(script, said), spec)).said, 'well')
  assert.deepEqual(said.clear, ['EHLO mon.example', 'STARTTLS'])
  assert.deepEqual(said.inside, ['EHLO mon.example', 'AUTH LOGIN', 'dQ==', 'c2VjcmV0', 'QUIT'])
})

test('refusals are told in the server’s own words, and it is left politely', async (t) => {
  const refusal = async (greeting: string, rules: Script['rules'], spec: object = {}) => {
    const said: Said = { clear: [], inside: [] }
    const finding = await check(t, smtp, play({ greeting, rules: [...rules, [/^QUIT$/, '221 bye\r\n']] }, said), spec)
    // Who is not understood would not understand a goodbye.
    assert.equal(said.clear.at(-1) === 'QUIT', finding.reason !== 'protocol')
    return finding.said
  }
  const at = '127.0.0.1:PORT'
  assert.equal(await refusal('554 go away\r\n', []), `status: ${at} does not accept mail; it said “554 go away”.`)
  assert.equal(
    await refusal('220 hi\r\n', [[/^EHLO/, '502 what?\r\n']]),
    `status: ${at} does not answer EHLO; it said “502 what?”.`,
  )
  assert.equal(
    await refusal('220 hi\r\n', [[/^EHLO/, '250-a\r\n550 b\r\n']]),
    `protocol: ${at} answers in a way that is not SMTP’s; it said “250-a 550 b”.`,
  )
  const to = { to: 'a@example.com' }
  assert.match(
    await refusal(
      '220 hi\r\n',
      [
        [/^EHLO/, '250 hi\r\n'],
        [/^MAIL/, '451 later\r\n'],
      ],
      to,
    ),
    /^status: .* refuses mail from <>; it said “451 later”/,
  )
  const login = { auth: { user: 'u', password: 'secret', without_tls: true } }
  assert.match(await refusal('220 hi\r\n', [[/^EHLO/, '250 hi\r\n']], login), /^auth: .* offers no AUTH\.$/)
  assert.match(
    await refusal('220 hi\r\n', [[/^EHLO/, '250-hi\r\n250 AUTH GSSAPI\r\n']], login),
    /^auth: .* offers neither PLAIN nor LOGIN, only GSSAPI\.$/,
  )
  const refusing = (answer: string) =>
    refusal(
      '220 hi\r\n',
      [
        [/^EHLO/, offering],
        [/^AUTH/, answer],
      ],
      login,
    )
  assert.match(await refusing('454 the directory is away\r\n'), /^status: .* does not let us log in/)
  const repeated = await refusing(`535 ${Buffer.from('\0u\0secret').toString('base64')} secret c2VjcmV0\r\n`)
  assert.match(repeated, /^auth: .*it said “535 \*\*\* \*\*\* \*\*\*”\.$/)
})

test('offers made to be slow to read are read in no time', async (t) => {
  const offer = `250-hi\r\n250 a${' '.repeat(50_000)}b\r\n`
  const script: Script = {
    greeting: '220 hi\r\n',
    rules: [
      [/^EHLO/, offer],
      [/^QUIT/, '221 bye\r\n'],
    ],
  }
  assert.equal((await check(t, smtp, play(script))).said, 'well')
})

test('a greeting and offers are judged as expected', async (t) => {
  const script: Script = {
    greeting: '220-mail.example\r\n220 ready\r\n',
    rules: [
      [/^EHLO/, offering],
      [/^QUIT/, '221 bye\r\n'],
    ],
  }
  const judged = async (expect: object) => (await check(t, smtp, play(script), { expect })).said
  assert.equal(await judged({ greeting: { contains: 'mail.example' }, offers: ['starttls', 'AUTH PLAIN'] }), 'well')
  assert.equal(
    await judged({ greeting: { regex: 'Postfix' } }),
    'body: 127.0.0.1:PORT greets with “220-mail.example 220 ready”, which does not match the pattern “Postfix”.',
  )
  assert.equal(
    await judged({ offers: ['SMTPUTF8'] }),
    'body: 127.0.0.1:PORT does not offer SMTPUTF8; it offers “STARTTLS, AUTH PLAIN, AUTH LOGIN, SIZE”.',
  )
})
