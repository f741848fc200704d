// PostgreSQL's protocol, version 3 (https://www.postgresql.org/docs/current/protocol.html): its messages as bytes.
// Promises to read no message that is longer than a check listens to, and to take what is none for another protocol.
// Must not know what is asked.
import type { Dialogue } from '../talk/dialogue.ts'

export interface Message {
  /** The letter that says what it is. */
  readonly type: string
  readonly body: Buffer
}

/** An ErrorResponse. */
export interface Complaint {
  /** SQLSTATE: `28P01`. */
  readonly code: string
  readonly text: string
}

const bodyMost = 60_000
const version = 196_608
/** Whatever a server may send next has one of these letters. */
const known = new Set('RSKNEZTDCIv12sn3AtcGHW')

/** The next message. Throws a Failure for what is none. */
export async function read(dialogue: Dialogue): Promise<Message> {
  const head = await dialogue.exactly(5)
  const type = head.toString('latin1', 0, 1)
  const length = head.readUInt32BE(1) - 4
  if (!known.has(type) || length < 0) throw strange(dialogue, head)
  if (length > bodyMost) {
    // Such a length is a lie, or another protocol's text.
    if (length > 0x3fff_ffff || /^[\x20-\x7e]{5}$/.test(head.toString('latin1'))) throw strange(dialogue, head)
    throw dialogue.tooLarge(length)
  }
  return { type, body: await dialogue.exactly(length) }
}

/** It does not speak as PostgreSQL does. */
export const strange = (dialogue: Dialogue, said: Buffer) =>
  dialogue.strange('does not speak PostgreSQL', said.toString('latin1'))

const text = (value: string) => Buffer.from(`${value}\0`)
const int16 = (value: number) => Buffer.from([value >> 8, value & 255])
const int32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

/** A message with its length; the first one of a connection has no letter. */
function message(type: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

export function startup(user: string, database: string): Buffer {
  const settings = { user, database, client_encoding: 'UTF8', application_name: 'allswell' }
  return message('', int32(version), ...Object.entries(settings).flat().map(text), Buffer.from([0]))
}

export const password = (value: string): Buffer => message('p', text(value))

/** The first answer to a SASL challenge names the mechanism, the next one does not. */
export function sasl(answer: string, mechanism?: string): Buffer {
  const bytes = Buffer.from(answer)
  return mechanism === undefined ? message('p', bytes) : message('p', text(mechanism), int32(bytes.length), bytes)
}

/** One or several statements at once. */
export const query = (sql: string): Buffer => message('Q', text(sql))

/** One statement, and no more than one, whose first row is wanted; all values as text. */
export function oneStatement(sql: string): Buffer {
  return Buffer.concat([
    message('P', text(''), text(sql), int16(0)),
    message('B', text(''), text(''), int16(0), int16(0), int16(0)),
    message('E', text(''), int32(1)),
    message('S'),
  ])
}

export const terminate = (): Buffer => message('X')

/** The values of a DataRow; null where its lengths lie. */
export function rowOf(body: Buffer): (string | null)[] | null {
  if (body.length < 2) return null
  const values: (string | null)[] = []
  let at = 2
  for (let left = body.readUInt16BE(0); left > 0; left -= 1) {
    if (at + 4 > body.length) return null
    const length = body.readInt32BE(at)
    at += 4
    if (length < -1 || at + length > body.length) return null
    values.push(length < 0 ? null : body.toString('utf8', at, at + length))
    at += Math.max(length, 0)
  }
  return values
}

/** What an ErrorResponse says: fields, each a letter and a text. */
export function complaintOf(body: Buffer): Complaint {
  const fields = body.toString('utf8').split('\0')
  const field = (letter: string) => fields.find((one) => one.startsWith(letter))?.slice(1) ?? ''
  return { code: field('C'), text: field('M') }
}

/** A ParameterStatus: a setting and its value. */
export function parameterOf(body: Buffer): readonly [name: string, value: string] {
  const [name = '', value = ''] = body.toString('utf8').split('\0')
  return [name, value]
}
