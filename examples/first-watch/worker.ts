// The worker that is watched by its heartbeats: sends them by HTTP, one by one, and remembers which were answered OK.
// Promises that only what was acknowledged counts as such. Where to send is asked anew each time: a server may move.
import { setTimeout as pause } from 'node:timers/promises'
import { ask } from '#test/program/ask.ts'
import { systemClock } from '#platform/clock.ts'

const pauseMs = 40

/** A heartbeat that was answered OK: it was taken between these moments, epoch ms. */
export interface Acknowledged {
  readonly sentAt: number
  readonly answeredAt: number
}

export class Worker {
  readonly acknowledged: Acknowledged[] = []
  /** Sent without getting an answer: they may or may not have been stored. */
  unanswered = 0
  readonly #url: () => string
  #idle = true
  readonly #stopping = new AbortController()
  readonly #loop: Promise<void>

  constructor(url: () => string) {
    this.#url = url
    this.#loop = this.#run()
  }

  /** Falls silent, as if it had died; so it is at first. */
  rest(): void {
    this.#idle = true
  }

  resume(): void {
    this.#idle = false
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#loop
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      if (!this.#idle) await this.#beat()
      await pause(pauseMs, undefined, { signal }).catch(() => {})
    }
  }

  async #beat(): Promise<void> {
    const sentAt = systemClock.now()
    try {
      const { status } = await ask(`${this.#url()}/beat/worker`, { method: 'POST' })
      if (status === 200) this.acknowledged.push({ sentAt, answeredAt: systemClock.now() })
      else this.unanswered += 1
    } catch {
      this.unanswered += 1
    }
  }
}
