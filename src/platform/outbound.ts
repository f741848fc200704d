// Outbound: the only way to other machines. Resolves a name once, guards the address, pins it for the connection.
// Promises that no forbidden address is connected to, however it is spelled or named. Must not know what is said there.
import { lookup as systemLookup } from 'node:dns/promises'
import { connect as netConnect, type Socket } from 'node:net'
import type { Reason } from '#core/reason.ts'
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
}

/** Why nobody can be reached; the message is a sentence for people. */
export class OutboundError extends Error {
  readonly reason: Reason
  constructor(reason: Reason, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'OutboundError'
    this.reason = reason
  }
}

/** All addresses of a name, best first; rejects with the system's error codes (ENOTFOUND, EAI_AGAIN). */
export type Lookup = (host: string, family: 0 | 4 | 6) => Promise<readonly { address: string; family: number }[]>

export interface OutboundOptions {
  /** Networks never connected to, all of them: nothing is added. See `deniedByDefault`. */
  readonly denied: readonly string[]
  readonly lookup?: Lookup
}

/** Private networks are allowed: most of what is watched lives there. */
export const deniedByDefault: readonly string[] = metadataNetworks

/** So many different names may be in resolution at once; a dead name server must not gather them without end. */
const namesMost = 1_000

const lookupAll: Lookup = (host, family) => systemLookup(host, { all: true, family, order: 'verbatim' })

/** Opens the way out; throws an Error that names a network that is none. */
export function openOutbound({ denied, lookup = lookupAll }: OutboundOptions): Outbound {
  const forbidden = parseNetworks(denied)
  const names = new SharedLookup(lookup)
  return {
    async resolve(host, options) {
      const { family } = options
      const literal = readLiteral(host)
      if (literal) return guard(host, ofFamily(host, literal, family), forbidden)
      const found = await within(options.signal, host, names.find(host, family ?? 0))
      return guard(host, found.map(({ address }) => plain(address)).filter(isAddress), forbidden)
    },
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

/** Name resolution with the waiters of one name sharing one question, since the system answers few at a time. */
class SharedLookup {
  readonly #lookup: Lookup
  readonly #asked = new Map<string, ReturnType<Lookup>>()
  constructor(lookup: Lookup) {
    this.#lookup = lookup
  }

  find(host: string, family: 0 | 4 | 6): ReturnType<Lookup> {
    const key = `${family} ${host}`
    const asked = this.#asked.get(key)
    if (asked) return asked
    const answer = this.#ask(host, family).finally(() => this.#asked.delete(key))
    this.#asked.set(key, answer)
    return answer
  }

  async #ask(host: string, family: 0 | 4 | 6): ReturnType<Lookup> {
    if (host === '' || host.length > 253) throw new OutboundError('dns', `“${host.slice(0, 80)}” is not a host name.`)
    if (this.#asked.size >= namesMost)
      throw new OutboundError('internal', `${host} was not resolved: ${namesMost} other names still wait for theirs.`)
    try {
      return await this.#lookup(host, family)
    } catch (error) {
      throw new OutboundError('dns', sayLookup(host, family, error), error)
    }
  }
}

function sayLookup(host: string, family: 0 | 4 | 6, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'EAI_AGAIN') return `The name ${host} was not resolved: the name server does not answer.`
  if (code !== 'ENOTFOUND' && code !== 'ENODATA') return `The name ${host} was not resolved (${String(code)}).`
  return family === 0 ? `The name ${host} does not exist.` : `The name ${host} has no IPv${family} address.`
}

/** What the lookup gives, unless the signal ends the wait. The lookup itself cannot be called off. */
function within<Value>(signal: AbortSignal, host: string, work: Promise<Value>): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(new OutboundError('timeout', `The name ${host} was not resolved in time.`))
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    const settle = () => signal.removeEventListener('abort', stop)
    work.finally(settle).then(resolve, reject)
  })
}
