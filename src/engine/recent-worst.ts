// The worst of what was measured in the last minute or two, in two numbers.
// Promises that an old figure is forgotten, whether or not a new one comes.
import type { Clock } from '#platform/clock.ts'

const spanMs = 60_000

export class RecentWorst {
  readonly #clock: Clock
  #began = Number.NEGATIVE_INFINITY
  #now: number | null = null
  #before: number | null = null

  constructor(clock: Clock) {
    this.#clock = clock
  }

  note(value: number): void {
    this.#turn()
    this.#now = Math.max(this.#now ?? value, value)
  }

  /** Null: nothing was measured lately. */
  get value(): number | null {
    this.#turn()
    if (this.#now === null || this.#before === null) return this.#now ?? this.#before
    return Math.max(this.#now, this.#before)
  }

  #turn(): void {
    const passed = this.#clock.monotonic() - this.#began
    if (passed < spanMs) return
    this.#before = passed < 2 * spanMs ? this.#now : null
    this.#now = null
    this.#began = this.#clock.monotonic()
  }
}
