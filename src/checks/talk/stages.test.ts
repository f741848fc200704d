// Tests of how far a conversation goes, and of settings that would never be used or give a password away.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Kind } from '../check.ts'
import { ftp } from '../ftp/ftp.ts'
import { imap } from '../imap/imap.ts'
import { pop3 } from '../pop3/pop3.ts'
import { smtp } from '../smtp/smtp.ts'
import { ssh } from '../ssh/ssh.ts'
import { faultOf } from './testing.ts'

const auth = { user: 'u', password: 'p' }
const until = (kind: Kind, spec: object) =>
  (kind.config.parse({ address: 'mail.example:2525', ...spec }) as { readonly until: string }).until
const fault = (kind: Kind, spec: object) => faultOf(kind, { address: 'mail.example:2525', ...spec })

test('a conversation goes as far as its settings are for', () => {
  assert.equal(until(smtp, {}), 'ehlo')
  assert.equal(until(smtp, { starttls: true }), 'starttls')
  assert.equal(until(smtp, { tls: true, auth }), 'auth')
  assert.equal(until(smtp, { to: 'a@example.com' }), 'rcpt')
  assert.equal(until(smtp, { until: 'greeting' }), 'greeting')
  assert.equal(until(imap, {}), 'capability')
  assert.equal(until(imap, { tls: true, auth, mailbox: 'INBOX' }), 'mailbox')
  assert.equal(until(pop3, {}), 'greeting')
  assert.equal(until(pop3, { starttls: true, auth }), 'login')
  assert.equal(until(ftp, { auth: { user: 'anonymous', password: 'x' }, list: '/' }), 'list')
  assert.equal(until(ssh, {}), 'offers')
  assert.equal(until(ssh, { expect: { host_key: `SHA256:${'a'.repeat(43)}` } }), 'host_key')
})

test('a stage without what it needs, and what comes after the last stage, are refused with the reason', () => {
  assert.equal(fault(smtp, { until: 'rcpt' }), 'until: to get as far as rcpt it needs a recipient: to')
  assert.equal(fault(imap, { until: 'login' }), 'until: to get as far as login it needs auth: { user, password }')
  assert.equal(fault(pop3, { until: 'starttls' }), 'until: to get as far as starttls it needs starttls: true')
  const unused = (setting: string, stage: string) =>
    `${setting}: is never used, for the conversation ends before (until: ${stage})`
  assert.equal(fault(smtp, { until: 'greeting', starttls: true }), unused('starttls', 'greeting'))
  assert.equal(fault(smtp, { until: 'ehlo', to: 'a@example.com' }), unused('to', 'ehlo'))
  assert.equal(fault(imap, { tls: true, until: 'capability', auth }), unused('auth', 'capability'))
  assert.equal(fault(smtp, { until: 'greeting', expect: { offers: ['SIZE'] } }), unused('expect', 'greeting'))
  assert.match(fault(smtp, { until: 'end' }), /expected one of greeting, ehlo, starttls, auth, rcpt/)
})

for (const kind of [smtp, imap, pop3, ftp]) {
  test(`${kind.kind}: no password goes over a clear connection unless that is asked for`, () => {
    assert.match(fault(kind, { auth }), /^auth: the password would go over a connection that is not encrypted; add tls/)
    assert.match(fault(kind, { auth, tls: false }), /^auth: the password would go/)
    assert.equal(fault(kind, { auth, tls: true }), '')
    assert.equal(fault(kind, { auth, starttls: true }), '')
    assert.equal(fault(kind, { auth: { ...auth, without_tls: true } }), '')
    assert.match(fault(kind, { auth: { ...auth, without_tls: true }, tls: true }), /^auth\.without_tls: is for a conn/)
    assert.match(fault(kind, { starttls: true, tls: false }), /^starttls: asks for TLS, which tls: false forbids/)
    assert.match(fault(kind, { auth: { user: 'a\nb', password: 'p' }, tls: true }), /^auth\.user: has no line breaks/)
    assert.match(
      fault(kind, { auth: { user: 'a', password: 'p\0' }, tls: true }),
      /^auth\.password: has no line breaks/,
    )
    assert.match(fault(kind, { expect: {} }), /^expect(\.greeting)?: (expects nothing|Invalid input)/)
    assert.match(fault(kind, { expect: { greeting: {} } }), /^expect\.greeting: expects nothing/)
  })

  test(`${kind.kind}: on the port where TLS begins at once, it does`, () => {
    const port = { smtp: 465, imap: 993, pop3: 995, ftp: 990 }[kind.kind]
    const tls = (spec: object) => (kind.config.parse(spec) as { readonly tls: object | null }).tls !== null
    assert.equal(tls({ address: `mail.example:${port}` }), true)
    assert.equal(tls({ address: `mail.example:${port}`, tls: false }), false)
    assert.equal(tls({ address: 'mail.example:2525' }), false)
    assert.equal(tls({ address: 'mail.example:2525', starttls: true }), true)
    assert.equal(kind.describe(kind.config.parse({ address: `mail.example:${port}` })), `mail.example:${port} (TLS)`)
  })

  test(`${kind.kind}: what is secret is named as such`, () =>
    assert.deepEqual(kind.secrets, ['auth.*', 'tls.client.key']))
}

test('what makes no sense in one protocol is refused there', () => {
  assert.match(fault(smtp, { from: 'a@example.com' }), /^from: is only said together with a recipient/)
  assert.match(fault(smtp, { to: 'a b' }), /^to: expected a mail address/)
  assert.match(fault(smtp, { to: 'a@b>\r\nDATA' }), /^to: expected a mail address/)
  assert.match(fault(smtp, { hello: 'a b' }), /^hello: expected the name of a host/)
  assert.match(fault(imap, { mailbox: 'INBOX' }), /^mailbox: is opened after a login/)
  assert.match(fault(imap, { tls: true, auth, mailbox: 'Entwürfe' }), /^mailbox: is written as the protocol has it/)
  assert.match(fault(ftp, { list: '/pub' }), /^list: is asked for after a login/)
  assert.match(fault(ftp, { list: '-la' }), /^list: would be taken for an option/)
  assert.match(fault(ftp, { list: '/a\r\nDELE b' }), /^list: has no line breaks/)
  assert.match(fault(ftp, { expect: { list: { contains: 'x' } } }), /expect\.list: needs a folder to list/)
  assert.match(fault(ssh, { expect: { host_key: 'SHA256:short' } }), /^expect\.host_key: expected a fingerprint/)
  assert.match(fault(ssh, { expect: {} }), /^expect: expects nothing/)
  assert.match(faultOf(smtp, { address: 'mail.example' }), /^address: mail\.example has no port/)
  assert.equal(faultOf(ssh, { address: 'shell.example' }), '')
  assert.equal(ssh.describe(ssh.config.parse({ address: '::1' })), '[::1]:22')
  assert.equal(ssh.describe(ssh.config.parse({ address: 'shell.example:2222' })), 'shell.example:2222')
  assert.match(faultOf(ssh, { address: 'ssh://shell.example' }), /is a URL/)
})
