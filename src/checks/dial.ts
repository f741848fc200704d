// Dialling: from a host name and port to a connected socket, over IPv6 or IPv4, whichever answers.
// Promises that the next address gets its turn when one fails or is slow, that losers are closed, and that what fails
// is named by its address.
import { once } from 'node:events'
import { isIP, type Socket } from 'node:net'
import type { Address, Outbound } from '#platform/outbound.ts'
import type { Attempt } from './attempt.ts'
import { codeOf, Failure, socketFailure } from './failure.ts'

/** Which IP versions may be used. */
export type IpChoice = 'any' | 4 | 6

export interface Dialled {
  readonly socket: Socket
  readonly address: string
  /** `host:port`, and at which address where the host is a name: for sentences. */
  readonly target: string
  /** Ms that resolving the name and connecting took. */
  readonly resolve: number
  readonly connect: number
}

/** An address that has not answered after so many ms gets company by the next (RFC 8305: 250). */
const headStart = 250

/** So many addresses of a name are tried: one that lists hundreds must not lead us to knock at all of them. */
const addressesMost = 16

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
  const addresses = await attempt.resolve(host, ip, outbound)
  const resolved = clock.monotonic()
  const open = (address: Address): Candidate => {
    const target = whereAt(host, port, address.address)
    return { address: address.address, target, socket: attempt.own(outbound.connect(address, port)) }
  }
  const [first] = addresses
  const { socket, address, target } =
    first && addresses.length === 1
      ? await connectOne(attempt, open(first))
      : await connectAny(attempt, open, alternate(addresses).slice(0, addressesMost), where(host, port))
  return { socket, address, target, resolve: resolved - began, connect: clock.monotonic() - resolved }
}

/** `db.test:5432 at 192.0.2.1`; an address is not said twice. */
function whereAt(host: string, port: number, address: string): string {
  return isIP(host) === 0 && isIP(host.replace(/^\[(.*)\]$/, '$1')) === 0
    ? `${where(host, port)} at ${address}`
    : where(host, port)
}

/** A socket on its way. */
type Candidate = Pick<Dialled, 'socket' | 'address' | 'target'>

async function connectOne(attempt: Attempt, candidate: Candidate): Promise<Candidate> {
  attempt.phase = `connecting to ${candidate.target}`
  try {
    await once(candidate.socket, 'connect')
    return candidate
  } catch (error) {
    throw socketFailure(error, candidate.target)
  }
}

type Open = (address: Address) => Candidate

/** Tries each in its turn: at once when one fails, in company when one is slow. */
function connectAny(attempt: Attempt, open: Open, addresses: readonly Address[], target: string): Promise<Candidate> {
  return new Promise((resolve, reject) => {
    const under = new Set<Candidate>()
    const waiting = [...addresses]
    const failed: string[] = []
    let story: { readonly address: string | null; readonly error: unknown } = {
      address: null,
      error: new Failure('dns', `${target} has no address.`),
    }
    const fail = (address: string, error: unknown) => {
      failed.push(address)
      if (story.address === null || (isOurs(story.error) && !isOurs(error))) story = { address, error }
    }
    const next = () => {
      timer.cancel()
      const address = waiting.shift()
      if (!address) {
        if (under.size > 0) return
        const others = failed.filter((one) => one !== story.address)
        reject(allFailed(story.error, others))
        return
      }
      let candidate: Candidate
      try {
        candidate = open(address)
      } catch (error) {
        fail(address.address, error)
        next()
        return
      }
      const { socket } = candidate
      under.add(candidate)
      attempt.phase = connecting(target, under)
      timer = attempt.context.clock.after(headStart, next)
      socket.once('connect', () => {
        timer.cancel()
        under.delete(candidate)
        for (const loser of under) loser.socket.destroy()
        under.clear()
        resolve(candidate)
      })
      socket.once('error', (error) => {
        socket.destroy()
        if (!under.delete(candidate)) return
        fail(candidate.address, socketFailure(error, candidate.target))
        attempt.phase = connecting(target, under)
        next()
      })
    }
    let timer = { cancel: () => {} }
    attempt.signal.addEventListener('abort', () => timer.cancel(), { once: true })
    next()
  })
}

const addressesSaid = 4

/** `connecting to db.test:5432 at ::1, 127.0.0.1`: who has not answered yet. */
function connecting(target: string, under: ReadonlySet<Candidate>): string {
  const said = [...under].slice(0, addressesSaid).map(({ address }) => address)
  return `connecting to ${target} at ${said.join(', ')}${under.size > said.length ? ' and others' : ''}`
}

/** Nobody was even asked, for this machine has no way there; what happened at another address says more. */
const isOurs = (error: unknown): boolean =>
  error instanceof Failure && (error.reason === 'internal' || /^E(NETUNREACH|AFNOSUPPORT)$/.test(codeOf(error.cause)))

/** The first failure that tells of the target, and that the others were no better. */
function allFailed(failure: unknown, others: readonly string[]): unknown {
  if (!(failure instanceof Failure) || others.length === 0) return failure
  const said = others.slice(0, addressesSaid).join(', ')
  const also =
    others.length === 1
      ? `Its other address, ${said}, failed too.`
      : `Its ${others.length} other addresses failed too: ${said}${others.length > addressesSaid ? ' …' : ''}.`
  return new Failure(failure.reason, `${failure.message} ${also}`, failure.cause, failure.facts)
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
