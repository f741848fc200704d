// Invitations and forgotten passwords: links that work once.
// Promises that strangers learn from them only what the link's holder may know, and that asking for a new password
// answers the same, as fast, for an address that nobody has. Decides nothing.
import { z } from 'zod'
import { email, label, password } from '#commands/accounts/names.ts'
import {
  accept,
  type Invitation,
  invitationLetter,
  invite,
  openInvitations,
  readInvitation,
  uninvite,
} from '#commands/accounts/invitations.ts'
import type { Whence } from '#commands/accounts/ports.ts'
import { forgotten, readReset, reset, resetLetter } from '#commands/accounts/resets.ts'
import { baseOf, linkTo, mendsByMail, sendLetter } from '../links.ts'
import type { ApiParts } from '../parts.ts'
import { Problem } from '../problem.ts'
import { Reply, type Route, route } from '../route.ts'
import { byId, iso, listOf, pageOf, paging, when } from '../shapes.ts'
import { limitAsked, limitShown, role, showLimit } from '../shown-people.ts'
import { enter, signedIn, whence } from '../sign-in.ts'
import { managerOf, sent } from './users.ts'

const invited = z.object({ email: z.string(), role, labels: limitShown, by: z.string(), expiresAt: when })
const invitation = invited.extend({ id: z.int(), createdAt: when })
const token = z.string().min(1).max(200).describe('What follows # in the link.')

const showInvited = ({ email, role, labels, by, expiresAt }: Invitation) => ({
  email,
  role,
  labels: showLimit(labels),
  by,
  expiresAt: iso(expiresAt),
})
const showInvitation = (one: Invitation) => ({ ...showInvited(one), id: one.id, createdAt: iso(one.createdAt) })

export function invitationRoutes(parts: ApiParts): Route[] {
  return [...inviting(parts), ...accepting(parts), ...forgetting(parts)]
}

function inviting(parts: ApiParts): Route[] {
  return [
    route({
      at: 'GET /api/v2/invitations',
      scope: 'admin',
      summary: 'List open invitations',
      query: z.strictObject(paging),
      answer: listOf(invitation),
      handle: async ({ query }) => pageOf((await openInvitations(parts)).map(showInvitation), query),
    }),
    route({
      at: 'POST /api/v2/invitations',
      scope: 'admin',
      summary: 'Invite somebody; the link is in this answer and, where a mail server is set, in a mail',
      status: 201,
      body: z.strictObject({ email, role, labels: limitAsked.nullable().optional() }),
      answer: invitation.extend({ link: z.string().describe('Works once, for 7 days.'), sent }),
      handle: async ({ body, who, visitor }) => {
        const { labels = null, ...rest } = body
        const { invitation, secret } = await invite(parts, managerOf(who), { ...rest, labels })
        const link = linkTo(baseOf(parts, visitor), 'invitation', secret)
        return {
          ...showInvitation(invitation),
          link,
          sent: await sendLetter(parts, invitationLetter(invitation, link)),
        }
      },
    }),
    route({
      at: 'DELETE /api/v2/invitations/{id}',
      scope: 'admin',
      summary: 'Take an invitation back',
      status: 204,
      params: byId,
      answer: null,
      handle: async ({ params: { id }, who }) => {
        await uninvite(parts, managerOf(who), id)
        return new Reply(204, null)
      },
    }),
  ]
}

function accepting(parts: ApiParts): Route[] {
  return [
    route({
      at: 'POST /api/v2/invitation/read',
      scope: null,
      summary: 'What an invitation link invites to',
      body: z.strictObject({ token }),
      answer: invited,
      handle: async ({ body, visitor }) =>
        showInvited(await parts.attempts.make(visitor, null, () => readInvitation(parts, body.token))),
    }),
    route({
      at: 'POST /api/v2/invitation/accept',
      scope: null,
      summary: 'Make the account that an invitation gives, and sign in',
      status: 201,
      body: z.strictObject({ token, name: label, password }),
      answer: signedIn,
      handle: async ({ body, visitor }) =>
        enter(
          parts,
          visitor,
          await parts.attempts.make(visitor, null, () => accept(parts, body, whence(visitor))),
          201,
        ),
    }),
  ]
}

/** A link, if the address has an account. */
async function remind(parts: ApiParts, email: string, base: string, from: Whence): Promise<void> {
  const found = await forgotten(parts, email, from)
  const letter = found && resetLetter(found.user, linkTo(base, 'reset', found.secret))
  const sent = letter && (await parts.mail()?.(letter))
  if (sent && !sent.ok) parts.log.warn('a mail for a forgotten password was not sent', { detail: sent.detail })
}

function forgetting(parts: ApiParts): Route[] {
  return [
    route({
      at: 'POST /api/v2/password/forgot',
      scope: null,
      summary: 'Send a link for a new password, if the address has an account; the answer is the same if not',
      body: z.strictObject({ email }),
      answer: z.object({ detail: z.string() }),
      handle: async ({ body, visitor }) => {
        const { publicUrl } = parts.server()
        if (!mendsByMail(parts) || publicUrl === null)
          throw new Problem('impossible', 'No mail can be sent from here; ask an owner or admin for a link.')
        parts.attempts.spend(visitor, body.email)
        parts.afterwards.do('a mail for a forgotten password', () =>
          remind(parts, body.email, publicUrl, whence(visitor)),
        )
        return { detail: 'If this address has an account, a link is on its way to it.' }
      },
    }),
    route({
      at: 'POST /api/v2/password/read',
      scope: null,
      summary: 'Whose password a link sets',
      body: z.strictObject({ token }),
      answer: z.object({ email: z.string() }),
      handle: async ({ body, visitor }) => {
        const { email } = await parts.attempts.make(visitor, null, () => readReset(parts, body.token))
        return { email }
      },
    }),
    route({
      at: 'POST /api/v2/password/reset',
      scope: null,
      summary: 'Choose a new password with a link; every session ends, and one signs in anew',
      body: z.strictObject({ token, password }),
      answer: z.object({ email: z.string() }),
      handle: async ({ body, visitor }) => {
        const work = () => reset(parts, body, whence(visitor))
        const { email } = await parts.attempts.make(visitor, null, work)
        parts.auth.forget()
        return { email }
      },
    }),
  ]
}
