// A small real DNS server for tests, on UDP and TCP (and TLS), that answers as a test says, or lies as it says.
// Promises to be gone when its owner, a test, ends. It shares no code with the product: both cannot be wrong alike.
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import type { Owner } from './program/program.ts'

/** A question as it came in. */
export interface Asked {
  readonly id: number
  readonly name: string
  readonly type: number
  readonly over: 'udp' | 'tcp'
  /** The 16 bits after the id. */
  readonly flags: number
  /** The size that EDNS announces; null without EDNS. */
  readonly edns: number | null
  /** From which port it came. */
  readonly port: number
  /** The whole message. */
  readonly bytes: Buffer
  /** Sends further bytes where the question came from. */
  readonly send: (bytes: Buffer) => void
}

/** What goes back: a message, or null for silence. */
export type Answering = (asked: Asked, index: number) => Buffer | null

export interface DnsServer {
  readonly port: number
  /** All questions so far. */
  readonly asked: readonly Asked[]
}

/** The bytes of a name, uncompressed. */
export const nameBytes = (name: string): Buffer =>
  Buffer.concat([
    ...name
      .split('.')
      .filter(Boolean)
      .map((label) => Buffer.from(String.fromCharCode(label.length) + label, 'latin1')),
    Buffer.of(0),
  ])

const u16 = (value: number) => Buffer.of((value >> 8) & 255, value & 255)
const u32 = (value: number) => Buffer.concat([u16(value >>> 16), u16(value & 0xffff)])
export const words = (...values: number[]): Buffer => Buffer.concat(values.map(u16))
export const longs = (...values: number[]): Buffer => Buffer.concat(values.map(u32))

/** Numbers of types. */
export const types = { A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, CAA: 257 } as const
export type Type = keyof typeof types

/** A resource record of class IN. */
export const record = (name: string | Buffer, type: Type | number, data: Buffer, ttl = 300): Buffer =>
  Buffer.concat([
    typeof name === 'string' ? nameBytes(name) : name,
    u16(typeof type === 'number' ? type : types[type]),
    u16(1),
    u32(ttl),
    u16(data.length),
    data,
  ])

export const a = (name: string, address: string): Buffer =>
  record(name, 'A', Buffer.from(address.split('.').map(Number)))

/** A pointer to the name in the question. */
export const pointer = Buffer.of(0xc0, 12)

export interface Said {
  readonly rcode?: number
  /** Of `aa tc ra ad`, set besides `qr` and what was asked. */
  readonly flags?: readonly (keyof typeof flagBits)[]
  readonly answers?: readonly Buffer[]
  readonly authorities?: readonly Buffer[]
  readonly additions?: readonly Buffer[]
  readonly id?: number
  /** Another question than the one that was asked; null leaves it out. */
  readonly question?: Buffer | null
  /** How many answers the header claims. */
  readonly claims?: number
}

const flagBits = { aa: 0x0400, tc: 0x0200, ra: 0x0080, ad: 0x0020 } as const

/** A message that answers. */
export function reply(asked: Asked, said: Said = {}): Buffer {
  const { answers = [], authorities = [], additions = [] } = said
  const question = said.question === undefined ? askedPart(asked) : said.question
  const flags = (said.flags ?? []).reduce((sum, name) => sum | flagBits[name], 0x8000 | (asked.flags & 0x0100))
  return Buffer.concat([
    u16(said.id ?? asked.id),
    u16(flags | (said.rcode ?? 0)),
    u16(question === null ? 0 : 1),
    u16(said.claims ?? answers.length),
    u16(authorities.length),
    u16(additions.length),
    question ?? Buffer.alloc(0),
    ...answers,
    ...authorities,
    ...additions,
  ])
}

export const askedPart = ({ name, type }: Pick<Asked, 'name' | 'type'>): Buffer =>
  Buffer.concat([nameBytes(name), u16(type), u16(1)])

/** Answers every question with these records. */
export const says =
  (...answers: Buffer[]): Answering =>
  (asked) =>
    reply(asked, { answers })

function read(bytes: Buffer, over: 'udp' | 'tcp', port: number, send: (bytes: Buffer) => void): Asked {
  const labels: string[] = []
  let at = 12
  for (let size = bytes[at] ?? 0; size > 0; size = bytes[at] ?? 0) {
    labels.push(bytes.toString('latin1', at + 1, at + 1 + size))
    at += 1 + size
  }
  return {
    id: bytes.readUInt16BE(0),
    flags: bytes.readUInt16BE(2),
    name: labels.join('.'),
    type: bytes.readUInt16BE(at + 1),
    edns: bytes.readUInt16BE(10) === 1 ? bytes.readUInt16BE(at + 8) : null,
    over,
    port,
    bytes,
    send,
  }
}

export interface ServerOptions {
  readonly host?: string
  /** Whether UDP is listened to; true unless said. */
  readonly udp?: boolean
  /** Whether TCP is; true unless said. */
  readonly tcp?: boolean
  readonly tls?: TlsOptions
  /** What TCP does instead of answering. */
  readonly talk?: (socket: Socket, message: Buffer) => void
}

/** Serves on one port of 127.0.0.1, or where told, until the test ends. */
export async function openDns(t: Owner, answer: Answering, options: ServerOptions = {}): Promise<DnsServer> {
  const { host = '127.0.0.1', udp = true, tcp = true } = options
  const asked: Asked[] = []
  const take = (one: Asked) => {
    asked.push(one)
    const bytes = answer(one, asked.length)
    if (bytes) one.send(bytes)
  }
  const stream = tcp ? await openStream(t, options, host, take) : null
  const datagrams = udp ? openDatagrams(t, host, take) : null
  if (datagrams) {
    datagrams.bind(stream?.port ?? 0, host)
    await once(datagrams, 'listening')
  }
  return { port: stream?.port ?? datagrams?.address().port ?? 0, asked }
}

async function openStream(
  t: Owner,
  { tls, talk }: ServerOptions,
  host: string,
  take: (asked: Asked) => void,
): Promise<{ readonly port: number }> {
  const open = new Set<Socket>()
  const hello = (socket: Socket) => {
    socket.on('error', () => {})
    let kept = Buffer.alloc(0)
    socket.on('data', (bytes: Buffer) => {
      kept = Buffer.concat([kept, bytes])
      if (kept.length < 2 || kept.length < 2 + kept.readUInt16BE(0)) return
      const message = kept.subarray(2, 2 + kept.readUInt16BE(0))
      const send = (answer: Buffer) => socket.write(Buffer.concat([u16(answer.length), answer]))
      if (talk) talk(socket, message)
      else take(read(message, 'tcp', socket.remotePort ?? 0, send))
    })
  }
  const server: Server = tls ? createTlsServer(tls, hello) : createServer(hello)
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => open.delete(socket))
  })
  server.listen(0, host)
  await once(server, 'listening')
  t.after(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return { port: (server.address() as AddressInfo).port }
}

function openDatagrams(t: Owner, host: string, take: (asked: Asked) => void): UdpSocket {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4')
  t.after(() => socket.close())
  socket.on('message', (bytes: Buffer, from: RemoteInfo) =>
    take(read(bytes, 'udp', from.port, (answer) => socket.send(answer, from.port, from.address))),
  )
  return socket
}
