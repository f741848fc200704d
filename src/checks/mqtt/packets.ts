// MQTT's packets as bytes: version 3.1.1 and 5 (https://docs.oasis-open.org/mqtt/mqtt/v5.0/mqtt-v5.0.html).
// Promises to read no packet that is longer than a check listens to. Must not know what is asked.
import type { Dialogue } from '../talk/dialogue.ts'

export type Version = '3.1.1' | '5'

export interface Packet {
  readonly type: PacketType
  readonly flags: number
  readonly body: Buffer
}

const types = { 2: 'connack', 3: 'publish', 9: 'suback', 13: 'pingresp', 14: 'disconnect' } as const
export type PacketType = (typeof types)[keyof typeof types]

const bodyMost = 60_000
const isType = (number: number): number is keyof typeof types => Object.hasOwn(types, number)

/** It does not speak as brokers do. */
export const strange = (dialogue: Dialogue, said: Buffer) =>
  dialogue.strange('does not speak MQTT', said.toString('latin1'))

/** The next packet, where wanted only of that type. Throws a Failure for what is none that we may be sent. */
export async function read(dialogue: Dialogue, only?: PacketType): Promise<Packet> {
  const head = await dialogue.exactly(2)
  const first = head.readUInt8(0)
  const number = first >> 4
  if (!isType(number) || (only !== undefined && types[number] !== only)) throw strange(dialogue, head)
  let last = head.readUInt8(1)
  let length = last & 127
  for (let shift = 7; last > 127; shift += 7) {
    if (shift > 21) throw strange(dialogue, head)
    last = (await dialogue.exactly(1)).readUInt8(0)
    length += (last & 127) << shift
  }
  if (length > bodyMost) throw dialogue.tooLarge(length)
  return { type: types[number], flags: first & 15, body: await dialogue.exactly(length) }
}

const int16 = (value: number) => Buffer.from([value >> 8, value & 255])
const text = (value: string) => {
  const bytes = Buffer.from(value)
  return Buffer.concat([int16(bytes.length), bytes])
}
/** Version 5 has properties, of which we have none. */
const none = (version: Version) => Buffer.from(version === '5' ? [0] : [])

function packet(first: number, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length: number[] = []
  for (let left = body.length; ; left >>= 7) {
    length.push(left > 127 ? (left & 127) | 128 : left)
    if (left <= 127) return Buffer.concat([Buffer.from([first, ...length]), body])
  }
}

export interface Hello {
  readonly version: Version
  readonly client: string
  /** Empty: none. */
  readonly user: string
  readonly password: string | undefined
  /** Seconds after which the broker may take us for gone. */
  readonly alive: number
}

/** A session that leaves nothing behind. */
export function connect({ version, client, user, password, alive }: Hello): Buffer {
  const level = version === '5' ? 5 : 4
  const flags = 0x02 | (user === '' ? 0 : 0x80) | (password === undefined ? 0 : 0x40)
  const who = [text(client), ...(user === '' ? [] : [text(user)]), ...(password === undefined ? [] : [text(password)])]
  return packet(0x10, text('MQTT'), Buffer.from([level, flags]), int16(alive), none(version), ...who)
}

/** Wants what comes to a topic, at most once each. */
export const subscribe = (version: Version, id: number, topic: string): Buffer =>
  packet(0x82, int16(id), none(version), text(topic), Buffer.from([0]))

/** At most once, and not kept. */
export const publish = (version: Version, topic: string, payload: string): Buffer =>
  packet(0x30, text(topic), none(version), Buffer.from(payload))

export const ping = (): Buffer => packet(0xc0)
export const disconnect = (): Buffer => packet(0xe0)

/** The body behind its properties, which begin at a place; null where their length lies. */
function behind(version: Version, body: Buffer, at: number): Buffer | null {
  if (version !== '5') return at > body.length ? null : body.subarray(at)
  let length = 0
  for (let shift = 0; shift <= 21; shift += 7) {
    const byte = body[at]
    if (byte === undefined) return null
    at += 1
    length += (byte & 127) << shift
    if (byte < 128) return at + length > body.length ? null : body.subarray(at + length)
  }
  return null
}

export interface Message {
  readonly topic: string
  readonly payload: string
  /** It lay there before. */
  readonly retained: boolean
}

/** What a publish says; null where its lengths lie. */
export function messageOf(version: Version, { flags, body }: Packet): Message | null {
  if (body.length < 2) return null
  const end = 2 + body.readUInt16BE(0)
  // A packet number follows only where delivery is certain, which we did not ask for.
  const payload = end > body.length || (flags & 6) !== 0 ? null : behind(version, body, end)
  if (!payload) return null
  return { topic: body.toString('utf8', 2, end), payload: payload.toString('utf8'), retained: (flags & 1) === 1 }
}

/** The one code of a SUBACK to that number; null where it is none. */
export function grantOf(version: Version, body: Buffer, id: number): number | null {
  if (body.length < 3 || body.readUInt16BE(0) !== id) return null
  return behind(version, body, 2)?.[0] ?? null
}
