// Signing in with a password, and the second step where somebody has one.
// Promises the same answer and the same work whether the address, the password or the account is wrong.
// Must not know cookies, nor how often somebody may try.
import type { User } from '#store/store.ts'
import { Refused } from '../refused.ts'
import { hashOf as hashOfCode, plainCode } from './codes.ts'
import type { AccountParts, Whence } from './ports.ts'
import { type Opened, openSession } from './sessions.ts'
import { lookAt, makeTicket, takeTicket } from './tickets.ts'
import { stepOf } from './totp.ts'

export type SecondFactor = 'totp' | 'passkey' | 'recovery'
export type SignedIn =
  | { readonly done: true; readonly opened: Opened }
  /** The password was right; one of these is needed, too, with this ticket. */
  | { readonly done: false; readonly ticket: string; readonly factors: readonly SecondFactor[] }

const wrong = () => new Refused({ kind: 'unproven', why: 'The address or the password is wrong.' })
const wrongCode = () =>
  new Refused({ kind: 'unproven', why: 'The code is wrong, or was used before; wait for the next one.' })

export async function signIn(
  parts: AccountParts,
  { email, password }: { readonly email: string; readonly password: string },
  from: Whence,
): Promise<SignedIn> {
  mustTakePasswords(parts)
  const user = await parts.store.users.byEmail(email)
  if (!(await isPassword(parts, user, password)) || user === null || user.disabledAt !== null) throw wrong()
  const factors = await factorsOf(parts, user)
  if (factors.length === 0) return { done: true, opened: await openSession(parts, user, 'password', from) }
  const { secret } = await makeTicket(parts, 'second_step', { user: user.id })
  return { done: false, ticket: secret, factors }
}

/** Throws where people sign in by other ways alone. */
export function mustTakePasswords({ signIn }: Pick<AccountParts, 'signIn'>): void {
  if (signIn().passwords) return
  throw new Refused({ kind: 'forbidden', why: 'Passwords and passkeys are not taken here (sign_in.passwords).' })
}

/** Whether it is this person's password; takes as long for nobody. Hashes it anew where that has become stronger. */
export async function isPassword(parts: AccountParts, user: User | null, password: string): Promise<boolean> {
  const stored = user === null ? null : (await parts.store.users.proofs(user.id)).password
  const { right, old } = await parts.passwords.verify(password, stored)
  if (right && old && user !== null && stored !== null)
    await parts.store.users.rehash(user.id, stored, await parts.passwords.hash(password))
  return right
}

/** What somebody has beside the password. */
export async function factorsOf({ store }: Pick<AccountParts, 'store'>, user: User): Promise<SecondFactor[]> {
  const passkeys = await store.passkeys.of(user.id)
  const own: SecondFactor[] = [
    ...(user.hasTotp ? ['totp' as const] : []),
    ...(passkeys.length > 0 ? ['passkey' as const] : []),
  ]
  return own.length > 0 && (await store.users.countCodes(user.id)) > 0 ? [...own, 'recovery'] : own
}

/** Keeps for its person that somebody failed to sign in, by whoever acts in this flow of work. */
export async function noteFailure({ store, clock }: AccountParts, email: string): Promise<void> {
  if ((await store.users.byEmail(email)) === null) return
  await store.audit.record({
    at: clock.now(),
    action: 'failed_to_sign_in',
    type: 'session',
    subject: email,
    changes: [],
  })
}

/** Who is at the second step with this ticket; for counting how often they try. */
export async function atSecondStep(parts: AccountParts, ticket: string): Promise<User> {
  const { user } = await lookAt(parts, 'second_step', ticket)
  const found = user === null ? null : await parts.store.users.get(user)
  if (found === null || found.disabledAt !== null) throw new Refused({ kind: 'spent' })
  return found
}

/** The second step with a code of the authenticator app, or a recovery code. */
export async function signInWithCode(parts: AccountParts, ticket: string, code: string, from: Whence): Promise<Opened> {
  const user = await atSecondStep(parts, ticket)
  if (!(await takeCode(parts, user, code))) throw wrongCode()
  await takeTicket(parts, 'second_step', ticket)
  return openSession(parts, user, 'password', from)
}

/** Whether a code is this person's, of the app or for recovery; it is used up by this. */
export async function takeCode({ store, clock }: AccountParts, user: User, code: string): Promise<boolean> {
  const plain = plainCode(code)
  if (/^\d{6}$/.test(plain)) {
    const { totp } = await store.users.proofs(user.id)
    const step = totp === null ? null : stepOf(totp, plain, clock.now())
    return step !== null && (await store.users.takeStep(user.id, step))
  }
  if (!(await store.users.takeCode(user.id, hashOfCode(plain)))) return false
  const left = await store.users.countCodes(user.id)
  const changes = [{ path: 'recovery_codes', before: left + 1, after: left }]
  await store.audit.record({ at: clock.now(), action: 'used_code', type: 'user', subject: user.email, changes })
  return true
}
