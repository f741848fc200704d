// MongoDB's messages (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/): a command, its answer.
// Promises to read no message that is longer than a check listens to. Knows no command.
import type { Dialogue } from '../talk/dialogue.ts'
import { decode, type Document, encode, type Sent } from './bson.ts'

const opMsg = 2013
const headSize = 16
const bodyMost = 60_000
/** The flags: a checksum follows; more answers follow. */
const hasChecksum = 1

/** A command to a database as the message of that number. */
export function message(number: number, database: string, command: { readonly [name: string]: Sent }): Buffer {
  const body = encode({ ...command, $db: database })
  const head = Buffer.alloc(headSize + 5)
  head.writeInt32LE(head.length + body.length, 0)
  head.writeInt32LE(number, 4)
  head.writeInt32LE(opMsg, 12)
  return Buffer.concat([head, body])
}

/** Whether it is the beginning of a text, such as another protocol's greeting, rather than a length. */
const isWords = (bytes: Buffer) => bytes.every((byte) => byte >= 0x20 && byte < 0x7f)

/** The answer to the message of that number. Throws a Failure for what is none. */
export async function answer(dialogue: Dialogue, number: number): Promise<Document> {
  const strange = (said: Buffer) => dialogue.strange('does not speak MongoDB', said.toString('latin1'))
  // Judged as soon as it is there: who lies about the length may say nothing more.
  const size = Buffer.from(await dialogue.exactly(4))
  const length = size.readInt32LE(0) - headSize
  if (length < 10) throw strange(size)
  if (length > bodyMost) throw isWords(size) ? strange(size) : dialogue.tooLarge(length)
  const head = await dialogue.exactly(headSize - 4)
  if (head.readInt32LE(4) !== number || head.readInt32LE(8) !== opMsg) throw strange(Buffer.concat([size, head]))
  const body = await dialogue.exactly(length)
  const flags = body.readUInt32LE(0)
  // One section, a document; an answer of several parts is none to what is asked here.
  const end = length - ((flags & hasChecksum) === 0 ? 0 : 4)
  const document = (flags & ~hasChecksum & 0xffff) === 0 && body[4] === 0 ? decode(body.subarray(5, end)) : null
  if (!document) throw strange(body)
  return document
}
