// Outbound: the only way to other machines. Resolves a name once, guards the address, pins it for the connection.
// Promises that no forbidden address is connected to, however it is spelled or named. Must not know what is said there.
import { connect as netConnect, type Socket } from 'node:net'
import { type Lookup, Names, OutboundError, systemNames, systemRoot } from './names.ts'
import { insideNetworks, metadataNetworks, type Networks, parseNetworks, plainAddress } from './networks.ts'

/** One resolved, allowed address. */
export interface Address {
  readonly address: string
  readonly family: 4 | 6
}

export interface Outbound {
  /** Resolves a host name or literal and drops forbidden addresses; throws OutboundError. A literal needs no signal. */
  resolve(host: string, options: { readonly family?: 4 | 6; readonly signal: AbortSignal }): Promise<Address[]>
  /** A TCP socket to an address that `resolve` gave, not yet connected when returned; throws OutboundError. */
  connect(address: Address, port: number): Socket
  /**
   * What is said of a name that is not resolved in time where this machine resolves no name at all; null where it does.
   * Left out: nobody knows.
   */
  blindTo?(host: string): OutboundError | null
}

export { type Lookup, OutboundError } from './names.ts'

export interface OutboundOptions {
  /** Networks never connected to, all of them: nothing is added. See `deniedByDefault`. */
  readonly denied: readonly string[]
  readonly lookup?: Lookup
  /** Whether the name servers of this machine answer for the root of all names; with a lookup of one's own they do. */
  readonly root?: () => Promise<boolean>
}

/** Private networks are allowed: most of what is watched lives there. */
export const deniedByDefault: readonly string[] = metadataNetworks

/** Opens the way out; throws an Error that names a network that is none. */
export function openOutbound({ denied, lookup, root }: OutboundOptions): Outbound {
  const forbidden = parseNetworks(denied)
  const names = new Names(lookup ?? systemNames, root ?? (lookup ? () => Promise.resolve(true) : systemRoot))
  return {
    async resolve(host, options) {
      const { family } = options
      const literal = readLiteral(host)
      if (literal) return guard(host, ofFamily(host, literal, family), forbidden)
      const found = await names.find(host, family ?? 0, options.signal)
      return guard(host, found.map(({ address }) => plain(address)).filter(isAddress), forbidden)
    },
    blindTo: (host) => names.blindTo(host),
    connect(address, port) {
      guard(address.address, [address], forbidden)
      return netConnect({ host: address.address, port, family: address.family, noDelay: true })
    },
  }
}

const inside = parseNetworks(insideNetworks)

/** Whether an address is this machine's or in a private network, where the internet does not lead by itself. */
export const isInside = (address: string): boolean => inside.has(address)

/** The same way out, but to nothing inside; `why` completes the sentence that refuses it. */
export function outsideOnly(way: Outbound, why: string): Outbound {
  return {
    async resolve(host, options) {
      return guard(host, await way.resolve(host, options), inside, why)
    },
    connect(address, port) {
      guard(address.address, [address], inside, why)
      return way.connect(address, port)
    },
  }
}

/** Any number-like host, as `inet_aton` and browsers read it: 2130706433, 0x7f.1 and 0177.0.0.1 are 127.0.0.1. */
const numeric = /^(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?$/i

/** The address that a host spells out, or null for a name; throws OutboundError for numbers that are no address. */
function readLiteral(host: string): Address | null {
  const address = plain(host)
  if (address || !numeric.test(host)) return address
  const url = URL.canParse(`http://${host}/`) ? new URL(`http://${host}/`) : null
  if (url === null) throw new OutboundError('dns', `${host} is neither a name nor an address.`)
  return plain(url.hostname)
}

/** The plain address; "any address" (0.0.0.0, ::) is this machine, as the system would take it. */
function plain(text: string): Address | null {
  const address = plainAddress(text)
  if (address?.address === '0.0.0.0') return { address: '127.0.0.1', family: 4 }
  return address?.address === '::' ? { address: '::1', family: 6 } : address
}

const isAddress = (address: Address | null): address is Address => address !== null

function ofFamily(host: string, literal: Address, family: 4 | 6 | undefined): Address[] {
  if (family === undefined || family === literal.family) return [literal]
  throw new OutboundError('dns', `${host} is an IPv${literal.family} address, but only IPv${family} is to be used.`)
}

const deniedBySetting = 'the setting networks.denied forbids it'

function guard(host: string, found: readonly Address[], forbidden: Networks, why = deniedBySetting): Address[] {
  const [first] = found
  if (!first) throw new OutboundError('dns', `The name ${host} has no address.`)
  const allowed = found.filter(({ address }) => !forbidden.reaches(address))
  if (allowed.length > 0) return allowed
  const what = plainAddress(host)?.address === first.address ? first.address : `${host} (${first.address})`
  throw new OutboundError('forbidden', `${what} may not be connected to; ${why}.`)
}
