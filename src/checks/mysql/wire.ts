// The protocol of MySQL and MariaDB (https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html): its packets
// as bytes. Promises to read no packet that is longer than a check listens to, and nothing beyond its end.
// Must not know what is asked.
import type { Dialogue } from '../talk/dialogue.ts'

/** What a client and a server can do, as bits. */
export const can = {
  withDatabase: 0x8,
  protocol41: 0x200,
  tls: 0x800,
  transactions: 0x2000,
  secureConnection: 0x8000,
  pluginAuth: 0x8_0000,
} as const

const bodyMost = 60_000
const utf8mb4 = 45

/** Packets in turn: each is numbered, and an answer carries the next number. */
export class Packets {
  readonly dialogue: Dialogue
  #number = 0

  /** `number`: of the packet that comes next. */
  constructor(dialogue: Dialogue, number = 0) {
    this.dialogue = dialogue
    this.#number = number
  }

  /** The number of the packet that comes next. */
  get number(): number {
    return this.#number
  }

  async read(): Promise<Buffer> {
    const head = await this.dialogue.exactly(4)
    const length = head.readUIntLE(0, 3)
    if (head[3] !== this.#number) throw strange(this.dialogue, head)
    if (length > bodyMost) {
      const isText = /^[\x20-\x7e]{3}/.test(head.toString('latin1'))
      throw isText ? strange(this.dialogue, head) : this.dialogue.tooLarge(length)
    }
    this.#number = (this.#number + 1) & 255
    return this.dialogue.exactly(length)
  }

  say(body: Buffer): void {
    this.dialogue.say(framed(body, this.#number))
    this.#number = (this.#number + 1) & 255
  }

  /** A new command begins the count anew. */
  command(code: number, text = ''): void {
    this.#number = 0
    this.say(Buffer.concat([Buffer.from([code]), Buffer.from(text)]))
  }
}

function framed(body: Buffer, number: number): Buffer {
  const head = Buffer.alloc(4)
  head.writeUIntLE(body.length, 0, 3)
  head[3] = number
  return Buffer.concat([head, body])
}

/** The last words of a client: COM_QUIT. */
export const quit = (): Buffer => framed(Buffer.from([1]), 0)

/** It does not speak as MySQL does. */
export const strange = (dialogue: Dialogue, said: Buffer) =>
  dialogue.strange('does not speak MySQL', said.toString('latin1'))

/** Reads on in a packet; throws a Failure where that ends too early. */
export class Reader {
  readonly #bytes: Buffer
  readonly #dialogue: Dialogue
  #at: number

  constructor(dialogue: Dialogue, bytes: Buffer, at = 0) {
    this.#dialogue = dialogue
    this.#bytes = bytes
    this.#at = at
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  take(length: number): Buffer {
    if (length > this.left) throw strange(this.#dialogue, this.#bytes)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  number(bytes: 1 | 2 | 4): number {
    return this.take(bytes).readUIntLE(0, bytes)
  }

  /** Bytes up to a zero, or to the end. */
  untilZero(): Buffer {
    const end = this.#bytes.indexOf(0, this.#at)
    const taken = this.take((end < 0 ? this.#bytes.length : end) - this.#at)
    if (end >= 0) this.#at += 1
    return taken
  }

  /** A number that says how long it is; null is the mark of NULL. */
  length(): number | null {
    const first = this.number(1)
    if (first < 0xfb) return first
    if (first === 0xfb) return null
    if (first === 0xfc) return this.number(2)
    if (first === 0xfd) return this.take(3).readUIntLE(0, 3)
    // No packet that is read is that long, and 0xff is no number.
    throw strange(this.#dialogue, this.#bytes)
  }

  /** A text that says how long it is. */
  text(): string | null {
    const length = this.length()
    return length === null ? null : this.take(length).toString('utf8')
  }

  rest(): Buffer {
    return this.take(this.left)
  }
}

export interface Complaint {
  readonly code: number
  readonly text: string
}

/** What an ERR packet says; null for any other. */
export function complaintOf(body: Buffer): Complaint | null {
  if (body[0] !== 0xff || body.length < 3) return null
  return { code: body.readUInt16LE(1), text: body.toString('utf8', 3).replace(/^#.{5}/s, '') }
}

/** The packet that ends columns, and rows. */
export const isEnd = (body: Buffer): boolean => body[0] === 0xfe && body.length < 9

/** The beginning of a HandshakeResponse41; as long as this, it asks for TLS. */
export function hello(capabilities: number): Buffer {
  const bytes = Buffer.alloc(32)
  bytes.writeUInt32LE(capabilities, 0)
  bytes.writeUInt32LE(0x100_0000, 4)
  bytes[8] = utf8mb4
  return bytes
}
