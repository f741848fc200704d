// What lists are sorted by that lies in the past: the p95 latency of a day, the uptime of thirty.
// Promises that it is worked out at intervals, a few monitors at a time, and that only the very first list waits.
// Decides nothing.
import { quantile } from '#core/histogram.ts'
import { uptime } from '#core/rollup.ts'
import { breathe } from '#platform/breathe.ts'
import type { Clock } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Store } from '#store/store.ts'
import type { Figures } from './order.ts'
import { shareSpan } from './spans.ts'

export interface PastParts {
  readonly store: Pick<Store, 'rollups'>
  readonly clock: Clock
  readonly log: Log
}

const everyMs = 300_000
const atOnce = 20

export class Past {
  readonly #parts: PastParts
  #known: ReadonlyMap<number, Figures> = new Map()
  #knownAt: number | null = null
  #working: Promise<void> | null = null

  constructor(parts: PastParts) {
    this.#parts = parts
  }

  /** The figures of all, a few minutes old at most if somebody asks on. `needed`: the first ones are waited for. */
  async of(ids: () => Iterable<number>, needed: boolean): Promise<ReadonlyMap<number, Figures>> {
    const { clock, log } = this.#parts
    if (this.#knownAt === null || clock.monotonic() - this.#knownAt >= everyMs) {
      this.#working ??= this.#work([...ids()]).finally(() => {
        this.#working = null
      })
      if (this.#knownAt === null && needed) await this.#working
      else
        this.#working.catch((error: unknown) =>
          log.warn('what lists are sorted by cannot be worked out now', { error }),
        )
    }
    return this.#known
  }

  async #work(ids: readonly number[]): Promise<void> {
    const { store, clock } = this.#parts
    const began = clock.monotonic()
    const now = clock.now()
    const [day, month] = [shareSpan('24h', now), shareSpan('30d', now)]
    const known = new Map<number, Figures>()
    for (let from = 0; from < ids.length; from += atOnce) {
      const some = ids.slice(from, from + atOnce)
      const counts = await store.rollups.counts(some, 'hour', day.from, now + 1)
      const times = await store.rollups.time(some, 'day', month.from, now + 1)
      for (const id of some) {
        const [counted, ms] = [counts.get(id), times.get(id)]
        known.set(id, {
          latency: counted ? quantile(counted.latencies, 0.95) : null,
          uptime: ms ? uptime(ms) : null,
        })
      }
      await breathe()
    }
    this.#known = known
    this.#knownAt = began
  }
}
