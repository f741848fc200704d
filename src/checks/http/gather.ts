// Gather: bytes that arrive in pieces, put together until something in them is whole.
// Promises linear work however small the pieces are. Must not know what the bytes mean.

const nothing = Buffer.alloc(0)

export class Gather {
  #room: Buffer = nothing
  #length = 0

  get length(): number {
    return this.#length
  }

  /** All bytes so far with these; a view that the next call may overwrite. Nothing is copied while nothing was kept. */
  with(bytes: Buffer): Buffer {
    if (this.#length === 0) return bytes
    this.keep(bytes)
    return this.#room.subarray(0, this.#length)
  }

  /** Adds bytes for later. */
  keep(bytes: Buffer): void {
    const needed = this.#length + bytes.length
    if (needed > this.#room.length) {
      const larger = Buffer.allocUnsafe(Math.max(1_024, needed * 2))
      this.#room.copy(larger, 0, 0, this.#length)
      this.#room = larger
    }
    bytes.copy(this.#room, this.#length)
    this.#length = needed
  }

  /** Adds a part of bytes for later; cheaper than `keep` where it is a few of many. */
  keepPart(bytes: Buffer, from: number, to: number): void {
    if (this.#length + to - from > this.#room.length) return this.keep(bytes.subarray(from, to))
    for (let at = from; at < to; at += 1) this.#room[this.#length++] = bytes[at] as number
  }

  /** Forgets all; views given before stay as they are. */
  clear(): void {
    this.#room = nothing
    this.#length = 0
  }
}
