// Tests of the kinds `imap` and `pop3`: logins, mailboxes, TLS, refusals.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { golden } from '#test/targets.ts'
import { pop3 } from '../pop3/pop3.ts'
import { check, play, type Said, type Script } from '../talk/testing.ts'
import { imap } from './imap.ts'

const good = { ca: golden('ca.pem') }
const auth = { user: 'us"er', password: 'pa\\ss' }
const clear = { auth: { ...auth, without_tls: true } }
const bye = [/^z LOGOUT$/, '* BYE\r\nz OK\r\n'] as const
const capabilities = (...names: string[]) =>
  [/^a CAPABILITY$/, `* CAPABILITY IMAP4rev1 ${names.join(' ')}\r\na OK\r\n`] as const
const base64 = (text: string) => Buffer.from(text).toString('base64')

const server = (...rules: Script['rules']): Script => ({ greeting: '* OK ready\r\n', rules: [...rules, bye] })

test('a login goes by AUTHENTICATE where that is offered, else by LOGIN in quotes', async (t) => {
  const said: Said = { clear: [], inside: [] }
  const plain = base64('\0us"er\0pa\\ss')
  const byPlain = server(
    capabilities('AUTH=PLAIN'),
    [/^a AUTHENTICATE PLAIN$/, '+ \r\n'],
    [new RegExp(`^${RegExp.escape(plain)}$`), 'a OK in\r\n'],
  )
  assert.equal((await check(t, imap, play(byPlain, said), clear)).said, 'well')
  assert.deepEqual(said.clear, ['a CAPABILITY', 'a AUTHENTICATE PLAIN', plain, 'z LOGOUT'])
  const byLogin = server(capabilities(), [/^a LOGIN "us\\"er" "pa\\\\ss"$/, 'a OK in\r\n'])
  assert.equal((await check(t, imap, play(byLogin), clear)).said, 'well')
})

test('TLS is asked for before the capabilities that count, and the password goes inside only', async (t) => {
  const said: Said = { clear: [], inside: [] }
  const script: Script = {
    ...server([/^a STARTTLS$/, { tls: 'a OK go\r\n' }]),
    inside: [
      capabilities('IDLE'),
      [/^a LOGIN/, 'a OK in\r\n'],
      [/^a EXAMINE "INBOX"$/, '* 12 EXISTS\r\na OK\r\n'],
      bye,
    ],
  }
  const spec = { starttls: true, tls: good, auth, mailbox: 'INBOX', expect: { offers: ['idle'] } }
  const finding = await check(t, imap, play(script, said), spec)
  assert.equal(finding.said, 'well')
  assert.equal(finding.facts['messages'], 12)
  assert.deepEqual(said.clear, ['a STARTTLS'])
  assert.equal(said.inside.length, 4)
})

test('what is slipped in between STARTTLS and TLS is refused', async (t) => {
  const said: Said = { clear: [], inside: [] }
  const script = server([/^a STARTTLS$/, { tls: 'a OK go\r\n* CAPABILITY AUTH=PLAIN\r\n' }])
  const { said: words } = await check(t, imap, play(script, said), { starttls: true, tls: good, auth })
  assert.equal(words, 'protocol: 127.0.0.1:PORT said “* CAPABILITY AUTH=PLAIN” where TLS must begin.')
  assert.deepEqual(said, { clear: ['a STARTTLS'], inside: [] })
  const lying = { greeting: '+OK\r\n', rules: [[/^STLS$/, { tls: '+OK\r\n+OK in\r\n' }]] } as const
  const byPop3 = await check(t, pop3, play(lying), { starttls: true, tls: good, auth })
  assert.match(byPop3.said, /^protocol: .*“\+OK in” where TLS must begin\.$/)
})

test('who is known already need not log in', async (t) => {
  const script = { ...server(capabilities()), greeting: '* PREAUTH welcome\r\n' }
  assert.equal((await check(t, imap, play(script), clear)).said, 'well')
})

test('answers made to be slow to read are read in no time', async (t) => {
  const slow = `${' '.repeat(20_000)}${'x'.repeat(20_000)}\ry`
  const script = {
    greeting: `* OK${slow}\r\n`,
    rules: [[/^a CAPABILITY/, `* CAPABILITY IDLE\r\na OK\r\n`], bye],
  } as const
  const { said, facts } = await check(t, imap, play(script))
  assert.equal(said, 'well')
  assert.deepEqual(facts['offers'], ['IDLE'])
})

test('refusals of IMAP are told in the server’s own words', async (t) => {
  const refusal = async (spec: object, ...rules: Script['rules']) =>
    (await check(t, imap, play(server(...rules)), spec)).said
  const at = '127.0.0.1:PORT'
  assert.equal(
    await refusal(clear, capabilities(), [/LOGIN/, 'a NO [AUTHENTICATIONFAILED] pa\\ss is wrong\r\n']),
    `auth: ${at} does not let us log in; it said “NO [AUTHENTICATIONFAILED] *** is wrong”.`,
  )
  assert.match(
    await refusal(clear, capabilities(), [/LOGIN/, 'a NO [UNAVAILABLE] later\r\n']),
    /^status: .* does not let us log in/,
  )
  assert.equal(
    await refusal(clear, capabilities('LOGINDISABLED')),
    `auth: ${at} takes no password here (LOGINDISABLED), for want of TLS perhaps.`,
  )
  assert.match(
    await refusal({ ...clear, mailbox: 'Sent' }, capabilities(), [/LOGIN/, 'a OK\r\n'], [/EXAMINE/, 'a NO gone\r\n']),
    /^status: .* does not open the mailbox Sent; it said “NO gone”\.$/,
  )
  assert.match(
    await refusal({ ...clear, mailbox: 'Sent' }, capabilities(), [/LOGIN/, 'a OK\r\n'], [/EXAMINE/, 'a OK\r\n']),
    /^protocol: .* does not say what is in the mailbox Sent/,
  )
  assert.match(
    await refusal({}, [/CAPABILITY/, '* BYE idle for too long\r\n']),
    /^closed: .* says goodbye; it said “\* BYE/,
  )
  assert.match(await refusal({}, [/CAPABILITY/, 'b OK\r\n']), /^protocol: .* answers in a way that is not IMAP’s/)
  assert.match(
    await refusal({ expect: { offers: ['IDLE'] } }, capabilities()),
    /^body: .* does not offer IDLE; it offers/,
  )
  const full = { greeting: '* BYE too many\r\n', rules: [] }
  assert.match((await check(t, imap, play(full))).said, /^status: .* does not let us in; it said “\* BYE too many”\.$/)
})

test('a mailbox is counted by POP3, in TLS from the first byte', async (t) => {
  const rules = [
    [/^USER us"er$/, '+OK\r\n'],
    [/^PASS pa\\ss$/, '+OK\r\n'],
    [/^STAT$/, '+OK 7 1000\r\n'],
    [/^QUIT$/, '+OK\r\n'],
  ] as const
  const said: Said = { clear: [], inside: [] }
  const finding = await check(
    t,
    pop3,
    play({ greeting: '+OK <1.2@pop>\r\n', rules }, said),
    { tls: good, auth },
    { tls: 'good' },
  )
  assert.equal(finding.said, 'well')
  assert.equal(finding.facts['messages'], 7)
  assert.equal(said.clear.at(-1), 'QUIT')
})

test('refusals of POP3 are told in the server’s own words', async (t) => {
  const refusal = async (spec: object, greeting: string, ...rules: Script['rules']) =>
    (await check(t, pop3, play({ greeting, rules }), spec)).said
  const at = '127.0.0.1:PORT'
  assert.equal(await refusal({}, '-ERR too many\r\n'), `status: ${at} does not let us in; it said “-ERR too many”.`)
  const wrong = [
    [/^USER/, '+OK\r\n'],
    [/^PASS/, '-ERR [AUTH] pa\\ss?\r\n'],
  ] as const
  assert.equal(
    await refusal(clear, '+OK\r\n', ...wrong),
    `auth: ${at} does not let us log in; it said “-ERR [AUTH] ***?”.`,
  )
  assert.match(await refusal(clear, '+OK\r\n', [/^USER/, '-ERR [IN-USE] locked\r\n']), /^status: /)
  assert.match(await refusal(clear, '+OK\r\n', [/^USER/, '+OKAY\r\n']), /^protocol: .* a way that is not POP3’s/)
  assert.match(await refusal({ starttls: true }, '+OK\r\n', [/^STLS/, '-ERR no\r\n']), /^tls: .* refuses STLS/)
  assert.match(
    await refusal({ expect: { greeting: { contains: 'Dovecot' } } }, '+OK hi\r\n'),
    /^body: .* greets with “\+OK hi”, which does not contain “Dovecot”\.$/,
  )
})
