// People in requests: whoever the session cookie proves, or the proxy in front names.
// Promises that an ended session or a changed role counts within seconds everywhere and at once on this process.
// Must not know any route.
import { scopesOf } from '#core/rights.ts'
import type { AccountParts, Person } from '#commands/accounts/ports.ts'
import { actorOf, findSession, limitOf } from '#commands/accounts/sessions.ts'
import type { User } from '#store/store.ts'
import type { Identity } from './auth.ts'
import { cookieIn } from './cookies.ts'
import type { Visitor } from './visitor.ts'

interface Known {
  readonly person: Person
  /** Asked of the store again after this, monotonic ms. */
  readonly until: number
}

const cacheMs = 3_000
const cacheMost = 1_000
const seenEveryMs = 60_000

export class People {
  readonly #parts: AccountParts
  readonly #known = new Map<string, Known>()

  constructor(parts: AccountParts) {
    this.#parts = parts
  }

  /** Null: the request carries no living session. Rejects when the store does. */
  async identify(visitor: Visitor): Promise<Identity | null> {
    const secret = cookieIn(visitor, 'session')
    const person = secret === null ? null : await this.#find(secret, visitor)
    return person === null ? null : identityOf(person.user, person, visitor)
  }

  forget(): void {
    this.#known.clear()
  }

  async #find(secret: string, visitor: Visitor): Promise<Person | null> {
    const { clock, store } = this.#parts
    const known = this.#known.get(secret)
    if (known && known.until > clock.monotonic()) return known.person
    this.#known.delete(secret)
    const person = await findSession(this.#parts, secret)
    if (person === null) return null
    const { session, user } = person
    const now = clock.now()
    if (now - session.seenAt >= seenEveryMs) {
      await store.sessions.seen(session.id, now, visitor.address)
      await store.users.seen(user.id, now)
    }
    this.#known.set(secret, { person, until: clock.monotonic() + cacheMs })
    const oldest = this.#known.size > cacheMost ? this.#known.keys().next().value : undefined
    if (oldest !== undefined) this.#known.delete(oldest)
    return person
  }
}

/** What somebody may, by their role. */
export function identityOf(user: User, person: Person | null, visitor: Visitor): Identity {
  return {
    name: user.email,
    scopes: scopesOf(user.role),
    limit: limitOf(user),
    role: user.role,
    actor: actorOf(user, visitor),
    user,
    person,
  }
}
