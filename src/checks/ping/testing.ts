// For tests of pings: an ICMP socket whose other end is the test, and packets as hosts would send them, or would not.
// Promises a wall clock of its own, and to remember what was sent and whether it is open. Must not know any check.
import type { IcmpPacket, IcmpSocket, OpenIcmp } from '#platform/icmp.ts'
import { addressBytes, checksum, fillRequest, requestBytes } from './packet.ts'

export interface Wire {
  readonly open: OpenIcmp
  /** Times that a socket was opened, and those that are open still. */
  readonly opened: () => number
  readonly isOpen: () => boolean
  readonly sent: { readonly packet: Buffer; readonly to: Buffer }[]
  /** Puts a packet into the socket's buffer. `at`: when it came, on the wall clock. Gives null, as a good send. */
  arrive(bytes: Buffer, from: string, at?: number | null): null
}

/** `answer`: called for each request that is sent; gives an error code of the system where it cannot be. */
export function openWire(now: () => number, answer: (packet: Buffer, wire: Wire) => string | null): Wire {
  const inbox: IcmpPacket[] = []
  let [opened, closed] = [0, 0]
  const socket: IcmpSocket = {
    now,
    send(packet, to) {
      const copy = Buffer.from(packet)
      const wrong = answer(copy, wire)
      if (wrong === null) wire.sent.push({ packet: copy, to: Buffer.from(to) })
      return wrong
    },
    receive: () => inbox.shift() ?? null,
    close: () => (closed += 1),
  }
  const wire: Wire = {
    open: async () => {
      opened += 1
      return socket
    },
    opened: () => opened,
    isOpen: () => opened > closed,
    sent: [],
    arrive(bytes, from, at = null) {
      inbox.push({ bytes, from: addressBytes(from), at })
      return null
    },
  }
  return wire
}

/** An echo request with `size` bytes of data. */
export const buildRequest = (family: 4 | 6, number: number, tag: Uint8Array, size: number): Buffer =>
  fillRequest(Buffer.alloc(requestBytes(size)), family, number, tag)

/** The answer to an IPv4 request as it arrives; `change` may spoil the ICMP message before its checksum is made. */
export function reply4(
  request: Buffer,
  from: string,
  change: (message: Buffer) => Buffer = (message) => message,
): Buffer {
  const message = Buffer.from(request)
  message[0] = 0
  return inIp4(sealed(change(message)), from)
}

/** The answer to an IPv6 request as it arrives: without an IP header, its checksum seen to by the system. */
export function reply6(request: Buffer): Buffer {
  const message = Buffer.from(request)
  message[0] = 129
  return message
}

/** An ICMP error about an IPv4 request that went to `to`. */
export function report4(request: Buffer, to: string, [type, code]: readonly [number, number], from: string): Buffer {
  const quoted = inIp4(request, '192.0.2.9', to)
  const head = Buffer.from([type, code, 0, 0, 0, 0, 0, 0])
  return inIp4(sealed(Buffer.concat([head, quoted.subarray(0, 28)])), from)
}

/** An ICMP error about an IPv6 request that went to `to`. */
export function report6(request: Buffer, to: string, [type, code]: readonly [number, number]): Buffer {
  const quoted = Buffer.alloc(40)
  quoted[0] = 0x60
  quoted[6] = 58
  quoted.set(addressBytes(to), 24)
  return Buffer.concat([Buffer.from([type, code, 0, 0, 0, 0, 0, 0]), quoted, request])
}

function sealed(message: Buffer): Buffer {
  if (message.length < 4) return message
  message.writeUInt16BE(0, 2)
  message.writeUInt16BE(checksum(message), 2)
  return message
}

function inIp4(message: Buffer, from: string, to = '192.0.2.9'): Buffer {
  const head = Buffer.alloc(20)
  head[0] = 0x45
  head[9] = 1
  head.set(addressBytes(from), 12)
  head.set(addressBytes(to), 16)
  return Buffer.concat([head, message])
}
