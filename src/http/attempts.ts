// Attempts to sign in, counted by address and by account, so that guessing is slow.
// Promises that nobody is locked out for ever: an account waits a quarter of an hour at most, a browser that has signed
// in before has its own count, and a right answer is not counted. Must not know what was tried.
import type { Clock } from '#platform/clock.ts'
import { Failures } from './failures.ts'
import { Problem } from './problem.ts'
import type { Visitor } from './visitor.ts'

const windowMs = 15 * 60_000
const ofAddress = { most: 50, windowMs, addresses: 10_000 }
/** Many, so that nobody's count is pushed out by failing at made-up accounts. */
const ofAccount = { most: 10, windowMs, addresses: 100_000 }
/** What costs us something whether it is right or wrong: mails, challenges. */
const spentByAddress = { most: 300, windowMs, addresses: 10_000 }
const spentByAccount = { most: 3, windowMs, addresses: 10_000 }

/** Whoever they say they are. */
export interface Account {
  readonly name: string
  /** From a browser in which they have signed in before. */
  readonly known: boolean
}

export class Attempts {
  readonly #addresses: Failures
  readonly #accounts: Failures
  readonly #spentByAddress: Failures
  readonly #spentByAccount: Failures

  constructor(clock: Clock) {
    this.#addresses = new Failures(clock, ofAddress)
    this.#accounts = new Failures(clock, ofAccount)
    this.#spentByAddress = new Failures(clock, spentByAddress)
    this.#spentByAccount = new Failures(clock, spentByAccount)
  }

  /**
   * Does the work unless this address or account has failed too often. It counts as failed before it begins, so that
   * many at once do not slip through.
   */
  async make<Result>(visitor: Visitor, account: Account | string | null, work: () => Promise<Result>): Promise<Result> {
    const { name, known } = typeof account === 'object' && account !== null ? account : { name: account, known: false }
    const counts = [
      // Behind a proxy that nobody has named all people have one address; who has been here before is not held up.
      ...(known ? [] : [{ failures: this.#addresses, name: visitor.address }]),
      ...(name === null ? [] : [{ failures: this.#accounts, name }]),
    ]
    count(counts)
    const result = await work()
    for (const { failures, name } of counts) failures.forgive(name)
    return result
  }

  /** Counts something that strangers may ask for, but not without end. */
  spend(visitor: Visitor, account: string | null): void {
    count([
      { failures: this.#spentByAddress, name: visitor.address },
      ...(account === null ? [] : [{ failures: this.#spentByAccount, name: account }]),
    ])
  }
}

function count(counts: readonly { readonly failures: Failures; readonly name: string }[]): void {
  const waits = Math.max(...counts.map(({ failures, name }) => failures.waits(name)))
  if (waits > 0) throw tooMany(waits)
  for (const { failures, name } of counts) failures.note(name)
}

function tooMany(waits: number): Problem {
  const seconds = Math.ceil(waits / 1000)
  const detail = `Too many attempts; wait ${Math.ceil(seconds / 60)} min.`
  return new Problem('too-many', detail, { headers: { 'retry-after': String(seconds) } })
}
