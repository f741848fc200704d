// The answer of a server that may say anything in any pieces: gathered, and judged as early as can be.
// Promises an end as soon as it is known, a bound on what is kept, and that bytes which trickle in are not judged each.
// Must not know what was asked.
import type { Socket } from 'node:net'
import type { Clock } from '#platform/clock.ts'
import { type AnswerExpectation, answerFault, sayAnswer } from '../expect/answer.ts'
import { needsEnd } from '../expect/text.ts'
import { Failure, socketFailure } from '../failure.ts'

export interface AnswerOptions {
  readonly expect: AnswerExpectation
  /** So many bytes are listened to. */
  readonly most: number
  /** After a silence of so many ms the answer counts as complete. */
  readonly quiet: number
  /** `host:port`, for sentences. */
  readonly target: string
}

/** So many judgements are made at once; then only when much has come, or some time has passed. */
const freelyJudged = 16
const judgedAfter = 1 / 2
const judgedEvery = 250

export class Answer {
  readonly #clock: Clock
  readonly #options: AnswerOptions
  #room = Buffer.allocUnsafe(1_024)
  #length = 0
  #judged = 0
  #judgedLength = 0
  #waiting = { cancel: () => {} }
  #isWaiting = false
  #quiet = { cancel: () => {} }
  #settle: (wrong: unknown) => void = () => {}
  /** When the last bytes came, monotonic ms; null: none. */
  heardAt: number | null = null

  constructor(clock: Clock, options: AnswerOptions) {
    this.#clock = clock
    this.#options = options
  }

  get bytes(): Buffer {
    return this.#room.subarray(0, this.#length)
  }

  /** Resolves once it is as expected; rejects with a Failure when it never will be. `signal` ends the timers. */
  listen(socket: Socket, signal: AbortSignal): Promise<void> {
    const { target } = this.#options
    return new Promise((resolve, reject) => {
      const stop = () => {
        this.#waiting.cancel()
        this.#quiet.cancel()
      }
      this.#settle = (wrong) => {
        stop()
        socket.off('data', hear)
        if (wrong === null) resolve()
        else reject(wrong)
      }
      const hear = (part: Buffer) => this.#hear(part)
      signal.addEventListener('abort', stop, { once: true })
      socket.on('data', hear)
      socket.once('error', (error) => this.#settle(socketFailure(error, target)))
      socket.once('end', () => this.#close())
      socket.once('close', () => this.#close())
    })
  }

  /** What is wrong with what was heard until now, for when the time is up; null: nothing was heard. */
  says(): string | null {
    return this.#length === 0 ? null : (answerFault(this.bytes, this.#options.expect, true)?.says ?? null)
  }

  #hear(part: Buffer): void {
    const { most, quiet } = this.#options
    this.heardAt = this.#clock.monotonic()
    const isOver = this.#length + part.length > most
    this.#keep(part.subarray(0, most - this.#length))
    this.#quiet.cancel()
    this.#quiet = this.#clock.after(quiet, () => this.#pause())
    if (isOver) this.#overflow()
    else if (this.#judged < freelyJudged || this.#length - this.#judgedLength >= this.#judgedLength * judgedAfter)
      this.#judge()
    else if (!this.#isWaiting) {
      this.#isWaiting = true
      this.#waiting = this.#clock.after(judgedEvery, () => this.#judge())
    }
  }

  #keep(part: Buffer): void {
    if (this.#length + part.length > this.#room.length) {
      const room = Buffer.allocUnsafe(2 * (this.#length + part.length))
      this.bytes.copy(room)
      this.#room = room
    }
    this.#length += part.copy(this.#room, this.#length)
  }

  /** More may come: only what that cannot change is settled. */
  #judge(): void {
    this.#waiting.cancel()
    this.#isWaiting = false
    this.#judged += 1
    this.#judgedLength = this.#length
    const wrong = answerFault(this.bytes, this.#options.expect, true)
    if (wrong === null) this.#settle(null)
    else if (!wrong.isHopeful) this.#settle(this.#failure(wrong.says))
  }

  /** It is silent: what has come may be all. Where it is not well yet, it has the rest of the time. */
  #pause(): void {
    if (answerFault(this.bytes, this.#options.expect, false) === null) this.#settle(null)
  }

  #close(): void {
    const { expect, target } = this.#options
    if (this.#length === 0)
      return this.#settle(new Failure('closed', `${target} closed the connection without a word.`))
    const wrong = answerFault(this.bytes, expect, false)
    this.#settle(wrong && this.#failure(wrong.says))
  }

  /** More has come than is listened to. */
  #overflow(): void {
    const { expect, most, target } = this.#options
    const wrong = answerFault(this.bytes, expect, true)
    if (wrong === null) return this.#settle(null)
    if (!wrong.isHopeful || !needsEnd(expect))
      return this.#settle(this.#failure(`${wrong.says} in its first ${sayBytes(most)}`))
    this.#settle(
      new Failure('too_large', `${target} answers more than the ${sayBytes(most)} that are read (max_size).`),
    )
  }

  #failure(says: string): Failure {
    return new Failure('body', `${this.#options.target} answered ${sayAnswer(this.bytes)}, which ${says}.`)
  }
}

const sayBytes = (bytes: number) => (bytes % 1_000 === 0 ? `${bytes / 1_000} kB` : `${bytes} bytes`)
