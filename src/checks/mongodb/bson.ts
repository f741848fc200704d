// BSON (https://bsonspec.org): documents as MongoDB speaks them, as far as commands and their answers go.
// Promises to read no further than the bytes go, and no deeper than answers are. Knows no command.

/** What our commands are made of. Whole numbers are sent in 32 bits. */
export type Sent = string | number | boolean | Buffer | readonly Sent[] | { readonly [name: string]: Sent }

/** What an answer says; values of types that nobody here asks for are left out. */
export type Document = Readonly<Record<string, unknown>>

const depthMost = 20
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32LE(value)
  return bytes
}
const cstring = (text: string) => Buffer.from(`${text}\0`)
const counted = (bytes: Buffer) => Buffer.concat([int32(bytes.length), bytes])

/** The type of a value and its bytes. */
function valueOf(value: Sent): readonly [number, Buffer] {
  if (typeof value === 'string') return [0x02, counted(cstring(value))]
  if (typeof value === 'number') return [0x10, int32(value)]
  if (typeof value === 'boolean') return [0x08, Buffer.from([value ? 1 : 0])]
  if (Buffer.isBuffer(value)) return [0x05, Buffer.concat([int32(value.length), Buffer.from([0]), value])]
  return [Array.isArray(value) ? 0x04 : 0x03, encode(Object.fromEntries(Object.entries(value)))]
}

export function encode(document: { readonly [name: string]: Sent }): Buffer {
  const parts = Object.entries(document).map(([name, value]) => {
    const [type, bytes] = valueOf(value)
    return Buffer.concat([Buffer.from([type]), cstring(name), bytes])
  })
  const body = Buffer.concat([...parts, Buffer.from([0])])
  return Buffer.concat([int32(body.length + 4), body])
}

/** Sizes of values that are of no use here: undefined, ObjectId, null, Decimal128, the least and greatest key. */
const skipped: Readonly<Record<number, number>> = { 0x06: 0, 0x07: 12, 0x0a: 0, 0x13: 16, 0x7f: 0, 0xff: 0 }

/** Reads one document; throws a RangeError where its lengths lie. */
class Reading {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isDone(): boolean {
    return this.#at === this.#bytes.length
  }

  take(length: number): Buffer {
    if (length < 0 || this.#at + length > this.#bytes.length) throw new RangeError('a length that lies')
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  document(depth: number): Document {
    if (depth > depthMost) throw new RangeError('a document that is too deep')
    const end = this.#at + this.#bytes.readInt32LE(this.#at)
    this.take(4)
    const found: Record<string, unknown> = Object.create(null) as Record<string, unknown>
    for (let type = this.#byte(); type !== 0; type = this.#byte()) {
      const name = this.#name()
      const value = this.#value(type, depth)
      if (value !== undefined) found[name] = value
    }
    if (this.#at !== end) throw new RangeError('a document that does not end where it says')
    return found
  }

  #byte(): number {
    return this.take(1).readUInt8(0)
  }

  #int(): number {
    return this.take(4).readInt32LE(0)
  }

  #name(): string {
    const end = this.#bytes.indexOf(0, this.#at)
    const text = this.take((end < 0 ? this.#bytes.length : end) - this.#at).toString('utf8')
    this.take(1)
    return text
  }

  #text(): string {
    return this.take(this.#int()).toString('utf8').replace(/\0$/, '')
  }

  #value(type: number, depth: number): unknown {
    const size = skipped[type]
    if (size !== undefined) return void this.take(size)
    switch (type) {
      case 0x01:
        return this.take(8).readDoubleLE(0)
      case 0x02:
      case 0x0d:
      case 0x0e:
        return this.#text()
      case 0x03:
        return this.document(depth + 1)
      case 0x04:
        return Object.values(this.document(depth + 1))
      case 0x05:
        return this.#binary()
      case 0x08:
        return this.#byte() === 1
      case 0x09:
      case 0x11:
      case 0x12:
        return Number(this.take(8).readBigInt64LE(0))
      case 0x0b:
        return void [this.#name(), this.#name()]
      case 0x0c:
        return void [this.#text(), this.take(12)]
      case 0x0f:
        return void this.take(this.#int() - 4)
      case 0x10:
        return this.#int()
      default:
        throw new RangeError('a type that is not known')
    }
  }

  #binary(): Buffer {
    const length = this.#int()
    this.take(1)
    return this.take(length)
  }
}

/** The one document that the bytes are; null where they are none. */
export function decode(bytes: Buffer): Document | null {
  try {
    const reading = new Reading(bytes)
    const document = reading.document(0)
    return reading.isDone ? document : null
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}
