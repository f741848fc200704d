// Drains a UDP socket by way of the system's C library: many datagrams a call, none of them an object of its own.
// Promises never to block, the sender of each datagram, and null where the system cannot. Linux, 64 bits. The library
// is loaded for the first drain: who is sent little pays nothing. Must not know what datagrams hold.
import type { Socket } from 'node:dgram'
import { readFileSync, readdirSync, readlinkSync } from 'node:fs'

/** One datagram: bytes [from, to), valid until the call is over. */
export type TakeDatagram = (bytes: Buffer, from: number, to: number, sender: string) => void

export interface Drain {
  /** Hands over what waits, at most so many calls of the system; gives how many datagrams that were. */
  run(take: TakeDatagram): number
  /** Before the socket is closed. */
  close(): void
}

const atOnce = 16
const datagramMost = 65_536
/** Then others of this process have their turn. */
const callsMost = 64
const dontWait = 0x40
/** Sizes of `struct mmsghdr`, `struct iovec` and `struct sockaddr_in6`, and where a message's length stands. */
const sizes = { header: 64, vector: 16, name: 28 } as const
const lengthAt = 56
const familyOfIpv6 = 10

/** A drain of a bound socket; null where there can be none, and the socket's own events must do. */
export async function openDrain(socket: Socket): Promise<Drain | null> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return null
  const descriptor = descriptorOf(socket)
  const koffi = descriptor === null ? null : await import('koffi').catch(() => null)
  if (descriptor === null || koffi === null) return null
  const system = koffi.load(null)
  const receive = system.func('int recvmmsg(int, void *, unsigned int, int, void *)') as Receive
  const bytes = (sizes.header + sizes.vector + sizes.name + datagramMost) * atOnce
  const region = koffi.alloc('uint8', bytes)
  const messages = new Messages(Buffer.from(koffi.view(region, bytes)), koffi.address(region))
  let isOpen = true
  return {
    run(take) {
      if (!isOpen) return 0
      let taken = 0
      for (let calls = 0; calls < callsMost; calls += 1) {
        messages.prepare()
        const count = receive(descriptor, region, atOnce, dontWait, null)
        for (let index = 0; index < count; index += 1) messages.hand(index, take)
        if (count > 0) taken += count
        if (count < atOnce) break
      }
      return taken
    },
    close() {
      // The memory, a megabyte, is not given back: somebody may still look at a datagram.
      isOpen = false
    },
  }
}

type Receive = (socket: number, messages: unknown, count: number, flags: number, timeout: null) => number

/** Memory as `recvmmsg` wants it: headers, vectors, names, and then the datagrams themselves. */
class Messages {
  readonly #bytes: Buffer
  readonly #view: DataView
  readonly #names = (sizes.header + sizes.vector) * atOnce
  readonly #data = (sizes.header + sizes.vector + sizes.name) * atOnce
  readonly #sender = new Int32Array(4)
  #senderText = ''

  constructor(bytes: Buffer, address: bigint) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    const at = (offset: number) => address + BigInt(offset)
    for (let index = 0; index < atOnce; index += 1) {
      const header = index * sizes.header
      const vector = atOnce * sizes.header + index * sizes.vector
      this.#view.setBigUint64(header, at(this.#names + index * sizes.name), true)
      this.#view.setBigUint64(header + 16, at(vector), true)
      this.#view.setBigUint64(header + 24, 1n, true)
      this.#view.setBigUint64(vector, at(this.#data + index * datagramMost), true)
      this.#view.setBigUint64(vector + 8, BigInt(datagramMost), true)
    }
  }

  /** The system writes down how long each name is, and reads how long it may be. */
  prepare(): void {
    for (let index = 0; index < atOnce; index += 1) this.#view.setUint32(index * sizes.header + 8, sizes.name, true)
  }

  hand(index: number, take: TakeDatagram): void {
    const from = this.#data + index * datagramMost
    const length = this.#view.getUint32(index * sizes.header + lengthAt, true)
    take(this.#bytes, from, from + length, this.#senderOf(this.#names + index * sizes.name))
  }

  /** The text of an address; the same object for datagrams of one sender in a row. */
  #senderOf(name: number): string {
    const view = this.#view
    const known = this.#sender
    const long = view.getUint16(name, true) === familyOfIpv6
    const begin = long ? name + 8 : name + 4
    let isSame = this.#senderText.includes(':') === long
    for (let word = 0; word < (long ? 4 : 1); word += 1) {
      const value = view.getInt32(begin + word * 4)
      if (known[word] !== value) isSame = false
      known[word] = value
    }
    if (!isSame || this.#senderText === '')
      this.#senderText = textOf(this.#bytes.subarray(begin, begin + (long ? 16 : 4)))
    return this.#senderText
  }
}

function textOf(address: Buffer): string {
  if (address.length === 4) return address.join('.')
  return Array.from({ length: 8 }, (_, index) => address.readUInt16BE(index * 2).toString(16)).join(':')
}

/** The descriptor of a bound socket, which Node keeps to itself: the system lists sockets by port and by number. */
function descriptorOf(socket: Socket): number | null {
  const { port, family } = socket.address()
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  try {
    const lines = readFileSync(family === 'IPv6' ? '/proc/net/udp6' : '/proc/net/udp', 'utf8')
      .split('\n')
      .slice(1)
    const inodes = new Set(
      lines.map((line) => line.trim().split(/\s+/)).flatMap((row) => (row[1]?.endsWith(wanted) ? [row[9]] : [])),
    )
    const found = readdirSync('/proc/self/fd').filter((name) => {
      const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/self/fd/${name}`))?.[1]
      return inode !== undefined && inodes.has(inode)
    })
    // Where several sockets of this process have the port, nobody can tell which one it is.
    return found.length === 1 ? Number(found[0]) : null
  } catch {
    return null
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
