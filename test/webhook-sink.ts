// A receiver of webhooks for tests and examples that keeps what it gets and misbehaves as told.
// Promises real HTTP over real sockets. Must not know who sends.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { Socket } from 'node:net'
import { systemClock } from '#platform/clock.ts'
import { Received } from './received.ts'

export interface SinkRequest {
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The body read as JSON; null where it is none. */
  readonly json: unknown
}

/** `hang` never answers, `reset` cuts the connection, `endless` answers 500 with a body without end. */
export type Answer =
  | number
  | 'hang'
  | 'reset'
  | 'endless'
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      /** Waits so long before it answers. */
      readonly afterMs?: number
      /** Sends head and body, but no end. */
      readonly unfinished?: boolean
    }

export interface WebhookSinkOptions {
  /** 0, the default, picks one. */
  readonly port?: number
  readonly host?: string
  readonly tls?: { readonly key: string; readonly cert: string }
}

export interface WebhookSink {
  readonly url: string
  readonly port: number
  readonly requests: readonly SinkRequest[]
  /** Connections open now. */
  connections(): number
  waitFor(fits: (request: SinkRequest) => boolean, ms?: number): Promise<SinkRequest>
  /** How requests are answered from now on; 200 at first. */
  answer(how: (request: SinkRequest) => Answer): void
  stop(): Promise<void>
}

export async function startWebhookSink(options: WebhookSinkOptions = {}): Promise<WebhookSink> {
  const { port = 0, host = '127.0.0.1', tls } = options
  const received = new Received<SinkRequest>()
  const sockets = new Set<Socket>()
  let how: (request: SinkRequest) => Answer = () => 200
  const take = async (incoming: IncomingMessage, response: ServerResponse) => {
    const request = await read(incoming)
    received.add(request)
    reply(response, how(request))
  }
  const onRequest = (incoming: IncomingMessage, response: ServerResponse) => {
    take(incoming, response).catch(() => response.destroy())
  }
  const server = tls ? createTlsServer(tls, onRequest) : createServer(onRequest)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  const bound = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `${tls ? 'https' : 'http'}://${host}:${bound}/hook`,
    port: bound,
    requests: received.items,
    connections: () => sockets.size,
    waitFor: (fits, ms) => received.waitFor(fits, ms),
    answer: (next) => {
      how = next
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function read(incoming: IncomingMessage): Promise<SinkRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks).toString('utf8')
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
  return { method: incoming.method ?? '', path: incoming.url ?? '', headers, body, json: parse(body) }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

function reply(response: ServerResponse, answer: Answer): void {
  if (answer === 'hang') return
  if (answer === 'reset') response.socket?.resetAndDestroy()
  else if (answer === 'endless') flood(response)
  else if (typeof answer === 'number') response.writeHead(answer).end()
  else {
    const { status, headers = {}, body = '', afterMs = 0, unfinished = false } = answer
    systemClock.after(afterMs, () => {
      response.writeHead(status, headers)
      if (unfinished) response.write(body)
      else response.end(body)
    })
  }
}

function flood(response: ServerResponse): void {
  const block = Buffer.alloc(16_384, 'x')
  const pour = () => {
    while (!response.destroyed && response.write(block));
  }
  response.writeHead(500)
  response.on('drain', pour)
  pour()
}
