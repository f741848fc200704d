// Sessions: browsers that somebody signed in with. The secret goes into a cookie; only its hash is stored.
// Promises an end: when idle, after the longest time, when ended by hand, and with a new password or role.
import { isUnlimited } from '#core/rights.ts'
import type { Session, Store, User } from '#store/store.ts'
import { Refused } from '../refused.ts'
import type { AccountParts, Person, Whence } from './ports.ts'
import { hashOf, newSecret } from './tickets.ts'

type Parts = Pick<AccountParts, 'clock' | 'signIn'> & {
  readonly store: Pick<Store, 'sessions' | 'users' | 'audit' | 'as'>
}

/** Who has just proved who they are may change what proves it for so long. */
export const confirmedMs = 15 * 60_000
const agentMost = 300
/** Of one person at once; the longest unused one ends with the next. */
const sessionsMost = 100

export type Method = 'password' | 'passkey' | 'oidc' | 'link'
export interface Opened extends Person {
  /** For the cookie. */
  readonly secret: string
}

/** Begins a session for somebody who has proved who they are. */
export async function openSession(parts: Parts, user: User, method: Method, from: Whence): Promise<Opened> {
  const now = parts.clock.now()
  const { idle, longest } = parts.signIn()
  const secret = newSecret()
  const known = await parts.store.sessions.of(user.id, now, now - idle)
  for (const old of known.slice(sessionsMost - 1)) await parts.store.sessions.remove(user.id, old.id)
  const session = await parts.store.sessions.insert({
    user: user.id,
    hash: hashOf(secret),
    method,
    address: from.address,
    agent: from.agent?.slice(0, agentMost) ?? null,
    createdAt: now,
    expiresAt: now + longest,
  })
  await parts.store.users.seen(user.id, now)
  await parts.store.as(actorOf(user, from), () =>
    parts.store.audit.record({
      at: now,
      action: 'signed_in',
      type: 'session',
      subject: user.email,
      changes: [{ path: 'method', after: method }],
    }),
  )
  return { user, session, secret }
}

/** The person behind a cookie; null: nobody, any more. */
export async function findSession(parts: Parts, secret: string): Promise<Person | null> {
  const now = parts.clock.now()
  const session = await parts.store.sessions.byHash(hashOf(secret), now, now - parts.signIn().idle)
  if (session === null) return null
  const user = await parts.store.users.get(session.user)
  return user === null || user.disabledAt !== null ? null : { user, session }
}

/** A new secret for a session whose person has proved again who they are. */
export async function confirmSession(parts: Parts, session: Session): Promise<string> {
  const secret = newSecret()
  const done = await parts.store.sessions.rotate(session.id, hashOf(secret), parts.clock.now())
  if (!done) throw new Refused({ kind: 'missing', what: 'session', key: String(session.id) })
  return secret
}

/** Throws unless the person proved lately who they are. */
export function mustBeConfirmed(parts: Pick<AccountParts, 'clock'>, { session }: Person): void {
  if (parts.clock.now() - session.confirmedAt > confirmedMs) throw new Refused({ kind: 'unconfirmed' })
}

export const actorOf = (user: User, { address }: Pick<Whence, 'address'>) =>
  ({ kind: 'user', id: user.id, name: user.email, address }) as const

/** The labels that a person is limited to; a role that sees everything has none. */
export const limitOf = ({ role, labels }: Pick<User, 'role' | 'labels'>) => (isUnlimited(role) ? null : labels)
