// From which address a request really comes, when proxies may stand between.
// Promises that forwarding headers of anybody but a trusted proxy never make a request look private: the address is
// unknown then. Must not know what is allowed to whom.
import { isInside } from '#platform/outbound.ts'
import type { IncomingMessage } from 'node:http'
import { plainAddress as plain } from '#platform/networks.ts'

/** A set of networks; `Networks` of the platform is one. */
export interface AddressSet {
  has(address: string): boolean
}

export interface Client {
  /** The address the request comes from; null when it cannot be known, which counts as public. */
  readonly address: string | null
  /** False when somebody who is not trusted claims to forward it. */
  readonly trusted: boolean
  /** The other end of the connection itself: for counting, never for allowing. */
  readonly peer: string | null
}

/** What proxies add. Any of them says that the connection is not the client's own. */
const forwarding = new RegExp(
  [
    '^via$',
    '^forwarded(-for)?$',
    '^x-forwarded(-.+)?$',
    '^x-(original|cluster|envoy|proxyuser|client|remote|real|true|azure)-.+$',
    '^(cf-connecting|true-client|fastly-client|client|remote|proxy-client|wl-proxy-client|fly-client)-(ip|addr)$',
  ].join('|'),
)

/**
 * The client of a request. Without forwarding headers it is the peer. With them, and from a trusted proxy, it is the
 * right-most address of X-Forwarded-For or Forwarded that is no trusted proxy; where the two disagree it is unknown.
 */
export function clientOf(request: Pick<IncomingMessage, 'headers' | 'socket'>, trustedProxies: AddressSet): Client {
  const peer = plainAddress(request.socket.remoteAddress ?? '')
  const { headers } = request
  if (!isForwarded(headers)) return { address: peer, trusted: peer !== null, peer }
  const unknown = { address: null, trusted: false, peer }
  if (peer === null || !trustedProxies.has(peer)) return unknown
  const chains = [listed(headers['x-forwarded-for']), forwardedFor(headers.forwarded)].filter((chain) => chain !== null)
  const [first, second] = chains.map((chain) => rightmost(chain, trustedProxies))
  if (first === undefined || first === null) return unknown
  if (second !== undefined && second !== first) return unknown
  return { address: first, trusted: true, peer }
}

/** Whether any header says that a proxy stands between. */
export function isForwarded(headers: IncomingMessage['headers']): boolean {
  for (const name in headers) if (forwarding.test(name)) return true
  return false
}

const none: string[] = []

/** Under which names proxies say that they were asked: what a browser was asked for may stand here alone. */
export function forwardedHosts(headers: IncomingMessage['headers']): string[] {
  const { forwarded = '' } = headers
  const named = listed(headers['x-forwarded-host'])
  if (named === null && forwarded === '') return none
  const elements = forwarded.split(/[,;]/).flatMap((part) => /^\s*host\s*=(.*)$/is.exec(part)?.[1] ?? [])
  return [...(named ?? []), ...elements]
    .map((host) => host.trim().replace(/^"(.*)"$/, '$1'))
    .filter((host) => host !== '')
}

/** An address as headers and sockets write it (`::ffff:10.0.0.1`, `"[::1]:80"`, `10.0.0.1:80`), plain; null if none. */
export function plainAddress(text: string): string | null {
  const bare = text.trim().replace(/^"(.*)"$/, '$1')
  const host = /^(?:(\[[^\]]+\])|([\d.]+)):\d{1,5}$/.exec(bare)
  return plain(host?.[1] ?? host?.[2] ?? bare)?.address ?? null
}

function listed(header: string | string[] | undefined): string[] | null {
  if (header === undefined) return null
  return (typeof header === 'string' ? header : header.join(',')).split(',')
}

/** The `for=` of each element of RFC 7239's header; an element without one hides its sender. */
function forwardedFor(header: string | undefined): string[] | null {
  if (header === undefined) return null
  return header.split(',').map((element) => {
    const pair = element.split(';').find((part) => /^\s*for\s*=/i.test(part))
    return pair === undefined ? 'hidden' : pair.slice(pair.indexOf('=') + 1)
  })
}

/**
 * From the right, the first that is no trusted proxy; all trusted: the left-most. Null: somebody hides, be it behind
 * an address inside that forwards and that nobody trusts.
 */
function rightmost(chain: readonly string[], trustedProxies: AddressSet): string | null {
  let address: string | null = null
  for (const [index, entry] of [...chain.entries()].toReversed()) {
    address = plainAddress(entry)
    if (address === null) return null
    if (!trustedProxies.has(address)) return index > 0 && isInside(address) ? null : address
  }
  return address
}
