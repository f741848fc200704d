// Live: what the rest of the process hears after a commit. Pages drop what they cached, the deliverer wakes.
// Promises that nobody hears of anything that was not committed, and that one bad listener harms no other.
import type { Event } from '#core/event.ts'
import type { Observation } from '#core/observation.ts'
import type { MonitorState } from '#core/state.ts'
import type { Log } from '#platform/log.ts'

export interface Change {
  readonly events: readonly Event[]
  /** Deliveries were written, or may be due. */
  readonly deliveries: boolean
  /** What the public sees may have changed: a status, an incident, or what is provisioned. */
  readonly public: boolean
}

/** What a commit moved, for those who look at single monitors. */
export interface Moved {
  readonly states: readonly { readonly id: number; readonly state: MonitorState }[]
  readonly events: readonly Event[]
  readonly observations: readonly Observation[]
}

export class Live {
  readonly #listeners = new Set<(change: Change) => void>()
  readonly #watchers = new Set<(moved: Moved) => void>()
  readonly #log: Log

  constructor(log: Log) {
    this.#log = log
  }

  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Hears of every commit, each single observation included; must be quick. Gives what ends it. */
  watch(watcher: (moved: Moved) => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  tell(change: Change): void {
    this.#call(this.#listeners, change)
  }

  moved(moved: Moved): void {
    this.#call(this.#watchers, moved)
  }

  #call<News>(listeners: ReadonlySet<(news: News) => void>, news: News): void {
    for (const listener of listeners) {
      try {
        listener(news)
      } catch (error) {
        this.#log.error('a listener failed', { error })
      }
    }
  }
}
