// Webhook: tells any receiver by one HTTP request. JSON of our own, or the receiver's words by a template.
// Promises that any 2xx is success and everything else is tried again; a signature and an idempotency key let the
// receiver trust it and take it once. Redirects are not followed. Must not know rules or retries.
import { createHmac } from 'node:crypto'
import { z } from 'zod'
import { type Message, plain } from '#core/message.ts'
import { version } from '#platform/version.ts'
import { defineChannel, type SendContext, type Sent } from './channel.ts'
import { dial, secure } from './dial.ts'
import { type Answer, exchange } from './exchange.ts'
import { maskUrl, redact, sayFailure, secretsOfUrl } from './failure.ts'
import { loginOf } from './login.ts'
import { lovebeatFields, lovebeatHeaders } from './lovebeat.ts'
import { type Payload, payload } from './payload.ts'
import {
  type Body,
  checkTemplate,
  checkText,
  checkYaml,
  encodeUrl,
  fill,
  isForm,
  isJson,
  isYaml,
  literals,
  render,
} from './template.ts'

const methods = ['POST', 'PUT', 'PATCH', 'GET'] as const
/** Made by us, or about the connection itself. */
const ownHeaders = /^(host|content-length|transfer-encoding|connection|content-type|idempotency-key|x-allswell-.*)$/i

/** Of a body before placeholders are filled in, in characters. */
const bodyMost = 100_000

const base = z.strictObject({
  url: z
    .string()
    .max(4_000)
    .superRefine((url, context) => complain(context, faultOfUrl(url)))
    .describe('Where to send it: http:// or https://. Placeholders may stand in path and query.'),
  method: z.enum(methods).default('POST').describe('GET sends no body.'),
  headers: z
    .record(z.string().max(100), z.string().max(8_000))
    .superRefine((headers, context) => {
      for (const [name, value] of Object.entries(headers)) complain(context, faultOfHeader(name, value), [name])
    })
    .default({})
    .describe('Sent with every message, such as Authorization.'),
  body: z
    .unknown()
    .optional()
    .describe('The receiver’s own form, with placeholders such as {{monitor.key}}: a mapping or a text.')
    .meta({ type: ['object', 'array', 'string'] }),
  content_type: z
    .string()
    .max(200)
    .regex(
      /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;[\t\x20-\x7e]*)?$/,
      'write a media type, such as application/json or text/plain',
    )
    .default('application/json')
    .describe('What the body is.'),
  format: z
    .enum(['allswell', 'lovebeat'])
    .default('allswell')
    .describe(
      'Whose form the JSON has: our own, or lovebeat’s (name, from_state, to_state, incident_number, X-Lovebeat: 1), ' +
        'which is sent with GET as well, as lovebeat did.',
    ),
  secret: z
    .string()
    .min(1)
    .max(4_000)
    .optional()
    .describe('Signs each message: X-Allswell-Signature, HMAC-SHA256. Not with GET, which has no body.'),
  verify: z.boolean().default(true).describe('Whether the certificate must be trusted.'),
})

/** Adds a fault, if there is one. */
function complain(context: z.RefinementCtx, message: string | null, path: string[] = []): void {
  if (message !== null) context.addIssue({ code: 'custom', path, message })
}

type Config = Omit<z.infer<typeof base>, 'body'> & { readonly body?: Body | undefined }
type Tell = (path: readonly (string | number)[], message: string) => void

/** What follows from several settings together. */
function check(config: z.infer<typeof base>, tell: Tell): void {
  if (config.method === 'GET' && config.secret !== undefined)
    tell(['secret'], 'signs a body, and GET sends none; use another method, or a header that proves who sends')
  if (config.format === 'lovebeat') {
    if (config.body !== undefined) tell(['body'], 'is what format: lovebeat says already; leave one of them out')
    if (!isJson(config.content_type)) tell(['content_type'], 'is JSON with format: lovebeat; leave it out')
  } else if (config.body !== undefined) checkBody(config, tell)
}

