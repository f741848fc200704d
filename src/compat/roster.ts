// The roster: finds the monitor that a key means, and makes it at its first beat.
// Promises one creation at a time for a name, a bound on those under way, and one line in the log for each trouble.
// Must not know who may create: callers ask only for senders that may.
import type { Log } from '#platform/log.ts'
import type { BeatMonitor, BeatPort, Making } from './ports.ts'

/** `full`: too many are being made. `unavailable`: the store could not take it. */
export type Refusal = 'limit' | 'unknown' | 'full' | 'unavailable'

const mostUnderWay = 1_000

export class Roster {
  readonly #port: BeatPort
  readonly #log: Log
  readonly #underWay = new Map<string, Promise<BeatMonitor | Refusal>>()
  /** What was answered to the last new name, which holds for all until the revision changes. */
  #refusal: { readonly why: 'limit' | 'unknown'; readonly revision: number } | null = null
  /** What the log has been told of, until a monitor can be made again. */
  #said: Refusal | null = null

  constructor(port: BeatPort, log: Log) {
    this.#port = port
    this.#log = log
  }

  /** The monitor of a key that `find` does not know, made now; a refusal at once where it is certain. Never rejects. */
  enroll(key: string, making?: Making): Promise<BeatMonitor | Refusal> | Refusal {
    const waiting = this.#underWay.get(key)
    if (waiting !== undefined) return waiting
    if (this.#refusal?.revision === this.#port.revision) return this.#refusal.why
    if (this.#underWay.size >= mostUnderWay) return 'full'
    const made = this.#make(key, making).finally(() => this.#underWay.delete(key))
    this.#underWay.set(key, made)
    return made
  }

  /** Resolves when nothing is under way any more. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay.values())
  }

  async #make(key: string, making: Making = {}): Promise<BeatMonitor | Refusal> {
    try {
      const made = await this.#port.create(key, making)
      if (typeof made === 'object') {
        this.#said = null
        return made
      }
      const why = made === 'off' ? 'unknown' : made
      this.#refusal = { why, revision: this.#port.revision }
      if (why === 'limit' && this.#isNews(why)) {
        this.#log.warn('as many heartbeats as are allowed exist; new names are turned away and counted', { key })
      }
      return why
    } catch (error) {
      if (this.#isNews('unavailable')) {
        this.#log.error('heartbeats cannot be made by their first beat now', { key, error })
      }
      return 'unavailable'
    }
  }

  #isNews(why: Refusal): boolean {
    const news = this.#said !== why
    this.#said = why
    return news
  }
}
