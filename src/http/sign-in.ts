// What all ways of signing in have in common at the door: whose attempts are counted, the cookies, and the answer.
// Promises one session a browser: a new one ends the old. Must not know how anybody proves who they are.
import { z } from 'zod'
import type { Person, Whence } from '#commands/accounts/ports.ts'
import { endSession, knowsDevice, newDevice } from '#commands/accounts/own.ts'
import type { Opened } from '#commands/accounts/sessions.ts'
import { ticketMs } from '#commands/accounts/tickets.ts'
import type { Account } from './attempts.ts'
import type { Identity } from './auth.ts'
import { cookie, cookieIn } from './cookies.ts'
import type { ApiParts } from './parts.ts'
import { Problem } from './problem.ts'
import { Reply } from './route.ts'
import { sessionShown, showSession, showUser, userShown } from './shown-people.ts'
import type { Visitor } from './visitor.ts'

export const signedIn = z.object({ done: z.literal(true), user: userShown, session: sessionShown })

export const whence = ({ address, agent }: Visitor): Whence => ({ address, agent })

/** Whose attempts these are: the account's, apart for a browser from which its person has signed in before. */
export async function accountOf(parts: ApiParts, visitor: Visitor, email: string): Promise<Account> {
  const device = cookieIn(visitor, 'device')
  const known = device !== null && (await knowsDevice(parts, device, email))
  return { name: known ? `${email} at ${device}` : email, known }
}

/** The answer to somebody who is signed in now. */
export async function enter(
  parts: ApiParts,
  visitor: Visitor,
  opened: Opened,
  status = 200,
): Promise<Reply<z.input<typeof signedIn>>> {
  const { user, session } = opened
  const body = { done: true as const, user: showUser(user), session: showSession(session, session.id) }
  return new Reply(status, body, {}, await cookiesOf(parts, visitor, opened))
}

/** The cookies of a new session; the one that the browser had ends. */
export async function cookiesOf(
  parts: ApiParts,
  visitor: Visitor,
  { user, secret, session }: Opened,
): Promise<string[]> {
  const old = cookieIn(visitor, 'session')
  if (old !== null) await endSession(parts, old, whence(visitor))
  parts.auth.forget()
  const cookies = [cookie(visitor, 'session', secret, session.expiresAt - parts.clock.now())]
  const device = cookieIn(visitor, 'device')
  if (device === null || !(await knowsDevice(parts, device, user.email)))
    cookies.push(cookie(visitor, 'device', await newDevice(parts, user), ticketMs.device))
  return cookies
}

/** The answer to somebody whose session goes on under a new secret. */
export function entered<Body>(parts: ApiParts, visitor: Visitor, secret: string, body: Body): Reply<Body> {
  return new Reply(200, body, {}, [cookie(visitor, 'session', secret, parts.signIn().longest)])
}

/** Whoever is signed in, on a route that is for people. */
export function personOf(who: Identity | null): Person {
  if (who?.person) return who.person
  throw new Problem('forbidden', 'This is for people who are signed in.')
}
