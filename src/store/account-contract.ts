// People who sign in, as the store's contract has them: users, their sessions, passkeys, codes, and one-time tickets.
// Promises that no secret but a sealed or hashed one is stored. Only names.
import type { LabelLimit, Role } from '#core/rights.ts'

export interface User {
  readonly id: number
  /** In small letters. */
  readonly email: string
  readonly name: string
  readonly role: Role
  /** Null: sees everything that the role does. */
  readonly labels: LabelLimit | null
  readonly hasPassword: boolean
  readonly hasTotp: boolean
  /** `issuer subject` of an identity provider. */
  readonly external: string | null
  readonly createdAt: number
  readonly updatedAt: number
  readonly seenAt: number | null
  /** Since when they may not sign in; null: they may. */
  readonly disabledAt: number | null
  readonly revision: number
}
export type NewUser = Pick<User, 'email' | 'name' | 'role' | 'labels' | 'external'> & {
  /** Salted hash; null: none. */
  readonly password: string | null
}
/** What is other than before; `password` and `totp` null: taken away. */
export interface UserChange {
  readonly email?: string
  readonly name?: string
  readonly role?: Role
  readonly labels?: LabelLimit | null
  readonly external?: string | null
  readonly disabledAt?: number | null
  readonly password?: string | null
  readonly totp?: string | null
}
/** What proves who somebody is. Never leaves the commands that check it. */
export interface Proofs {
  readonly password: string | null
  readonly totp: string | null
}

export interface Users {
  /** Conflict when the address is taken. */
  insert(user: NewUser, at: number): Promise<User>
  /** Conflict when `revision` is not the stored one, or the address is taken; null: there is no such user. */
  update(id: number, change: UserChange, at: number, revision?: number): Promise<User | null>
  /** With sessions, passkeys, codes and tickets. False: there was none. */
  remove(id: number, at: number): Promise<boolean>
  get(id: number): Promise<User | null>
  byEmail(email: string): Promise<User | null>
  byExternal(external: string): Promise<User | null>
  /** All of them, by address. */
  all(): Promise<User[]>
  /** How many may sign in, with this role or with any. On PostgreSQL it waits for others who change users. */
  count(role?: Role): Promise<number>
  proofs(id: number): Promise<Proofs>
  /** The same password, hashed in a stronger way: no change that anybody need know of. */
  rehash(id: number, from: string, to: string): Promise<void>
  /** Takes a time step of the authenticator app once; false: it or a later one was taken before. */
  takeStep(id: number, step: number): Promise<boolean>
  seen(id: number, at: number): Promise<void>
  /** Puts these in the place of all unused ones. */
  setCodes(id: number, hashes: readonly string[]): Promise<void>
  /** False: it is none, or was used before. */
  takeCode(id: number, hash: string): Promise<boolean>
  countCodes(id: number): Promise<number>
}

export interface Session {
  readonly id: number
  readonly user: number
  /** How they signed in: password, passkey, oidc, link. */
  readonly method: string
  readonly address: string | null
  readonly agent: string | null
  readonly createdAt: number
  /** When they last proved who they are. */
  readonly confirmedAt: number
  readonly seenAt: number
  readonly expiresAt: number
}
export interface Sessions {
  insert(session: Omit<Session, 'id' | 'confirmedAt' | 'seenAt'> & { readonly hash: string }): Promise<Session>
  /** Living ones: not expired, and seen since `idleSince`. */
  byHash(hash: string, now: number, idleSince: number): Promise<Session | null>
  of(user: number, now: number, idleSince: number): Promise<Session[]>
  /** A new secret for the same session, proven anew. */
  rotate(id: number, hash: string, at: number): Promise<boolean>
  seen(id: number, at: number, address: string | null): Promise<void>
  /** Of this user only, so that nobody ends another's by its number. */
  remove(user: number, id: number): Promise<boolean>
  /** All of a user, but for one; gives how many. */
  removeAll(user: number, but?: number): Promise<number>
  forget(now: number, idleSince: number): Promise<number>
}

export interface Passkey {
  readonly id: number
  readonly user: number
  /** base64url. */
  readonly credential: string
  readonly publicKey: Readonly<Record<string, unknown>>
  readonly counter: number
  readonly name: string
  readonly transports: readonly string[]
  readonly createdAt: number
  readonly usedAt: number | null
}
export interface Passkeys {
  /** Conflict when the credential is known. */
  insert(key: Omit<Passkey, 'id' | 'usedAt'>): Promise<Passkey>
  of(user: number): Promise<Passkey[]>
  byCredential(credential: string): Promise<Passkey | null>
  /** False when the counter was moved by somebody else meanwhile. */
  used(id: number, from: number, counter: number, at: number): Promise<boolean>
  rename(user: number, id: number, name: string): Promise<boolean>
  remove(user: number, id: number): Promise<boolean>
}

export type TicketKind =
  | 'owner'
  | 'invitation'
  | 'reset'
  | 'second_step'
  | 'totp'
  | 'passkey'
  | 'passkey_new'
  | 'oidc'
  | 'device'
export interface Ticket {
  readonly id: number
  readonly kind: TicketKind
  readonly user: number | null
  /** JSON. */
  readonly data: unknown
  readonly createdAt: number
  readonly expiresAt: number
}
export interface Tickets {
  insert(ticket: Omit<Ticket, 'id'> & { readonly hash: string }): Promise<Ticket>
  /** A living one, which stays. */
  look(kind: TicketKind, hash: string, now: number): Promise<Ticket | null>
  /** A living one, which is used up: of many who take it at once one gets it. */
  take(kind: TicketKind, hash: string, now: number): Promise<Ticket | null>
  list(kind: TicketKind, now: number): Promise<Ticket[]>
  remove(kind: TicketKind, id: number): Promise<boolean>
  /** All of a kind, or of a kind and a user. */
  clear(kind: TicketKind, user?: number): Promise<number>
  count(kind: TicketKind, now: number): Promise<number>
  forget(now: number): Promise<number>
}
