// What people do with their own account: name, password, browsers, authenticator app, passkeys.
// Promises that what proves who they are is changed only after a fresh proof, and that recovery codes are shown once.
import { z } from 'zod'
import { label, password } from '#commands/accounts/names.ts'
import { changePassword, endOwn, rename, sessionsOf } from '#commands/accounts/own.ts'
import { confirmTotp, offerTotp, removeTotp, renewCodes } from '#commands/accounts/second-factors.ts'
import type { ApiParts } from '../parts.ts'
import { Reply, type Route, route } from '../route.ts'
import { byId, listOf } from '../shapes.ts'
import { sessionShown, showSession, showUser, userShown } from '../shown-people.ts'
import { entered, personOf } from '../sign-in.ts'

export const codes = z.array(z.string()).describe('Each works once; they are shown only now.')

export function meRoutes(parts: ApiParts): Route[] {
  return [...account(parts), ...sessions(parts), ...totp(parts)]
}

function account(parts: ApiParts): Route[] {
  return [
    route({
      at: 'PATCH /api/v2/me',
      scope: 'read',
      people: true,
      summary: 'Change how one is called',
      body: z.strictObject({ name: label }),
      answer: userShown,
      handle: async ({ body, who }) => {
        const user = await rename(parts, personOf(who), body.name)
        parts.auth.forget()
        return showUser(user)
      },
    }),
    route({
      at: 'POST /api/v2/me/password',
      scope: 'read',
      people: true,
      summary: 'Choose a new password; every other session ends, and the cookie is set anew',
      body: z.strictObject({
        current: password.describe('Left out: a fresh proof is needed, as for people without a password.').optional(),
        password,
      }),
      answer: sessionShown,
      handle: async ({ body: { current, password }, who, visitor }) => {
        const person = personOf(who)
        const work = () => changePassword(parts, person, { current, password })
        const { session, secret } = await parts.attempts.make(visitor, `confirm ${person.user.id}`, work)
        parts.auth.forget()
        return entered(parts, visitor, secret, showSession(session, session.id))
      },
    }),
  ]
}

function sessions(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/me/sessions',
      scope: 'read',
      people: true,
      summary: 'List the browsers that one is signed in with',
      answer: listOf(sessionShown),
      handle: async ({ who }) => {
        const { user, session } = personOf(who)
        const all = await sessionsOf(parts, user.id)
        return { items: all.map((one) => showSession(one, session.id)), next: null }
      },
    }),
    route({
      at: 'DELETE /api/v2/me/sessions/{id}',
      scope: 'read',
      people: true,
      summary: 'Sign out one browser',
      status: 204,
      params: byId,
      answer: null,
      handle: async ({ params: { id }, who }) => {
        await endOwn(parts, personOf(who), id)
        parts.auth.forget()
        return new Reply(204, null)
      },
    }),
    route({
      at: 'DELETE /api/v2/me/sessions',
      scope: 'read',
      people: true,
      summary: 'Sign out everywhere but here',
      status: 204,
      answer: null,
      handle: async ({ who }) => {
        await endOwn(parts, personOf(who), 'others')
        parts.auth.forget()
        return new Reply(204, null)
      },
    }),
  ]
}

function totp(parts: ApiParts): Route[] {
  const forgetting = async <Result>(work: Promise<Result>): Promise<Result> => {
    const result = await work
    parts.auth.forget()
    return result
  }
  return [
    route({
      at: 'POST /api/v2/me/totp',
      scope: 'read',
      people: true,
      summary: 'A secret for an authenticator app; it counts when a code of it was given',
      answer: z.object({
        ticket: z.string().describe('Good for 15 minutes.'),
        secret: z.string().describe('In base 32, for typing.'),
        uri: z.string().describe('For a QR code.'),
      }),
      handle: async ({ who, visitor }) => {
        const { ticket, secret, uri } = await offerTotp(parts, personOf(who), new URL(visitor.origin).hostname)
        return { ticket, secret, uri }
      },
    }),
    route({
      at: 'POST /api/v2/me/totp/confirm',
      scope: 'read',
      people: true,
      summary: 'Take the authenticator app into use by a code of it',
      body: z.strictObject({ ticket: z.string().max(200), code: z.string().max(20) }),
      answer: z.object({ codes: codes.nullable().describe('Recovery codes; null: there are some already.') }),
      handle: async ({ body, who, visitor }) => {
        const person = personOf(who)
        const work = () => confirmTotp(parts, person, body)
        const made = await forgetting(parts.attempts.make(visitor, `totp of ${person.user.id}`, work))
        return { codes: made && [...made] }
      },
    }),
    route({
      at: 'DELETE /api/v2/me/totp',
      scope: 'read',
      people: true,
      summary: 'Use no authenticator app any more',
      status: 204,
      answer: null,
      handle: async ({ who }) => {
        await forgetting(removeTotp(parts, personOf(who)))
        return new Reply(204, null)
      },
    }),
    route({
      at: 'POST /api/v2/me/recovery-codes',
      scope: 'read',
      people: true,
      summary: 'New recovery codes in the place of those that are left',
      answer: z.object({ codes }),
      handle: async ({ who }) => ({ codes: [...(await renewCodes(parts, personOf(who)))] }),
    }),
  ]
}
