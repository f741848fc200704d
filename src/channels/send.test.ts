// Tests of one attempt to send, through channels that break their promises.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { contextFor, messages } from '#test/messages.ts'
import { type ChannelKind, defineChannel, type Sent } from './channel.ts'
import { channelKinds } from './index.ts'
import { sendMessage } from './send.ts'

const broken = (send: ChannelKind['send']) =>
  defineChannel({
    kind: 'broken',
    title: 'Broken',
    summary: 'Breaks.',
    config: z.unknown(),
    secrets: [],
    describe: () => '',
    send,
  })

test('a channel that throws is a failed attempt', async () => {
  const failed = broken(() => {
    throw new Error('a bug')
  })
  const sent = await sendMessage(failed, {}, messages.down, contextFor())
  assert.deepEqual(sent, { ok: false, retry: true, detail: 'The broken channel failed: a bug' })
})

test('a channel that never ends is cut off, and told so', async () => {
  const context = contextFor({ timeout: 2_000 })
  let told = false
  const endless = broken((_config, _message, { signal }) => {
    signal.addEventListener('abort', () => (told = true))
    return new Promise<Sent>(() => {})
  })
  const sending = sendMessage(endless, {}, messages.down, context)
  await context.clock.advance(2_000)
  assert.deepEqual(await sending, { ok: false, retry: true, detail: 'No answer within 2 s.' })
  assert.equal(told, true)
})

test('a stop of the program cuts it off, and nothing is left waiting', async () => {
  const stop = new AbortController()
  const context = contextFor({ signal: stop.signal })
  const endless = broken(() => new Promise<Sent>(() => {}))
  const sending = sendMessage(endless, {}, messages.down, context)
  stop.abort()
  const cut = { ok: false, retry: true, detail: 'Cut off, since Allswell stops.' }
  assert.deepEqual(await sending, cut)
  assert.deepEqual(await sendMessage(endless, {}, messages.down, context), cut)
  assert.equal(context.clock.pending(), 0)
})

test('every channel describes its settings to a form', () => {
  for (const [name, kind] of channelKinds) {
    assert.equal(kind.kind, name)
    const schema = z.toJSONSchema(kind.config, { io: 'input' })
    assert.equal(schema.type, 'object')
    assert.equal(schema.additionalProperties, false)
    for (const [field, property] of Object.entries(schema.properties ?? {}))
      assert.ok(typeof property === 'object' && property.description, `${name}.${field} has no description`)
  }
})
