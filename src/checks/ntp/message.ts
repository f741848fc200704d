// Messages of NTP (RFC 5905): a question with a timestamp that nobody can guess, and what a server answers.
// Promises null for whatever does not answer the question. Must not know sockets, nor what a good time is.

const length = 48
const client = 3
const server = 4
const version = 4
/** Seconds from 1900, where NTP begins to count, to 1970. */
const epoch = 2_208_988_800

export interface TimeAnswer {
  /** 0 none, 1 and 2 a leap second is announced, 3 the server is not synchronised. */
  readonly leap: number
  /** 0 it refuses, 1 it has a clock of its own, 2 to 15 it asks others, 16 it is not synchronised. */
  readonly stratum: number
  /** Where its time comes from: `GPS`, an address, or the code with which it refuses, `RATE`. */
  readonly reference: string
  /** Ms. */
  readonly rootDelay: number
  readonly rootDispersion: number
  /** Epoch ms: when the question came in, when the answer went out; null where the server says nothing. */
  readonly received: number | null
  readonly sent: number | null
}

/** A question; `cookie`: 8 bytes that come back with the answer. It tells nothing of this machine’s clock. */
export function spellQuestion(cookie: Buffer): Buffer {
  const bytes = Buffer.alloc(length)
  bytes[0] = (version << 3) | client
  cookie.copy(bytes, 40)
  return bytes
}

/** The answer to the question with that cookie, near an epoch time in ms; null where it is none. */
export function readAnswer(bytes: Buffer, cookie: Buffer, now: number): TimeAnswer | null {
  if (bytes.length < length || (bytes.readUInt8() & 7) !== server) return null
  if (!bytes.subarray(24, 32).equals(cookie)) return null
  const stratum = bytes.readUInt8(1)
  return {
    leap: bytes.readUInt8() >> 6,
    stratum,
    reference: sayReference(stratum, bytes.subarray(12, 16)),
    rootDelay: short(bytes.readUInt32BE(4)),
    rootDispersion: short(bytes.readUInt32BE(8)),
    received: timestamp(bytes, 32, now),
    sent: timestamp(bytes, 40, now),
  }
}

/** Ms of 16 bits of seconds and 16 of their fraction. */
const short = (value: number) => (value / 0x1_0000) * 1_000

/** Epoch ms of seconds and their fraction, in the era (of 136 years) that is nearest to now. */
function timestamp(bytes: Buffer, at: number, now: number): number | null {
  const seconds = bytes.readUInt32BE(at)
  const fraction = bytes.readUInt32BE(at + 4)
  if (seconds === 0 && fraction === 0) return null
  const ours = Math.floor(now / 1_000) + epoch
  const away = (seconds - ours) | 0
  return (ours + away - epoch) * 1_000 + (fraction / 0x1_0000_0000) * 1_000
}

/** Four letters where the server has a clock of its own or refuses, else mostly an IPv4 address. */
function sayReference(stratum: number, bytes: Buffer): string {
  if (stratum > 1) return [...bytes].join('.')
  return bytes.toString('latin1').replaceAll(/[^\u0021-\u007e]/g, '')
}
