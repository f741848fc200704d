// How many more of something may be made: counted once, and reserved before each is made.
// Promises that never more are made than allowed, however many ask at once. Must not know what is made.

/** What was reserved, to be settled: whether it was made, and is one more. */
export type Settle = (isMade: boolean) => void

export class Allowance {
  readonly #stored: () => Promise<number>
  /** How many there were when they were counted. */
  #count: Promise<number> | null = null
  /** Made since. */
  #made = 0
  /** Being made. */
  #reserved = 0
  /** Some were being made while it was counted: they may stand in it and in `#made` until it is counted anew. */
  #isUnsure = false

  /** `stored`: how many there are. */
  constructor(stored: () => Promise<number>) {
    this.#stored = stored
  }

  /** Reserves one of at most so many; null: as many are there or being made. Rejects when they cannot be counted. */
  async reserve(most: number): Promise<Settle | null> {
    for (;;) {
      const asked = (this.#count ??= this.#begin())
      const count = await asked
      // What was counted may be old by now.
      if (this.#count !== asked) continue
      if (count + this.#made + this.#reserved >= most) return null
      this.#reserved += 1
      return (isMade) => this.#settle(isMade)
    }
  }

  /** There may be more or fewer by now: counts anew for the next one. */
  recount(): void {
    this.#count = null
  }

  async #begin(): Promise<number> {
    this.#made = 0
    this.#isUnsure = this.#reserved > 0
    try {
      return await this.#stored()
    } catch (error) {
      this.#count = null
      throw error
    }
  }

  #settle(isMade: boolean): void {
    this.#reserved -= 1
    if (isMade) this.#made += 1
    if (this.#isUnsure && this.#reserved === 0) this.#count = null
  }
}
