// Second factors: the authenticator app and recovery codes, as people set them up and take them away.
// Promises that an app is asked for only when it has shown a right code, and that codes for recovery come with the
// first factor and go with the last. Must not know cookies.
import type { Aggregates, User } from '#store/store.ts'
import { Refused } from '../refused.ts'
import { hashOf, newCodes, plainCode } from './codes.ts'
import type { AccountParts, Person } from './ports.ts'
import { mustBeConfirmed } from './sessions.ts'
import { lookAt, makeTicket, takeTicket } from './tickets.ts'
import { newTotpSecret, stepOf, totpUri } from './totp.ts'
import { existingUser, type Manager, mayManage } from './users.ts'

export interface TotpOffer {
  readonly ticket: string
  readonly secret: string
  readonly uri: string
}

/** A secret for an authenticator app; it counts when `confirmTotp` was given a code of it. */
export async function offerTotp(parts: AccountParts, person: Person, issuer: string): Promise<TotpOffer> {
  mustBeConfirmed(parts, person)
  const { user } = person
  const secret = newTotpSecret()
  await parts.store.tickets.clear('totp', user.id)
  const made = await makeTicket(parts, 'totp', { user: user.id, data: { secret } })
  return { ticket: made.secret, secret, uri: totpUri(secret, user.email, issuer) }
}

/** Takes the app into use; gives recovery codes where there were none. An app before it is asked no more. */
export async function confirmTotp(
  parts: AccountParts,
  { user }: Person,
  { ticket, code }: { readonly ticket: string; readonly code: string },
): Promise<readonly string[] | null> {
  const offer = await lookAt(parts, 'totp', ticket)
  const { secret } = offer.data as { secret: string }
  const step = offer.user === user.id ? stepOf(secret, plainCode(code), parts.clock.now()) : null
  if (step === null) {
    const why = 'The code is not the one of now; see that the time of the phone is right, and try the next one.'
    throw new Refused({ kind: 'unproven', why })
  }
  return await parts.store.transaction(async (tx) => {
    await takeTicket({ ...parts, store: tx }, 'totp', ticket)
    await tx.users.update(user.id, { totp: secret }, parts.clock.now())
    await tx.users.takeStep(user.id, step)
    return await firstCodes(tx, user)
  })
}

export async function removeTotp(parts: AccountParts, person: Person): Promise<void> {
  mustBeConfirmed(parts, person)
  const { user } = person
  await parts.store.transaction(async (tx) => {
    await tx.users.update(user.id, { totp: null }, parts.clock.now())
    await dropLastCodes(tx, user)
  })
}

/** New recovery codes in the place of all that were left. */
export async function renewCodes(parts: AccountParts, person: Person): Promise<readonly string[]> {
  mustBeConfirmed(parts, person)
  const { user } = person
  return await parts.store.transaction(async (tx) => {
    if (!(await hasFactor(tx, user)))
      throw new Refused({
        kind: 'impossible',
        why: 'Recovery codes stand in for an authenticator app or a passkey; add one first.',
      })
    const what = { at: parts.clock.now(), action: 'renewed_codes', type: 'user', subject: user.email, changes: [] }
    await tx.audit.record(what)
    return await newOnes(tx, user)
  })
}

/** Recovery codes with the first factor; null: there are some already. */
export async function firstCodes(tx: Aggregates, user: User): Promise<readonly string[] | null> {
  return (await tx.users.countCodes(user.id)) > 0 ? null : await newOnes(tx, user)
}

/** Without a factor there is nothing that codes could stand in for. */
export async function dropLastCodes(tx: Aggregates, user: User): Promise<void> {
  const now = await tx.users.get(user.id)
  if (now !== null && !(await hasFactor(tx, now))) await tx.users.setCodes(user.id, [])
}

const hasFactor = async (tx: Aggregates, user: User) => user.hasTotp || (await tx.passkeys.of(user.id)).length > 0

async function newOnes(tx: Aggregates, user: User): Promise<readonly string[]> {
  const codes = newCodes()
  await tx.users.setCodes(user.id, codes.map(hashOf))
  return codes
}

/** Takes away whatever somebody has lost; they sign in with the password alone, anew. */
export async function removeFactors(parts: AccountParts, by: Manager, id: number): Promise<void> {
  await parts.store.transaction(async (tx) => {
    const user = await existingUser(tx, id)
    mayManage(by, user.role)
    const keys = await tx.passkeys.of(id)
    await tx.users.update(id, { totp: null }, parts.clock.now())
    for (const key of keys) await tx.passkeys.remove(id, key.id)
    await tx.users.setCodes(id, [])
    await tx.sessions.removeAll(id)
    const changes = keys.map((key) => ({ path: 'passkey', before: key.name }))
    const what = { at: parts.clock.now(), action: 'removed_factors', type: 'user', subject: user.email, changes }
    await tx.audit.record(what)
  })
}
