// Company: who else watches over the same database. Each node leaves a mark that holds for some seconds.
// Promises that a node which ended in order is forgotten at once, and one that was killed after those seconds.
import type { Clock } from '#platform/clock.ts'
import type { Lease, Store } from '#store/store.ts'

export interface CompanyParts {
  readonly store: Store
  readonly clock: Clock
  /** Who this is. */
  readonly holder: string
}

/** A mark holds for so long; it is renewed more often than that. */
const holdsMs = 8_000
const prefix = 'watch '

export class Company {
  readonly #parts: CompanyParts
  /** Nodes that may watch or may have been killed a moment ago. */
  #doubted: readonly Lease[] = []

  constructor(parts: CompanyParts) {
    this.#parts = parts
  }

  /** Whether others may watch: `still` tells later whether they did. */
  async mayBe(): Promise<boolean> {
    this.#doubted = await this.#others()
    return this.#doubted.length > 0
  }

  /** Whether one of those that might watch does; null: not known yet. */
  async still(): Promise<boolean | null> {
    const now = await this.#others()
    const before = new Map(this.#doubted.map(({ holder, until }) => [holder, until]))
    // Whoever came later than this node tells nothing of the time before.
    const seen = now.filter(({ holder }) => before.has(holder))
    if (seen.some(({ holder, until }) => until > (before.get(holder) ?? until))) return true
    return seen.length === 0 ? false : null
  }

  async mark(): Promise<void> {
    const { store, clock, holder } = this.#parts
    const now = clock.now()
    await store.leases.take(prefix + holder, holder, now, now + holdsMs)
  }

  async leave(): Promise<void> {
    await this.#parts.store.leases.release(prefix + this.#parts.holder, this.#parts.holder)
  }

  async #others(): Promise<readonly Lease[]> {
    const { store, clock, holder } = this.#parts
    const held = await store.leases.held(prefix, clock.now())
    return held.filter((lease) => lease.holder !== holder)
  }
}
