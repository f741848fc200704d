// Puts routes onto Hono: proves who asks, reads the request, answers, and turns what is thrown into problems.
// Promises the same order for every route: who, may they, is it valid, do it. Must not know any resource.
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { suggest } from '#core/suggest.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Counter } from '#platform/metrics.ts'
import { type Authenticator, foreign } from './auth.ts'
import { readJson } from './body.ts'
import type { LabelLimit } from '#core/rights.ts'
import type { Store } from '#store/store.ts'
import type { AddressSet } from './client-address.ts'
import { answerProblem, Problem, problemOf } from './problem.ts'
import type { Route } from './route.ts'
import { visitorOf } from './visitor.ts'

export type App = Hono<{ Bindings: HttpBindings }>
export type Asking = Context<{ Bindings: HttpBindings }>

export interface MountParts {
  readonly auth: Authenticator
  readonly clock: Clock
  readonly log: Log
  /** Counts answers by `status` class. */
  readonly answers: Counter
  readonly trustedProxies: () => AddressSet
  readonly publicUrl: () => string | null
  readonly store: Pick<Store, 'as'>
  /** The document for browsers that says that there is nothing at an address. */
  readonly missing?: ((asked: { readonly acceptEncoding: string | undefined }) => Promise<Document>) | undefined
}

interface Document {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What every answer says to browsers unless it says otherwise itself. */
const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
}

/** An empty application that logs, secures and explains. */
export function openApp(parts: MountParts, known: () => readonly Pick<Route, 'method' | 'path'>[]): App {
  const app: App = new Hono({ strict: false })
  app.use(async (asking, next) => {
    const began = parts.clock.monotonic()
    await next()
    const { status, headers } = asking.res
    for (const [name, value] of Object.entries(securityHeaders)) if (!headers.has(name)) headers.set(name, value)
    parts.answers.add(1, { status: `${Math.floor(status / 100)}xx` })
    const ms = Math.round((parts.clock.monotonic() - began) * 10) / 10
    parts.log.debug('answered', { method: asking.req.method, path: asking.req.path, status, ms })
  })
  app.notFound(async (asking) => {
    const { method, path } = asking.req
    if (parts.missing && isForPeople(asking)) {
      const { status, headers, body } = await parts.missing({ acceptEncoding: asking.req.header('accept-encoding') })
      return new Response(streamOf(body), { status, headers })
    }
    return answerProblem(nothingHere(method, path, known()), instance(asking))
  })
  app.onError((error, asking) => {
    const { method, path } = asking.req
    const problem = problemOf(error)
    if (problem === null) parts.log.error('a request failed', { method, path, error })
    const internal = () => new Problem('internal', "It failed here, not at your end; the server's log says why.")
    const answer = answerProblem(problem ?? internal(), instance(asking))
    if (answer.status === 401 && !isBrowser(asking)) askForBasic(answer.headers)
    return answer
  })
  return app
}

/** Somebody with a browser has come to an address that is none of the API's. */
function isForPeople({ req }: Asking): boolean {
  const accept = req.header('accept') ?? ''
  const reads = req.method === 'GET' || req.method === 'HEAD'
  return reads && /\btext\/html\b/.test(accept) && !/\bjson\b/.test(accept) && !/^\/+api(\/|$)/.test(req.path)
}

/** A browser would ask its user for a name and a password, over whatever page it shows. */
function isBrowser({ req }: Asking): boolean {
  const signs = ['sec-fetch-mode', 'origin', 'cookie'].some((name) => req.header(name) !== undefined)
  return signs || (req.header('user-agent') ?? '').startsWith('Mozilla/')
}

/** Programs that are given a user and a password send them only when they are asked, and look at what comes first. */
function askForBasic(headers: Headers): void {
  const basic = 'Basic realm="Allswell", charset="UTF-8"'
  headers.set('www-authenticate', [basic, headers.get('www-authenticate') ?? ''].filter(Boolean).join(', '))
}

/** The path as it was sent. */
const instance = (asking: Asking) => new URL(asking.req.url).pathname

/** The same routes in the same order for everybody, each time over what a limit lets them see. */
export type RoutesFor = (limit: LabelLimit | null) => readonly Route[]