function faultOfUrl(url: string): string | null {
  const [wrong] = checkText(url)
  if (wrong !== undefined) return wrong
  const [, host = ''] = /^https?:\/\/([^/?#]*)/i.exec(url) ?? []
  if (host === '' || !URL.canParse(url)) return 'write a URL with its scheme, such as https://example.com/hook'
  if (host.includes('{{')) return 'placeholders may stand in the path and the query only'
  const login = loginOf(new URL(url))
  return typeof login === 'string' ? login : null
}

function faultOfHeader(name: string, value: string): string | null {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) return 'this is not a header’s name'
  if (/^content-type$/i.test(name)) return 'write content_type beside url instead'
  if (ownHeaders.test(name)) return 'this header is set by Allswell'
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? null : 'a header cannot carry line breaks or signs beyond Latin-1'
}

function checkBody(config: z.infer<typeof base>, tell: Tell): void {
  const { body, content_type: type } = config
  if (JSON.stringify(body).length > bodyMost)
    return tell(['body'], `must not be longer than ${bodyMost} characters, written as JSON`)
  if (config.method === 'GET') tell(['body'], 'GET sends no body; use POST, or placeholders in the url')
  const faults = checkTemplate(body)
  for (const fault of faults) tell(['body', ...fault.path], fault.message)
  if (faults.length > 0) return
  if (typeof body !== 'string') {
    if (typeof body !== 'object' || body === null) tell(['body'], 'write a mapping or a text')
    else if (isForm(type) ? Array.isArray(body) : !isJson(type) && !isYaml(type))
      tell(['body'], `a ${Array.isArray(body) ? 'list' : 'mapping'} cannot be sent as ${type}; write a text`)
  } else if (isJson(type) && !parses(render(body, type, sample)))
    tell(['body'], 'once filled in this is not JSON; write it as a mapping, then quoting is done for you')
  else if (isYaml(type)) {
    const wrong = checkYaml(body)
    if (wrong !== null) tell(['body'], wrong)
  }
}

function parses(json: string): boolean {
  try {
    JSON.parse(json)
    return true
  } catch {
    return false
  }
}

const config = base.superRefine((value, context) =>
  check(value, (path, message) => context.addIssue({ code: 'custom', path: [...path], message })),
) as unknown as z.ZodType<Config>

async function send(config: Config, message: Message, context: SendContext): Promise<Sent> {
  const values = payload(message, context)
  const url = new URL(fill(config.url, values, encodeUrl))
  const body = hasBody(config) ? bodyOf(config, values, message) : ''
  const secrets = [...secretsOf(config, url), ...tokensOf(message)]
  const hide = (text: string) => redact(text, secrets)
  const began = context.clock.monotonic()
  try {
    const answer = await ask(url, config, headersOf(url, config, values, body, context), body, context)
    const ms = Math.round(context.clock.monotonic() - began)
    return judge(answer, hide, ms, context.clock.now())
  } catch (error) {
    return { ok: false, retry: true, detail: hide(sayFailure(error, url.host)) }
  }
}

/** lovebeat sent one with GET, too. */
const hasBody = ({ method, format }: Config) => method !== 'GET' || format === 'lovebeat'

function bodyOf(config: Config, values: Payload, message: Message): string {
  if (config.format === 'lovebeat') return JSON.stringify(lovebeatFields(message))
  return config.body === undefined ? JSON.stringify(values) : render(config.body, config.content_type, values)
}

async function ask(url: URL, config: Config, headers: Record<string, string>, body: string, context: SendContext) {
  const tls = url.protocol === 'https:'
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port)
  const plainSocket = await dial(url.hostname, port, context)
  try {
    const socket = tls ? await secure(plainSocket, url.hostname, config.verify, context) : plainSocket
    return await exchange(socket, { method: config.method, path: url.pathname + url.search, headers, body }, context)
  } finally {
    plainSocket.destroy()
  }
}

