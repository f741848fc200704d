// Tickets: secrets that are good once, for a while. The secret is given out here and kept by nobody.
// Promises 256 random bits, and that a link is told by its first letters from a token of the API.
import { createHash, randomBytes } from 'node:crypto'
import type { Store, Ticket, TicketKind } from '#store/store.ts'
import { Refused } from '../refused.ts'
import { Overloaded } from './password.ts'
import type { AccountParts } from './ports.ts'

type Parts = Pick<AccountParts, 'clock'> & { readonly store: Pick<Store, 'tickets'> }

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')
export const newSecret = (): string => randomBytes(32).toString('base64url')

const minute = 60_000
/** How long each is good, ms. */
export const ticketMs: Readonly<Record<TicketKind, number>> = {
  owner: 60 * minute,
  invitation: 7 * 24 * 60 * minute,
  reset: 60 * minute,
  second_step: 5 * minute,
  totp: 15 * minute,
  passkey: 5 * minute,
  passkey_new: 5 * minute,
  oidc: 10 * minute,
  device: 180 * 24 * 60 * minute,
}

/** Of those that strangers may ask for so many are open at once; they are gone within minutes. */
const strangers: ReadonlySet<TicketKind> = new Set(['passkey', 'oidc'])
const strangersMost = 20_000

export async function makeTicket(
  parts: Parts,
  kind: TicketKind,
  { user = null, data = null }: { user?: number | null; data?: unknown } = {},
): Promise<{ ticket: Ticket; secret: string }> {
  const secret = newSecret()
  const createdAt = parts.clock.now()
  if (strangers.has(kind) && (await parts.store.tickets.count(kind, createdAt)) >= strangersMost)
    throw new Overloaded('Too many are signing in just now.')
  const times = { createdAt, expiresAt: createdAt + ticketMs[kind] }
  return { ticket: await parts.store.tickets.insert({ kind, hash: hashOf(secret), user, data, ...times }), secret }
}

/** The living ticket, which stays; throws Refused. */
export async function lookAt(parts: Parts, kind: TicketKind, secret: string): Promise<Ticket> {
  return (await parts.store.tickets.look(kind, hashOf(secret), parts.clock.now())) ?? spent()
}

/** The living ticket, used up by this; throws Refused. */
export async function takeTicket(parts: Parts, kind: TicketKind, secret: string): Promise<Ticket> {
  return (await parts.store.tickets.take(kind, hashOf(secret), parts.clock.now())) ?? spent()
}

function spent(): never {
  throw new Refused({ kind: 'spent' })
}
