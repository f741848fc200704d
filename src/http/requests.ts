// What others who take requests (heartbeats, foreign dialects) need to know of one: where from, and allowed or not.
// Promises the same judgement as the API's. Must not know what they do with it.
import type { IncomingMessage } from 'node:http'
import type { Scope } from '#commands/tokens.ts'
import type { Authenticator } from './auth.ts'
import { type AddressSet, type Client, clientOf } from './client-address.ts'
import { Problem } from './problem.ts'

export interface Requests {
  clientOf(request: IncomingMessage): Client
  /** Whether the request carries a token with this scope. Rejects when the store cannot say. */
  allowed(request: IncomingMessage, scope: Scope): Promise<boolean>
}

export function openRequests(auth: Authenticator, trustedProxies: () => AddressSet): Requests {
  return {
    clientOf: (request) => clientOf(request, trustedProxies()),
    async allowed(request, scope) {
      const { authorization } = request.headers
      if (authorization === undefined) return false
      return !((await auth.admit(authorization, clientOf(request, trustedProxies()), scope)) instanceof Problem)
    },
  }
}
