// Raw ICMP sockets by way of the system's C library: bytes out, and bytes in with the moment at which they came.
// Promises never to block, and an IcmpError that says what is missing. Linux only. Must not know what a ping is.
// The library is loaded for the first socket: who pings nobody pays nothing.

export interface IcmpPacket {
  /** IPv4 with its IP header, IPv6 without. Valid until the next packet is received. */
  readonly bytes: Buffer
  /** The sender, 4 or 16 bytes. Valid until the next packet is received. */
  readonly from: Buffer
  /** When the system received it, on the scale of `now`; null where the system does not tell. */
  readonly at: number | null
}

export interface IcmpSocket {
  /** The system's wall clock, ms with fractions: what the system stamps packets with. */
  now(): number
  /** Sends to an address of 4 or 16 bytes. Gives null, or the system's error code such as `ENETUNREACH`. */
  send(packet: Uint8Array, to: Uint8Array): string | null
  /** The next packet that waits; null when none does. */
  receive(): IcmpPacket | null
  close(): void
}

/** Opens a socket that gets all answers and errors of its family; rejects with IcmpError. */
export type OpenIcmp = (family: 4 | 6) => Promise<IcmpSocket>

/** Why there is no raw socket; the message completes “raw ICMP …”. */
export class IcmpError extends Error {
  override readonly name = 'IcmpError'
}

type Call = (...values: readonly unknown[]) => number
interface Library {
  readonly call: Readonly<Record<'socket' | 'setsockopt' | 'sendto' | 'recvfrom' | 'ioctl' | 'clock' | 'close', Call>>
  /** The name of the error of the last call. */
  error(): string
}

/** Of Linux, the same for x64 and arm64. */
const linux = {
  raw: 3 | 0o4000 | 0o2000000, // SOCK_RAW | SOCK_NONBLOCK | SOCK_CLOEXEC
  receiveBuffer: [1, 8], // SOL_SOCKET, SO_RCVBUF
  stamp: 0x8907, // SIOCGSTAMPNS
  realtime: 0, // CLOCK_REALTIME
  ofFamily: {
    // The filters are (SOL_RAW, ICMP_FILTER) and (IPPROTO_ICMPV6, ICMP6_FILTER).
    4: { family: 2, protocol: 1, address: 16, begin: 4, end: 8, filter: [255, 1], mask: 4, wanted: [0, 3, 11, 12] },
    6: {
      family: 10,
      protocol: 58,
      address: 28,
      begin: 8,
      end: 24,
      filter: [58, 1],
      mask: 32,
      wanted: [1, 2, 3, 4, 129],
    },
  },
} as const

/** Room for the answers to a burst; the system may grant less. */
const receiveBytes = 1_048_576
const packetMost = 65_536

let library: Promise<Library> | null = null

async function loadLibrary(): Promise<Library> {
  if (process.platform !== 'linux') throw new IcmpError('is built for Linux alone')
  const koffi = await import('koffi').catch((error: Error) => {
    throw new IcmpError(`needs the package koffi, which does not load here (${error.message.split('\n')[0]})`)
  })
  const names = new Map(Object.entries(koffi.os.errno).map(([name, code]) => [code, name]))
  const system = koffi.load(null)
  const call = {
    socket: system.func('int socket(int, int, int)') as Call,
    setsockopt: system.func('int setsockopt(int, int, int, const void *, uint32_t)') as Call,
    sendto: system.func('long sendto(int, const void *, size_t, int, const void *, uint32_t)') as Call,
    recvfrom: system.func('long recvfrom(int, void *, size_t, int, void *, void *)') as Call,
    ioctl: system.func('int ioctl(int, unsigned long, void *)') as Call,
    clock: system.func('int clock_gettime(int, void *)') as Call,
    close: system.func('int close(int)') as Call,
  }
  return { call, error: () => names.get(koffi.errno()) ?? `E${koffi.errno()}` }
}

export const openIcmp: OpenIcmp = async (family) => {
  library ??= loadLibrary()
  const { call, error } = await library
  const own = linux.ofFamily[family]
  const socket = call.socket(own.family, linux.raw, own.protocol)
  if (socket < 0) throw new IcmpError(sayRefused(family, error()))
  const mask = Buffer.alloc(own.mask, 0xff)
  for (const type of own.wanted) mask[type >> 3] = (mask[type >> 3] as number) & ~(1 << (type & 7))
  call.setsockopt(socket, ...own.filter, mask, mask.length)
  const size = Buffer.alloc(4)
  size.writeInt32LE(receiveBytes)
  call.setsockopt(socket, ...linux.receiveBuffer, size, size.length)
  return new LinuxSocket({ call, error }, socket, own)
}

function sayRefused(family: 4 | 6, code: string): string {
  if (code === 'EPERM' || code === 'EACCES') return 'needs root or CAP_NET_RAW'
  if (code === 'EAFNOSUPPORT') return `needs IPv${family}, which this machine does not have`
  return `could not be opened (${code})`
}

class LinuxSocket implements IcmpSocket {
  readonly #library: Library
  readonly #socket: number
  readonly #own: (typeof linux.ofFamily)[4 | 6]
  readonly #to: Buffer
  readonly #from: Buffer
  readonly #fromLength = Buffer.alloc(4)
  readonly #time = Buffer.alloc(16)
  readonly #room = Buffer.alloc(packetMost)
  /** The packet that was received last, put together anew only where its length is another. */
  readonly #packet: { bytes: Buffer; from: Buffer; at: number | null }
  #open = true

  constructor(library: Library, socket: number, own: (typeof linux.ofFamily)[4 | 6]) {
    this.#library = library
    this.#socket = socket
    this.#own = own
    this.#to = Buffer.alloc(own.address)
    this.#to.writeUInt16LE(own.family)
    this.#from = Buffer.alloc(own.address)
    this.#packet = { bytes: this.#room, from: this.#from.subarray(own.begin, own.end), at: null }
    // The first question for a stamp switches stamping on.
    this.#stamp()
  }

  now(): number {
    this.#library.call.clock(linux.realtime, this.#time)
    return readTime(this.#time)
  }

  send(packet: Uint8Array, to: Uint8Array): string | null {
    if (!this.#open) return 'EBADF'
    this.#to.set(to, this.#own.begin)
    const sent = this.#library.call.sendto(this.#socket, packet, packet.length, 0, this.#to, this.#to.length)
    return sent < 0 ? this.#library.error() : null
  }

  receive(): IcmpPacket | null {
    if (!this.#open) return null
    const { recvfrom } = this.#library.call
    this.#fromLength.writeInt32LE(this.#from.length)
    const length = recvfrom(this.#socket, this.#room, packetMost, 0, this.#from, this.#fromLength)
    if (length < 0) return null
    const packet = this.#packet
    if (packet.bytes.length !== length) packet.bytes = this.#room.subarray(0, length)
    packet.at = this.#stamp()
    return packet
  }

  close(): void {
    if (this.#open) this.#library.call.close(this.#socket)
    this.#open = false
  }

  /** When the packet that was received last came in. */
  #stamp(): number | null {
    return this.#library.call.ioctl(this.#socket, linux.stamp, this.#time) < 0 ? null : readTime(this.#time)
  }
}

/** A `struct timespec` in ms. */
const readTime = (time: Buffer): number =>
  (time.readInt32LE(4) * 0x1_0000_0000 + time.readUInt32LE(0)) * 1_000 + time.readUInt32LE(8) / 1e6
