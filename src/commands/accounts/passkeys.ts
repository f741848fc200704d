// Passkeys: making, using and removing them.
// Promises that a challenge is answered once, that a passkey alone proves its person only after a finger, face or PIN,
// and that a copied key (a counter that goes back) is refused. Must not know cookies.
import type { webcrypto } from 'node:crypto'
import type { Passkey, User } from '#store/store.ts'
import { Refused } from '../refused.ts'
import type { AccountParts, Person, Whence } from './ports.ts'
import { dropLastCodes, firstCodes } from './second-factors.ts'
import { mustBeConfirmed, type Opened, openSession } from './sessions.ts'
import { atSecondStep, mustTakePasswords } from './sign-in.ts'
import { hashOf, makeTicket, takeTicket } from './tickets.ts'
import { algorithms, type Ceremony, readAssertion, readRegistration } from './webauthn.ts'

/** Of one person at most. */
const most = 20
const timeoutMs = 5 * 60_000

/** What `navigator.credentials.create()` and `get()` give as toJSON(), as far as it is looked at. */
export interface Registration {
  readonly id: string
  readonly response: {
    readonly clientDataJSON: string
    readonly attestationObject: string
    readonly transports?: readonly string[] | undefined
  }
}
export interface Assertion {
  readonly id: string
  readonly response: {
    readonly clientDataJSON: string
    readonly authenticatorData: string
    readonly signature: string
    readonly userHandle?: string | null | undefined
  }
}
/** The site, as the browser knows it. */
export interface Site {
  readonly origin: string
  readonly name: string
}

export interface Asked<Options> {
  /** Comes back with the answer. */
  readonly ticket: string
  readonly options: Options
}

const rpIdOf = ({ origin }: Site) => new URL(origin).hostname
/** The challenge is made of the ticket, so that it need not be kept. */
const challengeOf = (ticket: string) => hashOf(`challenge ${ticket}`)
const challengeText = (ticket: string) => Buffer.from(challengeOf(ticket), 'hex').toString('base64url')

const ceremony = (site: Site, ticket: string, verified: boolean): Ceremony => ({
  rpId: rpIdOf(site),
  origin: site.origin,
  challenge: challengeText(ticket),
  verified,
})

/** Options for `navigator.credentials.create()`, as parseCreationOptionsFromJSON() takes them. */
export async function offerPasskey(parts: AccountParts, person: Person, site: Site) {
  mustBeConfirmed(parts, person)
  mustTakePasswords(parts)
  const { user } = person
  const known = await parts.store.passkeys.of(user.id)
  if (known.length >= most)
    throw new Refused({ kind: 'impossible', why: `There are ${most} passkeys; remove one first.` })
  const { secret } = await makeTicket(parts, 'passkey_new', { user: user.id })
  const options = {
    rp: { id: rpIdOf(site), name: site.name },
    user: { id: Buffer.from(`user ${user.id}`).toString('base64url'), name: user.email, displayName: user.name },
    challenge: challengeText(secret),
    pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key' as const, alg })),
    timeout: timeoutMs,
    attestation: 'none' as const,
    excludeCredentials: known.map(descriptor),
    authenticatorSelection: { residentKey: 'preferred' as const, userVerification: 'preferred' as const },
  }
  return { ticket: secret, options }
}

const descriptor = ({ credential, transports }: Passkey) => ({
  type: 'public-key' as const,
  id: credential,
  transports: [...transports],
})

const transportNames = new Set(['usb', 'nfc', 'ble', 'smart-card', 'hybrid', 'internal', 'cable'])

/** Keeps a passkey that was just made; gives recovery codes where there were none. */
export async function addPasskey(
  parts: AccountParts,
  { user }: Person,
  site: Site,
  { ticket, name, credential }: { readonly ticket: string; readonly name: string; readonly credential: Registration },
): Promise<{ passkey: Passkey; codes: readonly string[] | null }> {
  const offer = await takeTicket(parts, 'passkey_new', ticket)
  if (offer.user !== user.id) throw new Refused({ kind: 'spent' })
  const made = sayFault(() => readRegistration(credential.response, ceremony(site, ticket, false)))
  return await parts.store.transaction(async (tx) => {
    if ((await tx.passkeys.byCredential(made.id)) !== null)
      throw new Refused({ kind: 'impossible', why: 'This passkey is known already.' })
    const passkey = await tx.passkeys.insert({
      user: user.id,
      credential: made.id,
      publicKey: { ...made.publicKey },
      counter: made.counter,
      name,
      transports: (credential.response.transports ?? []).filter((one) => transportNames.has(one)),
      createdAt: parts.clock.now(),
    })
    await recordKey(tx, parts.clock.now(), user, 'added_passkey', { path: 'passkey', after: name })
    return { passkey, codes: await firstCodes(tx, user) }
  })
}

