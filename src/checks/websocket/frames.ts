// Frames of WebSockets (RFC 6455): ours masked, the server's read within bounds, in whatever pieces they come.
// Promises whole messages, pings answered on the way, and a Failure for what breaks the rules. Knows no application.
import { isUtf8 } from 'node:buffer'
import { randomBytes } from 'node:crypto'
import { Failure } from '../failure.ts'
import type { Dialogue } from '../talk/dialogue.ts'

const op = { more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
type Op = (typeof op)[keyof typeof op]
const isOp = (number: number): number is Op => (Object.values(op) as number[]).includes(number)

/** So much is listened to, over all messages: what a page is sent at its start may be long. */
export const saidMost = 256 * 1024
const controlMost = 125

/** A whole message, or the answer to a ping of ours. */
export interface Message {
  readonly is: 'text' | 'binary' | 'pong'
  readonly bytes: Buffer
}

function frame(opcode: Op, payload: Buffer): Buffer {
  const { length } = payload
  const size = length < 126 ? [0x80 | length] : [0x80 | 126, length >> 8, length & 255]
  const mask = randomBytes(4)
  const masked = payload.map((byte, at) => byte ^ (mask[at & 3] ?? 0))
  return Buffer.concat([Buffer.from([0x80 | opcode, ...size]), mask, masked])
}

export const textFrame = (text: string): Buffer => frame(op.text, Buffer.from(text))
export const pingFrame = (payload: string): Buffer => frame(op.ping, Buffer.from(payload))
/** A normal end. */
export const closeFrame = (): Buffer => frame(op.close, Buffer.from([1000 >> 8, 1000 & 255]))

const codes: Readonly<Record<number, string>> = {
  1000: 'normal end',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'such data is not taken',
  1007: 'wrong data',
  1008: 'against its policy',
  1009: 'message too big',
  1011: 'error in the server',
  1012: 'restarting',
  1013: 'try again later',
}

interface Frame {
  readonly opcode: Op
  readonly isLast: boolean
  readonly payload: Buffer
}

const broken = (dialogue: Dialogue, how: string) =>
  new Failure('protocol', `${dialogue.target} breaks the rules of WebSockets: ${how}.`)

async function read(dialogue: Dialogue): Promise<Frame> {
  const head = await dialogue.exactly(2)
  const first = head.readUInt8(0)
  const second = head.readUInt8(1)
  const opcode = first & 15
  const isLast = first >= 0x80
  if (!isOp(opcode)) throw broken(dialogue, `there is no frame of type ${opcode}`)
  if ((first & 0x70) !== 0) throw broken(dialogue, 'it uses an extension that was not agreed on')
  if (second >= 0x80) throw broken(dialogue, 'its frames are masked')
  let length = second & 127
  if (opcode >= op.close && (length > controlMost || !isLast)) throw broken(dialogue, 'a control frame is too long')
  if (length === 126) length = (await dialogue.exactly(2)).readUInt16BE(0)
  else if (length === 127) length = Number((await dialogue.exactly(8)).readBigUInt64BE(0))
  if (length > saidMost) throw dialogue.tooLarge(length)
  return { opcode, isLast, payload: await dialogue.exactly(length) }
}

/** The next message. Answers pings on the way; throws a Failure where the server ends it. */
export async function receive(dialogue: Dialogue): Promise<Message> {
  let is: 'text' | 'binary' | null = null
  const parts: Buffer[] = []
  for (;;) {
    const { opcode, isLast, payload } = await read(dialogue)
    if (opcode === op.close) throw ended(dialogue, payload)
    if (opcode === op.pong) return { is: 'pong', bytes: payload }
    if (opcode === op.ping) {
      dialogue.say(frame(op.pong, payload))
      continue
    }
    if ((opcode === op.more) !== (is !== null)) throw broken(dialogue, 'parts of messages are mixed up')
    is ??= opcode === op.text ? 'text' : 'binary'
    parts.push(payload)
    if (!isLast) continue
    const bytes = Buffer.concat(parts)
    if (is === 'text' && !isUtf8(bytes)) throw broken(dialogue, 'a text is not UTF-8')
    return { is, bytes }
  }
}

function ended(dialogue: Dialogue, payload: Buffer): Failure {
  if (payload.length < 2) return new Failure('closed', `${dialogue.target} ends the WebSocket.`)
  const code = payload.readUInt16BE(0)
  const why = payload.toString('utf8', 2)
  const said = why === '' ? '' : `; it said ${dialogue.quote(why)}`
  const words = codes[code] === undefined ? `code ${code}` : `code ${code}, ${codes[code]}`
  return new Failure('closed', `${dialogue.target} ends the WebSocket (${words})${said}.`)
}
