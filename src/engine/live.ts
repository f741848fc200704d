// Live: what the rest of the process hears after a commit. Pages drop what they cached, the deliverer wakes.
// Promises that nobody hears of anything that was not committed, and that one bad listener harms no other.
import type { Event } from '#core/event.ts'
import type { Log } from '#platform/log.ts'

export interface Change {
  readonly events: readonly Event[]
  /** Deliveries were written, or may be due. */
  readonly deliveries: boolean
  /** What the public sees may have changed: a status, an incident, or what is provisioned. */
  readonly public: boolean
}

export class Live {
  readonly #listeners = new Set<(change: Change) => void>()
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  tell(change: Change): void {
    for (const listener of this.#listeners) {
      try {
        listener(change)
      } catch (error) {
        this.#log.error('a listener failed', { error })
      }
    }
  }
}
