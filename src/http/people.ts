// People in requests: whoever the session cookie proves, or the proxy in front names.
// Promises that an ended session or a changed role counts within seconds everywhere and at once on this process.
// Must not know any route.
import { scopesOf } from '#core/rights.ts'
import type { AccountParts, Person } from '#commands/accounts/ports.ts'
import { actorOf, findSession, limitOf } from '#commands/accounts/sessions.ts'
import type { ProxyModel } from '#manifest/model.ts'
import type { User } from '#store/store.ts'
import type { Identity } from './auth.ts'
import { cookieIn } from './cookies.ts'
import { namedBy, settleProxied } from './proxied.ts'
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
  /** By what the proxy says of them. */
  readonly #named = new Map<string, { readonly user: User; readonly until: number }>()

  constructor(parts: AccountParts) {
    this.#parts = parts
  }

  /**
   * Null: no proxy names anybody, and the request carries no living session. Rejects when the store does, and with
   * Refused for somebody whom a proxy names and who gets no account.
   */
  async identify(visitor: Visitor): Promise<Identity | null> {
    const { proxy } = this.#parts.signIn()
    const named = namedBy(visitor, proxy)
    if (named !== null && proxy !== null) return identityOf(await this.#settle(named, proxy), null, visitor)
    const secret = cookieIn(visitor, 'session')
    const person = secret === null ? null : await this.#find(secret, visitor)
    return person === null ? null : identityOf(person.user, person, visitor)
  }

  forget(): void {
    this.#known.clear()
    this.#named.clear()
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
    remember(this.#known, secret, { person, until: clock.monotonic() + cacheMs })
    return person
  }

  async #settle(named: readonly [user: string, groups: string], proxy: ProxyModel): Promise<User> {
    const { clock, store } = this.#parts
    const key = JSON.stringify(named)
    const known = this.#named.get(key)
    if (known && known.until > clock.monotonic()) return known.user
    this.#named.delete(key)
    const user = await settleProxied(this.#parts, named, proxy)
    const now = clock.now()
    if (now - (user.seenAt ?? 0) >= seenEveryMs) await store.users.seen(user.id, now)
    remember(this.#named, key, { user, until: clock.monotonic() + cacheMs })
    return user
  }
}

/** Forgets the oldest when there are too many. */
function remember<Value>(cache: Map<string, Value>, key: string, value: Value): void {
  cache.set(key, value)
  const oldest = cache.size > cacheMost ? cache.keys().next().value : undefined
  if (oldest !== undefined) cache.delete(oldest)
}

/** What somebody may, by their role. */
export function identityOf(user: User, person: Person | null, visitor: Visitor): Identity {
  return {
    name: user.email,
    scopes: scopesOf(user.role),
    limit: limitOf(user),
    components: null,
    stringNumbers: false,
    role: user.role,
    actor: actorOf(user, visitor),
    user,
    person,
  }
}
