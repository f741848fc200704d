// Dialogue: what is said in clear text over a socket before TLS begins, read in exact pieces and within bounds.
// Promises that a server which talks without end, hangs up or says more than it may is a Failure. Knows no protocol.
import type { Socket } from 'node:net'
import { Failure, socketFailure } from '../failure.ts'
import { quote } from '../quote.ts'

/** So much may be said before TLS begins. */
const saidMost = 16 * 1024

/** What a piece takes of the bytes that have come: its value and its length, or null while more must come. */
type Take<Value> = (bytes: Buffer) => { readonly value: Value; readonly length: number } | null

export class Dialogue {
  /** `host:port`, for sentences. */
  readonly target: string
  readonly socket: Socket
  #bytes = Buffer.alloc(0)
  #total = 0
  #ended: unknown = null
  #wake = () => {}
  readonly #onData = (part: Buffer) => {
    this.#total += part.length
    this.#bytes = Buffer.concat([this.#bytes, part])
    if (this.#total > saidMost) this.#end(new Failure('protocol', `${this.target} talks on without starting TLS.`))
    this.#wake()
  }
  readonly #onError = (error: Error) => this.#end(socketFailure(error, this.target))
  readonly #onClose = () =>
    this.#end(new Failure('closed', `${this.target} closed the connection before TLS began${this.#last()}.`))

  constructor(socket: Socket, target: string) {
    this.socket = socket
    this.target = target
    socket.on('data', this.#onData)
    socket.once('error', this.#onError)
    socket.once('close', this.#onClose)
  }

  say(words: string | Buffer): void {
    this.socket.write(words)
  }

  /** A line without its end. */
  line(): Promise<string> {
    return this.take((bytes) => {
      const end = bytes.indexOf('\n')
      if (end < 0) return null
      return { value: bytes.toString('utf8', 0, end).replace(/\r$/, ''), length: end + 1 }
    })
  }

  /** Exactly so many bytes. */
  exactly(length: number): Promise<Buffer> {
    return this.take((bytes) => (bytes.length < length ? null : { value: bytes.subarray(0, length), length }))
  }

  /** Waits until a piece has come; throws a Failure when it never will. */
  async take<Value>(piece: Take<Value>): Promise<Value> {
    for (;;) {
      const taken = piece(this.#bytes)
      if (taken && this.#total <= saidMost) {
        this.#bytes = this.#bytes.subarray(taken.length)
        return taken.value
      }
      if (this.#ended !== null) throw this.#ended
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** Lets go of the socket, for TLS to take over. What was said too early might have been slipped in: a Failure. */
  end(): void {
    this.socket.off('data', this.#onData).off('error', this.#onError).off('close', this.#onClose)
    if (this.#ended !== null) throw this.#ended
    if (this.#bytes.length === 0) return
    throw new Failure('protocol', `${this.target} said ${quote(this.#bytes.toString())} where TLS must begin.`)
  }

  /** It answered with something else than wanted. */
  refuse(what: string, said: string): Failure {
    return new Failure('protocol', `${this.target} ${what}; it said ${quote(said)}.`)
  }

  #end(why: unknown): void {
    this.#ended ??= why
    this.#wake()
  }

  #last(): string {
    const text = this.#bytes.toString('utf8')
    return text.trim() === '' ? '' : `, after ${quote(text)}`
  }
}
