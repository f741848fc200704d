// Tests of letters to people against a real SMTP server, one that misbehaves among them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { openOutbound } from '#platform/outbound.ts'
import { startSmtpSink } from '#test/smtp-sink.ts'
import { sendLetter } from './letter.ts'

const way = { clock: systemClock, outbound: openOutbound({ denied: [] }) }
const letter = {
  to: 'ann@corp.test',
  subject: 'You are invited',
  lines: ['<b>Eve</b> & co invite you.', 'It works once:'],
  link: 'https://status.corp.test/app/invitation#abc_-123',
}
const from = 'Allswell <allswell@corp.test>'

test('a letter arrives as text and HTML, with its link whole and nothing of it taken for HTML', async (t) => {
  const sink = await startSmtpSink()
  t.after(() => sink.stop())
  const sent = await sendLetter(letter, { url: `smtp://127.0.0.1:${sink.port}`, from }, way)
  assert.equal(sent.ok, true, sent.detail)
  const mail = await sink.waitFor(() => true)
  assert.deepEqual(mail.to, ['ann@corp.test'])
  assert.match(mail.raw, /^Subject: You are invited\r?$/m)
  assert.match(mail.text, /^<b>Eve<\/b> & co invite you\./)
  assert.ok(mail.text.includes(letter.link))
  assert.ok(mail.html.includes(`href="${letter.link}"`))
  assert.match(mail.html, /&lt;b&gt;Eve&lt;\/b&gt; &amp; co/)
})

test('what the mail server refuses is told without the link', async (t) => {
  const answer = (stage: string) => (stage === 'rcpt' ? { code: 550, text: 'nobody here' } : 'ok')
  const sink = await startSmtpSink({ answer })
  t.after(() => sink.stop())
  const sent = await sendLetter(letter, { url: `smtp://127.0.0.1:${sink.port}`, from }, way)
  assert.equal(sent.ok, false)
  assert.match(sent.detail, /nobody here/)
  assert.ok(!sent.detail.includes('abc_-123'))
  assert.equal((await sendLetter(letter, { url: 'smtp://127.0.0.1:1', from }, way)).ok, false)
  assert.match((await sendLetter(letter, { url: 'nonsense', from }, way)).detail, /smtp URL is wrong/)
})
