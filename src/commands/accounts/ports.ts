// What the commands of accounts are handed, and what they must know of whoever asks.
// Promises no behaviour; only names.
import type { Sent } from '#channels/channel.ts'
import type { Letter } from '#channels/letter.ts'
import type { SignInModel } from '#manifest/model.ts'
import type { Clock } from '#platform/clock.ts'
import type { Session, Store, User } from '#store/store.ts'
import type { Passwords } from './password.ts'

export type { Letter } from '#channels/letter.ts'

export interface AccountParts {
  readonly store: Store
  readonly clock: Clock
  readonly passwords: Passwords
  readonly signIn: () => SignInModel
  /** How one mail is sent, once, never rejecting; null: no mail server is set. */
  readonly mail: () => ((letter: Letter) => Promise<Sent>) | null
}

/** Where a request comes from, as it is kept with a session. */
export interface Whence {
  readonly address: string | null
  readonly agent: string | null
}

/** Somebody with a session. */
export interface Person {
  readonly user: User
  readonly session: Session
}
