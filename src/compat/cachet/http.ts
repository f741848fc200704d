// The dialect of Cachet on the bare server: takes its addresses, reads requests as its clients send them, and answers.
// Promises bounds on what is read, nothing thrown at strangers but words that they know, and no change by a page of
// another site that makes a browser use a password which it remembers.
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Bodies, hasBody } from '../beat/body.ts'
import { type Address, addressOf } from './address.ts'
import { fromBody, fromForm, merged, textIn } from './given.ts'
import type { Ask, CachetParts, Caller, Given, Reply } from './ports.ts'
import { answer } from './routes.ts'
import { isZone } from './times.ts'
import { answerWrong, Wrong, wrongOf } from './wrong.ts'

const bodyLimits = { kept: 1_000_000, read: 10_000_000, together: 32_000_000, within: 30_000 }

/** Takes a request that is for Cachet and answers it; false: it is not and was not touched. */
export type CachetHandler = (request: IncomingMessage, response: ServerResponse) => boolean

export function cachetHandler(parts: CachetParts): CachetHandler {
  const bodies = new Bodies(bodyLimits, parts.clock)
  return (request, response) => {
    const url = request.url ?? ''
    if (!url.includes('/api/')) return false
    const query = fromForm(/\?(.*)$/s.exec(url)?.[1] ?? '')
    const address = addressOf(url, request.headers, query)
    if (address === null) return false
    void serve(parts, bodies, request, address, query).then((reply) => send(request, response, address, reply))
    return true
  }
}

/** Never rejects: a failure of ours is an answer, too. */
async function serve(
  parts: CachetParts,
  bodies: Bodies,
  request: IncomingMessage,
  address: Address,
  query: Given,
): Promise<Reply> {
  try {
    if (request.method === 'OPTIONS') return { status: 204, body: null, headers: preflight }
    acceptable(request, address)
    const body = await bodyOf(bodies, request)
    const ask = await understood(parts, request, address, query, body)
    if (ask.caller === null) return await answer(parts, ask)
    return await parts.store.as(ask.caller.actor, () => answer(parts, ask))
  } catch (error) {
    const wrong = wrongOf(error)
    if (wrong === null) parts.log.error('a request of a client of Cachet failed', { path: address.full, error })
    return answerWrong(wrong ?? new Wrong(500), address.generation)
  }
}

const preflight = {
  'access-control-allow-methods': 'GET, POST, PUT, PATCH, DELETE',
  'access-control-allow-headers': 'x-cachet-token, authorization, content-type, time-zone',
  'access-control-max-age': '3600',
}

/** The second generation answers those alone who take JSON. */
function acceptable({ headers }: IncomingMessage, { generation }: Address): void {
  const { accept } = headers
  if (generation !== 'v1' || accept === undefined || accept.trim() === '') return
  if (!/(?:\*\/\*|application\/(?:\*|json|[\w.-]+\+json))/i.test(accept)) throw new Wrong(406)
}

async function bodyOf(bodies: Bodies, request: IncomingMessage): Promise<Given> {
  if (!hasBody(request)) return {}
  const body = await bodies.read(request)
  if (body === null) throw new Wrong(400, 'The body did not arrive as a whole.')
  try {
    if (body.size > body.bytes.length) throw new Wrong(413)
    return fromBody(body.bytes.toString('utf8'), request.headers['content-type'])
  } finally {
    bodies.release(body.bytes.length)
  }
}

async function understood(
  parts: CachetParts,
  request: IncomingMessage,
  address: Address,
  query: Given,
  body: Given,
): Promise<Ask> {
  const { generation, path, full } = address
  const { headers } = request
  const given = merged(query, body)
  const method = methodOf(request, given)
  const caller = await callerOf(parts, request, address, method)
  const pages = parts.pages()
  const page = address.page === null ? (pages[0] ?? null) : (pages.find(({ key }) => key === address.page) ?? null)
  if (address.page !== null && page === null) throw new Wrong(404)
  const asked = [headers['time-zone']].flat()[0]
  const zone = asked !== undefined && isZone(asked) ? asked : (page?.zone ?? 'UTC')
  const origin = parts.publicUrl() ?? `http://${headers.host ?? 'localhost'}`
  return { generation, method, path, given, query, caller, page, origin, address: full, zone, now: parts.clock.now() }
}

/** Some can only POST, and say what they mean beside it. */
function methodOf({ method = 'GET', headers }: IncomingMessage, given: Given): string {
  if (method !== 'POST') return method
  const meant = textIn(headers['x-http-method-override'] ?? given['_method']).toUpperCase()
  return ['PUT', 'PATCH', 'DELETE'].includes(meant) ? meant : method
}

/** Who asks; whoever proves nobody reads as a guest and changes nothing. */
async function callerOf(
  parts: CachetParts,
  request: IncomingMessage,
  { generation }: Address,
  method: string,
): Promise<Caller | null> {
  const { headers } = request
  const token = [headers['x-cachet-token']].flat()[0]
  const credentials = token === undefined ? headers.authorization : `Bearer ${token.trim()}`
  if (credentials === undefined) return null
  const reads = method === 'GET' || method === 'HEAD'
  const site = headers['sec-fetch-site']
  const foreign = site !== undefined && site !== 'same-origin' && site !== 'none'
  if (!reads && foreign && /^basic\b/i.test(credentials))
    throw new Wrong(403, 'A browser may not change anything for another site.')
  const who = await parts.prove(request, credentials)
  if ('actor' in who) return who
  if (reads) return null
  if (who.wait !== null) throw new Wrong(429, '', { headers: { 'retry-after': String(who.wait) } })
  if (generation !== '2015') throw new Wrong(401)
  if (token !== undefined) throw new Wrong(401, 'The API token you provided was not correct.')
  throw new Wrong(401, 'Invalid authentication credentials.', { headers: { 'www-authenticate': 'Basic' } })
}

const common = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'access-control-allow-origin': '*',
  vary: 'accept, authorization, x-cachet-token, time-zone',
}
const plainOnes = new Set(['ping', 'version', 'status'])

function send(request: IncomingMessage, response: ServerResponse, { generation, path }: Address, reply: Reply): void {
  if (response.destroyed) return
  const { status, body, headers = {} } = reply
  if (body === null) {
    response.writeHead(status, { ...common, ...headers }).end()
    return
  }
  const resource = generation === 'v3' && status < 400 && !plainOnes.has(path[0] ?? '')
  const type = resource ? 'application/vnd.api+json' : 'application/json'
  const bytes = Buffer.from(JSON.stringify(body))
  const etag =
    generation === '2015' && status === 200 ? { etag: `"${createHash('md5').update(bytes).digest('hex')}"` } : {}
  const all = { ...common, 'content-type': type, ...etag, ...headers }
  if (etag.etag !== undefined && request.headers['if-none-match'] === etag.etag && request.method === 'GET') {
    response.writeHead(304, all).end()
    return
  }
  response.writeHead(status, { ...all, 'content-length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}
