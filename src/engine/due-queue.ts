// The due-queue: one binary heap for all monitors instead of a timer each. Typed arrays, a few bytes a monitor.
// Promises the earliest due first and O(log n) for every change. Must not know what is due or what time it is.

/** A heap of numbered slots ordered by a time. A slot is in it once at most. */
export class DueQueue {
  #slots = new Int32Array(64)
  #due = new Float64Array(64)
  /** Slot → its place in the heap, -1 when out. */
  #place = new Int32Array(64).fill(-1)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** When the earliest is due; null when empty. */
  peek(): number | null {
    return this.#size === 0 ? null : (this.#due[0] as number)
  }

  /** Puts a slot in, or moves it to another time. */
  set(slot: number, due: number): void {
    this.#grow(slot)
    const place = this.#place[slot] as number
    if (place < 0) {
      this.#write(this.#size, slot, due)
      this.#size += 1
      this.#up(this.#size - 1)
      return
    }
    this.#write(place, slot, due)
    this.#up(place)
    this.#down(this.#place[slot] as number)
  }

  /** When a slot is due; null when it is not in. */
  due(slot: number): number | null {
    const place = slot < this.#place.length ? (this.#place[slot] as number) : -1
    return place < 0 ? null : (this.#due[place] as number)
  }

  delete(slot: number): void {
    const place = slot < this.#place.length ? (this.#place[slot] as number) : -1
    if (place < 0) return
    this.#size -= 1
    this.#place[slot] = -1
    if (place === this.#size) return
    const moved = this.#slots[this.#size] as number
    this.#write(place, moved, this.#due[this.#size] as number)
    this.#up(place)
    this.#down(this.#place[moved] as number)
  }

  /** Takes the earliest slot out if it is due at `now`. */
  take(now: number): { slot: number; due: number } | null {
    if (this.#size === 0 || (this.#due[0] as number) > now) return null
    const taken = { slot: this.#slots[0] as number, due: this.#due[0] as number }
    this.delete(taken.slot)
    return taken
  }

  clear(): void {
    this.#size = 0
    this.#place.fill(-1)
  }

  #write(place: number, slot: number, due: number): void {
    this.#slots[place] = slot
    this.#due[place] = due
    this.#place[slot] = place
  }

  #swap(one: number, other: number): void {
    const slot = this.#slots[one] as number
    const due = this.#due[one] as number
    this.#write(one, this.#slots[other] as number, this.#due[other] as number)
    this.#write(other, slot, due)
  }

  #up(from: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if ((this.#due[parent] as number) <= (this.#due[place] as number)) return
      this.#swap(parent, place)
      place = parent
    }
  }

  #down(from: number): void {
    let place = from
    for (;;) {
      const left = 2 * place + 1
      if (left >= this.#size) return
      const right = left + 1
      const least = right < this.#size && (this.#due[right] as number) < (this.#due[left] as number) ? right : left
      if ((this.#due[place] as number) <= (this.#due[least] as number)) return
      this.#swap(place, least)
      place = least
    }
  }

  #grow(slot: number): void {
    if (slot >= this.#place.length) {
      const grown = new Int32Array(Math.max(slot + 1, this.#place.length * 2)).fill(-1)
      grown.set(this.#place)
      this.#place = grown
    }
    if (this.#size >= this.#slots.length) {
      const slots = new Int32Array(this.#slots.length * 2)
      slots.set(this.#slots)
      const due = new Float64Array(this.#due.length * 2)
      due.set(this.#due)
      this.#slots = slots
      this.#due = due
    }
  }
}
