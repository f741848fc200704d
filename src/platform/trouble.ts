// Trouble that may last, such as a database that is away: told at once, then once a minute, and when it is over.
// Promises that the log neither fills up nor falls silent meanwhile. Must not know what the trouble is.
import type { Clock } from './clock.ts'
import type { Fields, Log } from './log.ts'

export interface TroubleParts {
  readonly log: Log
  readonly clock: Clock
  /** What goes wrong, and what is said when it goes well again. */
  readonly what: string
  readonly over: string
}

const againMs = 60_000

export class Trouble {
  readonly #parts: TroubleParts
  /** Monotonic ms; null: all is well. */
  #since: number | null = null
  #toldAt = 0
  #times = 0

  constructor(parts: TroubleParts) {
    this.#parts = parts
  }

  /** It went wrong, perhaps once more. */
  note(error: unknown, fields: Fields = {}): void {
    const { log, clock, what } = this.#parts
    const now = clock.monotonic()
    this.#times += 1
    if (this.#since !== null && now - this.#toldAt < againMs) return
    const before = this.#since === null ? {} : this.#lasted(now, this.#since)
    this.#since ??= now
    this.#toldAt = now
    log.error(what, { error, ...fields, ...before })
  }

  /** It went well. */
  over(): void {
    if (this.#since === null) return
    const { log, clock, over } = this.#parts
    log.info(over, this.#lasted(clock.monotonic(), this.#since))
    this.#since = null
    this.#times = 0
  }

  #lasted(now: number, since: number): Fields {
    return { times: this.#times, seconds: Math.round((now - since) / 1_000) }
  }
}
