// A clock that stands still until a test moves it. Timers run in the order in which they are due, one at a time.
// Promises the same course of events at every run, and that work started by one timer has settled before the next.
// The wall clock may jump, backwards too; timers count on monotonic time, as the system's do.
import type { Clock, Timer } from '#platform/clock.ts'

interface Waiting {
  readonly due: number
  readonly order: number
  /** Null: cancelled. */
  call: (() => void) | null
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
  #pending = 0
  /** A binary heap, the earliest first; what is cancelled stays until it comes to the top. */
  readonly #heap: Waiting[] = []
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
    this.#pending += 1
    this.#push(timer)
    return {
      cancel: () => {
        if (timer.call !== null) this.#pending -= 1
        timer.call = null
      },
    }
  }

  /** How many timers wait. */
  pending(): number {
    return this.#pending
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
      this.#pop()
      const { call } = next
      next.call = null
      this.#pending -= 1
      call?.()
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
    while (this.#heap[0]?.call === null) this.#pop()
    return this.#heap[0] ?? null
  }

  #push(timer: Waiting): void {
    let place = this.#heap.length
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = this.#heap[parent] as Waiting
      if (before(above, timer)) break
      this.#heap[place] = above
      place = parent
    }
    this.#heap[place] = timer
  }

  /** Takes the earliest out. */
  #pop(): void {
    const last = this.#heap.pop()
    if (last === undefined || this.#heap.length === 0) return
    let place = 0
    for (;;) {
      const left = 2 * place + 1
      if (left >= this.#heap.length) break
      const [one, other] = [this.#heap[left] as Waiting, this.#heap[left + 1]]
      const least = other !== undefined && before(other, one) ? left + 1 : left
      const below = this.#heap[least] as Waiting
      if (before(last, below)) break
      this.#heap[place] = below
      place = least
    }
    this.#heap[place] = last
  }
}

const before = (one: Waiting, other: Waiting) =>
  one.due < other.due || (one.due === other.due && one.order < other.order)
