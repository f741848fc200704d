// The faces of the small service that is watched which anybody may see: a web shop, a database, a ticker by UDP.
// Promises that each can be broken and mended, and keeps its port meanwhile. Must not know who watches it.
import { createSocket, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { eventually } from '#test/program/wait.ts'

export interface Face {
  readonly port: number
  break(): Promise<void> | void
  mend(): Promise<void> | void
  stop(): Promise<void>
}

export interface Shop extends Face {
  /** From now on it answers 200, and has so many things to sell. */
  stock(things: number): void
}

/** `GET /health` is answered with what there is to sell; while it is broken with 500. */
export async function openShop(): Promise<Shop> {
  let broken = false
  let things = 12
  const server = createHttpServer((_request, response) => {
    response.writeHead(broken ? 500 : 200, { 'content-type': broken ? 'text/plain' : 'application/json' })
    response.end(broken ? 'The basket is on fire.\n' : `${JSON.stringify({ status: 'OK', things })}\n`)
  })
  const port = await listen(server, 0)
  return {
    port,
    stock: (now) => void (things = now),
    break: () => void (broken = true),
    mend: () => void (broken = false),
    stop: async () => {
      server.closeAllConnections()
      await close(server)
    },
  }
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
  return { port, break: shut, mend, stop: shut }
}

/** Answers `price?` with a price; while it is broken nobody listens on its port. */
export async function openTicker(): Promise<Face> {
  let socket: UdpSocket | null = null
  const open = async (port: number) => {
    const fresh = createSocket('udp4')
    fresh.on('message', (bytes, from) => {
      if (bytes.toString() === 'price?') fresh.send('17.20 EUR', from.port, from.address)
    })
    fresh.bind(port, '127.0.0.1')
    try {
      await once(fresh, 'listening')
    } catch {
      fresh.close()
      return null
    }
    socket = fresh
    return fresh.address().port
  }
  const shut = () => {
    socket?.close()
    socket = null
    return Promise.resolve()
  }
  const port = (await open(0)) ?? 0
  const mend = async () => void (await eventually('the ticker listens again', () => open(port)))
  return { port, break: shut, mend, stop: shut }
}

export async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const reopen = (server: Server, port: number): Promise<number | null> => listen(server, port).catch(() => null)

export const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
  })
