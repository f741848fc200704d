// The small service that is watched: a web shop with an HTTP face and a database with a TCP face, on 127.0.0.1.
// Promises that each face can be broken and mended, and keeps its port meanwhile. Must not know who watches it.
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { eventually } from '#test/program/wait.ts'

export interface Face {
  readonly port: number
  /** How often somebody was turned down since it was broken. */
  turnedDown(): number
  break(): Promise<void>
  mend(): Promise<void>
  stop(): Promise<void>
}

/** `GET /health` is answered `OK`; while it is broken with 500. */
export async function openShop(): Promise<Face> {
  let broken = false
  let turnedDown = 0
  const server = createHttpServer((_request, response) => {
    if (broken) turnedDown += 1
    response.writeHead(broken ? 500 : 200, { 'content-type': 'text/plain' })
    response.end(broken ? 'The basket is on fire.\n' : 'OK\n')
  })
  const port = await listen(server, 0)
  const turn = (now: boolean) => {
    broken = now
    turnedDown = 0
    return Promise.resolve()
  }
  const stop = async () => {
    server.closeAllConnections()
    await close(server)
  }
  return { port, turnedDown: () => turnedDown, break: () => turn(true), mend: () => turn(false), stop }
}

/** Says `ready` to whoever connects; while it is broken nobody listens on its port. */
export async function openDatabase(): Promise<Face> {
  const sockets = new Set<Socket>()
  const server = createTcpServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    socket.end('ready\n')
  })
  const port = await listen(server, 0)
  const shut = async () => {
    for (const socket of sockets) socket.destroy()
    if (server.listening) await close(server)
  }
  // A passing connection of somebody else may have taken the port for a moment.
  const mend = async () => void (await eventually('the database listens again', () => reopen(server, port)))
  return { port, turnedDown: () => 0, break: shut, mend, stop: shut }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const reopen = (server: Server, port: number): Promise<number | null> => listen(server, port).catch(() => null)

const close = (server: Server) =>
  new Promise<void>((resolve) => {
    server.close(() => resolve())
  })
