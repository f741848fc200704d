// What people do with what is their own: sessions, name, password, browsers that they have used before.
// Promises that a new password ends every other session. Must not know cookies.
import type { Session, User } from '#store/store.ts'
import { Refused } from '../refused.ts'
import { newPassword } from './new-password.ts'
import type { AccountParts, Person, Whence } from './ports.ts'
import { actorOf, confirmSession, findSession, mustBeConfirmed } from './sessions.ts'
import { isPassword } from './sign-in.ts'
import { hashOf, makeTicket } from './tickets.ts'

/** Signs out; nothing to do where the session has ended already. */
export async function endSession(parts: AccountParts, secret: string, from: Whence): Promise<void> {
  const person = await findSession(parts, secret)
  if (person === null) return
  const { user, session } = person
  if (!(await parts.store.sessions.remove(user.id, session.id))) return
  const what = { at: parts.clock.now(), action: 'signed_out', type: 'session', subject: user.email, changes: [] }
  await parts.store.as(actorOf(user, from), () => parts.store.audit.record(what))
}

/** Somebody's living sessions, the one used last first. */
export async function sessionsOf({ store, clock, signIn }: AccountParts, user: number): Promise<Session[]> {
  const now = clock.now()
  return await store.sessions.of(user, now, now - signIn().idle)
}

/** Ends one of somebody's own sessions, or all others. */
export async function endOwn(parts: AccountParts, { user, session }: Person, id: number | 'others'): Promise<void> {
  const ended =
    id === 'others'
      ? await parts.store.sessions.removeAll(user.id, session.id)
      : Number(await parts.store.sessions.remove(user.id, id))
  if (ended === 0 && id !== 'others') throw new Refused({ kind: 'missing', what: 'session', key: String(id) })
  if (ended === 0) return
  const changes = [{ path: 'sessions_ended', after: ended }]
  const at = parts.clock.now()
  await parts.store.audit.record({ at, action: 'signed_out', type: 'session', subject: user.email, changes })
}

/** A fresh proof by password; the session goes on under a new secret. */
export async function confirmWithPassword(parts: AccountParts, person: Person, password: string) {
  if (!(await isPassword(parts, person.user, password)))
    throw new Refused({ kind: 'unproven', why: 'The password is wrong.' })
  return confirmed(parts, person)
}

/** Whoever proved again who they are: the session under a new secret, and as it is now. */
export async function confirmed(
  parts: AccountParts,
  { session }: Person,
): Promise<{ session: Session; secret: string }> {
  const secret = await confirmSession(parts, session)
  const now = parts.clock.now()
  return { secret, session: { ...session, confirmedAt: now, seenAt: now } }
}

/**
 * A new password. The one before proves who they are, where there was one; else they must have proved it lately. Every
 * other session ends, and links that would set another password.
 */
export async function changePassword(
  parts: AccountParts,
  person: Person,
  { current, password }: { readonly current: string | undefined; readonly password: string },
): Promise<{ session: Session; secret: string }> {
  const { user, session } = person
  if (current === undefined) mustBeConfirmed(parts, person)
  else if (!(await isPassword(parts, user, current)))
    throw new Refused({ kind: 'unproven', why: 'The password of now is wrong.' })
  const hash = await newPassword(parts, password, [user.email, user.name])
  await parts.store.transaction(async (tx) => {
    await tx.users.update(user.id, { password: hash }, parts.clock.now())
    await tx.sessions.removeAll(user.id, session.id)
    await tx.tickets.clear('reset', user.id)
    await tx.tickets.clear('second_step', user.id)
  })
  return confirmed(parts, person)
}

/** Whether somebody has signed in as this person with this browser before. */
export async function knowsDevice({ store, clock }: AccountParts, secret: string, email: string): Promise<boolean> {
  const device = await store.tickets.look('device', hashOf(secret), clock.now())
  const user = device?.user == null ? null : await store.users.get(device.user)
  return user !== null && user.email === email
}

export const newDevice = async (parts: AccountParts, user: User): Promise<string> =>
  (await makeTicket(parts, 'device', { user: user.id })).secret

/** What they are called. */
export async function rename({ store, clock }: AccountParts, { user }: Person, name: string): Promise<User> {
  const changed = await store.users.update(user.id, { name }, clock.now())
  if (changed === null) throw new Refused({ kind: 'missing', what: 'user', key: String(user.id) })
  return changed
}
