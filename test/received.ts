// What a test's receiver got so far, and waiting for more of it.
// Promises that a wait ends: with what was waited for, or with an error that counts what came instead.
import { systemClock } from '#platform/clock.ts'

export class Received<Item> {
  readonly items: Item[] = []
  readonly #waiting = new Set<() => void>()

  add(item: Item): void {
    this.items.push(item)
    for (const look of this.#waiting) look()
  }

  /** The first item that fits, whether it came already or comes within `ms`. */
  waitFor(fits: (item: Item) => boolean, ms = 5_000): Promise<Item> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.items.find(fits)
        if (found === undefined) return
        done()
        resolve(found)
      }
      const timer = systemClock.after(ms, () => {
        done()
        reject(new Error(`not received within ${ms} ms; ${this.items.length} others came`))
      })
      const done = () => {
        timer.cancel()
        this.#waiting.delete(look)
      }
      this.#waiting.add(look)
      look()
    })
  }
}
