// The contract of all channels: every event through every channel to a real receiver, compared with golden files,
// and hostile text that must come out well-formed. A new channel adds its recorder here and its golden files.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, suite, test } from 'node:test'
import { payloadSchema } from './payload.ts'
import type { ChannelKind, Message } from './channel.ts'
import { matchesGolden } from '#test/golden-file.ts'
import { contextFor, hostile, hostileMessage, messages } from '#test/messages.ts'
import { type SinkMail, type SmtpSink, startSmtpSink } from '#test/smtp-sink.ts'
import { type SinkRequest, startWebhookSink, type WebhookSink } from '#test/webhook-sink.ts'
import { channelKinds } from './index.ts'
import { sendMessage } from './send.ts'

let hook: WebhookSink
let mail: SmtpSink
/** The folder of scripts, with one that writes down what it is told. */
const scripts = mkdtempSync(join(tmpdir(), 'allswell-scripts-'))
before(async () => {
  const text = '#!/bin/sh\n{ env | grep -E "^(ALLSWELL|LOVEBEAT)_" | sort; echo; cat; } >said\n'
  writeFileSync(join(scripts, 'tell'), text, { mode: 0o755 })
  hook = await startWebhookSink()
  mail = await startSmtpSink()
})
after(() => {
  rmSync(scripts, { recursive: true })
  return Promise.all([hook.stop(), mail.stop()])
})

/** How a channel is set up towards its recorder, what the recorder got last, and what may not happen to it. */
interface Recorder {
  readonly settings: () => unknown
  readonly last: () => string
  readonly wellFormed: (text: string) => void
}

const recorders: Readonly<Record<string, Recorder>> = {
  webhook: {
    settings: () => ({ url: hook.url, secret: 'a long secret' }),
    last: () => sayRequest(hook.requests.at(-1)!),
    wellFormed(text) {
      const body = payloadSchema.parse(hook.requests.at(-1)?.json)
      assert.equal(body.monitor.name, text)
      assert.doesNotMatch(body.title, /\p{Cc}/u)
    },
  },
  email: {
    settings: () => ({ to: ['ops@example.test'], cc: ['boss@example.test'], subject_prefix: '[prod]' }),
    last: () => sayMail(mail.messages.at(-1)!),
    wellFormed: () => assertOneMail(mail.messages.at(-1)!),
  },
  script: {
    settings: () => ({ run: 'tell' }),
    last: () => said().replace(/[^\n]*\n$/, (line) => `${JSON.stringify(JSON.parse(line), null, 2)}\n`),
    wellFormed(text) {
      const body = payloadSchema.parse(JSON.parse(said().trimEnd().split('\n').at(-1) ?? ''))
      assert.equal(body.monitor.name, text)
    },
  },
}

const said = () => readFileSync(join(scripts, 'said'), 'utf8')

const publicUrl = 'https://status.example.test/'
const settings = () => ({
  scripts,
  smtp: { url: `smtp://127.0.0.1:${mail.port}`, from: 'Allswell <allswell@example.test>' },
  publicUrl,
})

async function deliver(kind: ChannelKind, message: Message): Promise<Recorder> {
  const recorder = recorders[kind.kind]
  assert.ok(recorder, `the channel ${kind.kind} has no recorder in this file`)
  const config = kind.config.parse(recorder.settings())
  const sent = await sendMessage(kind, config, message, contextFor({ settings: settings() }))
  assert.equal(sent.ok, true, sent.detail)
  return recorder
}

for (const [name, kind] of channelKinds) {
  suite(`the channel ${name}`, () => {
    for (const [event, message] of Object.entries(messages)) {
      test(`tells of "${event}" as its golden file says`, async () => {
        const { last } = await deliver(kind, message)
        matchesGolden(`channels/${name}/${event}.txt`, last())
      })
    }

    test('tells hostile text well-formed', async () => {
      for (const text of hostile) {
        const { wellFormed } = await deliver(kind, hostileMessage(text))
        wellFormed(text)
      }
    })
  })
}

function sayRequest({ method, path, headers, json }: SinkRequest): string {
  const shown = Object.entries({ ...headers, host: 'receiver', 'user-agent': 'Allswell/…' })
  const head = shown.map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${path}`, ...head, '', JSON.stringify(json, null, 2), ''].join('\n')
}

const boundary = /boundary="[^"]*"/
function sayMail({ from, to, headers, text, html }: SinkMail): string {
  const shown = Object.entries(headers).flatMap(([name, values]) => values.map((value) => `${name}: ${value}`))
  const head = shown.map((line) => line.replace(boundary, 'boundary="…"'))
  return [`from ${from} to ${to.join(', ')}`, ...head, '', text, '=== HTML ===', html, ''].join('\n')
}

const allowed = [
  'auto-submitted',
  'cc',
  'content-type',
  'date',
  'from',
  'message-id',
  'mime-version',
  'subject',
  'to',
  'x-allswell-idempotency-key',
]

/** Nothing that stood in a text became a header, an address, a tag or an end of the mail. */
function assertOneMail({ to, headers, html, text, raw }: SinkMail): void {
  assert.deepEqual(to, ['ops@example.test', 'boss@example.test'])
  assert.deepEqual(Object.keys(headers).sort(), allowed)
  for (const [name, values] of Object.entries(headers)) assert.equal(values.length, 1, `${name} stands there twice`)
  assert.doesNotMatch(headers['subject']?.[0] ?? '', /[\p{Cc}\u202A-\u202E\u2066-\u2069]/u)
  for (const line of raw.split('\r\n')) assert.ok(line.length <= 998)
  assert.match(text, /\nMore: https:\/\/status\.example\.test\/\n$/)
  assert.match(html, /^<!doctype html>[^]*<\/html>\s*$/)
  const tags = [...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, tag]) => tag)
  assert.deepEqual(
    tags.filter((tag) => tag === 'script' || tag === 'img'),
    [],
  )
  assert.doesNotMatch(html, /[^\P{Cc}\n]|\u202E/u)
}
