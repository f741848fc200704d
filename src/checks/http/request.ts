// The request of an HTTP check: what is sent to each hop.
// Promises that credentials and body go only to the origin they were given for. Must not know sockets.
import { version } from '#platform/version.ts'
import { Failure } from '../failure.ts'
import type { HttpConfig } from './config.ts'
import type { Jar } from './cookies.ts'
import { encodings } from './decode.ts'
import type { Proxy } from './proxy.ts'
import { harmless } from './show.ts'

export interface Request {
  readonly url: URL
  readonly method: string
  /** Names as people wrote them. */
  readonly headers: ReadonlyMap<string, string>
  readonly body: string | null
}

/** What people wrote of a request. */
export type Asked = Pick<HttpConfig, 'url' | 'method' | 'headers' | 'body' | 'auth'>

/** What is sent where nothing is said; most requests share it. */
const usual: ReadonlyMap<string, string> = new Map([
  ['User-Agent', `Allswell/${version}`],
  ['Accept', '*/*'],
  ['Accept-Encoding', encodings],
])

/** The first request of a check or of a step. */
export function firstRequest({ url, method, headers, body, auth }: Asked): Request {
  const own = Object.entries(headers)
  const all = own.length === 0 && !auth ? usual : headersWith(own, auth)
  return { url: new URL(url), method, headers: all, body: body ?? null }
}

function headersWith(own: readonly (readonly [string, string])[], auth: Asked['auth']): ReadonlyMap<string, string> {
  const all = new Map(usual)
  for (const [name, value] of own) {
    for (const known of all.keys()) if (known.toLowerCase() === name.toLowerCase()) all.delete(known)
    all.set(name, value)
  }
  if (auth) all.set('Authorization', 'bearer' in auth ? `Bearer ${auth.bearer}` : basic(auth.basic))
  return all
}

/** The request as it is sent to a host whose cookies are kept; one's own cookies come first. */
export function withCookies(request: Request, jar: Jar): Request {
  const kept = jar.header(request.url)
  if (kept === null) return request
  const headers = new Map(request.headers)
  const name = [...headers.keys()].find((one) => one.toLowerCase() === 'cookie') ?? 'Cookie'
  const own = headers.get(name)
  headers.set(name, own === undefined ? kept : `${own}; ${kept}`)
  return { ...request, headers }
}

const basic = ({ user, password }: { user: string; password: string }) =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`

/**
 * The request that a redirect leads to (RFC 9110, 15.4): its method, body, and what may be told to another origin.
 * Throws a Failure where the body would have to go to another origin.
 */
export function redirected(before: Request, status: number, url: URL): Request {
  const { method } = before
  const toGet = status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST'
  const away = url.origin !== before.url.origin
  const body = toGet ? null : before.body
  if (away && body !== null)
    throw new Failure(
      'redirect',
      `It redirects with ${status} to another origin, ${url.origin}, where the body of the request is not sent; ` +
        'check that URL itself, or give follow: 0 to judge the redirect.',
    )
  const headers = new Map(
    [...before.headers].filter(([name]) => {
      const known = name.toLowerCase()
      if (toGet && known.startsWith('content-')) return false
      return !away || harmless.has(known) || known === 'accept-encoding'
    }),
  )
  return { url, method: toGet ? 'GET' : method, headers, body }
}

/** The bytes of a request; to a proxy in clear text with the whole URL and what lets it through. */
export function spell({ url, method, headers, body }: Request, proxy: Proxy | null = null): string {
  const relayed = proxy !== null && url.protocol === 'http:'
  let text = `${method} ${relayed ? `http://${url.host}` : ''}${url.pathname}${url.search} HTTP/1.1\r\n`
  if (relayed && proxy.authorization !== null) text += `Proxy-Authorization: ${proxy.authorization}\r\n`
  let host = url.host
  for (const [name, value] of headers) {
    if (name.toLowerCase() === 'host') host = value
    else text += `${name}: ${value}\r\n`
  }
  if (body !== null || method === 'POST' || method === 'PUT' || method === 'PATCH')
    text += `Content-Length: ${Buffer.byteLength(body ?? '')}\r\n`
  return `${text}Host: ${host}\r\nConnection: close\r\n\r\n${body ?? ''}`
}
