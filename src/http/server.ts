// The HTTP server: one port, bounds on everything a stranger can send, hot paths first and Hono after them.
// Promises that a slow or endless client holds up nobody, and that closing lets what is under way finish.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { type Clock, sleep } from '#platform/clock.ts'
import type { Log } from '#platform/log.ts'
import type { Counter } from '#platform/metrics.ts'
import type { App } from './mount.ts'

/** Answers a request on bare node:http and says so, or leaves it to the next. */
export type HotHandler = (request: IncomingMessage, response: ServerResponse) => boolean

export interface ServerBounds {
  /** Headers must be complete within so many ms, the whole request within the next. */
  readonly headersMs: number
  readonly requestMs: number
  /** How often the two are looked at. */
  readonly lookMs: number
  readonly keepAliveMs: number
  /** A connection on which nothing moves, in either direction, is closed. */
  readonly idleMs: number
  readonly headerBytes: number
  readonly connections: number
  /** Requests on one connection that are sent before their answers are read; who sends more is cut off. */
  readonly unanswered: number
  /** How long requests under way may take when closing. */
  readonly closeMs: number
}

export const usualBounds: ServerBounds = {
  headersMs: 15_000,
  requestMs: 60_000,
  lookMs: 5_000,
  keepAliveMs: 20_000,
  idleMs: 120_000,
  headerBytes: 16_384,
  connections: 20_000,
  unanswered: 16,
  closeMs: 3_000,
}

export interface ServerParts {
  readonly app: Pick<App, 'fetch'>
  readonly hot: readonly HotHandler[]
  readonly clock: Clock
  readonly log: Log
  /** By which setting its address is chosen; left out: `--listen`. */
  readonly flag?: string
  /** Counts connections turned away because there are too many. */
  readonly dropped: Counter
  readonly bounds?: Partial<ServerBounds>
}

export interface HttpServer {
  /**
   * Port 0 picks a free one. Host `::` is all interfaces. Rejects with a sentence for people. `ready`: until it
   * resolves, requests wait unread.
   */
  listen(host: string, port: number, ready?: Promise<void>): Promise<{ readonly host: string; readonly port: number }>
  /** Takes no more requests, lets those under way finish within the bound, then ends them. */
  close(): Promise<void>
}

export function openServer(parts: ServerParts): HttpServer {
  const bounds = { ...usualBounds, ...parts.bounds }
  const server = createServer({
    headersTimeout: bounds.headersMs,
    requestTimeout: bounds.requestMs,
    connectionsCheckingInterval: bounds.lookMs,
    keepAliveTimeout: bounds.keepAliveMs,
    maxHeaderSize: bounds.headerBytes,
    noDelay: true,
  })
  server.maxConnections = bounds.connections
  server.setTimeout(bounds.idleMs)
  server.on('drop', () => parts.dropped.add())
  const dispatch = dispatcher(parts, bounds.unanswered)
  let wait: Promise<void> | null = null
  server.on('request', (request, response) => {
    if (wait === null) dispatch(request, response)
    else void wait.then(() => dispatch(request, response))
  })
  return {
    listen: async (host, port, ready) => {
      wait = ready?.then(() => void (wait = null)) ?? null
      await listening(server, host, port, parts.flag ?? '--listen')
      const { address, port: bound } = server.address() as AddressInfo
      return { host: address, port: bound }
    },
    close: () => closed(server, parts.clock, bounds.closeMs),
  }
}

function dispatcher({ app, hot, log }: ServerParts, unanswered: number) {
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false })
  const admitted = admission(unanswered)
  return (request: IncomingMessage, response: ServerResponse) => {
    if (!admitted(request.socket, response)) return
    try {
      for (const handler of hot) if (handler(request, response)) return
    } catch (error) {
      log.error('a request failed', { path: request.url, error })
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
      response.end('It failed here, not at your end.\n')
      return
    }
    void answer(request, response)
  }
}

/** Counts what each connection still has to be answered. Too much: the connection is ended, the request is not seen. */
function admission(most: number) {
  const waiting = new WeakMap<Socket, number>()
  return (socket: Socket, response: ServerResponse): boolean => {
    // What was read from a connection in one go is still parsed when it has been ended.
    if (socket.destroyed) return false
    const count = (waiting.get(socket) ?? 0) + 1
    if (count > most) {
      socket.destroy()
      return false
    }
    waiting.set(socket, count)
    response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1))
    return true
  }
}

const allInterfaces = new Set(['', '*', '::'])

function listening(server: Server, host: string, port: number, flag: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) =>
      reject(new Error(explain(error, host, port, flag), { cause: error }))
    server.once('error', failed)
    const done = () => {
      server.off('error', failed)
      resolve()
    }
    // Without a host Node listens on all interfaces, IPv6 and IPv4, or IPv4 alone where there is no other.
    if (allInterfaces.has(host)) server.listen(port, done)
    else server.listen(port, host, done)
  })
}

function explain(error: NodeJS.ErrnoException, host: string, port: number, flag: string): string {
  const where = allInterfaces.has(host) ? 'all interfaces' : host
  const choose = `choose another with ${flag} HOST:PORT`
  if (error.code === 'EADDRINUSE') return `Port ${port} on ${where} is taken by another program; ${choose}.`
  if (error.code === 'EACCES') return `Port ${port} needs more rights than this program has; ${choose}.`
  if (error.code === 'EADDRNOTAVAIL') return `This machine has no address ${host}; ${choose}.`
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return `The name ${host} cannot be resolved; ${choose}.`
  return `Cannot listen on port ${port} of ${where}: ${error.message}; ${choose}.`
}

async function closed(server: Server, clock: Clock, withinMs: number): Promise<void> {
  if (!server.listening) return
  const over = new AbortController()
  const done = new Promise<void>((resolve) => {
    server.close(() => {
      over.abort()
      resolve()
    })
  })
  const end = clock.monotonic() + withinMs
  while (!over.signal.aborted && clock.monotonic() < end) {
    server.closeIdleConnections()
    await sleep(clock, 20, over.signal)
  }
  server.closeAllConnections()
  await done
}
