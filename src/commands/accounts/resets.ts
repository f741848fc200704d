// A password that was forgotten: a one-time link, made by whoever manages people or sent by mail to its owner.
// Promises that nobody learns from it who has an account, and that a new password ends every session.
import type { User } from '#store/store.ts'
import { newPassword } from './new-password.ts'
import type { AccountParts, Letter, Whence } from './ports.ts'
import { actorOf } from './sessions.ts'
import { mustTakePasswords } from './sign-in.ts'
import { lookAt, makeTicket, takeTicket } from './tickets.ts'
import { existingUser, type Manager, mayManage } from './users.ts'
import { Refused } from '../refused.ts'

/** A link for somebody else, to be handed over; links made before end. */
export async function resetLinkFor(
  parts: AccountParts,
  by: Manager,
  id: number,
): Promise<{ user: User; secret: string }> {
  mustTakePasswords(parts)
  return await parts.store.transaction(async (tx) => {
    const user = await existingUser(tx, id)
    mayManage(by, user.role)
    const secret = await freshLink({ ...parts, store: { ...parts.store, ...tx } }, user)
    const what = { at: parts.clock.now(), action: 'made_reset_link', type: 'user', subject: user.email, changes: [] }
    await tx.audit.record(what)
    return { user, secret }
  })
}

/** A link for whoever forgot the password; null: there is nobody, which nobody shall learn. */
export async function forgotten(
  parts: AccountParts,
  email: string,
  from: Whence,
): Promise<{ user: User; secret: string } | null> {
  const user = await parts.store.users.byEmail(email)
  // Whom an identity provider knows shall not get in past it.
  if (user === null || user.disabledAt !== null || !user.hasPassword) return null
  const what = { at: parts.clock.now(), action: 'asked_reset', type: 'user', subject: user.email, changes: [] }
  await parts.store.as({ ...actorOf(user, from), kind: 'system', id: null, name: 'somebody' }, () =>
    parts.store.audit.record(what),
  )
  return { user, secret: await freshLink(parts, user) }
}

async function freshLink(parts: AccountParts, user: User): Promise<string> {
  await parts.store.tickets.clear('reset', user.id)
  return (await makeTicket(parts, 'reset', { user: user.id })).secret
}

export const resetLetter = ({ email }: User, link: string): Letter => ({
  to: email,
  subject: 'A new password for Allswell',
  lines: [
    'Somebody, hopefully you, asked for a new password.',
    'Choose it with this link, which works for an hour and once. If it was not you, nothing is to be done:',
  ],
  link,
})

/** Whose password a link sets; throws Refused where it is used up. */
export async function readReset(parts: AccountParts, secret: string): Promise<User> {
  const { user } = await lookAt(parts, 'reset', secret)
  const found = user === null ? null : await parts.store.users.get(user)
  if (found === null || found.disabledAt !== null) throw new Refused({ kind: 'spent' })
  return found
}

/** Sets the new password and ends every session; they sign in anew, with their second factor where they have one. */
export async function reset(
  parts: AccountParts,
  { token, password }: { readonly token: string; readonly password: string },
  from: Whence,
): Promise<User> {
  const user = await readReset(parts, token)
  const hash = await newPassword(parts, password, [user.email, user.name])
  await parts.store.as(actorOf(user, from), () =>
    parts.store.transaction(async (tx) => {
      await takeTicket({ ...parts, store: tx }, 'reset', token)
      await tx.users.update(user.id, { password: hash }, parts.clock.now())
      await tx.sessions.removeAll(user.id)
      await tx.tickets.clear('second_step', user.id)
      await tx.tickets.clear('device', user.id)
    }),
  )
  return user
}