function headersOf(url: URL, config: Config, values: Payload, body: string, context: SendContext) {
  const headers: Record<string, string> = {
    'User-Agent': `Allswell/${version}`,
    Accept: '*/*',
    ...(config.format === 'lovebeat' ? lovebeatHeaders : {}),
    ...(basicOf(url) === null ? {} : { Authorization: `Basic ${basicOf(url)}` }),
    ...config.headers,
    Host: url.host,
    Connection: 'close',
    'Idempotency-Key': context.idempotencyKey,
    'X-Allswell-Event': values.event,
  }
  if (hasBody(config)) {
    headers['Content-Type'] = config.content_type
    headers['Content-Length'] = String(Buffer.byteLength(body))
  }
  if (config.secret !== undefined) {
    const timestamp = String(Math.floor(context.clock.now() / 1_000))
    headers['X-Allswell-Timestamp'] = timestamp
    headers['X-Allswell-Signature'] = `sha256=${sign(config.secret, timestamp, body)}`
  }
  return headers
}

/** HMAC-SHA256 over `timestamp.body`, hex. */
export const sign = (secret: string, timestamp: string, body: string): string =>
  createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')

/** User and password of the URL for basic authentication; null where there is none. */
function basicOf(url: URL): string | null {
  const login = loginOf(url)
  return typeof login === 'object' && login ? Buffer.from(`${login.user}:${login.pass}`).toString('base64') : null
}

function judge(answer: Answer, hide: (text: string) => string, ms: number, now: number): Sent {
  const line = `${answer.status} ${plain(hide(answer.phrase), 60)}`.trim()
  if (answer.status >= 200 && answer.status < 300) return { ok: true, detail: `${line} in ${ms} ms` }
  if (answer.status >= 300 && answer.status < 400 && answer.location !== null) {
    const to = showLocation(hide(answer.location))
    return { ok: false, retry: true, detail: `${line}: redirects are not followed; it points to ${to}` }
  }
  const excerpt = plain(hide(answer.body), 200)
  const after = answer.status === 429 || answer.status === 503 ? retryAfter(answer.retryAfter, now) : null
  const detail = excerpt === '' ? line : `${line}: ${excerpt}`
  return { ok: false, retry: true, detail, ...(after === null ? {} : { retryAfter: after }) }
}

/** Relative ones stay relative; of absolute ones no secret is shown. */
const showLocation = (location: string) =>
  plain(URL.canParse(location) ? maskUrl(location) : (location.split('?')[0] ?? ''), 200)

/** Retry-After, seconds or a date, as ms from now; null when there is none that makes sense. */
function retryAfter(text: string | null, now: number): number | null {
  if (text === null) return null
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - now
  return Number.isFinite(ms) && ms >= 0 ? ms : null
}

/** What must never stand in a delivery's log, even when the receiver sends it back. */
function secretsOf(config: Config, url: URL): string[] {
  const values = Object.values(config.headers)
  const words = values.flatMap((value) => value.split(/\s+/)).filter((word) => word.length >= 8)
  const written = config.body === undefined ? [] : literals(config.body)
  return [config.secret ?? '', ...values, ...words, ...written, basicOf(url) ?? '', ...secretsOfUrl(url)]
}

export const webhook = defineChannel<Config>({
  kind: 'webhook',
  title: 'Webhook',
  summary: 'Sends each message as an HTTP request, with a JSON body of our own or one after your template.',
  config,
  secrets: ['url', 'secret', 'headers.*', 'body'],
  atOnce: 32,
  describe: ({ url }) => maskUrl(url),
  send,
})

/** Whoever knows one may do what it is for. */
const tokensOf = ({ links }: Message): string[] =>
  links === null ? [] : Object.values(links).map((link) => link.slice(link.lastIndexOf('/') + 1))

/** Any payload, to try a template with. */
const sample: Payload = payload(
  {
    event: 'monitor.down',
    monitor: { key: 'web', name: 'Web "shop"', labels: {}, target: 'http://127.0.0.1/' },
    status: 'down',
    previous: 'up',
    reason: 'status',
    sentence: 'It answered 500.',
    at: 0,
    lasted: 60_000,
    outage: { id: 'one', at: 0 },
    rule: 'all',
    confirmations: 2,
    locations: ['local'],
    again: null,
    links: null,
  },
  { idempotencyKey: 'one', settings: { smtp: null, publicUrl: null } },
)
