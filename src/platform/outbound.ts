// Outbound: the only way to other machines. Resolves a name once, guards the address, pins it for the connection.
// Promises that no forbidden address is connected to. Must not know what is said over the connection.
import type { Socket } from 'node:net'

/** One resolved, allowed address. */
export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

export interface Outbound {
  /** Resolves a host name or literal and drops forbidden addresses; throws OutboundError. */
  resolve(host: string, options: { readonly family?: 4 | 6; readonly signal: AbortSignal }): Promise<Address[]>
  /** A TCP socket to an address that `resolve` gave, not yet connected when returned. */
  connect(address: Address, port: number): Socket
}
