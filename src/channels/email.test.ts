// Tests of mail against a real SMTP server that misbehaves.
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { Message, SendContext, Sent } from './channel.ts'
import { type Outbound, openOutbound } from '#platform/outbound.ts'
import { contextFor, messages } from '#test/messages.ts'
import { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from '#test/smtp-sink.ts'
import { until } from '#test/until.ts'
import { email } from './email.ts'
import { sendMessage } from './send.ts'

const from = 'Allswell <allswell@example.test>'
const to = ['ops@example.test']
type Settings = Record<string, unknown>

const send = (settings: Settings, more: Partial<SendContext> = {}, message: Message = messages.down): Promise<Sent> =>
  sendMessage(email, email.config.parse({ to, ...settings }), message, contextFor(more))

async function withSink<Result>(options: SmtpSinkOptions, work: (sink: SmtpSink) => Promise<Result>): Promise<Result> {
  const sink = await startSmtpSink(options)
  try {
    return await work(sink)
  } finally {
    await sink.stop()
  }
}

/** Through a server with these options; `url` is what stands around its address. */
const sendTo = (sink: SmtpSink, url = (host: string) => `smtp://${host}`, more: Partial<SendContext> = {}) =>
  send({ from, smtp: url(`127.0.0.1:${sink.port}`) }, more)

/** A way out on which this machine looks like another one. */
function elsewhere(address = '192.0.2.7'): Outbound {
  const outbound = openOutbound({ denied: [] })
  return {
    resolve: (host, options) => outbound.resolve(host, options),
    connect: (near, port) => Object.defineProperty(outbound.connect(near, port), 'remoteAddress', { value: address }),
  }
}

suite('what is sent', () => {
  test('a mail goes through the file’s server, in text and HTML', () =>
    withSink({}, async (sink) => {
      const smtp = { url: `smtp://127.0.0.1:${sink.port}`, from }
      const sent = await send({ subject_prefix: '[prod]' }, { settings: { smtp, publicUrl: 'https://status.example' } })
      assert.match(sent.detail, /^127\.0\.0\.1:\d+ accepted it for 1 address: 250 /)
      const [mail] = sink.messages
      assert.deepEqual([mail?.from, mail?.to], ['allswell@example.test', to])
      assert.equal(mail?.subject, '[prod] DOWN: Web shop')
      assert.match(mail?.text ?? '', /^DOWN: Web shop\n\nThe server answered 500; 200 was expected\.\n/)
      assert.match(mail?.html ?? '', /<h1 [^>]*>DOWN: Web shop<\/h1>/)
      assert.match(mail?.html ?? '', /<a href="https:\/\/status\.example"/)
      assert.doesNotMatch(mail?.html ?? '', /<img|<script|<link|url\(/)
      assert.deepEqual(mail?.headers['auto-submitted'], ['auto-generated'])
      assert.deepEqual(mail?.headers['x-allswell-idempotency-key'], ['event-42:ops'])
    }))

  test('a single address need not be a list', () =>
    withSink({}, async (sink) => {
      const smtp = `smtp://127.0.0.1:${sink.port}`
      assert.equal((await send({ to: 'ops@example.test', cc: 'boss@example.test', from, smtp })).ok, true)
      assert.deepEqual(sink.messages[0]?.to, ['ops@example.test', 'boss@example.test'])
    }))

  test('the channel’s own server and sender go before the file’s', () =>
    withSink({}, async (sink) => {
      const settings = { smtp: { url: 'smtp://127.0.0.1:1', from }, publicUrl: null }
      const own = { from: 'night@example.test', smtp: `smtp://127.0.0.1:${sink.port}`, cc: ['boss@example.test'] }
      assert.equal((await send(own, { settings })).ok, true)
      assert.equal(sink.messages[0]?.from, 'night@example.test')
      assert.deepEqual(sink.messages[0]?.to, [...to, 'boss@example.test'])
    }))

  test('the mails of one outage make one thread, and a repeated one the same mail', () =>
    withSink({}, async (sink) => {
      const settings = { from, smtp: `smtp://127.0.0.1:${sink.port}` }
      await send(settings, { idempotencyKey: 'one' }, messages.down)
      await send(settings, { idempotencyKey: 'two' }, messages.worse)
      await send(settings, { idempotencyKey: 'three' }, messages.up)
      await send(settings, { idempotencyKey: 'three', attempt: 2 }, messages.up)
      await send(settings, { idempotencyKey: 'four' }, messages.unknown)
      const header = (name: string) => sink.messages.map((mail) => mail.headers[name]?.[0])
      const [root, second, third, again, alone] = header('message-id')
      assert.match(root ?? '', /^<outage-[0-9a-f]{32}@example\.test>$/)
      assert.deepEqual(header('in-reply-to'), [undefined, root, root, root, undefined])
      assert.deepEqual(header('references'), [undefined, root, root, root, undefined])
      assert.equal(again, third)
      assert.equal(new Set([root, second, third, alone]).size, 4)
    }))
})

suite('encryption and passwords', () => {
  test('STARTTLS is taken where it is offered, and TLS from the start with smtps', async () => {
    await withSink({ tls: 'starttls' }, async (sink) => {
      assert.equal((await sendTo(sink)).ok, true)
      assert.equal(sink.messages[0]?.secure, true)
    })
    await withSink({ tls: 'implicit' }, async (sink) => {
      assert.equal((await sendTo(sink, (host) => `smtps://${host}?verify=false`)).ok, true)
      assert.equal(sink.messages[0]?.secure, true)
    })
  })

  test('where TLS is relied on the certificate must be trusted', async () => {
    const detail = /self-signed.* add \?verify=false to the smtp URL/
    await withSink({ tls: 'implicit' }, async (sink) => {
      assert.match((await sendTo(sink, (host) => `smtps://${host}`)).detail, detail)
    })
    await withSink({ tls: 'starttls' }, async (sink) => {
      assert.match((await sendTo(sink, (host) => `smtp://${host}?starttls=require`)).detail, detail)
      const sent = await sendTo(sink, (host) => `smtp://u:p@${host}`, { outbound: elsewhere() })
      assert.match(sent.detail, detail)
      assert.equal(sink.messages.length, 0)
    })
  })

  test('a server without STARTTLS is refused where it is required', () =>
    withSink({}, async (sink) => {
      const sent = await sendTo(sink, (host) => `smtp://${host}?starttls=require`)
      assert.equal(!sent.ok && sent.retry, true)
      assert.match(sent.detail, /^TLS with 127\.0\.0\.1:\d+ failed: /)
    }))

  test('no password goes to another machine in the clear, unless told so, and never to the Internet', () =>
    withSink({ auth: { user: 'u', pass: 'geheim' } }, async (sink) => {
      const outbound = elsewhere()
      const sent = await sendTo(sink, (host) => `smtp://u:geheim@${host}`, { outbound })
      assert.match(sent.detail, /The password was not sent; within a private network \?starttls=never sends/)
      const never = (host: string) => `smtp://u:geheim@${host}?starttls=never`
      const far = await sendTo(sink, never, { outbound })
      assert.equal(!far.ok && far.retry, true)
      assert.match(far.detail, /is on the Internet, and its URL says starttls=never: .* so nothing was sent\./)
      assert.equal(sink.messages.length, 0)
      const plainly = await sendTo(sink, never, { outbound: elsewhere('10.1.2.3') })
      assert.equal(plainly.ok, true)
      assert.equal(sink.messages[0]?.user, 'u')
    }))

  test('a user logs in, also over STARTTLS and with signs that a URL escapes', () =>
    withSink({ tls: 'starttls', auth: { user: 'me@example.test', pass: 'p:/ä?' } }, async (sink) => {
      const user = `me%40example.test:${encodeURIComponent('p:/ä?')}`
      assert.equal((await sendTo(sink, (host) => `smtp://${user}@${host}`)).ok, true)
      assert.deepEqual([sink.messages[0]?.user, sink.messages[0]?.secure], ['me@example.test', true])
    }))

  test('a wrong password is said so, is not shown, and may be mended', () =>
    withSink({ auth: { user: 'u', pass: 'right' } }, async (sink) => {
      const sent = await sendTo(sink, (host) => `smtp://u:hidden-pass@${host}`)
      assert.equal(!sent.ok && sent.retry, true)
      assert.match(sent.detail, /^127\.0\.0\.1:\d+ refused the user name or password of u: 535 /)
      assert.doesNotMatch(sent.detail, /hidden/)
    }))
})

suite('what the server answers', () => {
  const refusals: readonly (readonly [string, SmtpSinkOptions['answer'], boolean, RegExp])[] = [
    [
      'an address refused for good',
      (s) => (s === 'rcpt' ? { code: 550, text: 'no such user' } : 'ok'),
      false,
      /every address: 550 no such user$/,
    ],
    [
      'an address refused for now',
      (s) => (s === 'rcpt' ? { code: 450, text: 'greylisted' } : 'ok'),
      true,
      /every address: 450 greylisted$/,
    ],
    [
      'a sender refused for good',
      (s) => (s === 'mail' ? { code: 553, text: 'not you' } : 'ok'),
      false,
      /\(MAIL FROM\): 553 not you$/,
    ],
    [
      'a mail refused for good',
      (s) => (s === 'data' ? { code: 554, text: 'spam' } : 'ok'),
      false,
      /\(DATA\): 554 spam$/,
    ],
    [
      'a mail refused for now',
      (s) => (s === 'data' ? { code: 452, text: 'disk full' } : 'ok'),
      true,
      /\(DATA\): 452 disk full$/,
    ],
    ['a server that is busy', (s) => (s === 'connect' ? { code: 421, text: 'try later' } : 'ok'), true, /421/],
    ['a line cut at the start', (s) => (s === 'connect' ? 'reset' : 'ok'), true, /closed the connection/],
    ['a line cut in the mail', (s) => (s === 'data' ? 'reset' : 'ok'), true, /closed the connection/],
  ]
  for (const [name, answer, retry, detail] of refusals) {
    test(`${name} is ${retry ? 'tried again' : 'given up'}`, () =>
      withSink(answer ? { answer } : {}, async (sink) => {
        const sent = await sendTo(sink)
        assert.equal(sent.ok, false)
        assert.match(sent.detail, detail)
        assert.equal(!sent.ok && sent.retry, retry)
      }))
  }

  test('one refused address keeps nobody else’s mail back, and is named', () => {
    const answer: SmtpSinkOptions['answer'] = (stage, value) =>
      stage === 'rcpt' && value.startsWith('gone') ? { code: 550, text: 'no such user' } : 'ok'
    return withSink({ answer }, async (sink) => {
      const smtp = `smtp://127.0.0.1:${sink.port}`
      const sent = await send({ to: ['gone@example.test', ...to], from, smtp })
      assert.equal(sent.ok, true)
      assert.match(sent.detail, /for 1 address: 250 .*550 no such user/)
      assert.deepEqual(sink.messages[0]?.to, to)
    })
  })

  test('the login is not repeated, though the server echoes it as it was sent or cut off', () => {
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const [user, pass] = ['me@example.test', 'geheim-und-lang']
    const echoed = [base64(`\0${user}\0${pass}`), base64(user), base64(pass), pass]
    const text = `${'x'.repeat(90)} ${echoed.join(' ')} ${'y'.repeat(90)}`
    const answer: SmtpSinkOptions['answer'] = (stage) => (stage === 'mail' ? { code: 550, text } : 'ok')
    return withSink({ auth: { user, pass }, answer }, async (sink) => {
      const sent = await sendTo(sink, (host) => `smtp://me%40example.test:${pass}@${host}?starttls=never`)
      assert.equal(sent.ok, false)
      for (const secret of echoed) assert.ok(!sent.detail.includes(secret.slice(0, 8)), secret)
      assert.match(sent.detail, /550 x+ \*\*\*/)
    })
  })

  for (const stage of ['connect', 'data'] as const) {
    test(`a server that hangs at ${stage} is given up when the time is over`, () =>
      withSink({ answer: (reached) => (reached === stage ? 'hang' : 'ok') }, async (sink) => {
        const context = contextFor({ timeout: 5_000 })
        const sending = sendTo(sink, undefined, context)
        await sink.stages.waitFor((reached) => reached === stage)
        await context.clock.advance(5_000)
        assert.deepEqual(await sending, { ok: false, retry: true, detail: 'No answer within 5 s.' })
        await until('the connection is closed', () => sink.connections() === 0)
      }))
  }

  test('nobody listening, a name that is none and a forbidden address are said so', async () => {
    const sink = await startSmtpSink()
    await sink.stop()
    assert.match((await sendTo(sink)).detail, /refused the connection; nothing listens there\.$/)
    const outbound = openOutbound({
      denied: ['127.0.0.0/8'],
      lookup: () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    })
    assert.match((await sendTo(sink, undefined, { outbound })).detail, /may not be connected to/)
    const nowhere = await send({ from, smtp: 'smtp://mail.nowhere.test' }, { outbound })
    assert.equal(nowhere.detail, 'The name mail.nowhere.test does not exist.')
  })
})

suite('its settings', () => {
  test('without any server it says what to add, and the mail is not lost', async () => {
    const sent = await send({})
    assert.deepEqual(sent, {
      ok: false,
      retry: true,
      detail: 'No SMTP server is set: add `smtp: { url: …, from: … }` to the configuration file.',
    })
    assert.match((await send({ smtp: 'smtp://127.0.0.1:1' })).detail, /^No sender is set: add `from`/)
  })

  const wrong: readonly (readonly [string, Settings, RegExp])[] = [
    ['nobody to tell', { to: [] }, /^to: /],
    ['no mail address', { to: ['ops'] }, /^to\.0: /],
    ['a single one that is none', { to: 'ops' }, /^to: /],
    [
      'a second header in the prefix',
      { subject_prefix: 'a\r\nBcc: x@example.test' },
      /^subject_prefix: write one line/,
    ],
    ['a sender that is none', { from: 'Allswell\n<a@example.test>' }, /^from: write a mail address/],
    ['a URL of another kind', { smtp: 'http://mail.example' }, /^smtp: write a URL such as smtp:\/\//],
    ['an unknown parameter', { smtp: 'smtp://mail.example?startls=never' }, /^smtp: "startls" .*"starttls"/],
    ['a parameter’s unknown value', { smtp: 'smtp://mail.example?verify=no' }, /^smtp: verify is true or false/],
    ['a slash in the password', { smtp: 'smtp://u:p@mail.example/x' }, /^smtp: .*%2F/],
    ['a bare percent sign', { smtp: 'smtp://u:100%@mail.example' }, /^smtp: .*%25/],
  ]
  for (const [name, settings, message] of wrong) {
    test(`${name} is refused, saying what to write`, () => {
      const result = email.config.safeParse({ to, ...settings })
      const faults = result.error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
      assert.equal(faults.length, 1)
      assert.match(faults[0] ?? '', message)
    })
  }
})
