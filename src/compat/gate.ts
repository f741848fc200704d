// The gate: whether an address may send heartbeats without a token.
// Promises an answer that costs little for senders that come again. Must not know what they send.
import { type Networks, parseNetworks } from '#platform/networks.ts'

const mostRemembered = 1_000

export class Gate {
  #networks: Networks
  readonly #remembered = new Map<string, boolean>()
  #last = ''
  #lastOpen = false

  /** Throws an Error that names a network that is none. */
  constructor(networks: readonly string[]) {
    this.#networks = parseNetworks(networks)
  }

  /** Other networks from now on; throws as the constructor does and then changes nothing. */
  change(networks: readonly string[]): void {
    this.#networks = parseNetworks(networks)
    this.#remembered.clear()
    this.#last = ''
  }

  /** Null, an address that cannot be known, is never let in. */
  isOpen(address: string | null): boolean {
    if (address === null || address === '') return false
    if (address === this.#last) return this.#lastOpen
    const open = this.#remembered.get(address) ?? this.#ask(address)
    this.#last = address
    this.#lastOpen = open
    return open
  }

  #ask(address: string): boolean {
    if (this.#remembered.size >= mostRemembered) this.#remembered.clear()
    const open = this.#networks.has(address)
    this.#remembered.set(address, open)
    return open
  }
}