/** Options for `navigator.credentials.get()`. `step`: the ticket of a second step; null: whoever has a passkey. */
export async function askPasskey(parts: AccountParts, site: Site, step: string | null) {
  mustTakePasswords(parts)
  const user = step === null ? null : await atSecondStep(parts, step)
  return await asked(parts, site, user, step)
}

/** The same for somebody who is signed in and shall prove it anew. */
export const askOwnPasskey = (parts: AccountParts, site: Site, { user }: Person) => asked(parts, site, user, null)

async function asked(parts: AccountParts, site: Site, user: User | null, step: string | null) {
  const { secret } = await makeTicket(parts, 'passkey', { user: user?.id ?? null, data: { step } })
  const keys = user === null ? [] : await parts.store.passkeys.of(user.id)
  const options = {
    challenge: challengeText(secret),
    rpId: rpIdOf(site),
    timeout: timeoutMs,
    allowCredentials: keys.map(descriptor),
    userVerification: user === null ? ('required' as const) : ('preferred' as const),
  }
  return { ticket: secret, options }
}

export interface PasskeyAnswer {
  readonly ticket: string
  readonly credential: Assertion
}

/** Signs in with a passkey: alone, or as the second step after the password. */
export async function signInWithPasskey(
  parts: AccountParts,
  site: Site,
  answer: PasskeyAnswer,
  from: Whence,
): Promise<Opened> {
  mustTakePasswords(parts)
  const { user, step } = await provePasskey(parts, site, answer, null)
  if (step !== null) await takeTicket(parts, 'second_step', step)
  return openSession(parts, user, step === null ? 'passkey' : 'password', from)
}

/** Whether somebody who is signed in has the passkey at hand; throws Refused if not. */
export async function confirmWithPasskey(
  parts: AccountParts,
  site: Site,
  person: Person,
  answer: PasskeyAnswer,
): Promise<void> {
  await provePasskey(parts, site, answer, person)
}

const unknown = () => new Refused({ kind: 'unproven', why: 'This passkey is not known here, or not for this.' })

async function provePasskey(parts: AccountParts, site: Site, { ticket, credential }: PasskeyAnswer, as: Person | null) {
  const offer = await takeTicket(parts, 'passkey', ticket)
  const { step } = offer.data as { step: string | null }
  const key = await parts.store.passkeys.byCredential(credential.id)
  const user = key === null ? null : await parts.store.users.get(key.user)
  if (key === null || user === null || user.disabledAt !== null) throw unknown()
  if (offer.user !== null && offer.user !== user.id) throw unknown()
  if (as !== null && as.user.id !== user.id) throw unknown()
  const alone = offer.user === null
  const { counter } = sayFault(() =>
    readAssertion(credential.response, key.publicKey as webcrypto.JsonWebKey, ceremony(site, ticket, alone)),
  )
  const goesOn = counter > key.counter || (counter === 0 && key.counter === 0)
  const at = parts.clock.now()
  if (!goesOn || !(await parts.store.passkeys.used(key.id, key.counter, counter, at))) {
    await recordKey(parts.store, at, user, 'refused_passkey', { path: 'passkey', after: key.name })
    throw new Refused({
      kind: 'unproven',
      why: 'This passkey was copied, or used twice at once; remove it if it was not you.',
    })
  }
  return { user, step }
}

export async function renamePasskey(parts: AccountParts, { user }: Person, id: number, name: string): Promise<Passkey> {
  const done = await parts.store.passkeys.rename(user.id, id, name)
  const key = done ? (await parts.store.passkeys.of(user.id)).find((one) => one.id === id) : undefined
  if (key === undefined) throw new Refused({ kind: 'missing', what: 'passkey', key: String(id) })
  return key
}

export async function removePasskey(parts: AccountParts, person: Person, id: number): Promise<void> {
  mustBeConfirmed(parts, person)
  const { user } = person
  await parts.store.transaction(async (tx) => {
    const key = (await tx.passkeys.of(user.id)).find((one) => one.id === id)
    if (key === undefined || !(await tx.passkeys.remove(user.id, id)))
      throw new Refused({ kind: 'missing', what: 'passkey', key: String(id) })
    await recordKey(tx, parts.clock.now(), user, 'removed_passkey', { path: 'passkey', before: key.name })
    await dropLastCodes(tx, user)
  })
}

async function recordKey(
  store: Pick<AccountParts['store'], 'audit'>,
  at: number,
  user: User,
  action: string,
  change: { readonly path: string; readonly before?: unknown; readonly after?: unknown },
): Promise<void> {
  await store.audit.record({ at, action, type: 'user', subject: user.email, changes: [change] })
}

/** What an authenticator got wrong is said to whoever uses it. */
function sayFault<Result>(work: () => Result): Result {
  try {
    return work()
  } catch (error) {
    const why = error instanceof Error ? error.message.slice(0, 300) : 'The passkey cannot be read.'
    throw new Refused({ kind: 'unproven', why })
  }
}
