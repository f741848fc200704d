// People: who they are, what they may, and ending it.
// Promises that no answer proves who anybody is, except a link's secret to whoever made it. Decides nothing.
import { z } from 'zod'
import { email, label } from '#commands/accounts/names.ts'
import { sessionsOf } from '#commands/accounts/own.ts'
import { resetLetter, resetLinkFor } from '#commands/accounts/resets.ts'
import { removeFactors } from '#commands/accounts/second-factors.ts'
import { changeUser, existingUser, type Manager, removeUser, signOutUser } from '#commands/accounts/users.ts'
import type { User } from '#store/store.ts'
import type { Identity } from '../auth.ts'
import { baseOf, linkTo, sendLetter } from '../links.ts'
import type { ApiParts } from '../parts.ts'
import { Reply, type Route, route } from '../route.ts'
import { byId, listOf, pageOf, paging } from '../shapes.ts'
import { limitAsked, role, sessionShown, showSession, showUser, userShown } from '../shown-people.ts'

export const managerOf = (
  who: Identity | null,
): Manager & { readonly name: string; readonly token: number | null } => ({
  role: who?.role ?? null,
  user: who?.user?.id ?? null,
  name: who?.user?.name ?? who?.name ?? '',
  token: who?.actor.kind === 'token' ? who.actor.id : null,
})

/** What became of a mail; null: no mail server is set. */
export const sent = z
  .object({ ok: z.boolean(), detail: z.string() })
  .nullable()
  .describe('What became of the mail with the link; null: no mail server is set, so hand the link over yourself.')

const patch = z.strictObject({
  email: email.optional(),
  name: label.optional(),
  role: role.optional(),
  labels: limitAsked.nullable().optional(),
  disabled: z.boolean().describe('They can no longer sign in; nothing of theirs is lost.').optional(),
})

export function userRoutes(parts: ApiParts): Route[] {
  return [...listing(parts), ...changing(parts), ...ending(parts)]
}

const tagged = (user: User) => new Reply(200, showUser(user), { etag: `"${user.revision}"` })

function listing(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/users',
      scope: 'admin',
      summary: 'List people by address',
      query: z.strictObject(paging),
      answer: listOf(userShown),
      handle: async ({ query }) => pageOf((await parts.store.users.all()).map(showUser), query),
    }),
    route({
      at: 'GET /api/v2/users/{id}',
      scope: 'admin',
      summary: 'Read a person',
      params: byId,
      answer: userShown,
      handle: async ({ params: { id } }) => tagged(await existingUser(parts.store, id)),
    }),
    route({
      at: 'GET /api/v2/users/{id}/sessions',
      scope: 'admin',
      summary: 'List the browsers that a person is signed in with',
      params: byId,
      answer: listOf(sessionShown),
      handle: async ({ params: { id }, who }) => {
        await existingUser(parts.store, id)
        const current = who?.person?.session.id ?? null
        const all = await sessionsOf(parts, id)
        return { items: all.map((session) => showSession(session, current)), next: null }
      },
    }),
  ]
}

function changing(parts: ApiParts): Route[] {
  return [
    route({
      at: 'PATCH /api/v2/users/{id}',
      scope: 'admin',
      summary: 'Change a person; with another role or limit they sign in anew',
      params: byId,
      body: patch,
      answer: userShown,
      handle: async ({ params: { id }, body, who, revision }) => {
        const user = await changeUser(parts, managerOf(who), id, body, revision)
        parts.auth.forget()
        return tagged(user)
      },
    }),
    route({
      at: 'POST /api/v2/users/{id}/reset',
      scope: 'admin',
      summary: 'Make a link with which a person chooses a new password',
      status: 201,
      params: byId,
      answer: z.object({ link: z.string().describe('Works once, for an hour.'), sent }),
      handle: async ({ params: { id }, who, visitor }) => {
        const { user, secret } = await resetLinkFor(parts, managerOf(who), id)
        const link = linkTo(baseOf(parts, visitor), 'reset', secret)
        return { link, sent: await sendLetter(parts, resetLetter(user, link)) }
      },
    }),
  ]
}

function ending(parts: ApiParts): Route[] {
  return [
    route({
      at: 'DELETE /api/v2/users/{id}',
      scope: 'admin',
      summary: 'Remove a person; what they changed stays on record',
      status: 204,
      params: byId,
      answer: null,
      handle: async ({ params: { id }, who }) => {
        await removeUser(parts, managerOf(who), id)
        parts.auth.forget()
        return new Reply(204, null)
      },
    }),
    route({
      at: 'DELETE /api/v2/users/{id}/sessions',
      scope: 'admin',
      summary: 'Sign a person out everywhere',
      status: 204,
      params: byId,
      answer: null,
      handle: async ({ params: { id }, who }) => {
        await signOutUser(parts, managerOf(who), id)
        parts.auth.forget()
        return new Reply(204, null)
      },
    }),
    route({
      at: 'DELETE /api/v2/users/{id}/factors',
      scope: 'admin',
      summary: 'Take away the authenticator app, passkeys and recovery codes of a person who has lost them',
      status: 204,
      params: byId,
      answer: null,
      handle: async ({ params: { id }, who }) => {
        await removeFactors(parts, managerOf(who), id)
        parts.auth.forget()
        return new Reply(204, null)
      },
    }),
  ]
}
