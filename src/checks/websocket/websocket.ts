// The kind `websocket`: upgrades to a WebSocket, and where wanted says something, listens, or pings.
// Promises one finding within the timeout, and a polite end. Must not know who asked.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { ipSetting } from '../address.ts'
import { defineCheck, type Finding, type ProbeContext } from '../check.ts'
import { where } from '../dial.ts'
import { refuseContradictions, textFault, textSettings } from '../expect/text.ts'
import { Failure } from '../failure.ts'
import { hideAll } from '../hide.ts'
import { showUrl } from '../http/show.ts'
import { latencySetting, sayLatency } from '../latency.ts'
import { excerpt, quote } from '../quote.ts'
import { headersSetting, secretsIn } from '../service/headers.ts'
import { enter, reachOf, refuseClashes } from '../service/settings.ts'
import { serviceTls } from '../service/tls.ts'
import { type ServiceUrl, urlSetting } from '../service/url.ts'
import { hold, type Session } from '../talk/session.ts'
import { closeFrame, pingFrame, receive, saidMost, textFrame } from './frames.ts'
import { upgrade } from './upgrade.ts'

const word = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is not the name of a subprotocol')
const ours = /^(connection|upgrade|content-length|transfer-encoding|sec-websocket-.*)$/i

const config = z
  .strictObject({
    url: urlSetting({
      schemes: { ws: { port: 80 }, wss: { port: 443, tls: true } },
      path: true,
      query: 'any',
      description: 'Where the WebSocket is, ws or wss.',
      example: 'wss://chat.example.test/socket',
    }),
    headers: headersSetting('Headers', 'Sent with the request for the upgrade; Host replaces the URL’s.', ours),
    subprotocol: z
      .union([word, z.array(word).min(1).max(20)])
      .transform((value) => (typeof value === 'string' ? [value] : value))
      .default([])
      .meta({
        title: 'Subprotocol',
        description: 'What is to be spoken inside, or a list of it, best first; the server must agree to one.',
      }),
    send: z
      .string()
      .min(1, 'an empty text says nothing')
      .max(10_000)
      .meta({ title: 'Send', description: 'A text that is sent once the WebSocket is open.' })
      .optional(),
    expect: z
      .strictObject(textSettings('message'))
      .superRefine(refuseContradictions)
      .meta({ title: 'Expectations', description: 'What one of the messages that come must be.' })
      .optional(),
    ping: z.boolean().default(false).meta({ title: 'Ping', description: 'Whether the server must answer a ping.' }),
    tls: serviceTls('Left out: as the URL says; wss:// means TLS.'),
    ip: ipSetting,
    latency: latencySetting.optional(),
  })
  .superRefine(refuseClashes)

type WebsocketConfig = z.output<typeof config>

const excerptMost = 1_000

/** The last message that was not what was wanted, and why. */
interface Heard {
  wrong: { readonly text: string; readonly says: string } | null
}

async function talk(session: Session, settings: WebsocketConfig, heard: Heard): Promise<void> {
  const { url, headers, subprotocol, send, expect, ping } = settings
  await enter(session, { ...settings, secrets: secretsIn(headers) }, 'http/1.1')
  const chosen = await session.step('upgrade', 'the upgrade to a WebSocket', (dialogue) =>
    upgrade(dialogue, { host: hostOf(url), resource: url.resource, headers, subprotocols: subprotocol }),
  )
  session.bye = closeFrame()
  if (chosen !== null) session.facts['subprotocol'] = chosen
  if (send !== undefined) session.dialogue.say(textFrame(send))
  if (expect) await session.step('answer', 'the message that is expected', () => listen(session, expect, heard))
  if (ping) await session.step('ping', 'the answer to a ping', () => pong(session))
}

/** The host as a browser would name it. */
function hostOf({ host, port, tls }: ServiceUrl): string {
  if (port !== (tls ? 443 : 80)) return where(host, port)
  return host.includes(':') ? `[${host}]` : host
}

/** Resolves once a message has come that is as expected. */
async function listen({ dialogue, facts }: Session, expect: NonNullable<WebsocketConfig['expect']>, heard: Heard) {
  for (;;) {
    const { is, bytes } = await receive(dialogue)
    if (is === 'pong') continue
    const text = bytes.toString(is === 'text' ? 'utf8' : 'latin1')
    const fault = textFault(text, expect)
    facts['answer'] = excerpt(text, excerptMost)
    heard.wrong = fault && { text, says: fault.says }
    if (!fault) return
  }
}

/** Resolves once our own ping has been answered. */
async function pong({ dialogue }: Session): Promise<void> {
  const words = randomBytes(6).toString('hex')
  dialogue.say(pingFrame(words))
  for (;;) {
    const { is, bytes } = await receive(dialogue)
    if (is === 'pong' && bytes.toString('latin1') === words) return
  }
}

/** Messages came, but none was as expected: that says more than how the wait for them ended. */
function explain(error: unknown, session: Session, { wrong }: Heard, timeout: number): unknown {
  if (!wrong || !(error instanceof Failure) || (error.reason !== 'timeout' && error.reason !== 'closed')) return error
  const until = error.reason === 'timeout' ? `Within ${sayLatency(timeout)}` : 'Before it ended the WebSocket,'
  return new Failure('body', `${until} ${session.target} last sent ${quote(wrong.text)}, which ${wrong.says}.`, error)
}

async function probe(settings: WebsocketConfig, context: ProbeContext): Promise<Finding> {
  const heard: Heard = { wrong: null }
  const finding = await hold({ ...reachOf(settings), most: saidMost }, context, {
    async talk(session) {
      try {
        await talk(session, settings, heard)
      } catch (error) {
        throw explain(error, session, heard, context.timeout)
      }
    },
    late: (error, session) => explain(error, session, heard, context.timeout),
  })
  return settings.send === undefined ? finding : hideAll(finding, [Buffer.from(settings.send)])
}

export const websocket = defineCheck<WebsocketConfig>({
  kind: 'websocket',
  title: 'WebSocket',
  summary: 'Opens a WebSocket; where wanted sends a text, looks for another in what comes, and pings.',
  config,
  target: 'url',
  example: { url: 'wss://chat.example.com/socket', send: 'hello', expect: { contains: 'welcome' } },
  secrets: ['headers.*', 'send', 'tls.client.key'],
  describe: ({ url }) => showUrl(`${url.scheme}://${hostOf(url)}${url.resource}`),
  probe,
})
