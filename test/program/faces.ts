// Those whom the program meets in a test: services that misbehave on command, and the messages they get.
// Promises real sockets on loopback that are gone when the test ends.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { type SmtpSink, type SmtpSinkOptions, startSmtpSink } from '../smtp-sink.ts'
import { startWebhookSink, type WebhookSink } from '../webhook-sink.ts'
import type { Owner } from './program.ts'

/** A receiver of webhooks, or a web service to be watched: it answers as it is told. */
export async function webFace(t: Owner, port = 0): Promise<WebhookSink> {
  const sink = await startWebhookSink({ port })
  t.after(() => sink.stop())
  return sink
}

export async function mailFace(t: Owner, options?: SmtpSinkOptions): Promise<SmtpSink> {
  const sink = await startSmtpSink(options)
  t.after(() => sink.stop())
  return sink
}

/** A TCP service that does with each connection what it is told. */
export async function tcpFace(t: Owner, talk: (socket: Socket) => void): Promise<{ port: number; count(): number }> {
  const open = new Set<Socket>()
  let count = 0
  const server = createServer((socket) => {
    count += 1
    open.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => open.delete(socket))
    talk(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port, count: () => count }
}

/** A port of 127.0.0.1 on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
