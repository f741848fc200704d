// Tests of the webhook against a real receiver that misbehaves.
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { suite, test } from 'node:test'
import type { SendContext, Sent } from './channel.ts'
import { openOutbound } from '#platform/outbound.ts'
import { contextFor, messages } from '#test/messages.ts'
import { selfSigned } from '#test/tls.ts'
import { until } from '#test/until.ts'
import { type Answer, startWebhookSink, type WebhookSink } from '#test/webhook-sink.ts'
import { sendMessage } from './send.ts'
import { sign, webhook } from './webhook.ts'

type Settings = Record<string, unknown>

async function withSink<Result>(work: (sink: WebhookSink) => Promise<Result>): Promise<Result> {
  const sink = await startWebhookSink()
  try {
    return await work(sink)
  } finally {
    await sink.stop()
  }
}

const send = (settings: Settings, more: Partial<SendContext> = {}): Promise<Sent> =>
  sendMessage(webhook, webhook.config.parse(settings), messages.down, contextFor(more))

const sendTo = (sink: WebhookSink, answer: Answer, settings: Settings = {}, more: Partial<SendContext> = {}) => {
  sink.answer(() => answer)
  return send({ url: sink.url, ...settings }, more)
}

/** What the schema objects to: path and message of each fault. */
const faults = (settings: Settings) => {
  const result = webhook.config.safeParse(settings)
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

suite('what is sent', () => {
  test('a request carries the event, its key and who sends it', () =>
    withSink(async (sink) => {
      const sent = await sendTo(sink, 204)
      assert.equal(sent.ok, true)
      assert.match(sent.detail, /^204 No Content in \d+ ms$/)
      const { method, path, headers, json } = sink.requests[0]!
      assert.deepEqual([method, path], ['POST', '/hook'])
      assert.equal(headers['content-type'], 'application/json')
      assert.equal(headers['idempotency-key'], 'event-42:ops')
      assert.equal(headers['x-allswell-event'], 'monitor.down')
      assert.match(headers['user-agent'] ?? '', /^Allswell\/\d+\.\d+\.\d+/)
      assert.equal(headers['x-allswell-signature'], undefined)
      assert.equal((json as { id: string }).id, 'event-42:ops')
    }))

  test('a secret signs time and body', () =>
    withSink(async (sink) => {
      await sendTo(sink, 200, { secret: 'a long secret' })
      const { headers, body } = sink.requests[0]!
      const timestamp = headers['x-allswell-timestamp'] ?? ''
      assert.equal(timestamp, '1795269909')
      assert.equal(headers['x-allswell-signature'], `sha256=${sign('a long secret', timestamp, body)}`)
    }))

  test('method, headers and body are the receiver’s', () =>
    withSink(async (sink) => {
      const settings = {
        method: 'PUT',
        headers: { Authorization: 'Bearer t0ken', 'X-Team': 'ops' },
        body: { summary: '{{title}}', dedup_key: '{{outage.id}}' },
      }
      await sendTo(sink, 200, settings)
      const { method, headers, json } = sink.requests[0]!
      assert.equal(method, 'PUT')
      assert.deepEqual([headers['authorization'], headers['x-team']], ['Bearer t0ken', 'ops'])
      assert.deepEqual(json, { summary: 'DOWN: Web shop', dedup_key: 'house-1-7' })
    }))

  test('GET sends no body, with what is told in the URL', () =>
    withSink(async (sink) => {
      const url = `${sink.url}/{{monitor.key}}?text={{title}}`
      assert.equal((await send({ url, method: 'GET' })).ok, true)
      const { method, path, headers, body } = sink.requests[0]!
      assert.deepEqual([method, path, body], ['GET', '/hook/web?text=DOWN%3A%20Web%20shop', ''])
      assert.equal(headers['content-type'], undefined)
    }))

  test('user and password of the URL become basic authentication', () =>
    withSink(async (sink) => {
      await send({ url: sink.url.replace('//', '//us%40er:p%3Ass@') })
      assert.equal(sink.requests[0]?.headers['authorization'], `Basic ${btoa('us@er:p:ss')}`)
    }))

  test('a text of any type is sent as it is written', () =>
    withSink(async (sink) => {
      await sendTo(sink, 200, { body: '{{title}}\n{{url}}', content_type: 'text/plain; charset=utf-8' })
      const { headers, body } = sink.requests[0]!
      assert.deepEqual([headers['content-type'], body], ['text/plain; charset=utf-8', 'DOWN: Web shop\n'])
    }))
})

suite('what the receiver answers', () => {
  const cases: readonly (readonly [string, Answer, RegExp])[] = [
    ['500 with its words', { status: 500, body: 'no\r\nroom' }, /^500 Internal Server Error: no room$/],
    ['400 as well', { status: 400 }, /^400 Bad Request$/],
    ['a cut connection', 'reset', /closed the connection without an answer\.$/],
    ['an endless body', 'endless', /^500 Internal Server Error: x{100}…x{99}$/],
    [
      'a redirect, saying where to',
      { status: 302, headers: { location: 'https://u:p@other.example/x?token=1' } },
      /^302 Found: redirects are not followed; it points to https:\/\/other\.example\/…$/,
    ],
  ]
  for (const [name, answer, detail] of cases) {
    test(`${name} is a failure to be tried again`, () =>
      withSink(async (sink) => {
        const sent = await sendTo(sink, answer)
        assert.equal(sent.ok, false)
        assert.equal(!sent.ok && sent.retry, true)
        assert.match(sent.detail, detail)
        assert.equal(sink.requests.length, 1)
      }))
  }

  test('Retry-After in seconds or as a date is passed on with 429 and 503', () =>
    withSink(async (sink) => {
      const wait = async (status: number, value: string) => {
        const sent = await sendTo(sink, { status, headers: { 'retry-after': value } })
        return sent.ok ? null : (sent.retryAfter ?? null)
      }
      assert.equal(await wait(429, '17'), 17_000)
      assert.equal(await wait(503, 'Sat, 21 Nov 2026 14:06:09 GMT'), 60_000)
      assert.equal(await wait(503, 'Sat, 21 Nov 2020 14:06:09 GMT'), null)
      assert.equal(await wait(429, 'soon'), null)
      assert.equal(await wait(500, '17'), null)
    }))

  test('a receiver that hangs is given up when the time is over', () =>
    withSink(async (sink) => {
      const context = contextFor({ timeout: 5_000 })
      const sending = sendTo(sink, 'hang', {}, context)
      await sink.waitFor(() => true)
      await context.clock.advance(5_000)
      assert.deepEqual(await sending, { ok: false, retry: true, detail: 'No answer within 5 s.' })
      assert.equal(context.clock.pending(), 0)
    }))

  test('a slow answer within the time is success', () =>
    withSink(async (sink) => assert.equal((await sendTo(sink, { status: 200, afterMs: 30 })).ok, true)))

  test('2xx is success though its body never ends', () =>
    withSink(async (sink) => {
      const context = contextFor()
      const sending = sendTo(sink, { status: 200, body: 'more to come', unfinished: true }, {}, context)
      await sink.waitFor(() => true)
      await until('the head has come, and the body is waited for', () => context.clock.pending() === 2)
      await context.clock.advance(1_000)
      assert.equal((await sending).ok, true)
    }))

  test('what is no HTTP is said to be none', async () => {
    const server = createServer((socket) => socket.on('error', () => {}).end('220 mail.example ESMTP\r\n'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address() as { port: number }
    const sent = await send({ url: `http://127.0.0.1:${address.port}/` })
    assert.match(sent.detail, /did not answer in HTTP\.$/)
    server.close()
  })

  test('nobody listening is said so', async () => {
    const sink = await startWebhookSink()
    await sink.stop()
    const sent = await send({ url: sink.url })
    assert.equal(sent.detail, `127.0.0.1:${sink.port} refused the connection; nothing listens there.`)
  })

  test('what stands literally in a body is not repeated, in whatever spelling the receiver echoes it', () =>
    withSink(async (sink) => {
      const echo = (body: string) => ({ status: 400, body, headers: { 'X-Any': 'a' } })
      const structure = { pass: 'so "hidden"', list: [{ key: 'hidden-key {{status}}' }], pin: 4711_4711 }
      const text = '{"pass": "hidden-pass", "at": {{lasted_ms}}, "pin": 47114711}'
      const basic = Buffer.from('so "hidden"').toString('base64')
      const said = `missing: so "hidden" ${JSON.stringify('so "hidden"')} ${basic} hidden-key down hidden-pass 47114711`
      const both = [await sendTo(sink, echo(said), { body: structure }), await sendTo(sink, echo(said), { body: text })]
      assert.doesNotMatch(both[0]!.detail, new RegExp(`so "|hidden-key|4711|${basic}`))
      assert.doesNotMatch(both[1]!.detail, /hidden-pass|4711/)
      for (const { detail } of both) assert.match(detail, /^400 Bad Request: missing: /)
      const moved = { status: 302, headers: { Location: '/failed/hidden-pass' } }
      assert.match((await sendTo(sink, moved, { body: text })).detail, /it points to \/failed\/\*\*\*$/)
    }))

  test('a short key in the path is not repeated either', () =>
    withSink(async (sink) => {
      sink.answer(() => ({ status: 404, body: 'no hook at /services/aB3dE6 (aB3dE6)' }))
      const sent = await send({ url: sink.url.replace('/hook', '/services/aB3dE6') })
      assert.equal(sent.detail, '404 Not Found: no hook at /services/*** (***)')
    }))

  test('no secret stands in the detail, though the receiver repeats it', () =>
    withSink(async (sink) => {
      const settings = { secret: 'hidden-secret', headers: { Authorization: 'Bearer hidden-token' } }
      const url = `${sink.url.replace('//', '//me:hidden-pass@')}/hidden-key-0123456789?key=hidden-query`
      const repeated = ['secret', 'token', 'pass', 'key-0123456789', 'query'].map((part) => `hidden-${part}`)
      for (const body of [repeated.join(' '), `${'x'.repeat(95)}${repeated[0]}${'y'.repeat(200)}`]) {
        const sent = await sendTo(sink, { status: 403, body }, { ...settings, url })
        assert.match(sent.detail, /^403 Forbidden: .*\*\*\*/)
        assert.doesNotMatch(sent.detail, /hidden|secret/)
      }
    }))
})

suite('the way there', () => {
  test('a forbidden address is not connected to', () =>
    withSink(async (sink) => {
      const outbound = openOutbound({ denied: ['127.0.0.0/8'] })
      const sent = await sendTo(sink, 200, {}, { outbound })
      assert.equal(sent.ok, false)
      assert.match(sent.detail, /127\.0\.0\.1 may not be connected to; the setting networks\.denied forbids it\./)
      assert.equal(sink.requests.length, 0)
    }))

  test('a name is resolved once and its next address is tried when one is dead', () =>
    withSink(async (sink) => {
      let asked = 0
      const lookup = () => {
        asked += 1
        return Promise.resolve([
          { address: '127.0.0.9', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ])
      }
      const outbound = openOutbound({ denied: [], lookup })
      const sent = await send({ url: sink.url.replace('127.0.0.1', 'hooks.example') }, { outbound })
      assert.equal(sent.ok, true)
      assert.equal(asked, 1)
      assert.equal(sink.requests[0]?.headers['host'], `hooks.example:${sink.port}`)
    }))

  test('over TLS the certificate must be trusted, unless told otherwise', async () => {
    const sink = await startWebhookSink({ tls: selfSigned })
    const refused = await send({ url: sink.url })
    assert.match(refused.detail, /The certificate of 127\.0\.0\.1:\d+ is self-signed\./)
    assert.equal(sink.requests.length, 0)
    assert.equal((await send({ url: sink.url, verify: false })).ok, true)
    await sink.stop()
  })

  test('no connection is left behind', () =>
    withSink(async (sink) => {
      for (const answer of [200, 500, 'reset', 'endless'] as const) await sendTo(sink, answer)
      await until('all connections are closed', () => sink.connections() === 0)
    }))
})

suite('its settings', () => {
  test('each of its settings is looked at, whatever is wrong with the others', () => {
    const settings = { url: 'ftp://x', headers: { Host: 'x', 'a b': 'y' }, content_type: 'json', verify: 'yes' }
    assert.deepEqual(
      faults(settings).map((fault) => fault.split(':')[0]),
      ['url', 'headers.Host', 'headers.a b', 'content_type', 'verify'],
    )
  })

  test('a good URL suffices', () => assert.deepEqual(faults({ url: 'https://example.com/hook' }), []))

  const url = 'https://example.com/hook'
  const wrong: readonly (readonly [string, Settings, RegExp])[] = [
    ['no URL', { url: 'example.com' }, /^url: write a URL with its scheme/],
    ['another scheme', { url: 'ftp://example.com' }, /^url: write a URL with its scheme/],
    ['a bare percent sign', { url: 'https://u:100%@example.com/' }, /^url: .*%25/],
    ['a placeholder in the host', { url: 'https://{{monitor.key}}.example.com/' }, /^url: placeholders may stand in/],
    ['an unknown placeholder in the URL', { url: `${url}?a={{titel}}` }, /^url: .*did you mean "\{\{title\}\}"\?/],
    ['a line break in a header', { url, headers: { 'X-A': 'a\r\nX-B: b' } }, /^headers\.X-A: .*line breaks/],
    ['a header’s name that is none', { url, headers: { 'X A': 'a' } }, /^headers\.X A: this is not a header/],
    ['a header of our own', { url, headers: { 'Idempotency-Key': 'a' } }, /set by Allswell/],
    ['the content type as a header', { url, headers: { 'content-type': 'a/b' } }, /content_type beside url/],
    ['a content type that is none', { url, content_type: 'json\r\nX: y' }, /^content_type: write a media type/],
    ['an unknown placeholder in the body', { url, body: { a: { b: '{{staus}}' } } }, /^body\.a\.b: .*status/],
    ['a text that makes no JSON', { url, body: '{"a": {{status}}}' }, /^body: once filled in this is not JSON/],
    ['a mapping as plain text', { url, body: {}, content_type: 'text/plain' }, /cannot be sent as text\/plain/],
    ['a number as body', { url, body: 5 }, /^body: write a mapping or a text/],
    ['a URL that is too long', { url: url + 'a'.repeat(4_000) }, /^url: .*4000/],
    ['a body that is too long', { url, body: ['a'.repeat(100_000)] }, /^body: must not be longer than 100000/],
    ['a signature with GET', { url, method: 'GET', secret: 'a' }, /^secret: signs a body, and GET sends none; use/],
    ['a body with GET', { url, method: 'GET', body: {} }, /^body: GET sends no body/],
  ]
  for (const [name, settings, message] of wrong) {
    test(`${name} is refused, saying what to write`, () => {
      const [first, ...others] = faults(settings)
      assert.match(first ?? '', message)
      assert.deepEqual(others, [])
    })
  }

  test('what is shown of it is its origin', () => {
    const shown = (url: string) => webhook.describe(webhook.config.parse({ url }))
    assert.equal(shown('http://127.0.0.1:9002'), 'http://127.0.0.1:9002/')
    assert.equal(shown('https://u:p@example.com/?token=x'), 'https://example.com/…')
    for (const key of ['T00000000', 'short', 'abcdefGHIJKL0123456789xy'])
      assert.equal(shown(`https://hooks.example.com/services/${key}`), 'https://hooks.example.com/…')
  })
})
