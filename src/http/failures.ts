// Counts failed attempts by address or name, so that guessing is slow. IPv6 counts by /64, since whoever has one has it
// all. Promises bounded memory: the oldest is forgotten when there are too many. Must not know what failed.
import type { Clock } from '#platform/clock.ts'

export interface FailureBounds {
  /** So many failures within a window are allowed. */
  readonly most: number
  readonly windowMs: number
  readonly addresses: number
}

export class Failures {
  readonly #seen = new Map<string, { count: number; until: number }>()
  readonly #clock: Clock
  readonly #bounds: FailureBounds

  constructor(clock: Clock, bounds: FailureBounds) {
    this.#clock = clock
    this.#bounds = bounds
  }

  /** How long this address must wait, ms; 0: not at all. */
  waits(address: string): number {
    const seen = this.#seen.get(networkOf(address))
    if (!seen || seen.count < this.#bounds.most) return 0
    return Math.max(0, seen.until - this.#clock.monotonic())
  }

  note(address: string): void {
    const now = this.#clock.monotonic()
    const network = networkOf(address)
    const seen = this.#seen.get(network)
    if (seen && seen.until > now) {
      seen.count += 1
      return
    }
    this.#seen.delete(network)
    this.#seen.set(network, { count: 1, until: now + this.#bounds.windowMs })
    const oldest = this.#seen.size > this.#bounds.addresses ? this.#seen.keys().next().value : undefined
    if (oldest !== undefined) this.#seen.delete(oldest)
  }

  /** Takes back one that turned out well. */
  forgive(address: string): void {
    const network = networkOf(address)
    const seen = this.#seen.get(network)
    if (!seen) return
    seen.count -= 1
    if (seen.count <= 0) this.#seen.delete(network)
  }
}

const ipv6 = /^[0-9a-f:]*:[0-9a-f:]*$/i

/** The first 64 bits of a plain IPv6 address; anything else as it is. */
function networkOf(address: string): string {
  if (!ipv6.test(address)) return address
  const [before = [], after = []] = address.split('::').map((half) => half.split(':').filter(Boolean))
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].slice(0, 4).join(':')
}
