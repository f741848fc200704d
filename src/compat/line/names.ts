// Names as bytes: finds what a token such as `backup.beat` means without making a string of it.
// Promises identity by comparing all bytes; the seeded 64-bit hash only finds the place. A cache: it may forget.
import { randomInt } from 'node:crypto'

/** A record: where its bytes begin, how many they are, both halves of the hash, the revision at which it was learnt. */
const stride = 5
const startSlots = 1_024
const startBytes = 32_768

/** A seeded odd multiplier whose effect reaches all bits. */
const multiplier = () => (randomInt(0x1_0000_0000) & ~6) | 5

/** The same bytes, to be read in words. */
export const viewOf = (bytes: Buffer) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

export class Names {
  /**
   * Beginnings and multipliers of the two halves. Word after word of four bytes (little end first), then byte after
   * byte what is left: `half = imul(half ^ word, by)`, and `a ^= a >>> 15` after a word.
   */
  readonly seedA = randomInt(0x1_0000_0000) | 0
  readonly seedB = randomInt(0x1_0000_0000) | 0
  readonly byA = multiplier()
  readonly byB = multiplier()
  readonly #most: number
  #slots = new Int32Array(startSlots)
  #shift = 32 - Math.log2(startSlots)
  #records = new Int32Array((startSlots / 2 + 1) * stride)
  #targets = new Float64Array(startSlots / 2 + 1)
  #arena = Buffer.alloc(startBytes)
  #words = viewOf(this.#arena)
  #count = 0
  #used = 0

  /** At `most` names everything is forgotten and learnt anew. */
  constructor(most = 1 << 20) {
    this.#most = most
  }

  get size(): number {
    return this.#count
  }

  /** The entry of these bytes, whose hash halves are `a` and `b`; 0: not known. */
  find(bytes: DataView, from: number, to: number, a: number, b: number): number {
    const slots = this.#slots
    const records = this.#records
    const last = slots.length - 1
    for (let slot = this.#slot(a, b); ; slot = (slot + 1) & last) {
      const entry = slots[slot] as number
      if (entry === 0) return 0
      const at = entry * stride
      if (records[at + 2] !== a || records[at + 3] !== b || records[at + 1] !== to - from) continue
      if (this.#same(records[at] as number, bytes, from, to)) return entry
    }
  }

  revision(entry: number): number {
    return this.#records[entry * stride + 4] as number
  }

  target(entry: number): number {
    return this.#targets[entry] as number
  }

  /** What an entry means, as of a revision. */
  set(entry: number, target: number, revision: number): void {
    this.#records[entry * stride + 4] = revision
    this.#targets[entry] = target
  }

  /** A new entry for bytes that `find` does not know; `set` it at once. */
  add(bytes: Buffer, from: number, to: number, a: number, b: number): number {
    if (this.#count >= this.#most) this.#forget()
    if ((this.#count + 1) * 2 > this.#slots.length) this.#widen()
    const length = to - from
    if (this.#used + length > this.#arena.length) {
      this.#arena = Buffer.concat([this.#arena], Math.max(this.#arena.length * 2, this.#used + length))
      this.#words = viewOf(this.#arena)
    }
    bytes.copy(this.#arena, this.#used, from, to)
    this.#count += 1
    this.#records.set([this.#used, length, a, b], this.#count * stride)
    this.#used += length
    this.#place(this.#count, a, b)
    return this.#count
  }

  #slot(a: number, b: number): number {
    return Math.imul(a ^ (b >>> 15), 0x9e3779b1) >>> this.#shift
  }

  #place(entry: number, a: number, b: number): void {
    const last = this.#slots.length - 1
    let slot = this.#slot(a, b)
    while (this.#slots[slot] !== 0) slot = (slot + 1) & last
    this.#slots[slot] = entry
  }

  #widen(): void {
    const room = this.#slots.length + 1
    const records = new Int32Array(room * stride)
    records.set(this.#records)
    const targets = new Float64Array(room)
    targets.set(this.#targets)
    this.#records = records
    this.#targets = targets
    this.#slots = new Int32Array(this.#slots.length * 2)
    this.#shift -= 1
    for (let entry = 1; entry <= this.#count; entry += 1) {
      this.#place(entry, records[entry * stride + 2] as number, records[entry * stride + 3] as number)
    }
  }

  #forget(): void {
    this.#slots.fill(0)
    this.#count = 0
    this.#used = 0
  }

  #same(start: number, bytes: DataView, from: number, to: number): boolean {
    const arena = this.#words
    const shift = start - from
    let index = from
    for (; index + 4 <= to; index += 4) {
      if (arena.getInt32(index + shift, true) !== bytes.getInt32(index, true)) return false
    }
    for (; index < to; index += 1) if (arena.getUint8(index + shift) !== bytes.getUint8(index)) return false
    return true
  }
}
