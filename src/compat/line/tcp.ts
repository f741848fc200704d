// Statsd lines by TCP: connections, and lines put together from whatever pieces arrive.
// Promises bounded connections, lines and idle time, and that a full queue makes senders wait instead of losing lines.
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Clock, Timer } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Counter } from '#platform/metrics.ts'
import type { Gate } from '../gate.ts'
import type { Tally } from '../tally.ts'
import { lineFeed } from './grammar.ts'
import type { LineReader } from './reader.ts'

export interface TcpLimits {
  readonly connections: number
  /** Bytes of one line without its line feed. */
  readonly line: number
  /** Ms without a byte. */
  readonly idle: number
}
export const tcpLimits: TcpLimits = { connections: 10_000, line: 65_536, idle: 300_000 }

export interface TcpParts {
  /** Whether a connection is one of our own checks. */
  readonly isOwnCall?: (socket: Socket) => boolean
  readonly reader: LineReader
  readonly gate: Gate
  readonly tally: Tally
  /** Connections turned away, by `reason`. */
  readonly refused: Counter
  readonly clock: Clock
  readonly log: Log
  readonly limits: TcpLimits
}

export interface TcpDoor {
  readonly address: AddressInfo
  /** How many connections are open. */
  connections(): number
  close(): Promise<void>
}

/** So long a connection is not read after its lines met a full queue, ms. */
const waitMs = 50

/**
 * Listens on an address (an IP; `::` takes IPv4 as well); rejects with the system's error. Until `ready` resolves,
 * connections wait unread.
 */
export async function openTcp(parts: TcpParts, host: string, port: number, ready?: Promise<void>): Promise<TcpDoor> {
  const { gate, tally, refused, log, limits } = parts
  const sockets = new Set<Socket>()
  const crowded = refused.of({ reason: 'limit' })
  const foreign = refused.of({ reason: 'network' })
  let wait = ready?.then(() => void (wait = null)) ?? null
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    if (!gate.isOpen(socket.remoteAddress ?? null)) {
      foreign.add()
      tally.reject('network')
      socket.destroy()
      return
    }
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    if (wait === null) converse(parts, socket)
    else void wait.then(() => converse(parts, socket))
  })
  server.maxConnections = limits.connections
  server.on('drop', () => crowded.add())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, () => {
      server.off('error', reject)
      resolve()
    })
  })
  server.on('error', (error) => log.error('the TCP socket for heartbeats failed', { error }))
  return {
    address: server.address() as AddressInfo,
    connections: () => sockets.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function converse(parts: TcpParts, socket: Socket): void {
  if (socket.destroyed) return
  const conversation = new Conversation(parts, socket)
  socket.on('close', () => conversation.close())
}

/** One connection: what of it has not been read yet, and whether it has to wait. */
class Conversation {
  readonly #parts: TcpParts
  readonly #socket: Socket
  /** The beginning of a line whose end has not come, or the lines that wait for room. */
  #rest: Buffer | null = null
  #timer: Timer | null = null
  #isFirst = true

  constructor(parts: TcpParts, socket: Socket) {
    this.#parts = parts
    this.#socket = socket
    socket.setTimeout(parts.limits.idle, () => socket.destroy())
    socket.on('data', (chunk: Buffer) => this.#take(chunk))
    socket.on('end', () => this.#finish())
  }

  close(): void {
    this.#timer?.cancel()
    this.#rest = null
  }

  #take(chunk: Buffer): void {
    const { reader, tally, clock, limits } = this.#parts
    const bytes = this.#rest === null ? chunk : Buffer.concat([this.#rest, chunk])
    const whole = bytes.lastIndexOf(lineFeed) + 1
    if (bytes.indexOf(lineFeed) > limits.line || bytes.length - whole > limits.line) {
      tally.reject('too_long')
      this.#rest = null
      this.#socket.destroy()
      return
    }
    if (whole > 0 && this.#isFirst) {
      this.#isFirst = false
      // A browser can be made to send lines in a form; it says itself what it speaks. So can we, by a check.
      const own = this.#parts.isOwnCall?.(this.#socket) === true
      if (own || isHttp(bytes)) {
        tally.reject(own ? 'network' : 'syntax')
        this.#rest = null
        this.#socket.destroy()
        return
      }
    }
    const stopped = whole > 0 ? reader.read(bytes, 0, whole, clock.now()) : 0
    this.#rest = stopped < bytes.length ? own(bytes.subarray(stopped)) : null
    if (stopped < whole) this.#wait()
    else if (this.#socket.isPaused()) this.#socket.resume()
  }

  #wait(): void {
    this.#socket.pause()
    this.#timer = this.#parts.clock.after(waitMs, () => this.#take(nothing))
  }

  /** The last line may lack its line feed. */
  #finish(): void {
    const { reader, tally, clock } = this.#parts
    const rest = this.#rest
    this.#rest = null
    if (rest !== null && reader.read(rest, 0, rest.length, clock.now()) < rest.length) tally.reject('full')
  }
}

const nothing = Buffer.alloc(0)

/** Whether the first line is a request of HTTP. */
function isHttp(bytes: Buffer): boolean {
  const line = bytes.subarray(0, bytes.indexOf(lineFeed))
  return /\sHTTP\/\d\.\d\r?$/.test(line.subarray(-12).toString('latin1'))
}

/** A copy that holds on to no larger buffer. */
function own(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length)
  bytes.copy(copy)
  return copy
}
