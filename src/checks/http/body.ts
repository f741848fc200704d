// The body of an HTTP/1 answer, taken out of its framing: by length, by chunks or up to the end of the connection.
// Promises to keep at most the wanted number of bytes, in about as much memory however small its pieces are, and to
// notice a body cut short. Must not know sockets.
import { Failure } from '../failure.ts'
import { quote } from '../quote.ts'
import { Gather } from './gather.ts'
import type { Framing } from './head.ts'

/** A chunk's size line, or all trailers, may have so many bytes. */
const lineMost = 4 * 1024
const trailersMost = 64 * 1024
/** Lines between chunks may have so many bytes together, and so many more for each byte of the body. */
const framesMost = 256 * 1024
const framesPerByte = 16
/** What the lines of a small chunk count for. */
const smallFrames = 3
const nothing = Buffer.alloc(0)

/** The value of a hexadecimal digit; 0 for anything else. */
function digitOf(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : 0
}

export class BodyReader {
  readonly #framing: Framing
  readonly #most: number
  /** The first piece is not copied, since mostly there is only one; where more come, all are kept together. */
  #first: Buffer = nothing
  readonly #kept = new Gather()
  readonly #line = new Gather()
  #size = 0
  #trailers = 0
  /** Bytes of the lines between chunks. */
  #frames = 0
  /** Bytes still to come of the body or of the current chunk. */
  #left: number
  /** What comes next in a chunked body. */
  #next: 'size' | 'data' | 'gap' | 'trailers' = 'size'
  #done: boolean
  #truncated = false

  /** Reads a body framed so, keeping its first `most` bytes. */
  constructor(framing: Framing, most: number) {
    this.#framing = framing
    this.#most = most
    this.#left = framing.type === 'length' ? framing.length : Number.POSITIVE_INFINITY
    this.#done = framing.type === 'none' || this.#left === 0
  }

  /** Complete, or as much as was wanted. */
  get done(): boolean {
    return this.#done
  }

  /** There was more than was wanted. */
  get truncated(): boolean {
    return this.#truncated
  }

  /** Takes the next bytes; what follows the body is dropped. Throws a Failure for chunks that cannot be read. */
  push(bytes: Buffer): void {
    let rest = bytes
    while (!this.#done && rest.length > 0) {
      const small = this.#takeSmall(rest)
      if (small > 0) rest = rest.subarray(small)
      else rest = this.#readsLine() ? this.#takeLine(rest) : this.#takeData(rest)
    }
  }

  /**
   * Takes whole chunks of less than 16 bytes that lie one behind the other, as plainly written as can be; gives how
   * many bytes those are. They take the usual way as well, but many of them cost much there.
   */
  #takeSmall(bytes: Buffer): number {
    if (this.#framing.type !== 'chunked' || this.#next !== 'size' || this.#line.length > 0 || this.#size === 0) return 0
    if (this.#kept.length === 0) this.#kept.keep(this.#first)
    let at = 0
    for (;;) {
      const size = digitOf(bytes[at])
      const end = at + 3 + size
      const isPlain = bytes[at + 1] === 13 && bytes[at + 2] === 10 && bytes[end] === 13 && bytes[end + 1] === 10
      if (size === 0 || !isPlain || this.#size + size > this.#most) return at
      this.#kept.keepPart(bytes, at + 3, end)
      this.#size += size
      this.#frames += smallFrames
      at = end + 2
    }
  }

  /** The far side has closed; throws a Failure where that cuts the body short. */
  end(): void {
    if (this.#framing.type === 'close') this.#done = true
    if (this.#done) return
    const of = this.#framing.type === 'length' ? ` of ${this.#framing.length}` : ''
    throw new Failure('closed', `The connection was closed in the middle of the body, after ${this.#size}${of} bytes.`)
  }

  /** The kept bytes. */
  bytes(): Buffer {
    return this.#kept.length > 0 ? this.#kept.with(nothing) : this.#first
  }

  #readsLine(): boolean {
    return this.#framing.type === 'chunked' && this.#next !== 'data'
  }

  #takeData(bytes: Buffer): Buffer {
    const part = bytes.length > this.#left ? bytes.subarray(0, this.#left) : bytes
    this.#keep(part)
    this.#left -= part.length
    if (this.#left > 0) return bytes.subarray(part.length)
    if (this.#framing.type === 'chunked') this.#next = 'gap'
    else this.#done = true
    return bytes.subarray(part.length)
  }

  #keep(part: Buffer): void {
    const room = this.#most - this.#size
    const kept = part.length > room ? part.subarray(0, room) : part
    if (this.#size === 0) this.#first = kept
    else {
      if (this.#kept.length === 0) this.#kept.keep(this.#first)
      this.#kept.keep(kept)
    }
    this.#size += kept.length
    if (part.length > room) this.#truncated = this.#done = true
  }

  #takeLine(bytes: Buffer): Buffer {
    const feed = bytes.indexOf(10)
    if (this.#line.length + (feed < 0 ? bytes.length : feed) > lineMost)
      throw new Failure('protocol', 'The body’s chunks cannot be read: a line between them does not end.')
    if (feed < 0) {
      this.#line.keep(bytes)
      return bytes.subarray(bytes.length)
    }
    const line = this.#line.with(bytes.subarray(0, feed)).toString('latin1').replace(/\r$/, '')
    this.#line.clear()
    this.#frames += line.length + 1
    if (this.#frames > framesMost + this.#size * framesPerByte)
      throw new Failure('protocol', 'The body’s chunks cannot be read: there is much between them and little in them.')
    this.#readLine(line)
    return bytes.subarray(feed + 1)
  }

  #readLine(line: string): void {
    if (this.#next === 'trailers') {
      this.#trailers += line.length + 1
      if (this.#trailers > trailersMost) throw new Failure('protocol', 'The trailers after the body do not end.')
      this.#done = line === ''
      return
    }
    if (this.#next === 'gap' && line === '') {
      this.#next = 'size'
      return
    }
    const match = this.#next === 'size' ? /^([0-9a-fA-F]{1,12})[ \t]*(?:;.*)?$/.exec(line) : null
    if (!match) throw new Failure('protocol', `The body’s chunks cannot be read at ${quote(line)}.`)
    this.#left = Number.parseInt(match[1] as string, 16)
    this.#next = this.#left === 0 ? 'trailers' : 'data'
  }
}
