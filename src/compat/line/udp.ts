// Statsd lines by UDP, several a datagram.
// Promises a large receive buffer where the system gives one, and to read only what allowed networks send.
import { createSocket, type Socket } from 'node:dgram'
import type { AddressInfo } from 'node:net'
import { isIPv6 } from 'node:net'
import type { Clock } from '#platform/clock.ts'
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

/** Bytes asked of the system for datagrams that wait; it may give less. */
const receiveBuffer = 4 << 20

/** Binds an address (an IP; `::` takes IPv4 as well); rejects with the system's error. */
export async function openUdp(parts: UdpParts, host: string, port: number): Promise<UdpDoor> {
  const { reader, gate, tally, clock, log } = parts
  const socket = createSocket({ type: isIPv6(host) ? 'udp6' : 'udp4' })
  socket.on('message', (bytes, sender) => {
    if (gate.isOpen(sender.address)) reader.read(bytes, 0, bytes.length, clock.now())
    else tally.reject('network', countLines(bytes))
  })
  await bound(socket, host, port)
  socket.on('error', (error) => log.error('the UDP socket for heartbeats failed', { error }))
  widen(socket, log)
  return {
    address: socket.address(),
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  }
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

function countLines(bytes: Buffer): number {
  let count = 0
  for (let start = 0; start < bytes.length;) {
    const end = lineEnd(bytes, start, bytes.length)
    if (!isBlank(bytes, start, end)) count += 1
    start = end + 1
  }
  return count
}
