// Identity: what answered, as far as it can be told apart from another that answers in its place. Pure.
// Promises that a change is news once, that the first sight is none, and that a few which take turns make no flood.

/** What answered: a certificate, a host key, a set of records. A kind makes it; all texts short. */
export interface Identity {
  /** What it is, as a noun: `certificate`. */
  readonly what: string
  /** The same as long as the same one answers, at most some 100 characters: a fingerprint. */
  readonly id: string
  /** It in words, to follow on “the certificate …”: `of shop.example, issued by R11, valid until 3 March 2027`. */
  readonly words: string
  /** The same for programs: issuer, validity. */
  readonly facts: Readonly<Record<string, string>>
}

/** What is remembered of it in a monitor's state. */
export interface KnownIdentity {
  /** The one that was seen last. */
  readonly now: Identity
  /** When that one was first seen in the place of another; of the first one: when it was first seen. */
  readonly since: number
  /** Others that answered of late, the last one first, and when each was last seen. */
  readonly recent: readonly { readonly id: string; readonly at: number }[]
}

export interface IdentityChange {
  readonly before: Identity
  readonly now: Identity
}

/** One that was not seen for so long is forgotten: it is news when it comes back. */
const rememberedMs = 24 * 3_600_000
/** So many are remembered beside the present one. Where more take turns, that was told and is no more news. */
const recentMost = 3

/**
 * Looks at what answered. The same as before gives the very same `known`. `change`: it is news.
 * Several servers behind one name may show a certificate each: going back and forth between them is no news.
 */
export function recognise(
  known: KnownIdentity | undefined,
  seen: Identity,
  at: number,
): { known: KnownIdentity; change: IdentityChange | null } {
  if (known === undefined) return { known: { now: seen, since: at, recent: [] }, change: null }
  if (known.now.id === seen.id) return { known, change: null }
  const recent = known.recent.filter((one) => at - one.at < rememberedMs)
  const familiar = recent.some((one) => one.id === seen.id) || recent.length >= recentMost
  const others = [{ id: known.now.id, at }, ...recent.filter((one) => one.id !== seen.id)].slice(0, recentMost)
  return {
    known: { now: seen, since: at, recent: others },
    change: familiar ? null : { before: known.now, now: seen },
  }
}

/** `The certificate changed. Now it is that of … . Before it was that of … .` */
export function sayChange({ before, now }: IdentityChange): string {
  return `The ${now.what} changed: now it is ${now.words}; before it was ${before.words}.`
}

/** The moments that are reckoned from, moved along with the wall clock. */
export function shiftIdentity(known: KnownIdentity, moved: (at: number) => number): KnownIdentity {
  return { ...known, recent: known.recent.map(({ id, at }) => ({ id, at: moved(at) })) }
}
