// The head of an HTTP/1 answer: status line and headers, and what they say about the body's framing (RFC 9112).
// Promises to refuse what a careful client would, with words. Must not know sockets.
import { Failure } from '../failure.ts'
import { quote } from '../quote.ts'

export interface Head {
  readonly status: number
  /** Names in lower case; values of repeated headers joined by a comma. */
  readonly headers: ReadonlyMap<string, string>
  /** The values of Set-Cookie, each by itself: they have commas of their own. */
  readonly cookies: readonly string[]
}

/** How the body ends: after so many bytes, by chunks, with the connection, or there is none. */
export type Framing =
  | { readonly type: 'none' | 'chunked' | 'close' }
  | { readonly type: 'length'; readonly length: number }

const noCookies: readonly string[] = []
const statusLine = /^HTTP\/1\.[01] ([1-9]\d\d)(?: .*)?$/
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

/** Reads a head without its empty last line; throws a Failure that quotes what is wrong. */
export function readHead(text: string): Head {
  const lines = text.split(/\r?\n/)
  const match = statusLine.exec(lines[0] ?? '')
  if (!match) throw noHttp(lines[0] ?? '')
  const headers = new Map<string, string>()
  let cookies: string[] | null = null
  let last = ''
  for (let index = 1; index < lines.length; index += 1) {
    const line = lines[index] as string
    const continued = last !== '' && /^[ \t]/.test(line)
    const colon = continued ? -1 : line.indexOf(':')
    const name = continued ? last : line.slice(0, Math.max(0, colon)).toLowerCase()
    if (!continued && !token.test(name)) throw new Failure('protocol', `A header line cannot be read: ${quote(line)}.`)
    const value = line.slice(colon + 1).trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}${continued ? ' ' : ', '}${value}`)
    if (name === 'set-cookie' && !continued) (cookies ??= []).push(value)
    last = name
  }
  return { status: Number(match[1]), headers, cookies: cookies ?? noCookies }
}

/** A header's value as text that may be sent again: what came as UTF-8 is read as that. */
export const asText = (value: string): string =>
  /[\u0080-\u00ff]/.test(value) ? Buffer.from(value, 'latin1').toString() : value

/** The failure for an answer that does not begin as HTTP/1 does. */
export function noHttp(text: string): Failure {
  const line = text.split(/\r?\n/, 1)[0] ?? ''
  return new Failure('protocol', `It does not answer in HTTP; the answer begins with ${quote(line)}.`)
}

/** How the body of this answer ends; throws a Failure for framing that contradicts itself. */
export function framing(method: string, { status, headers }: Head): Framing {
  const isTunnel = method === 'CONNECT' && status < 300
  if (method === 'HEAD' || isTunnel || status < 200 || status === 204 || status === 304) return { type: 'none' }
  const transfer = headers.get('transfer-encoding')?.toLowerCase()
  if (transfer === 'chunked') return { type: 'chunked' }
  if (transfer !== undefined && transfer !== 'identity')
    throw new Failure('protocol', `The transfer encoding ${quote(transfer)} is not one that was asked for.`)
  const length = headers.get('content-length')
  if (length === undefined) return { type: 'close' }
  const [value = '', ...others] = length.split(',').map((part) => part.trim())
  if (!/^\d{1,15}$/.test(value) || others.some((other) => other !== value))
    throw new Failure('protocol', `The length of the body cannot be read: Content-Length is ${quote(length)}.`)
  return { type: 'length', length: Number(value) }
}
