// Dialling: from a host name and port to a connected socket, over IPv6 or IPv4, whichever answers.
// Promises that the next address gets its turn when one fails or is slow, and that losers are closed.
import { once } from 'node:events'
import type { Socket } from 'node:net'
import type { Address, Outbound } from '#platform/outbound.ts'
import type { Attempt } from './attempt.ts'
import { Failure, socketFailure } from './failure.ts'

/** Which IP versions may be used. */
export type IpChoice = 'any' | 4 | 6

export interface Dialled {
  readonly socket: Socket
  readonly address: string
  /** Ms that resolving the name and connecting took. */
  readonly resolve: number
  readonly connect: number
}

/** An address that has not answered after so many ms gets company by the next (RFC 8305: 250). */
const headStart = 250

/** `host:port`, IPv6 in brackets. */
export const where = (host: string, port: number): string =>
  host.includes(':') && !host.startsWith('[') ? `[${host}]:${port}` : `${host}:${port}`

/**
 * Resolves and connects within the attempt; throws Failure or OutboundError. The attempt owns the socket.
 * `outbound`: a narrower way out than the attempt's own.
 */
export async function dial(
  attempt: Attempt,
  host: string,
  port: number,
  ip: IpChoice,
  outbound: Outbound = attempt.context.outbound,
): Promise<Dialled> {
  const { clock } = attempt.context
  const began = clock.monotonic()
  attempt.phase = `resolving the name ${host}`
  const signal = attempt.signal
  const addresses = await outbound.resolve(host, ip === 'any' ? { signal } : { family: ip, signal })
  const resolved = clock.monotonic()
  attempt.phase = `connecting to ${where(host, port)}`
  const open = (address: Address) => attempt.own(outbound.connect(address, port))
  const [first] = addresses
  const { socket, address } =
    first && addresses.length === 1
      ? await connectOne(open, first, where(host, port))
      : await connectAny(attempt, open, alternate(addresses), where(host, port))
  return { socket, address, resolve: resolved - began, connect: clock.monotonic() - resolved }
}

type Open = (address: Address) => Socket
type Connected = Pick<Dialled, 'socket' | 'address'>

async function connectOne(open: Open, address: Address, target: string): Promise<Connected> {
  const socket = open(address)
  try {
    await once(socket, 'connect')
    return { socket, address: address.address }
  } catch (error) {
    throw socketFailure(error, target)
  }
}

/** Tries each in its turn: at once when one fails, in company when one is slow. The first failure tells the story. */
function connectAny(attempt: Attempt, open: Open, addresses: readonly Address[], target: string): Promise<Connected> {
  return new Promise((resolve, reject) => {
    const sockets = new Set<Socket>()
    const waiting = [...addresses]
    let failure: unknown = null
    const next = () => {
      timer.cancel()
      const address = waiting.shift()
      if (!address) {
        if (sockets.size === 0) reject(failure ?? new Failure('dns', `${target} has no address.`))
        return
      }
      let socket: Socket
      try {
        socket = open(address)
      } catch (error) {
        failure ??= error
        next()
        return
      }
      sockets.add(socket)
      timer = attempt.context.clock.after(headStart, next)
      socket.once('connect', () => {
        timer.cancel()
        sockets.delete(socket)
        for (const loser of sockets) loser.destroy()
        sockets.clear()
        resolve({ socket, address: address.address })
      })
      socket.once('error', (error) => {
        failure ??= socketFailure(error, target)
        socket.destroy()
        if (sockets.delete(socket)) next()
      })
    }
    let timer = { cancel: () => {} }
    attempt.signal.addEventListener('abort', () => timer.cancel(), { once: true })
    next()
  })
}

/** IPv6 and IPv4 in turn, beginning with the family that the system prefers. */
function alternate(addresses: readonly Address[]): Address[] {
  const preferred = addresses.filter(({ family }) => family === addresses[0]?.family)
  const others = addresses.filter(({ family }) => family !== addresses[0]?.family)
  return preferred
    .flatMap((address, index) => {
      const other = others[index]
      return other ? [address, other] : [address]
    })
    .concat(others.slice(preferred.length))
}
