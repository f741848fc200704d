// Sign-in by an identity provider, as the browser goes through it: away to the provider, and back.
// Promises that the browser ends up in the dashboard whatever happens, with one of a few words for what went wrong; the
// log says more. Must not know what the provider says.
import { z } from 'zod'
import { begin, finish, modelOf } from '#commands/accounts/oidc/flow.ts'
import { ticketMs } from '#commands/accounts/tickets.ts'
import { Refused } from '#commands/refused.ts'
import { cookie, cookieIn, noCookie } from '../cookies.ts'
import { baseOf } from '../links.ts'
import type { ApiParts } from '../parts.ts'
import { Problem } from '../problem.ts'
import { Reply, type Route, route } from '../route.ts'
import { cookiesOf, whence } from '../sign-in.ts'
import type { Visitor } from '../visitor.ts'

const home = '/app/'
/** A path of this server: nothing that a browser would take for another one. */
const ownPath = z
  .string()
  .max(2_000)
  .regex(/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/, 'is not a path of this server')
const word = z.string().max(4_000)

type Fault = 'denied' | 'expired' | 'refused' | 'provider' | 'too_many'

const goTo = (path: string, cookies: readonly string[] = []) => new Reply<null>(302, null, { location: path }, cookies)
const failed = (fault: Fault) => goTo(`/app/sign-in?error=${fault}`, noCookie('oidc'))

export function oidcRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/oidc/start',
      scope: null,
      summary: 'For browsers: go to the identity provider to sign in',
      query: z.strictObject({ to: ownPath.describe('Where to go afterwards, such as /app/.').optional() }),
      status: 302,
      answer: null,
      handle: async ({ query, visitor }) => {
        modelOf(parts)
        parts.attempts.spend(visitor, null)
        const redirectUri = `${baseOf(parts, visitor)}/api/v2/oidc/callback`
        try {
          const { url, secret } = await begin(parts, { redirectUri, to: query.to ?? home })
          return goTo(url, [cookie(visitor, 'oidc', secret, ticketMs.oidc)])
        } catch (error) {
          return told(parts, error)
        }
      },
    }),
    route({
      at: 'GET /api/v2/oidc/callback',
      scope: null,
      summary: 'For browsers: back from the identity provider',
      query: z.looseObject({ state: word.optional(), code: word.optional(), error: word.optional() }),
      status: 302,
      answer: null,
      handle: async ({ query: { state, code, error }, visitor }) => {
        const secret = cookieIn(visitor, 'oidc')
        if (error !== undefined) {
          parts.log.warn('the identity provider refused a sign-in', { error: error.slice(0, 200) })
          return failed('denied')
        }
        if (secret === null || state === undefined || code === undefined) return failed('expired')
        return come(parts, visitor, { secret, state, code })
      },
    }),
  ]
}

async function come(
  parts: ApiParts,
  visitor: Visitor,
  returned: { readonly secret: string; readonly state: string; readonly code: string },
) {
  try {
    const { opened, to } = await parts.attempts.make(visitor, null, () => finish(parts, returned, whence(visitor)))
    return goTo(to, [...(await cookiesOf(parts, visitor, opened)), ...noCookie('oidc')])
  } catch (error) {
    return told(parts, error)
  }
}

function told({ log }: ApiParts, error: unknown) {
  if (error instanceof Problem) return failed('too_many')
  log.warn('a sign-in by the identity provider failed', { error })
  if (error instanceof Refused) return failed(error.trouble.kind === 'spent' ? 'expired' : 'refused')
  return failed('provider')
}
