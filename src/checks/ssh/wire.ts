// The wire of SSH before it is encrypted (RFC 4253): the first line of each side, packets, the pieces they are made of.
// Promises to read within bounds, and a Failure for whatever lies about its length. Must not know what is negotiated.
import { randomBytes } from 'node:crypto'
import type { Failure } from '../failure.ts'
import type { Dialogue } from '../talk/dialogue.ts'

/** A server may say so many lines before the one that counts. */
const linesMost = 50
/** RFC 4253, 6.1. */
const packetMost = 35_000
const blockSize = 8

export const message = {
  disconnect: 1,
  ignore: 2,
  unimplemented: 3,
  debug: 4,
  kexInit: 20,
  ecdhInit: 30,
  ecdhReply: 31,
}

/** The line by which a server says who it is, `SSH-2.0-OpenSSH_9.9`, with its bytes as they came. */
export async function identification(dialogue: Dialogue): Promise<string> {
  for (let count = 0; count < linesMost; count += 1) {
    const line = await dialogue.take((bytes) => {
      const end = bytes.indexOf(10)
      return end < 0 ? null : { value: bytes.toString('latin1', 0, end).replace(/\r$/, ''), length: end + 1 }
    })
    if (!line.startsWith('SSH-')) {
      // What is said before may be anything, but who speaks another protocol says it first and goes on.
      if (/^(HTTP\/|220[ -]|\* OK|\+OK|<)/.test(line)) throw dialogue.strange('does not speak SSH', line)
      continue
    }
    const version = /^SSH-(\d+\.\d+)-/.exec(line)?.[1]
    if (version === undefined) throw dialogue.strange('does not say which SSH it speaks', line)
    if (version !== '2.0' && version !== '1.99') throw dialogue.strange(`speaks SSH ${version} only, and not 2.0`, line)
    return line
  }
  throw dialogue.strange('does not speak SSH', 'many lines, none of which begins with SSH-')
}

/** A packet around a payload. */
export function pack(payload: Buffer): Buffer {
  const rest = (5 + payload.length) % blockSize
  const padding = rest > blockSize - 4 ? 2 * blockSize - rest : blockSize - rest
  const head = Buffer.alloc(5)
  head.writeUInt32BE(1 + payload.length + padding)
  head[4] = padding
  return Buffer.concat([head, payload, randomBytes(padding)])
}

/** The payload of the next packet that means something; throws a Failure when the server takes its leave. */
export async function readPacket(dialogue: Dialogue): Promise<Buffer> {
  for (;;) {
    const length = (await dialogue.exactly(4)).readUInt32BE()
    if (length < 2 || length > packetMost) throw broken(dialogue)
    const packet = await dialogue.exactly(length)
    const padding = packet.readUInt8()
    if (padding + 1 >= length) throw broken(dialogue)
    const payload = packet.subarray(1, length - padding)
    const type = payload.readUInt8()
    if (type === message.disconnect) throw sayDisconnect(dialogue, payload)
    if (type !== message.ignore && type !== message.debug && type !== message.unimplemented) return payload
  }
}

export const broken = (dialogue: Dialogue): Failure =>
  dialogue.strange('answers in a way that is not SSH’s', 'a packet that lies about its length')

function sayDisconnect(dialogue: Dialogue, payload: Buffer): Failure {
  const reader = new Pieces(payload.subarray(5), dialogue)
  return dialogue.refusal('closed', 'takes its leave', payload.length > 5 ? reader.string().toString('utf8') : '')
}

const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Bytes with their length before them. */
export const string = (value: Buffer | string): Buffer => {
  const bytes = Buffer.from(value)
  return Buffer.concat([uint32(bytes.length), bytes])
}

/** A positive number, big-endian, without needless zeros, and with one where it would else be negative. */
export function mpint(value: Buffer): Buffer {
  const first = value.findIndex((byte) => byte !== 0)
  const bare = first < 0 ? Buffer.alloc(0) : value.subarray(first)
  return string((bare[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.of(0), bare]) : bare)
}

/** The last words of a client, so that the server’s log says that it left by itself. */
export const farewell = (): Buffer =>
  pack(Buffer.concat([Buffer.of(message.disconnect), uint32(11), string('checked'), string('')]))

/** Pieces one after the other; throws a Failure where there is less than is said. */
export class Pieces {
  readonly #bytes: Buffer
  readonly #dialogue: Dialogue
  #at = 0
  constructor(bytes: Buffer, dialogue: Dialogue) {
    this.#bytes = bytes
    this.#dialogue = dialogue
  }

  take(length: number): Buffer {
    if (this.#at + length > this.#bytes.length) throw broken(this.#dialogue)
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  string(): Buffer {
    return this.take(this.take(4).readUInt32BE())
  }

  names(): string[] {
    const text = this.string().toString('latin1')
    return text === '' ? [] : text.split(',')
  }
}
