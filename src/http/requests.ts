// What others who take requests (heartbeats, foreign dialects) need to know of one: where from, and allowed or not.
// Promises the same judgement as the API's. Must not know what they do with it.
import type { IncomingMessage } from 'node:http'
import { isWithin, type LabelLimit } from '#core/rights.ts'
import type { Scope } from '#commands/tokens.ts'
import type { Authenticator, Identity } from './auth.ts'
import { type AddressSet, type Client, clientOf, forwardedHosts } from './client-address.ts'
import type { Ends } from '#platform/own-calls.ts'
import { Problem } from './problem.ts'

export interface Requests {
  /** Its address is not known, which counts as public, when it came under a name that is not ours. */
  clientOf(request: IncomingMessage): Client
  /** Whether the request carries a token with this scope for this monitor. Rejects when the store cannot say. */
  allowed(request: IncomingMessage, scope: Scope, key: string): Promise<boolean>
  /** Whoever's token allows this; `why` nobody's does, and the status to say it with. Rejects as `allowed` does. */
  admit(
    request: IncomingMessage,
    scope: Scope,
  ): Promise<Pick<Identity, 'limit' | 'actor'> | { readonly why: string; readonly status: number }>
  /** Whoever these credentials, as in `Authorization`, prove. Rejects when the store cannot say. */
  prove(request: IncomingMessage, credentials: string): Promise<Proved | Unproved>
  /** Who reports by a token: that of the request, or `token` where it came otherwise; or why nobody may. */
  reporter(request: IncomingMessage, token?: string): Promise<Reporter | Problem>
}

export interface Reporter {
  readonly token: string
  readonly limit: LabelLimit | null
}

/** Who sends a request, and what they may. */
export type Proved = Pick<Identity, 'name' | 'scopes' | 'limit' | 'components' | 'stringNumbers' | 'actor'>
/** Nobody is proved; `wait`: too many tries from there, ask again after so many seconds. */
export interface Unproved {
  readonly wait: number | null
}

export type IsOwnCall = (ends: Ends) => boolean

export interface RequestsParts {
  readonly auth: Authenticator
  readonly trustedProxies: () => AddressSet
  readonly isOwnHost: (host: string | undefined) => boolean
  /** Whether a connection is one of our own checks. Left out: none is. */
  readonly isOwnCall?: IsOwnCall
  /** Of the living monitor with this key; null: there is none. */
  readonly labelsOf: (key: string) => Readonly<Record<string, string>> | null
}

export function openRequests({ auth, trustedProxies, isOwnHost, isOwnCall, labelsOf }: RequestsParts): Requests {
  return {
    async prove(request, credentials) {
      const who = await auth.prove(credentials, clientOf(request, trustedProxies()))
      if (!(who instanceof Problem)) return who
      const wait = who.headers['retry-after']
      return { wait: wait === undefined ? null : Number(wait) }
    },
    clientOf: (request) => knownBy(request, clientOf(request, trustedProxies()), isOwnHost, isOwnCall),
    async allowed(request, scope, key) {
      const { authorization } = request.headers
      if (authorization === undefined) return false
      const who = await auth.admit(authorization, clientOf(request, trustedProxies()), scope)
      if (who instanceof Problem || who.components !== null) return false
      return who.limit === null || isWithin(who.limit, labelsOf(key) ?? {})
    },
    async admit(request, scope) {
      const { authorization } = request.headers
      const who = await auth.admit(authorization, clientOf(request, trustedProxies()), scope)
      return who instanceof Problem ? { why: who.message, status: who.status } : who
    },
    async reporter(request, token) {
      const authorization = token === undefined ? request.headers.authorization : `Bearer ${token}`
      const who = await auth.admit(authorization, clientOf(request, trustedProxies()), 'report')
      if (who instanceof Problem) return who
      // Whoever may set some components reports of nothing else.
      if (who.components !== null) return new Problem('forbidden', 'This token is for components alone.')
      return { token: String(who.actor.id ?? who.name), limit: who.limit }
    },
  }
}

/**
 * The client, unless the name under which it came may be another site's, or it is one of our own checks: then nobody
 * knows who made it come.
 */
export function knownBy(
  { headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>,
  client: Client,
  isOwnHost: (host: string | undefined) => boolean,
  isOwnCall: IsOwnCall = () => false,
): Client {
  const isKnown = isOwnHost(headers.host) && forwardedHosts(headers).every(isOwnHost) && !isOwnCall(socket)
  return isKnown ? client : { ...client, address: null, trusted: false }
}
