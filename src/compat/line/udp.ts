// Statsd lines by UDP, several a datagram.
// Promises a large receive buffer where the system gives one, to read only what allowed networks send, and a short way
// from the system for floods.
import { createSocket, type Socket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { isIPv6 } from 'node:net'
import type { Clock } from '#platform/clock.ts'
import { type Drain, openDrain } from '#platform/drain.ts'
import type { Log } from '#platform/log.ts'
import type { Gate } from '../gate.ts'
import type { Tally } from '../tally.ts'
import { isBlank, lineEnd } from './grammar.ts'
import type { LineReader } from './reader.ts'

export interface UdpParts {
  readonly reader: LineReader
  readonly gate: Gate
  readonly tally: Tally
  readonly clock: Clock
  readonly log: Log
}

export interface UdpDoor {
  readonly address: AddressInfo
  close(): Promise<void>
}

/** So many datagrams within a second are a flood. */
const floodFrom = 2_000
const second = 1_000

/** Bytes asked of the system for datagrams that wait; it may give less. */
const receiveBuffer = 4 << 20

/** Bytes of datagrams that are kept until they may be read; what comes beyond is lost, as it is in the system. */
const heldMost = 4 << 20

/**
 * Binds an address (an IP; `::` takes IPv4 as well); rejects with the system's error. Until `ready` resolves,
 * datagrams wait.
 */
export async function openUdp(parts: UdpParts, host: string, port: number, ready?: Promise<void>): Promise<UdpDoor> {
  const { reader, gate, tally, clock, log } = parts
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' })
  let now = 0
  const take = (bytes: Buffer, from: number, to: number, sender: string) => {
    if (gate.isOpen(sender)) reader.read(bytes, from, to, now)
    else tally.reject('network', countLines(bytes, from, to))
  }
  const flood = new Flood(socket)
  const hear = (bytes: Buffer, sender: { readonly address: string }) => {
    now = clock.now()
    take(bytes, 0, bytes.length, sender.address)
    flood.came(now)?.run(take)
  }
  if (ready === undefined) socket.on('message', hear)
  else holdUntil(ready, socket, hear, (bytes) => tally.reject('full', countLines(bytes, 0, bytes.length)))
  await bound(socket, host, port)
  socket.on('error', (error) => log.error('the UDP socket for heartbeats failed', { error }))
  widen(socket, log)
  return {
    address: socket.address(),
    close: () => {
      flood.close()
      return new Promise((resolve) => socket.close(() => resolve()))
    },
  }
}

type Hear = (bytes: Buffer, sender: { readonly address: string }) => void

function holdUntil(ready: Promise<void>, socket: Socket, hear: Hear, lost: (bytes: Buffer) => void): void {
  const held: Parameters<Hear>[] = []
  let room = heldMost
  const hold: Hear = (bytes, { address }) => {
    room -= bytes.length
    if (room >= 0) held.push([bytes, { address }])
    else lost(bytes)
  }
  socket.on('message', hold)
  void ready.then(() => {
    socket.off('message', hold)
    for (const one of held) hear(...one)
    socket.on('message', hear)
  })
}

function bound(socket: Socket, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: Error) => {
      socket.close()
      reject(error)
    }
    socket.once('error', failed)
    socket.bind({ address: host, port }, () => {
      socket.off('error', failed)
      resolve()
    })
  })
}

function widen(socket: Socket, log: Log): void {
  try {
    socket.setRecvBufferSize(receiveBuffer)
  } catch (error) {
    log.warn('the receive buffer for UDP heartbeats could not be made larger', { bytes: receiveBuffer, error })
  }
}

function countLines(bytes: Buffer, from: number, to: number): number {
  let count = 0
  for (let start = from; start < to;) {
    const end = lineEnd(bytes, start, to)
    if (!isBlank(bytes, start, end)) count += 1
    start = end + 1
  }
  return count
}

/** Watches how much comes, and opens the short way once that is a flood. */
class Flood {
  readonly #socket: Socket
  #drain: Drain | null = null
  #tried = false
  #isOpen = true
  #since = 0
  #count = 0

  constructor(socket: Socket) {
    this.#socket = socket
  }

  /** A datagram came the long way; gives the short way for those behind it. */
  came(now: number): Drain | null {
    if (this.#tried) return this.#drain
    if (Math.abs(now - this.#since) >= second) {
      this.#since = now
      this.#count = 0
    }
    this.#count += 1
    if (this.#count >= floodFrom) void this.#open()
    return null
  }

  async #open(): Promise<void> {
    this.#tried = true
    const drain = await openDrain(this.#socket)
    if (this.#isOpen) this.#drain = drain
    else drain?.close()
  }

  /** Before the socket is closed: its descriptor may soon be another's. */
  close(): void {
    this.#isOpen = false
    this.#drain?.close()
    this.#drain = null
  }
}
