// The dialect of StatusCake on the bare server: takes /API/ and /v1/, reads forms, and answers as its clients expect.
// Promises bounds on what is read, and errors in the form of the API that was asked.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Refused } from '#commands/refused.ts'
import { Conflict, Hidden, Outside, Unavailable } from '#store/store.ts'
import { Bodies, hasBody } from '../beat/body.ts'
import { type Form, readForm, textOf } from './form.ts'
import { legacy } from './legacy.ts'
import type { Caller, Reply, StatusCakeParts } from './ports.ts'
import { Forbidden, Shelf } from './shelf.ts'
import { Invalid, roots, v1 } from './v1.ts'

const bodyLimits = { kept: 1_000_000, read: 10_000_000, together: 32_000_000, within: 30_000 }

/** Takes a request that is for StatusCake and answers it; false: it is not and was not touched. */
export type StatusCakeHandler = (request: IncomingMessage, response: ServerResponse) => boolean

type Api = 'legacy' | 'v1'

export function statusCakeHandler(parts: StatusCakeParts): StatusCakeHandler {
  const bodies = new Bodies(bodyLimits, parts.clock)
  return (request, response) => {
    const [address = '', query = ''] = (request.url ?? '').split('?', 2)
    const path = address.split('/').filter((step) => step !== '')
    const api = path[0] === 'API' ? 'legacy' : path[0] === 'v1' && roots.has(path[1] ?? '') ? 'v1' : null
    if (api === null) return false
    void serve(parts, bodies, request, { api, path: path.slice(1), query }).then((reply) =>
      send(request, response, reply),
    )
    return true
  }
}

interface Address {
  readonly api: Api
  readonly path: readonly string[]
  readonly query: string
}

/** Never rejects: a failure of ours is an answer, too. */
async function serve(
  parts: StatusCakeParts,
  bodies: Bodies,
  request: IncomingMessage,
  { api, path, query }: Address,
): Promise<Reply> {
  try {
    const form = await formOf(bodies, request, query)
    const caller = form === null ? null : await callerOf(parts, request, api, form)
    if (form === null) return wrong(api, 400, 'The body did not arrive as a whole.')
    if (caller === null) return stranger(api)
    const { method = 'GET', headers } = request
    const origin = parts.publicUrl()?.replace(/\/$/, '') ?? `http://${headers.host ?? 'localhost'}`
    const ask = { method, path, form, caller, origin, address: `${origin}${request.url ?? ''}` }
    const shelf = new Shelf(parts, caller)
    const work = () => (api === 'legacy' ? legacy(shelf, ask) : v1(shelf, ask))
    return (await parts.store.as(caller.actor, work)) ?? wrong(api, 404, 'No results found')
  } catch (error) {
    return failure(parts, api, error)
  }
}

async function formOf(bodies: Bodies, request: IncomingMessage, query: string): Promise<Form | null> {
  if (!hasBody(request)) return readForm(query)
  const body = await bodies.read(request)
  if (body === null) return null
  try {
    return readForm(query, body.bytes.toString('utf8'))
  } finally {
    bodies.release(body.bytes.length)
  }
}

/** Null: what was sent proves nobody. A page of another site could not send these headers. */
async function callerOf(
  parts: StatusCakeParts,
  request: IncomingMessage,
  api: Api,
  form: Form,
): Promise<Caller | null> {
  const { headers } = request
  const key = [headers['api']].flat()[0] ?? textOf(form, 'API')
  const credentials = api === 'v1' ? headers.authorization : key === undefined ? undefined : `Bearer ${key.trim()}`
  if (credentials === undefined || !/^bearer\s/i.test(credentials)) return null
  const who = await parts.prove(request, credentials)
  return 'actor' in who ? who : null
}

const stranger = (api: Api): Reply =>
  api === 'legacy'
    ? { status: 200, body: { ErrNo: 0, Error: 'Can not access account. Was both Username and API Key provided?' } }
    : { status: 401, body: { message: 'Unauthenticated', errors: {} } }

const wrong = (api: Api, status: number, message: string, errors: unknown = {}): Reply =>
  api === 'v1'
    ? { status, body: { message, errors } }
    : { status: status === 404 ? 404 : 200, body: { Success: false, Message: message, Error: message, Issues: errors } }

function failure({ log }: StatusCakeParts, api: Api, error: unknown): Reply {
  if (error instanceof Invalid) return wrong(api, 400, error.message, error.errors)
  if (error instanceof Forbidden) return wrong(api, 403, 'This token may not do that')
  if (error instanceof Refused) {
    const { trouble } = error
    const faults = trouble.kind === 'invalid' ? trouble.faults : []
    const errors = Object.fromEntries(faults.map(({ path, message }) => [path.join('.'), [message]]))
    return wrong(api, trouble.kind === 'missing' ? 404 : 400, error.message, errors)
  }
  if (error instanceof Outside || error instanceof Hidden) return wrong(api, 403, error.message)
  if (error instanceof Conflict) return wrong(api, 409, 'Somebody else changed it at the same time; try again.')
  if (error instanceof Unavailable) return wrong(api, 503, 'The database is away; try again in a moment.')
  log.error('a request of a client of StatusCake failed', { error })
  return wrong(api, 500, "It failed here, not at your end; the server's log says why.")
}

const common = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-ratelimit-limit': '1000, 1000;w=1',
  'x-ratelimit-remaining': '1000',
  'x-ratelimit-reset': '1',
}

function send(request: IncomingMessage, response: ServerResponse, { status, body }: Reply): void {
  if (response.destroyed) return
  if (body === null) {
    response.writeHead(status, common).end()
    return
  }
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { ...common, 'content-type': 'application/json', 'content-length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}
