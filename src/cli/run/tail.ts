// The tail of what a command printed: its last bytes, whatever the size of the pieces they came in.
// Promises memory of twice the bound at most, however much is printed. Pure.

export class Tail {
  readonly #most: number
  #parts: Buffer[] = []
  #size = 0
  /** Bytes that came in all. */
  total = 0

  constructor(most: number) {
    this.#most = most
  }

  add(piece: Uint8Array): void {
    this.total += piece.length
    if (this.#most === 0) return
    // A copy: a piece may be a small part of a large buffer, or be written anew.
    const kept = Buffer.from(piece.subarray(Math.max(0, piece.length - this.#most)))
    this.#parts.push(kept)
    this.#size += kept.length
    if (this.#size >= 2 * this.#most) this.#shrink()
  }

  /** The last bytes; where some are missing before them, from the beginning of a line on, if there is one. */
  get bytes(): Buffer {
    this.#shrink()
    const [all = Buffer.alloc(0)] = this.#parts
    if (this.total <= all.length) return all
    const line = all.indexOf(10)
    return line < 0 || line === all.length - 1 ? all : all.subarray(line + 1)
  }

  #shrink(): void {
    const all = Buffer.concat(this.#parts)
    this.#parts = [Buffer.from(all.subarray(Math.max(0, all.length - this.#most)))]
    this.#size = this.#parts[0]?.length ?? 0
  }
}
