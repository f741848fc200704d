// Who asks, and whether they may: tokens as Bearer or as the password of Basic, people by their session.
// Promises that a revoked token is refused within seconds, that guessing is slowed, and that no other site can use
// somebody's session. Must not know any route.
import { timingSafeEqual } from 'node:crypto'
import { bothLimits, boundBy, isUnlimited, type LabelLimit, type Role, scopesOf } from '#core/rights.ts'
import type { Person } from '#commands/accounts/ports.ts'
import { allows, hashOf, type Scope } from '#commands/tokens.ts'
import type { Clock } from '#platform/clock.ts'
import { guessable } from '#platform/settings.ts'
import type { Actor, Token, Tokens, User } from '#store/store.ts'
import type { Client } from './client-address.ts'
import { Failures } from './failures.ts'
import type { People } from './people.ts'
import { Problem } from './problem.ts'
import type { Visitor } from './visitor.ts'

export interface Identity {
  /** The token's name, `admin` for the one from the settings; a person's address. */
  readonly name: string
  readonly scopes: readonly string[]
  /** The labels that they see; null: everything. */
  readonly limit: LabelLimit | null
  /** The components that they may speak of, each `page/component`; null: all. */
  readonly components: readonly string[] | null
  /** Whether numbers of statuses are answered as texts in the dialect of Cachet. */
  readonly stringNumbers: boolean
  /** As whom they manage people; null: they do not. */
  readonly role: Role | null
  /** What the record of changes says of them. */
  readonly actor: Actor
  /** Null: a token. */
  readonly user: User | null
  /** Null: a token, or somebody whom the proxy in front names. */
  readonly person: Person | null
}

export interface AuthParts {
  readonly tokens: Pick<Tokens, 'byHash' | 'used'>
  readonly clock: Clock
  /** A token with every right, from the settings; null: none. */
  readonly adminToken: string | null
  /** Left out: there are no people, only tokens. */
  readonly people?: People
}

interface Known {
  readonly token: Token
  /** Asked of the store again after this, monotonic ms. */
  readonly until: number
  usedAt: number
}

const cacheMs = 3_000
const cacheMost = 1_000
const usedEveryMs = 60_000
const ownForm = /^aw_[\w-]{43}$/
const bounds = { most: 100, windowMs: 60_000, addresses: 10_000 }

export class Authenticator {
  readonly #parts: AuthParts
  readonly #known = new Map<string, Known>()
  /** Hashes of what is no token, until when: who guesses one again and again asks the store once. */
  readonly #unknown = new Map<string, number>()
  readonly #failures: Failures
  readonly #adminHash: Buffer | null

  constructor(parts: AuthParts) {
    this.#parts = parts
    this.#failures = new Failures(parts.clock, bounds)
    this.#adminHash = parts.adminToken ? Buffer.from(hashOf(parts.adminToken), 'hex') : null
  }

  /**
   * Whoever sends the request, if they have the scope; a Problem otherwise. A token counts before a session. A session
   * changes things only for a page of our own: `unsafe` says that the request might.
   */
  async enter(visitor: Visitor, need: Scope, unsafe: boolean): Promise<Identity | Problem> {
    const { authorization } = visitor.headers
    // A browser sends a password that somebody typed once with whatever another site makes it ask.
    if (unsafe && visitor.fromAnotherSite && /^basic\b/i.test(authorization ?? '')) return foreign()
    const who = authorization === undefined ? await this.#parts.people?.identify(visitor) : null
    if (who == null) return this.admit(authorization, visitor.client, need)
    if (unsafe && (visitor.fromAnotherSite || visitor.headers[csrfHeader] === undefined)) return foreign()
    return mayThey(who, need)
  }

  /** Whoever the header proves, if they have the scope; a Problem otherwise. Rejects when the store does. */
  async admit(authorization: string | undefined, from: Client, need: Scope): Promise<Identity | Problem> {
    const who = await this.prove(authorization, from)
    return who instanceof Problem ? who : mayThey(who, need)
  }

  /** Whoever the header proves, whatever they may; a Problem where it proves nobody. Rejects when the store does. */
  async prove(authorization: string | undefined, from: Client): Promise<Identity | Problem> {
    const secret = secretIn(authorization)
    if (secret === null) {
      const detail =
        'Sign in, or send a token as "Authorization: Bearer aw_…" or as the password of Basic with any user name.'
      return new Problem('unauthorized', detail, { headers: challenge('') })
    }
    const address = from.address ?? from.peer ?? 'unknown'
    const who = await this.#identify(secret, this.#failures.waits(address) > 0)
    if (who === null) return this.#turnAway(address)
    return { ...who, actor: { ...who.actor, address } }
  }

  /** Forgets what was asked of the store, so that a revocation counts at once. */
  forget(): void {
    this.#known.clear()
    this.#unknown.clear()
    this.#parts.people?.forget()
  }

