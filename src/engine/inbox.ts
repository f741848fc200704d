// The inbox: what waits to be decided, in order, bounded. Beats of one monitor that wait together become one.
// Promises never to grow past its limit; who is turned away is told so. Must not know how things are decided.
import type { Observation } from '#core/observation.ts'
import type { MonitorState } from '#core/state.ts'
import type { Item, Move } from './decide.ts'

/** What became of an item: its state after the commit (null: the monitor is gone), or why it was not stored. */
export type Settled =
  | { readonly ok: true; readonly state: MonitorState | null }
  | { readonly ok: false; readonly error: Error }

export interface Waiting extends Item {
  move: Move
  readonly since: number
  done: ((settled: Settled) => void) | null
}

export class Inbox {
  #waiting: Waiting[] = []
  /** Monitor → the beat of it that waits and may still be replaced by a newer one. */
  readonly #beats = new Map<number, Waiting>()
  readonly limit: number

  constructor(limit: number) {
    this.limit = limit
  }

  get size(): number {
    return this.#waiting.length
  }

  /** When the oldest came in (monotonic ms); null when empty. */
  get oldest(): number | null {
    return this.#waiting[0]?.since ?? null
  }

  /** False: full. */
  put(monitor: number, move: Move, since: number, done: Waiting['done']): boolean {
    const beat = isPlainBeat(move)
    if (beat && done === null) {
      const earlier = this.#beats.get(monitor)
      if (earlier !== undefined) {
        earlier.move = move
        return true
      }
    }
    if (this.#waiting.length >= this.limit) return false
    const item: Waiting = { monitor, move, since, done }
    this.#waiting.push(item)
    if (beat) this.#beats.set(monitor, item)
    else this.#beats.delete(monitor)
    return true
  }

  /** The oldest `most` items, out. */
  take(most: number): Waiting[] {
    const taken = this.#waiting.length <= most ? this.#waiting : this.#waiting.slice(0, most)
    this.#waiting = this.#waiting.length <= most ? [] : this.#waiting.slice(most)
    this.#beats.clear()
    return taken
  }
}

function isPlainBeat(move: Move): move is { type: 'observation'; observation: Observation } {
  return move.type === 'observation' && move.observation.signal === 'beat' && move.observation.outcome === 'up'
}