/** Registers routes in order; the first that fits a request answers it. */
export function mount(app: App, parts: MountParts, routesFor: RoutesFor): void {
  for (const [index, route] of routesFor(null).entries()) {
    app.on(route.method.toUpperCase(), route.path.replaceAll(/\{(\w+)\}/g, ':$1'), (asking) =>
      serve(asking, parts, route, (limit) => routesFor(limit)[index] ?? route),
    )
  }
}

const forPeople = 'This is for people who are signed in with a session; a token has no account of its own.'

async function serve(
  asking: Asking,
  parts: MountParts,
  { scope, people, method, body, bodyMost }: Route,
  within: (limit: LabelLimit | null) => Route,
): Promise<Response> {
  const { req } = asking
  const visitor = visitorOf(asking.env.incoming, {
    trustedProxies: parts.trustedProxies(),
    publicUrl: parts.publicUrl(),
  })
  const unsafe = method !== 'get'
  if (scope === null && unsafe && visitor.fromAnotherSite) throw foreign()
  const who = scope === null ? null : await parts.auth.enter(visitor, scope, unsafe)
  if (who instanceof Problem) throw who
  if (people && !who?.person) throw new Problem('forbidden', forPeople)
  const route = within(who?.limit ?? null)
  const asked = {
    params: req.param(),
    query: queryOf(req.queries()),
    body: body ? await readJson(req.raw, bodyMost, body.safeParse(undefined).success) : undefined,
    ifMatch: req.header('if-match') ?? null,
    ifNoneMatch: req.header('if-none-match') ?? null,
    who,
    visitor,
  }
  const stranger = { kind: 'system', id: null, name: 'somebody', address: visitor.address } as const
  const reply = await parts.store.as(who?.actor ?? stranger, () => route.answerTo(asked))
  const headers = new Headers({ 'cache-control': 'no-store', ...reply.headers })
  for (const cookie of reply.cookies) headers.append('set-cookie', cookie)
  if (reply.body === null) return new Response(null, { status: reply.status, headers })
  if (!headers.has('content-type')) headers.set('content-type', route.media ?? 'application/json')
  return new Response(bodyOf(reply.body), { status: reply.status, headers })
}

function bodyOf(body: unknown): ReadableStream | string {
  if (body instanceof ReadableStream) return body
  return body instanceof Uint8Array ? streamOf(body) : `${JSON.stringify(body)}\n`
}

/** The bytes themselves: a Response copies those that it is handed directly, for everybody who asks. */
function streamOf(bytes: Uint8Array): ReadableStream {
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes)
      controller.close()
    },
  })
}

/** A name given once is its value, one given more often a list. */
function queryOf(queries: Record<string, string[]>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(queries).map(([name, values]) => [name, values.length === 1 ? values[0] : values]),
  )
}

/** Why nothing answers: the method is another, or the path, which is perhaps one that is near. */
function nothingHere(method: string, path: string, known: readonly Pick<Route, 'method' | 'path'>[]): Problem {
  const there = known.filter((route) => fits(route.path, path))
  if (there.length > 0) {
    const allow = [
      ...new Set(there.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))),
    ]
    const detail = `${method} is not known at ${path}; known: ${allow.join(', ')}.`
    return new Problem('wrong-method', detail, { headers: { allow: allow.join(', ') } })
  }
  const near = suggest(path, [...new Set(known.map((route) => filled(route.path, path)))])
  const hint = near === null ? ' The API is described at /api/v2/openapi.json.' : ` Did you mean ${near}?`
  return new Problem('not-found', `There is nothing at ${path}.${hint}`)
}

function fits(pattern: string, path: string): boolean {
  const [steps, given] = [pattern.split('/'), path.replace(/\/$/, '').split('/')]
  return steps.length === given.length && steps.every((step, at) => step.startsWith('{') || step === given[at])
}

/** A route's path with the parameters that were given at their places. */
function filled(pattern: string, path: string): string {
  const given = path.split('/')
  return pattern
    .split('/')
    .map((step, at) => (step.startsWith('{') ? (given[at] ?? step) : step))
    .join('/')
}
