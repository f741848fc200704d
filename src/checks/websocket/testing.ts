// Servers of WebSockets for tests: a real one (the package `ws`, as the browser tests' driver brings it along), and
// one of bytes that does exactly as a test says. Promises that all of it is gone when a test ends.
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo, Socket } from 'node:net'
import type { TestContext } from 'node:test'
import type { Talk } from '#test/targets.ts'

/** What is used of `ws`. */
export interface Peer {
  on(event: 'message', call: (bytes: Buffer, isBinary: boolean) => void): void
  on(event: 'close', call: (code: number) => void): void
  send(text: string): void
  close(code: number, why: string): void
}

interface ServerOptions {
  readonly server: unknown
  readonly handleProtocols?: (offered: ReadonlySet<string>) => string | false
  readonly verifyClient?: (info: { readonly req: IncomingMessage }) => boolean
}

interface Bundle {
  readonly wsServer: new (options: ServerOptions) => {
    on(event: 'connection', call: (peer: Peer, request: IncomingMessage) => void): void
    close(): void
  }
}

// It has no types of its own there.
const { wsServer: Server } = createRequire(import.meta.url)('playwright-core/lib/utilsBundle') as Bundle

/** Listens on 127.0.0.1 until the test ends; its port. */
export async function openWebsocket(
  t: TestContext,
  meet: (peer: Peer, request: IncomingMessage) => void,
  options: Omit<ServerOptions, 'server'> = {},
): Promise<number> {
  const server = createServer((_, response) => response.writeHead(404).end('nothing here'))
  const sockets = new Server({ server, ...options })
  sockets.on('connection', meet)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    sockets.close()
    server.closeAllConnections()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** Agrees to be a WebSocket, says those bytes, and ends when it hears a goodbye. */
export const bytesAfter =
  (...bytes: readonly (readonly number[] | string)[]): Talk =>
  (socket) => {
    agree(socket, (usual) => usual, bytes)
    socket.on('data', (heard: Buffer) => void (heard[0] === 0x88 && socket.end()))
  }

/** Agrees to be a WebSocket, with the usual lines or others; `accept`: what answers the key. */
export function agree(
  socket: Socket,
  head: (usual: string, accept: string) => string,
  bytes: readonly (readonly number[] | string)[] = [],
): void {
  socket.once('data', (request: Buffer) => {
    const key = /^sec-websocket-key: (.*)\r$/im.exec(request.toString('latin1'))?.[1] ?? ''
    const accept = createHash('sha1').update(`${key}${guid}`).digest('base64')
    const usual = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n`
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${head(usual, accept)}\r\n`)
    for (const one of bytes) socket.write(typeof one === 'string' ? Buffer.from(one, 'latin1') : Buffer.from(one))
  })
}
