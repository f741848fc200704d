// Signing in and out, the first owner, and who one is.
// Promises that every way in sets the same cookie, that wrong answers are counted, and that what is open to strangers
// tells them nothing about who has an account.
import { z } from 'zod'
import { email, label, password } from '#commands/accounts/names.ts'
import { confirmWithPassword, endSession } from '#commands/accounts/own.ts'
import { Refused } from '#commands/refused.ts'
import { needsOwner, setUp } from '#commands/accounts/setup.ts'
import { atSecondStep, noteFailure, signIn, signInWithCode } from '#commands/accounts/sign-in.ts'
import type { ApiParts } from '../parts.ts'
import { cookieIn, noCookie } from '../cookies.ts'
import type { Identity } from '../auth.ts'
import { mendsByMail } from '../links.ts'
import { Reply, type Route, route } from '../route.ts'
import { limitShown, role, sessionShown, showLimit, showSession, showUser, userShown } from '../shown-people.ts'
import { accountOf, enter, entered, personOf, signedIn, whence } from '../sign-in.ts'

const me = z.object({
  kind: z.enum(['user', 'token']),
  name: z.string().describe("A person's address, a token's name."),
  role: role.nullable(),
  scopes: z.array(z.string()),
  labels: limitShown,
  user: userShown.nullable(),
  session: sessionShown.nullable(),
  recoveryCodes: z.int().nullable().describe('How many are left; null: a token.'),
})

const ways = z.object({
  setup: z.boolean().describe('Nobody has an account yet: the owner is made with the link that the server printed.'),
  passwords: z.boolean().describe('Passwords and passkeys are taken.'),
  oidc: z.object({ name: z.string(), start: z.string() }).nullable().describe('Single sign-on: its name, where to go.'),
  mail: z.boolean().describe('Whether a forgotten password is mended by mail.'),
})

const secondStep = z.object({
  done: z.literal(false),
  ticket: z.string().describe('Good for five minutes.'),
  factors: z.array(z.enum(['totp', 'passkey', 'recovery'])).describe('One of these is needed, too.'),
})
const secret = z.string().min(1).max(200)

export function sessionRoutes(parts: ApiParts): Route[] {
  return [...openRoutes(parts), ...ownRoutes(parts)]
}

function openRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/sign-in',
      scope: null,
      summary: 'How one signs in here',
      answer: ways,
      handle: async () => {
        const { passwords, oidc } = parts.signIn()
        return {
          setup: await needsOwner(parts.store),
          passwords,
          oidc: oidc && { name: oidc.name, start: '/api/v2/oidc/start' },
          mail: mendsByMail(parts),
        }
      },
    }),
    route({
      at: 'POST /api/v2/setup',
      scope: null,
      summary: 'Make an owner with the one-time link, and sign in',
      status: 201,
      body: z.strictObject({ token: secret.describe('What follows # in the link.'), email, name: label, password }),
      answer: signedIn,
      handle: async ({ body, visitor }) =>
        enter(parts, visitor, await parts.attempts.make(visitor, null, () => setUp(parts, body, whence(visitor))), 201),
    }),
    route({
      at: 'POST /api/v2/session',
      scope: null,
      summary: 'Sign in with a password; a second step may follow',
      body: z.strictObject({ email, password }),
      answer: z.union([signedIn, secondStep]),
      handle: async ({ body, visitor }) => {
        const account = await accountOf(parts, visitor, body.email)
        const work = () =>
          signIn(parts, body, whence(visitor)).catch((error: unknown) => noted(parts, body.email, error))
        const step = await parts.attempts.make(visitor, account, work)
        if (step.done) return enter(parts, visitor, step.opened)
        return { done: false as const, ticket: step.ticket, factors: [...step.factors] }
      },
    }),
    route({
      at: 'POST /api/v2/session/code',
      scope: null,
      summary: 'The second step, with a code of the authenticator app or a recovery code',
      body: z.strictObject({ ticket: secret, code: z.string().min(1).max(60) }),
      answer: signedIn,
      handle: async ({ body: { ticket, code }, visitor }) => {
        const { id, email } = await atSecondStep(parts, ticket)
        const work = () =>
          signInWithCode(parts, ticket, code, whence(visitor)).catch((error: unknown) => noted(parts, email, error))
        return enter(parts, visitor, await parts.attempts.make(visitor, `code of ${id}`, work))
      },
    }),
  ]
}

function ownRoutes(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/me',
      scope: 'read',
      summary: 'Who asks: a person or a token, and what they may',
      answer: me,
      handle: async ({ who }) => showMe(parts, who as Identity),
    }),
    route({
      at: 'DELETE /api/v2/session',
      scope: null,
      summary: 'Sign out',
      status: 204,
      answer: null,
      handle: async ({ visitor }) => {
        const secret = cookieIn(visitor, 'session')
        if (secret !== null) await endSession(parts, secret, whence(visitor))
        parts.auth.forget()
        return new Reply(204, null, {}, noCookie('session'))
      },
    }),
    route({
      at: 'POST /api/v2/session/confirm',
      scope: 'read',
      people: true,
      summary: 'Prove again who one is, as changing what proves it asks for; the cookie is set anew',
      body: z.strictObject({ password }),
      answer: sessionShown,
      handle: async ({ body, who, visitor }) => {
        const person = personOf(who)
        const account = `confirm ${person.user.id}`
        const opened = await parts.attempts.make(visitor, account, () =>
          confirmWithPassword(parts, person, body.password),
        )
        parts.auth.forget()
        return entered(parts, visitor, opened.secret, showSession(opened.session, opened.session.id))
      },
    }),
  ]
}

/** Notes an attempt that failed at an account that there is, after the answer: its time tells nobody. */
function noted(parts: ApiParts, email: string, error: unknown): never {
  if (error instanceof Refused && error.trouble.kind === 'unproven')
    parts.afterwards.do('the note of an attempt to sign in', () => noteFailure(parts, email))
  throw error
}

async function showMe(
  { store }: ApiParts,
  { name, role, scopes, limit, user, person }: Identity,
): Promise<z.input<typeof me>> {
  return {
    kind: user === null ? 'token' : 'user',
    name,
    role,
    scopes: [...scopes],
    labels: showLimit(limit),
    user: user && showUser(user),
    session: person && showSession(person.session, person.session.id),
    recoveryCodes: user && (await store.users.countCodes(user.id)),
  }
}
