// The two messages of gRPC's health service (grpc/health/v1/health.proto of https://github.com/grpc/grpc-proto)
// as protocol buffers in gRPC's frames. Promises to read no further than the bytes go. Must not know HTTP/2.

/** By their numbers. */
const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'] as const
export type Serving = (typeof statuses)[number]

/** The question for a service; empty: for the whole server. */
export function question(service: string): Buffer {
  const name = Buffer.from(service)
  const body = name.length === 0 ? name : Buffer.concat([Buffer.from([0x0a]), varint(name.length), name])
  const head = Buffer.alloc(5)
  head.writeUInt32BE(body.length, 1)
  return Buffer.concat([head, body])
}

function varint(value: number): Buffer {
  const bytes: number[] = []
  for (let left = value; ; left >>= 7) {
    bytes.push(left > 127 ? (left & 127) | 128 : left)
    if (left <= 127) return Buffer.from(bytes)
  }
}

/** What the answer says; null for what is none. */
export function servingIn(bytes: Buffer): Serving | null {
  // Nothing may be compressed, since we said of nothing that we could read it.
  if (bytes.length < 5 || bytes[0] !== 0 || bytes.readUInt32BE(1) !== bytes.length - 5) return null
  let status = 0
  const reading = new Fields(bytes.subarray(5))
  while (!reading.isDone) {
    const tag = reading.number()
    if (tag === null) return null
    const value = reading.value(tag & 7)
    if (value === null) return null
    if (tag === 0x08) status = value
  }
  return statuses[status] ?? 'UNKNOWN'
}

/** The fields of a message, one after another. */
class Fields {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length
  }

  number(): number | null {
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#at]
      if (byte === undefined) return null
      this.#at += 1
      value += (byte & 127) * 2 ** shift
      if (byte < 128) return value
    }
    return null
  }

  /** A value by its wire type, the number where it is one; null where it does not fit. */
  value(type: number): number | null {
    if (type === 0) return this.number()
    const length = type === 1 ? 8 : type === 5 ? 4 : type === 2 ? this.number() : null
    if (length === null || this.#at + length > this.#bytes.length) return null
    this.#at += length
    return 0
  }
}