  /** Always counts the failure; past the bound the answer is to wait. */
  #turnAway(address: string): Problem {
    const waits = this.#failures.waits(address)
    this.#failures.note(address)
    if (waits === 0) {
      const detail = 'This token is not known; it may be mistyped, expired or revoked.'
      return new Problem('unauthorized', detail, { headers: challenge(', error="invalid_token"') })
    }
    const seconds = Math.ceil(waits / 1000)
    const detail = `Too many unknown tokens from your address; wait ${seconds} s.`
    return new Problem('too-many', detail, { headers: { 'retry-after': String(seconds) } })
  }

  /** Our own tokens cannot be guessed, so they are let in even from where somebody guesses. */
  async #identify(secret: string, slowed: boolean): Promise<Identity | null> {
    const hash = hashOf(secret)
    const mayTry = !slowed || secret.length >= guessable
    if (mayTry && this.#adminHash && timingSafeEqual(this.#adminHash, Buffer.from(hash, 'hex'))) {
      return ofToken(
        { id: null, name: 'admin', scopes: ['admin'], labels: null, components: null, stringNumbers: false },
        'owner',
      )
    }
    return ownForm.test(secret) ? this.#stored(hash) : null
  }

  async #stored(hash: string): Promise<Identity | null> {
    const { tokens, clock } = this.#parts
    const now = clock.now()
    let known = this.#known.get(hash)
    if (!known || known.until <= clock.monotonic()) {
      this.#known.delete(hash)
      if ((this.#unknown.get(hash) ?? 0) > clock.monotonic()) return null
      const token = await tokens.byHash(hash, now)
      const until = clock.monotonic() + cacheMs
      if (token === null) {
        remember(this.#unknown, hash, until)
        return null
      }
      known = { token, until, usedAt: token.lastUsedAt ?? 0 }
      remember(this.#known, hash, known)
    }
    const { token } = known
    if (token.expiresAt !== null && token.expiresAt <= now) return null
    if (now - known.usedAt >= usedEveryMs) {
      known.usedAt = now
      await tokens.used(token.id, now)
    }
    return ofPersonsToken(token)
  }
}

/** A token may never more than the person who made it may now. */
function ofPersonsToken(token: Token): Identity | null {
  const { maker } = token
  if (maker?.disabled) return null
  const scopes = maker === null ? token.scopes : boundBy(token.scopes, scopesOf(maker.role))
  const labels = maker === null || isUnlimited(maker.role) ? token.labels : bothLimits(token.labels, maker.labels)
  return ofToken({ ...token, scopes, labels }, scopes.includes('admin') ? 'admin' : null)
}

function ofToken(
  {
    id,
    name,
    scopes,
    labels,
    components,
    stringNumbers,
  }: Pick<Token, 'name' | 'scopes' | 'labels' | 'components' | 'stringNumbers'> & { readonly id: number | null },
  role: Role | null,
): Identity {
  const actor = { kind: 'token', id, name, address: null } as const
  return { name, scopes, limit: labels, components, stringNumbers, role, actor, user: null, person: null }
}

function mayThey(who: Identity, need: Scope): Identity | Problem {
  if (allows(who.scopes, need)) return who
  if (who.user !== null) {
    return new Problem('forbidden', `This needs the scope "${need}", which the role ${who.user.role} does not have.`)
  }
  const detail = `This needs the scope "${need}"; the token "${who.name}" has ${who.scopes.join(', ') || 'none'}.`
  return new Problem('forbidden', detail, { headers: challenge(`, error="insufficient_scope", scope="${need}"`) })
}

/** A page of another site cannot send it without asking us first, and we never agree. */
export const csrfHeader = 'x-allswell-csrf'

export function foreign(): Problem {
  const how = `send the header ${csrfHeader}: 1 from a page of this server, or use a token`
  return new Problem('cross-site', `A signed-in browser may not change anything for another site; ${how}.`)
}

/** Forgets the oldest when there are too many. */
function remember<Value>(cache: Map<string, Value>, hash: string, value: Value): void {
  cache.delete(hash)
  cache.set(hash, value)
  const oldest = cache.size > cacheMost ? cache.keys().next().value : undefined
  if (oldest !== undefined) cache.delete(oldest)
}

const challenge = (error: string) => ({ 'www-authenticate': `Bearer realm="Allswell"${error}` })

/** The token in an Authorization header; null: there is none. */
function secretIn(authorization: string | undefined): string | null {
  const match = /^(bearer|basic)\s+(\S+)\s*$/i.exec(authorization ?? '')
  if (match?.[1] === undefined || match[2] === undefined) return null
  if (match[1].toLowerCase() === 'bearer') return match[2]
  const pair = Buffer.from(match[2], 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  return colon < 0 ? null : pair.slice(colon + 1)
}
