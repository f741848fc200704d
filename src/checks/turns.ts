// Turns: how many may hold something dear at once, such as the memory of a TLS connection.
// Promises a bound over all, a smaller one for each target, so that none that stalls takes the room of the others,
// and that no target is blamed for a wait of ours. Must not know what is held.
import type { Attempt } from './attempt.ts'
import { Failure } from './failure.ts'

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
  #count = 0

  constructor(options: TurnsOptions) {
    this.#options = { waiting: 20_000, ...options }
  }

  /** How many are held now. */
  get count(): number {
    return this.#count
  }

  /** Resolves when it is this one's turn, to what ends it: call that once. Throws a Failure when too many wait. */
  async take(attempt: Attempt, target: string): Promise<() => void> {
    if (this.#isFree(target)) this.#enter(target)
    else await attempt.waitForUs(this.#wait(attempt, target))
    return () => this.#leave(target)
  }

  #enter(target: string): void {
    this.#count += 1
    this.#held.set(target, (this.#held.get(target) ?? 0) + 1)
  }

  #isFree(target: string): boolean {
    return this.#count < this.#options.most && (this.#held.get(target) ?? 0) < this.#options.each
  }

  async #wait(attempt: Attempt, target: string): Promise<void> {
    if (this.#queue.size >= this.#options.waiting)
      throw new Failure('internal', `Allswell itself was too busy: ${this.#queue.size} checks wait for their turn.`)
    await new Promise<void>((resolve, reject) => {
      const end = () => {
        this.#queue.delete(waiting)
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
          this.#enter(target)
          resolve()
        },
      }
      this.#queue.add(waiting)
      attempt.signal.addEventListener('abort', cancel, { once: true })
    })
  }

  #leave(target: string): void {
    this.#count -= 1
    const held = (this.#held.get(target) ?? 1) - 1
    if (held === 0) this.#held.delete(target)
    else this.#held.set(target, held)
    for (const waiting of this.#queue) {
      if (!this.#isFree(waiting.target)) continue
      waiting.enter()
      return
    }
  }
}
