// ICMP messages as bytes: building an echo request, reading answers and errors of both versions.
// Promises to read anything without a throw, and to give null for whatever is not whole. Must not know any socket.
import { isIPv4 } from 'node:net'
import { plainAddress } from '#platform/networks.ts'

/** What an echo request carries at the beginning of its data, to be known again by. */
export const tagBytes = 8

export interface Reply {
  readonly what: 'reply'
  /** Identifier and sequence as one number. */
  readonly number: number
  /** Where in what was received its data begin; they go on to the end. */
  readonly begin: number
}

export interface Report {
  readonly what: 'report'
  /** Of the echo request that it is about, as is what follows. */
  readonly number: number
  readonly to: Buffer
  /** As much of the request's data as the report holds. */
  readonly data: Buffer
  /** What it says: `host unreachable`. */
  readonly words: string
}

const header = 8
const types = {
  4: { request: 8, reply: 0, protocol: 1 },
  6: { request: 128, reply: 129, protocol: 58 },
} as const

const prohibited = 'communication prohibited'
const unreachable4: Readonly<Record<number, string>> = {
  0: 'network unreachable',
  1: 'host unreachable',
  2: 'protocol unreachable',
  3: 'port unreachable',
  4: 'packet too large',
  6: 'network unknown',
  7: 'host unknown',
  9: prohibited,
  10: prohibited,
  13: prohibited,
}
const unreachable6: Readonly<Record<number, string>> = {
  0: 'no route to the host',
  1: prohibited,
  2: 'address beyond its scope',
  3: 'host unreachable',
  4: 'port unreachable',
  5: prohibited,
  6: 'route rejected',
}
const tooFar = 'TTL exceeded (too many hops on the way)'
const unread = 'packet not understood'

/** The words of an ICMP error; null for what is none. */
function sayError(family: 4 | 6, type: number, code: number): string | null {
  if (family === 4) {
    if (type === 3) return unreachable4[code] ?? 'destination unreachable'
    if (type === 11) return tooFar
    return type === 12 ? unread : null
  }
  if (type === 1) return unreachable6[code] ?? 'destination unreachable'
  if (type === 2) return 'packet too large'
  if (type === 3) return tooFar
  return type === 4 ? unread : null
}

/** The internet checksum (RFC 1071) of what begins there: 0 over a message that holds its own. */
export function checksum(bytes: Uint8Array, begin = 0): number {
  const even = bytes.length - ((bytes.length - begin) % 2)
  let sum = 0
  for (let at = begin; at < even; at += 2) sum += ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
  if (even < bytes.length) sum += (bytes[even] as number) << 8
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** Bytes of a request with so many of data. */
export const requestBytes = (size: number): number => header + size

/**
 * An echo request whose data begin with the tag, in the bytes of an older one or in zeros. The system fills in the
 * checksum of IPv6.
 */
export function fillRequest(packet: Buffer, family: 4 | 6, number: number, tag: Uint8Array): Buffer {
  packet[0] = types[family].request
  packet[2] = packet[3] = 0
  packet.writeUInt32BE(number, 4)
  for (let at = 0; at < tagBytes; at += 1) packet[header + at] = tag[at] as number
  if (family === 4) packet.writeUInt16BE(checksum(packet), 2)
  return packet
}

/** Reads what a raw socket received: IPv4 with its IP header. Null for what is broken, cut off or of no interest. */
export function readMessage(family: 4 | 6, bytes: Buffer): Reply | Report | null {
  const from = family === 4 ? contentOf4(bytes) : 0
  if (from < 0 || bytes.length < from + header) return null
  if (family === 4 && checksum(bytes, from) !== 0) return null
  const type = bytes[from] as number
  const code = bytes[from + 1] as number
  const begin = from + header
  if (type === types[family].reply)
    return code === 0 ? { what: 'reply', number: bytes.readUInt32BE(from + 4), begin } : null
  const words = sayError(family, type, code)
  return words === null ? null : readReported(family, bytes.subarray(begin), words)
}

/** The request that an error quotes, IP header and all. */
function readReported(family: 4 | 6, quoted: Buffer, words: string): Report | null {
  const from = family === 4 ? contentOf4(quoted) : contentOf6(quoted)
  if (from < 0 || quoted.length < from + header || quoted[from] !== types[family].request) return null
  const to = family === 4 ? quoted.subarray(16, 20) : quoted.subarray(24, 40)
  return { what: 'report', number: quoted.readUInt32BE(from + 4), to, data: quoted.subarray(from + header), words }
}

/** Where after the IP header the message begins; -1 where there is none. */
function contentOf4(bytes: Buffer): number {
  if (bytes.length < 20 || (bytes[0] as number) >> 4 !== 4 || bytes[9] !== types[4].protocol) return -1
  const length = ((bytes[0] as number) & 15) * 4
  return length < 20 || bytes.length < length ? -1 : length
}

function contentOf6(bytes: Buffer): number {
  return bytes.length < 40 || (bytes[0] as number) >> 4 !== 6 || bytes[6] !== types[6].protocol ? -1 : 40
}

/** The 4 or 16 bytes of an address; throws for what is none. */
export function addressBytes(text: string): Buffer {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number))
  const plain = plainAddress(text)
  if (plain === null) throw new Error(`${text} is not an address`)
  if (plain.family === 4) return addressBytes(plain.address)
  const [left = '', right] = plain.address.split('::')
  const words = (part: string) => (part === '' ? [] : part.split(':').map((word) => Number.parseInt(word, 16)))
  const [first, last] = [words(left), words(right ?? '')]
  const all = [...first, ...new Array<number>(8 - first.length - last.length).fill(0), ...last]
  return Buffer.from(all.flatMap((word) => [word >> 8, word & 255]))
}

/** The address of 4 or 16 bytes as text. */
export function sayAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  const words = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] as number) << 8) | (bytes[2 * index + 1] as number)).toString(16),
  )
  return plainAddress(words.join(':'))?.address ?? words.join(':')
}
