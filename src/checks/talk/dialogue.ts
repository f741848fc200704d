// Dialogue: what is said over a socket in turns, read in exact pieces and within bounds.
// Promises that a server which talks without end or hangs up is a Failure in words, that bytes which trickle in cost
// little more than those that come at once, and that what is said too early is noticed. Knows no protocol.
import type { Socket } from 'node:net'
import type { Reason } from '#core/reason.ts'
import { Failure, socketFailure } from '../failure.ts'
import { quote } from '../quote.ts'

/** So much may be said in one dialogue where nothing is said of that. */
const saidMost = 64 * 1024
const roomAtFirst = 1_024
/** So much of a refusal is told: enough to mend what it complains of. */
const answerMost = 160

/** What a piece takes of the bytes that have come: its value and its length, or null while more must come. */
type Take<Value> = (bytes: Buffer) => { readonly value: Value; readonly length: number } | null

export class Dialogue {
  /** `host:port`, for sentences. */
  readonly target: string
  readonly socket: Socket
  /** What is waited for, as it stands after “before”: `its greeting`. */
  awaited = 'its answer'
  /** What has come and was not taken yet lies in #room from #begin to #filled. */
  #room = Buffer.allocUnsafe(roomAtFirst)
  #begin = 0
  #filled = 0
  #total = 0
  #ended: unknown = null
  readonly #most: number
  #wake = () => {}
  #secrets: readonly string[] = []
  readonly #onData = (part: Buffer) => this.#hear(part)
  readonly #onError = (error: Error) => this.#end(socketFailure(error, this.target))
  readonly #onClose = () =>
    this.#end(new Failure('closed', `${this.target} closed the connection before ${this.awaited}${this.#sayLast()}.`))

  /** `most`: so many bytes are listened to. */
  constructor(socket: Socket, target: string, most = saidMost) {
    this.socket = socket
    this.target = target
    this.#most = most
    socket.on('data', this.#onData)
    socket.once('error', this.#onError)
    socket.once('end', this.#onClose)
    socket.once('close', this.#onClose)
  }

  /** A secret that is about to be said: where the server repeats it, it is not quoted. */
  hush(secret: string): void {
    const all = [...this.#secrets, secret, Buffer.from(secret).toString('latin1')]
    // The longest first: one may be a part of another.
    this.#secrets = all.filter((one) => one !== '').sort((a, b) => b.length - a.length)
  }

  say(words: string | Buffer): void {
    if (this.socket.writable) this.socket.write(words)
  }

  /** A line without its end. */
  line(): Promise<string> {
    let searched = 0
    return this.take((bytes) => {
      const end = bytes.indexOf(10, searched)
      searched = bytes.length
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
      const taken = piece(this.#bytes())
      if (taken && this.#total <= this.#most) {
        this.#begin += taken.length
        return taken.value
      }
      if (this.#ended !== null) throw this.#ended
      await new Promise<void>((resolve) => (this.#wake = resolve))
    }
  }

  /** Lets go of the socket, for TLS to take over. What was said too early might have been slipped in: a Failure. */
  end(): void {
    const { socket } = this
    socket.off('data', this.#onData).off('error', this.#onError).off('end', this.#onClose).off('close', this.#onClose)
    if (this.#ended !== null) throw this.#ended
    if (this.#filled === this.#begin) return
    throw new Failure('protocol', `${this.target} said ${quote(this.#bytes().toString())} where TLS must begin.`)
  }

  /** It does not speak as it should. */
  strange(what: string, said: string): Failure {
    return this.refusal('protocol', what, said)
  }

  /** It speaks well, and says no. */
  refusal(reason: Reason, what: string, said: string): Failure {
    return new Failure(reason, `${this.target} ${what}; it said ${this.quote(said, answerMost)}.`)
  }

  /** What it said, short, printable and without secrets. */
  quote(said: string, most?: number): string {
    return quote(
      this.#secrets.reduce((text, secret) => text.replaceAll(secret, '***'), said),
      most,
    )
  }

  /** What was heard of an answer that never came whole. */
  #sayLast(): string {
    const text = this.#bytes().toString('utf8')
    return text.trim() === '' ? '' : `, after ${this.quote(text)}`
  }

  /** It answers with more than is read. */
  tooLarge(length: number): Failure {
    return new Failure('too_large', `${this.target} answers with ${length} bytes; ${this.#most / 1_024} kB are read.`)
  }

  #bytes(): Buffer {
    return this.#room.subarray(this.#begin, this.#filled)
  }

  #hear(part: Buffer): void {
    if (this.#ended !== null) return
    this.#total += part.length
    if (this.#total > this.#most)
      this.#end(new Failure('too_large', `${this.target} talks on and on; ${this.#most / 1_024} kB are listened to.`))
    else this.#keep(part)
    this.#wake()
  }

  /** Room doubles, so that each byte is copied a few times at most. Pieces that were taken keep their room. */
  #keep(part: Buffer): void {
    if (this.#filled + part.length > this.#room.length) {
      const kept = this.#bytes()
      const room = Buffer.allocUnsafe(Math.max(roomAtFirst, 2 * (kept.length + part.length)))
      kept.copy(room)
      this.#begin = 0
      this.#filled = kept.length
      this.#room = room
    }
    this.#filled += part.copy(this.#room, this.#filled)
  }

  #end(why: unknown): void {
    this.#ended ??= why
    this.#wake()
  }
}
