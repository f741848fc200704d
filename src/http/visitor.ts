// A visitor: what a request says of where it comes from, besides any proof of who sends it.
// Promises that only a trusted proxy's word counts for what the connection itself does not show, and that what another
// site made a browser send is known as such. Must not know any route.
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { type AddressSet, type Client, clientOf, isForwarded } from './client-address.ts'

export interface Visitor {
  readonly client: Client
  /** For counting and for people: the best address known. */
  readonly address: string
  readonly agent: string | null
  readonly headers: IncomingHttpHeaders
  /** Where the browser thinks it is: `https://status.example.com`. */
  readonly origin: string
  /** Whether the browser came by TLS. */
  readonly secure: boolean
  readonly cookies: ReadonlyMap<string, string>
  /** Sent by a page of another site, as the browser says. */
  readonly fromAnotherSite: boolean
}

export interface VisitorParts {
  readonly trustedProxies: AddressSet
  /** Where people reach this server, as the configuration says. */
  readonly publicUrl: string | null
}

export function visitorOf(
  request: Pick<IncomingMessage, 'headers' | 'socket'>,
  { trustedProxies, publicUrl }: VisitorParts,
): Visitor {
  const client = clientOf(request, trustedProxies)
  const { headers } = request
  const own = ownOrigins(headers, client, trustedProxies, publicUrl)
  const named = headers.origin
  const foreign = named !== undefined && !own.some((origin) => hostOf(origin) === hostOf(named))
  const site = headers['sec-fetch-site']
  const origin = named === undefined || foreign ? (own[0] ?? 'http://localhost') : named
  return {
    client,
    address: client.address ?? client.peer ?? 'unknown',
    agent: headers['user-agent'] ?? null,
    headers,
    origin,
    secure: origin.startsWith('https:'),
    cookies: readCookies(headers.cookie),
    fromAnotherSite: foreign || (site !== undefined && site !== 'same-origin' && site !== 'none'),
  }
}

/** Origins that this server has: as configured, as a trusted proxy was asked, as the connection itself was. */
function ownOrigins(
  headers: IncomingHttpHeaders,
  client: Client,
  trustedProxies: AddressSet,
  publicUrl: string | null,
): string[] {
  const proxied = isForwarded(headers) && client.peer !== null && trustedProxies.has(client.peer)
  const scheme = proxied && first(headers['x-forwarded-proto']) === 'https' ? 'https' : 'http'
  const forwarded = proxied ? first(headers['x-forwarded-host']) : undefined
  const asked = [forwarded, headers.host].filter((host) => host !== undefined).map((host) => `${scheme}://${host}`)
  const configured = publicUrl === null ? [] : [new URL(publicUrl).origin]
  const fits = configured.filter((origin) => asked.some((one) => hostOf(one) === hostOf(origin)))
  return [...fits, ...asked, ...configured]
}

const first = (header: string | string[] | undefined) => [header].flat()[0]?.split(',')[0]?.trim().toLowerCase()

/** Host and port, where the port is not the usual one of any scheme; null for what is no origin, such as `null`. */
function hostOf(origin: string): string | null {
  if (!URL.canParse(origin)) return null
  return new URL(origin).host.replace(/:(?:80|443)$/, '')
}

/** So many are looked at: a browser sends few to one place. */
const cookiesMost = 50

function readCookies(header: string | undefined): ReadonlyMap<string, string> {
  const pairs = (header ?? '').split(';', cookiesMost).flatMap((pair): [string, string][] => {
    const is = pair.indexOf('=')
    return is < 1 ? [] : [[pair.slice(0, is).trim(), pair.slice(is + 1).trim()]]
  })
  return new Map(pairs.toReversed())
}
