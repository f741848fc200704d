// CBOR, as far as authenticators write it (RFC 8949): numbers, bytes, text, lists, maps, the simple values.
// Promises bounded depth and size for any input, and an Error for what is not well formed. Must not know what it means.

export type Cbor = number | string | boolean | null | Uint8Array | readonly Cbor[] | ReadonlyMap<Cbor, Cbor>

const deepest = 8
const itemsMost = 1_000

/** The first value in the bytes, and where it ends. */
export function readCbor(bytes: Uint8Array): { readonly value: Cbor; readonly end: number } {
  const reader = new Reader(bytes)
  return { value: reader.value(0), end: reader.at }
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #items = 0
  at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  value(depth: number): Cbor {
    this.#items += 1
    if (depth > deepest || this.#items > itemsMost) throw new Error('the CBOR is nested or split too much')
    const head = this.#take(1)[0] ?? 0
    const major = head >> 5
    if (major === 7) return simple(head)
    const size = this.#size(head & 31)
    if (major === 0) return size
    if (major === 1) return -1 - size
    if (major === 2) return this.#take(size)
    if (major === 3) return new TextDecoder('utf-8', { fatal: true }).decode(this.#take(size))
    if (major === 4) return Array.from({ length: this.#fits(size) }, () => this.value(depth + 1))
    if (major === 5) return this.#map(size, depth + 1)
    throw new Error('the CBOR has tags, which are not used here')
  }

  #map(size: number, depth: number): ReadonlyMap<Cbor, Cbor> {
    const map = new Map<Cbor, Cbor>()
    const count = this.#fits(size)
    for (let index = 0; index < count; index += 1) {
      const key = this.value(depth)
      if (map.has(key)) throw new Error('a CBOR map has a key twice')
      map.set(key, this.value(depth))
    }
    return map
  }

  /** Each item has at least one byte, so no more of them than are left can follow. */
  #fits(size: number): number {
    if (size > this.#bytes.length - this.at) throw new Error('the CBOR ends too early')
    return size
  }

  #size(short: number): number {
    if (short < 24) return short
    const at = this.at
    if (short === 24) return this.#take(1)[0] ?? 0
    if (short === 25 && this.#take(2)) return this.#view.getUint16(at)
    if (short === 26 && this.#take(4)) return this.#view.getUint32(at)
    const long = short === 27 && this.#take(8) ? this.#view.getBigUint64(at) : null
    if (long === null || long > BigInt(Number.MAX_SAFE_INTEGER)) throw new Error('the CBOR has a length without end')
    return Number(long)
  }

  #take(size: number): Uint8Array {
    this.at += this.#fits(size)
    return this.#bytes.subarray(this.at - size, this.at)
  }
}

function simple(head: number): Cbor {
  if (head === 0xf4) return false
  if (head === 0xf5) return true
  if (head === 0xf6 || head === 0xf7) return null
  throw new Error('the CBOR has a value that is not used here')
}
