// The faces that speak TLS: the checkout by HTTPS, and the queue of orders by lines of text.
// Promises that their certificates can be exchanged while they run. Must not know who watches them.
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { createServer as createTlsServer, type SecureContextOptions } from 'node:tls'
import { type Authority, type Certificate, makeAuthority, makeCertificate } from './certificate.ts'
import { close, type Face, listen } from './faces.ts'

/** Who vouches for the service: an authority that people trust, and one between it and the servers. */
export interface Vouching {
  readonly root: Authority
  readonly between: Authority
}

export function vouch(): Vouching {
  const root = makeAuthority('Example Root')
  return { root, between: makeAuthority('Example Issuer', root) }
}

/** The certificate of a server and what it shows with it. */
const shown = ({ key, pem }: Certificate, between: Authority | null): SecureContextOptions => ({
  key: key.export({ type: 'pkcs8', format: 'pem' }),
  cert: between === null ? pem : pem + between.pem,
})

export interface Checkout {
  readonly port: number
  /** Shows another certificate from now on, for so many days; `whole`: with that of the authority between. */
  exchange(days: number, whole?: boolean): void
  stop(): Promise<void>
}

const checkoutName = 'checkout.example.test'
export const password = 'honey-and-tea'

/** `POST /login` gives a token, and with it `GET /basket` what is in the basket. */
export async function openCheckout({ between }: Vouching): Promise<Checkout> {
  const fresh = (days: number, whole = true) =>
    shown(makeCertificate(checkoutName, days, between), whole ? between : null)
  const tokens = new Set<string>()
  const server = createHttpsServer(fresh(90), (request, response) => {
    attend(request, response, tokens).catch(() => response.destroy())
  })
  const port = await listen(server, 0)
  return {
    port,
    exchange: (days, whole) => server.setSecureContext(fresh(days, whole)),
    stop: async () => {
      server.closeAllConnections()
      await close(server)
    },
  }
}

async function attend(request: IncomingMessage, response: ServerResponse, tokens: Set<string>): Promise<void> {
  const { method, url, headers } = request
  const answer = (status: number, body: unknown) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  const token = headers.authorization?.replace(/^Bearer /, '')
  const said = await text(request)
  if (method === 'POST' && url === '/login' && said.includes(`"password": "${password}"`)) {
    const fresh = randomUUID()
    tokens.add(fresh)
    answer(200, { token: fresh })
  } else if (url === '/basket' && token !== undefined && tokens.delete(token)) answer(200, { items: ['tea', 'honey'] })
  else answer(401, { error: 'Who are you?' })
}

/** Answers `STATUS` with how many orders wait; while it is broken that its disk is full. */
export async function openQueue({ between }: Vouching): Promise<Face> {
  let broken = false
  const sockets = new Set<Socket>()
  const certificate = makeCertificate('queue.example.test', 90, between)
  const server = createTlsServer(shown(certificate, between), (socket) => {
    socket.on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      const asked = bytes.toString() === 'STATUS\r\n'
      socket.end(asked && !broken ? '+OK 3 orders are waiting\r\n' : '-ERR the disk is full\r\n')
    })
  })
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const port = await listen(server, 0)
  return {
    port,
    break: () => void (broken = true),
    mend: () => void (broken = false),
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      await close(server)
    },
  }
}
