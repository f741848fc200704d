// Turns: how many may hold something dear at once, such as the memory of a TLS connection.
// Promises a bound over all, a smaller one for each target and one for all that stalled the last time, so that none
// that stalls takes the room of the others, and that no target is blamed for a wait of ours.
// Must not know what is held.
import type { Attempt } from './attempt.ts'
import { Failure } from './failure.ts'

/** Targets whose last attempt ran out of time share three quarters of all turns. */
const stalledShare = 0.75
/** So many of them are known; of more it is not known that they stall. */
const stalledMost = 100_000

interface Waiting {
  readonly target: string
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
    if (this.#isFree(target, stalled)) this.#enter(target, stalled)
    else await attempt.waitForUs(this.#wait(attempt, target, stalled))
    return () => {
      this.#remember(target, attempt.isLate)
      this.#leave(target, stalled)
    }
  }

  #enter(target: string, stalled: boolean): void {
    this.#count += 1
    if (stalled) this.#stalledCount += 1
    this.#held.set(target, (this.#held.get(target) ?? 0) + 1)
  }

  #isFree(target: string, stalled: boolean): boolean {
    const { most, each } = this.#options
    if (this.#count >= most || (stalled && !this.#hasRoomForStalled())) return false
    return (this.#held.get(target) ?? 0) < each
  }

  #hasRoomForStalled(): boolean {
    return this.#stalledCount < Math.max(1, Math.floor(this.#options.most * stalledShare))
  }

  #remember(target: string, stalls: boolean): void {
    if (!stalls) this.#stalled.delete(target)
    else if (this.#stalled.size < stalledMost) this.#stalled.add(target)
  }

  async #wait(attempt: Attempt, target: string, stalled: boolean): Promise<void> {
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
        reject(new Failure('internal', 'The check was over before its turn.'))
      }
      const waiting = {
        target,
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
   * Who is next: those that do not stall, in their order. Of those that do, whoever came last: who has waited long
   * cannot be judged any more when it stalls again, and would only take the turn of one that can.
   */
  #next(): Waiting | undefined {
    for (const waiting of this.#queue) if (this.#isFree(waiting.target, false)) return waiting
    return this.#hasRoomForStalled() ? this.#late.findLast(({ target }) => this.#isFree(target, true)) : undefined
  }
}
