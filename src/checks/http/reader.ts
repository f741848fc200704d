// Reader of one HTTP/1 answer, fed with bytes as they come: interim answers skipped, then the head, then the body.
// Promises bounded memory for any input: 64 kB of headers and the wanted part of a body. Must not know sockets or time.
import { Failure } from '../failure.ts'
import { BodyReader } from './body.ts'
import { Gather } from './gather.ts'
import { framing, type Head, noHttp, readHead } from './head.ts'

export interface Answer extends Head {
  /** The body's bytes as sent (still compressed where it was), at most as many as were wanted. */
  readonly body: Buffer
  /** There was more than was wanted. */
  readonly truncated: boolean
}

/** All heads of one answer (interim ones too) may have so many bytes. */
export const headMost = 64 * 1024
const opening = Buffer.from('HTTP/1.')
const nothing = Buffer.alloc(0)

export class AnswerReader {
  readonly #method: string
  readonly #most: number
  readonly #gather = new Gather()
  /** Bytes of heads already read. */
  #read = 0
  #head: Head | null = null
  #body: BodyReader | null = null

  /** Reads the answer to a request of this method, keeping the body's first `most` bytes. */
  constructor(method: string, most: number) {
    this.#method = method
    this.#most = most
  }

  /** Whether the answer is complete. */
  get done(): boolean {
    return this.#body?.done ?? false
  }

  /** The head, as soon as it is whole. */
  get head(): Head | null {
    return this.#head
  }

  /** Takes the next bytes. Throws a Failure for what is no HTTP. */
  push(bytes: Buffer): void {
    let rest = bytes
    while (this.#body === null && rest.length > 0) rest = this.#takeHead(rest)
    this.#body?.push(rest)
  }

  /** The far side has closed; throws a Failure unless the answer is complete with that. */
  end(): void {
    if (this.#body) this.#body.end()
    else if (this.#read + this.#gather.length > 0)
      throw new Failure('closed', 'The connection was closed in the middle of the headers.')
    else throw new Failure('closed', 'The connection was closed before anything was answered.')
  }

  /** What was read; only once it is complete. */
  answer(): Answer {
    if (!this.#head || !this.#body) throw new Error('the answer is not complete')
    const { status, headers, cookies } = this.#head
    return { status, headers, cookies, body: this.#body.bytes(), truncated: this.#body.truncated }
  }

  /** Reads one head when it is whole; returns what follows it. */
  #takeHead(bytes: Buffer): Buffer {
    const searched = Math.max(0, this.#gather.length - 3)
    const all = this.#gather.with(bytes)
    const known = Math.min(all.length, opening.length)
    if (all.compare(opening, 0, known, 0, known) !== 0) throw noHttp(all.toString('latin1', 0, 100))
    const end = endOfHead(all, searched)
    if (this.#read + (end?.next ?? all.length) > headMost)
      throw new Failure('protocol', `The headers are larger than ${headMost / 1024} kB.`)
    if (!end) {
      if (this.#gather.length === 0) this.#gather.keep(bytes)
      return nothing
    }
    this.#read += end.next
    this.#gather.clear()
    const head = readHead(all.toString('latin1', 0, end.at))
    if (head.status >= 200 || head.status === 101) {
      this.#head = head
      this.#body = new BodyReader(framing(this.#method, head), this.#most)
    }
    return all.subarray(end.next)
  }
}

/** Where the head's last line ends (`at`) and what follows its empty line begins (`next`), looking from `from` on. */
function endOfHead(bytes: Buffer, from: number): { at: number; next: number } | null {
  for (let feed = bytes.indexOf(10, from); feed >= 0; feed = bytes.indexOf(10, feed + 1)) {
    const at = bytes[feed - 1] === 13 ? feed - 1 : feed
    if (bytes[feed + 1] === 10) return { at, next: feed + 2 }
    if (bytes[feed + 1] === 13 && bytes[feed + 2] === 10) return { at, next: feed + 3 }
  }
  return null
}
