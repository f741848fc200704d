// One stream of server-sent events, for as long as it is wanted.
// Promises that it comes back by itself, ever more patiently, and that whoever listens is told when something may have
// been missed. Must not know what is told.
import { clock } from './clock.ts'

export interface Listener {
  /** The server is there. */
  heard(): void
  change(data: string): void
  /** Something may have been missed: ask for all again. */
  missed(): void
  /** It broke off and did not come back within a moment. */
  broke(): void
}

/** A stream that broke off is missed only when it does not come back within this. */
const patienceMs = 3_000
/** So long it waits before it opens one anew that was refused; the last one for ever. */
const waitsMs = [2_000, 5_000, 10_000, 30_000] as const

export class Stream {
  readonly #address: string
  readonly #listener: Listener
  #source: EventSource | null = null
  #wanted = false
  /** It was closed before: what happened since was missed. */
  #wasClosed = false
  #refused = 0
  #missTimer: (() => void) | null = null
  #openTimer: (() => void) | null = null

  constructor(address: string, listener: Listener) {
    this.#address = address
    this.#listener = listener
  }

  get isWanted(): boolean {
    return this.#wanted
  }

  get isOpen(): boolean {
    return this.#source?.readyState === EventSource.OPEN
  }

  /** Opens or closes it. */
  want(wanted: boolean): void {
    if (wanted === this.#wanted) return
    this.#wanted = wanted
    this.#refused = 0
    if (wanted) this.#open()
    else this.#close()
  }

  #open(): void {
    const source = new EventSource(this.#address)
    this.#source = source
    const isAnew = this.#wasClosed
    let first = true
    source.addEventListener('open', () => {
      this.#refused = 0
      this.#forget()
      this.#listener.heard()
      // One that comes back by itself names what it heard last, and is told by `reset` if that is not enough.
      if (first && isAnew) this.#listener.missed()
      first = false
    })
    source.addEventListener('change', (event) => this.#listener.change(String(event.data)))
    source.addEventListener('reset', () => this.#listener.missed())
    source.addEventListener('error', () => this.#broke(source))
  }

  #broke(source: EventSource): void {
    this.#missTimer ??= clock.after(patienceMs, () => {
      this.#missTimer = null
      this.#listener.broke()
    })
    if (source.readyState !== EventSource.CLOSED) return
    // The browser gives up for good what was answered otherwise than by a stream.
    const wait = waitsMs[Math.min(this.#refused, waitsMs.length - 1)] ?? 0
    this.#refused += 1
    this.#openTimer?.()
    this.#wasClosed = true
    this.#openTimer = clock.after(wait, () => this.#open())
  }

  #close(): void {
    this.#forget()
    this.#openTimer?.()
    this.#openTimer = null
    this.#source?.close()
    this.#source = null
    this.#wasClosed = true
  }

  #forget(): void {
    this.#missTimer?.()
    this.#missTimer = null
  }
}
