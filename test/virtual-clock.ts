// A clock that stands still until a test moves it. Timers run in the order in which they are due, one at a time.
// Promises the same course of events at every run, and that work started by one timer has settled before the next.
// The wall clock may jump, backwards too; timers count on monotonic time, as the system's do.
import type { Clock, Timer } from '#platform/clock.ts'

interface Waiting {
  readonly due: number
  readonly order: number
  readonly call: () => void
}

/** So many timers at one and the same instant are taken for a loop that never waits. */
const mostAtOnce = 100_000

/** Lets promises settle: all microtasks, and a few turns of the event loop for work that is handed on. */
export async function settle(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}

export class VirtualClock implements Clock {
  #wall: number
  #passed = 0
  #made = 0
  readonly #waiting = new Set<Waiting>()
  readonly #settle: () => Promise<void>

  /**
   * `start`: the wall clock's first value, epoch ms. `settled`: how to wait until work in flight is done;
   * give your own where real sockets or a real database take part.
   */
  constructor(start: number = Date.UTC(2026, 0, 1), settled: () => Promise<void> = settle) {
    this.#wall = start
    this.#settle = settled
  }

  now(): number {
    return this.#wall
  }

  monotonic(): number {
    return this.#passed
  }

  after(ms: number, call: () => void): Timer {
    const timer: Waiting = { due: this.#passed + Math.max(0, ms), order: this.#made, call }
    this.#made += 1
    this.#waiting.add(timer)
    return {
      cancel: () => {
        this.#waiting.delete(timer)
      },
    }
  }

  /** How many timers wait. */
  pending(): number {
    return this.#waiting.size
  }

  /** Ms until the next timer is due; null when none waits. */
  untilNext(): number | null {
    const next = this.#next()
    return next === null ? null : next.due - this.#passed
  }

  /** Lets `ms` pass on both clocks and runs what is due meanwhile, each at its own time. */
  async advance(ms: number): Promise<void> {
    const target = this.#passed + ms
    let atOnce = 0
    await this.#settle()
    for (let next = this.#next(); next !== null && next.due <= target; next = this.#next()) {
      atOnce = next.due > this.#passed ? 0 : atOnce + 1
      if (atOnce > mostAtOnce) throw new Error(`more than ${mostAtOnce} timers without any time passing`)
      this.#move(next.due)
      this.#waiting.delete(next)
      next.call()
      await this.#settle()
    }
    this.#move(target)
  }

  /** Lets time pass until something that waits for it is done. */
  async pump<Value>(work: Promise<Value>): Promise<Value> {
    const done = new AbortController()
    const settled = work.finally(() => done.abort())
    settled.catch(() => {})
    while (!done.signal.aborted) await this.advance(1)
    return settled
  }

  /** Moves the wall clock alone, as an administrator or a time server would; negative is backwards. */
  jump(ms: number): void {
    this.#wall += ms
  }

  #move(passed: number): void {
    const by = Math.max(0, passed - this.#passed)
    this.#passed += by
    this.#wall += by
  }

  #next(): Waiting | null {
    let first: Waiting | null = null
    for (const timer of this.#waiting) if (first === null || before(timer, first)) first = timer
    return first
  }
}

const before = (one: Waiting, other: Waiting) =>
  one.due < other.due || (one.due === other.due && one.order < other.order)
