// Targets for tests of checks: servers on loopback that do exactly as a test says, and one look at them.
// Promises that every socket is gone when a test ends, and says so by failing when a check left one open.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createSecureContext, createServer as createTlsServer, type TlsOptions, TLSSocket } from 'node:tls'
import type { TestContext } from 'node:test'
import type { ActiveKind, Finding, Kind } from '#checks/check.ts'
import { runProbe } from '#checks/probe.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { type Lookup, openOutbound, type Outbound } from '#platform/outbound.ts'

export interface Target {
  readonly port: number
  /** Connections that came in. */
  readonly count: () => number
  /** Everything that was received, as text. */
  readonly received: () => string
  /** Resolves when so much was received that it contains the text. */
  heard(text: string): Promise<void>
  /** Resolves when no connection is open any more. */
  quiet(): Promise<void>
}

export type Talk = (socket: Socket, index: number) => void

/** A file of test/golden/tls as text. */
export const golden = (name: string): string => readFileSync(new URL(`golden/tls/${name}`, import.meta.url), 'utf8')

/** What a TLS server with that certificate (`good`, `expired`, `other`, `self`) needs. */
export const tlsOf = (name: string): TlsOptions => ({ key: golden('server.key'), cert: golden(`${name}.pem`) })

/** Begins TLS on a plain connection, as a server that was asked by STARTTLS; what is said inside. */
export function upgradeTo(socket: Socket, tls: TlsOptions): TLSSocket {
  const secured = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(tls) })
  secured.on('error', () => {})
  secured.on('end', () => secured.end())
  return secured
}

/** Begins TLS on a plain connection, where nothing more is said. */
export const upgrade = (socket: Socket, tls: TlsOptions): void => void upgradeTo(socket, tls)

export interface TargetTls extends TlsOptions {
  /** What the server staples for those who ask for OCSP. */
  readonly staple?: Buffer
}

/** Listens on 127.0.0.1, or where told, until the test ends. */
export async function openTarget(t: TestContext, talk: Talk, tls?: TargetTls, host = '127.0.0.1'): Promise<Target> {
  const open = new Set<Socket>()
  let count = 0
  let received = ''
  const changed: (() => void)[] = []
  const wake = () => {
    for (const call of changed.splice(0)) call()
  }
  const until = async (is: () => boolean) => {
    while (!is()) await new Promise<void>((resolve) => changed.push(resolve))
  }
  const hello = (socket: Socket) => {
    socket.on('error', () => {})
    socket.on('data', (bytes) => {
      received += bytes.toString('latin1')
      wake()
    })
    count += 1
    talk(socket, count)
  }
  const server: Server = tls ? createTlsServer(tls, hello) : createServer({ allowHalfOpen: true }, hello)
  if (tls?.staple)
    server.on('OCSPRequest', (_, __, answer: (e: null, staple?: Buffer) => void) => answer(null, tls.staple))
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      open.delete(socket)
      wake()
    })
  })
  server.listen(0, host)
  await once(server, 'listening')
  t.after(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return {
    port: (server.address() as AddressInfo).port,
    count: () => count,
    received: () => received,
    heard: (text) => until(() => received.includes(text)),
    quiet: () => until(() => open.size === 0),
  }
}

/** Says the bytes once a request has come, and ends the connection. */
export const answers =
  (...parts: (string | Buffer)[]): Talk =>
  (socket) => {
    socket.once('data', () => {
      for (const part of parts) socket.write(part)
      socket.end()
    })
  }

/** An HTTP answer of status line, headers and body with its length. */
export const page = (body: string, head = 'HTTP/1.1 200 OK'): string =>
  `${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`

export interface LookOptions {
  readonly timeout?: number
  readonly clock?: Clock
  readonly denied?: readonly string[]
  readonly lookup?: Lookup
  /** A way out of the test's own, in place of one that looks up and denies. */
  readonly outbound?: Outbound
  readonly signal?: AbortSignal
}

/** One check by that kind with settings as people write them. */
export function look(kind: Kind | undefined, spec: unknown, options: LookOptions = {}): Promise<Finding> {
  if (!kind?.active) throw new Error('not a kind that is checked')
  const { timeout = 5_000, clock = systemClock, denied = [], lookup, signal = new AbortController().signal } = options
  const { outbound = openOutbound({ denied, ...(lookup ? { lookup } : {}) }) } = options
  return runProbe(kind satisfies ActiveKind, kind.config.parse(spec), { clock, outbound, timeout, signal })
}
