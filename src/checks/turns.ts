// Turns: how many may hold something dear at once, such as the memory of a TLS connection.
// Promises a bound over all, a smaller one for each target and one for all that stalled the last time, so that none
// that stalls takes the room of the others, that no target is blamed for a wait of ours, and that one which could not
// be judged for it goes before those that were.
// Must not know what is held.
import type { Attempt } from './attempt.ts'
import { Failure } from './failure.ts'

/** Targets whose last attempt ran out of time share three quarters of all turns. */
const stalledShare = 0.75
/** So many of them are known; of more it is not known that they stall. */
const stalledMost = 100_000
/** While some that stalled are owed a turn, the others of them begin only where no more than this is taken. */
const judgedShare = 0.25
/** Who has not come again for so long is owed nothing any more, ms: more than a day, the longest usual interval. */
const owedFor = 90_000_000

interface Waiting {
  readonly target: string
  /** Could not be judged the last time, for want of a turn. */
  readonly owed: boolean
  readonly enter: () => void
}

export interface TurnsOptions {
  readonly most: number
  /** For one target. */
  readonly each: number
  /** More do not even wait. */
  readonly waiting?: number
}

export class Turns {
  readonly #options: Required<TurnsOptions>
  readonly #held = new Map<string, number>()
  readonly #queue = new Set<Waiting>()
  /** Those of them whose target stalled; a list, for the last to come is the first to have a turn. */
  readonly #late: Waiting[] = []
  readonly #stalled = new Set<string>()
  /** Targets that ran out of time after a wait of ours, and when, monotonic ms; who came first stands first. */
  readonly #owed = new Map<string, number>()
  #count = 0
  #stalledCount = 0

  constructor(options: TurnsOptions) {
    this.#options = { waiting: 20_000, ...options }
  }

  /** How many are held now. */
  get count(): number {
    return this.#count
  }

  /** Resolves when it is this one's turn, to what ends it: call that once. Throws a Failure when too many wait. */
  async take(attempt: Attempt, target: string): Promise<() => void> {
    const stalled = this.#stalled.has(target)
    const owed = this.#owed.has(target)
    this.#forget(attempt.context.clock.monotonic())
    if (this.#isFree(target, stalled, owed)) this.#enter(target, stalled)
    else await attempt.waitForUs(this.#wait(attempt, target, stalled, owed))
    return () => {
      this.#remember(attempt, target)
      this.#leave(target, stalled)
    }
  }

  #forget(now: number): void {
    for (const [target, since] of this.#owed) {
      if (now - since < owedFor) return
      this.#owed.delete(target)
    }
  }

  #enter(target: string, stalled: boolean): void {
    this.#count += 1
    if (stalled) this.#stalledCount += 1
    this.#held.set(target, (this.#held.get(target) ?? 0) + 1)
  }

  #isFree(target: string, stalled: boolean, owed: boolean): boolean {
    const { most, each } = this.#options
    if (this.#count >= most || (stalled && !this.#hasRoomForStalled(owed))) return false
    return (this.#held.get(target) ?? 0) < each
  }

  #hasRoomForStalled(owed: boolean): boolean {
    const share = owed || this.#owed.size === 0 ? stalledShare : judgedShare
    return this.#stalledCount < Math.max(1, Math.floor(this.#options.most * share))
  }

  #remember(attempt: Attempt, target: string): void {
    if (!attempt.isLate) this.#stalled.delete(target)
    else if (this.#stalled.size < stalledMost) this.#stalled.add(target)
    this.#owe(attempt, target)
  }

  #owe(attempt: Attempt, target: string): void {
    if (!attempt.isBlameless) this.#owed.delete(target)
    else if (this.#owed.size < stalledMost && !this.#owed.has(target))
      this.#owed.set(target, attempt.context.clock.monotonic())
  }

  async #wait(attempt: Attempt, target: string, stalled: boolean, owed: boolean): Promise<void> {
    const waits = this.#queue.size + this.#late.length
    if (waits >= this.#options.waiting)
      throw new Failure('internal', `Allswell itself was too busy: ${waits} checks wait for their turn.`)
    await new Promise<void>((resolve, reject) => {
      const end = () => {
        if (stalled) this.#late.splice(this.#late.indexOf(waiting), 1)
        else this.#queue.delete(waiting)
        attempt.signal.removeEventListener('abort', cancel)
      }
      const cancel = () => {
        end()
        if (attempt.isBlameless) this.#owe(attempt, target)
        reject(new Failure('internal', 'The check was over before its turn.'))
      }
      const waiting = {
        target,
        owed,
        enter: () => {
          end()
          this.#enter(target, stalled)
          resolve()
        },
      }
      if (stalled) this.#late.push(waiting)
      else this.#queue.add(waiting)
      attempt.signal.addEventListener('abort', cancel, { once: true })
    })
  }

  #leave(target: string, stalled: boolean): void {
    this.#count -= 1
    if (stalled) this.#stalledCount -= 1
    const held = (this.#held.get(target) ?? 1) - 1
    if (held === 0) this.#held.delete(target)
    else this.#held.set(target, held)
    this.#next()?.enter()
  }

  /**
   * Who is next: those that do not stall, in their order. Of those that do, who is owed a turn before the others, and
   * whoever came last: who has waited long cannot be judged any more when it stalls again, and would only take the
   * turn of one that can.
   */
  #next(): Waiting | undefined {
    for (const waiting of this.#queue) if (this.#isFree(waiting.target, false, waiting.owed)) return waiting
    if (!this.#hasRoomForStalled(true)) return undefined
    const free = this.#late.findLast(({ target, owed }) => owed && this.#isFree(target, true, true))
    return free ?? this.#late.findLast(({ target, owed }) => !owed && this.#isFree(target, true, false))
  }
}
