// Messages in lovebeat's words, to real receivers: to the byte by webhook, subject and first line by mail.
import assert from 'node:assert/strict'
import { after, before, suite, test } from 'node:test'
import { contextFor, hostile, hostileMessage, messages } from '#test/messages.ts'
import { type SmtpSink, startSmtpSink } from '#test/smtp-sink.ts'
import { startWebhookSink, type WebhookSink } from '#test/webhook-sink.ts'
import type { ChannelKind, Message } from './channel.ts'
import { email } from './email.ts'
import { sendMessage } from './send.ts'
import { webhook } from './webhook.ts'

const example: Message = {
  ...messages.down,
  monitor: { key: 'example', name: 'example', labels: {}, target: '^test\\.' },
  outages: 2,
}

async function deliverBy(mail: SmtpSink, kind: ChannelKind, settings: object, message: Message) {
  const smtp = { url: `smtp://127.0.0.1:${mail.port}`, from: 'lovebeat@example.test' }
  const context = contextFor({ settings: { smtp, publicUrl: null } })
  const sent = await sendMessage(kind, kind.config.parse(settings), message, context)
  assert.equal(sent.ok, true, sent.detail)
}

suite('messages in lovebeat’s words', () => {
  let hook: WebhookSink
  let mail: SmtpSink
  before(async () => {
    hook = await startWebhookSink()
    mail = await startSmtpSink()
  })
  after(() => Promise.all([hook.stop(), mail.stop()]))

  const deliver = (kind: ChannelKind, settings: object, message: Message) => deliverBy(mail, kind, settings, message)

  test('a webhook is told name, both states and the incident, as lovebeat told it', async () => {
    for (const method of ['POST', 'GET']) {
      await deliver(webhook, { url: hook.url, method, format: 'lovebeat' }, example)
      const { headers, body, method: used } = hook.requests.at(-1)!
      assert.equal(used, method)
      assert.equal(body, '{"name":"example","from_state":"OK","to_state":"ERROR","incident_number":2}')
      assert.deepEqual(
        ['x-lovebeat', 'content-type', 'accept', 'user-agent', 'content-length'].map((name) => headers[name]),
        ['1', 'application/json', 'application/json', 'Lovebeat', '75'],
      )
    }
  })

  test('every state has its word, and a first failure is told without one before it', async () => {
    const said: string[] = []
    for (const message of [
      messages.up,
      messages.degraded,
      messages.unknown,
      { ...messages.down, previous: 'unknown' },
    ]) {
      await deliver(webhook, { url: hook.url, format: 'lovebeat' }, message as Message)
      const told = JSON.parse(hook.requests.at(-1)!.body) as Record<string, unknown>
      said.push(`${String(told['from_state'])} ${String(told['to_state'])} ${String(told['incident_number'])}`)
    }
    assert.deepEqual(said, ['ERROR OK 0', 'OK WARNING 0', 'OK NEW 0', 'NEW ERROR 0'])
  })

  test('a mail has its subject, and says the change before all else', async () => {
    await deliver(email, { to: 'x@example.com', format: 'lovebeat' }, example)
    const { headers, text } = mail.messages.at(-1)!
    assert.deepEqual(headers['subject'], ['[LOVEBEAT] example-2'])
    assert.match(text, /^The status for view 'example' has changed from 'OK' to 'ERROR'\n\nDOWN: example\n/)
  })

  test('hostile names stay one line of a subject and one value of the JSON', async () => {
    for (const name of hostile) {
      const message = { ...hostileMessage(name), outages: 1 }
      await deliver(email, { to: 'x@example.com', format: 'lovebeat' }, message)
      assert.equal(mail.messages.at(-1)?.headers['subject']?.length, 1)
      assert.doesNotMatch(mail.messages.at(-1)?.headers['subject']?.[0] ?? '', /\p{Cc}/u)
      await deliver(webhook, { url: hook.url, format: 'lovebeat' }, message)
      assert.equal(Object.keys(JSON.parse(hook.requests.at(-1)!.body) as object).length, 4)
    }
  })

  test('a body of one’s own does not go with it', () => {
    const faults = webhook.config.safeParse({ url: 'http://a/', format: 'lovebeat', body: { a: 1 } }).error?.issues
    assert.match(String(faults?.[0]?.message), /leave one of them out/)
  })
})
