// Messages of DNS: a question as bytes, an answer from bytes (RFC 1035, EDNS0 of RFC 6891, errors of RFC 8914).
// Promises for any bytes an Answer or a DnsError, in time that grows with their number. Must not know the network.
import { DnsError, readName, sameForm, skipName, spellName } from './name.ts'
import { readData, recordTypes, type TypeName, typeOf } from './records.ts'

export interface Question {
  /** As `plainName` gives it. */
  readonly name: string
  readonly type: TypeName
  /** Whether the server shall ask others for what it does not know. */
  readonly recursion: boolean
  /** Whether to ask for the word of the server that it verified the signatures (AD). */
  readonly authenticated: boolean
}

export interface DnsRecord {
  readonly name: string
  readonly type: TypeName
  /** Seconds that it may be kept. */
  readonly ttl: number
  readonly value: string
}

export interface Answer {
  readonly rcode: string
  /** Those that are set, of `aa tc rd ra ad cd`. */
  readonly flags: readonly string[]
  /** Of the answer section, those of class IN and a type that is known here. */
  readonly records: readonly DnsRecord[]
  /** What the server itself says of an error (RFC 8914); usually null. */
  readonly explanation: string | null
}

/** What a UDP answer may have at most without being split on the way (the value of DNS flag day 2020). */
export const udpSize = 1_232
/** So many answers are read; more is taken for an attack. */
const recordsMost = 2_000
const headerSize = 12
const optType = 41
const classIn = 1

const bits = { qr: 0x8000, aa: 0x0400, tc: 0x0200, rd: 0x0100, ra: 0x0080, ad: 0x0020, cd: 0x0010 } as const
const shown = ['aa', 'tc', 'rd', 'ra', 'ad', 'cd'] as const
const rcodes: Readonly<Record<number, string>> = {
  0: 'NOERROR',
  1: 'FORMERR',
  2: 'SERVFAIL',
  3: 'NXDOMAIN',
  4: 'NOTIMP',
  5: 'REFUSED',
  6: 'YXDOMAIN',
  7: 'YXRRSET',
  8: 'NXRRSET',
  9: 'NOTAUTH',
  10: 'NOTZONE',
  16: 'BADVERS',
  23: 'BADCOOKIE',
}
export const rcodeNames = Object.values(rcodes) as [string, ...string[]]

/** The bytes that ask the question; `edns` announces that answers of `udpSize` bytes can be taken. */
export function spellQuestion(question: Question, id: number, edns: boolean): Buffer {
  const header = Buffer.alloc(headerSize)
  header.writeUInt16BE(id, 0)
  header.writeUInt16BE((question.recursion ? bits.rd : 0) | (question.authenticated ? bits.ad : 0), 2)
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(edns ? 1 : 0, 10)
  const { code } = recordTypes[question.type]
  const asked = Buffer.of(code >> 8, code & 255, 0, classIn)
  const opt = edns ? Buffer.of(0, 0, optType, udpSize >> 8, udpSize & 255, 0, 0, 0, 0, 0, 0) : Buffer.alloc(0)
  return Buffer.concat([header, spellName(question.name), asked, opt])
}

/** Whether bytes claim to answer this very question: the id, that it is an answer, and the question repeated. */
export function answersTo(bytes: Buffer, question: Question, id: number): boolean {
  if (bytes.length < headerSize || bytes.readUInt16BE(0) !== id) return false
  const flags = bytes.readUInt16BE(2)
  if ((flags & bits.qr) === 0 || (flags & 0x7800) !== 0) return false
  const count = bytes.readUInt16BE(4)
  if (count === 0) return isBewildered(flags & 0xf)
  if (count !== 1) return false
  try {
    const { name, next } = readName(bytes, headerSize)
    if (next + 4 > bytes.length) return false
    const sameType = bytes.readUInt16BE(next) === recordTypes[question.type].code
    return sameType && bytes.readUInt16BE(next + 2) === classIn && sameForm(name) === sameForm(question.name)
  } catch (error) {
    if (error instanceof DnsError) return false
    throw error
  }
}

/** What an answer to another question, or to none, is called in a sentence; null for one that is none of ours. */
export function strangeness(bytes: Buffer, id: number): string | null {
  if (bytes.length < headerSize || bytes.readUInt16BE(0) !== id || (bytes.readUInt16BE(2) & bits.qr) === 0) return null
  const code = bytes.readUInt16BE(2) & 0xf
  const what = `an answer (${rcodes[code] ?? `RCODE${code}`})`
  return bytes.readUInt16BE(4) === 0 ? `${what} that does not repeat the question` : `${what} to another question`
}

/** A server that does not understand a question cannot repeat it: FORMERR and NOTIMP may come without. */
const isBewildered = (rcode: number) => rcode === 1 || rcode === 4

/** Whether the server cut the answer short, to be asked again over TCP. */
export const isTruncated = (bytes: Buffer): boolean => (bytes.readUInt16BE(2) & bits.tc) !== 0

/** The answer in a message that `answersTo` accepted; throws DnsError for one that contradicts itself. */
export function readAnswer(bytes: Buffer): Answer {
  if (bytes.length < headerSize) throw new DnsError('it is shorter than any message')
  const flags = bytes.readUInt16BE(2)
  const [questions = 0, answers = 0, authorities = 0, additions = 0] = [4, 6, 8, 10].map((at) => bytes.readUInt16BE(at))
  if (answers > recordsMost) throw new DnsError(`it has ${answers} records; at most ${recordsMost} are read`)
  let at = headerSize
  for (let index = 0; index < questions; index += 1) at = skipName(bytes, at) + 4
  const records: DnsRecord[] = []
  for (let index = 0; index < answers; index += 1) {
    const head = readHead(bytes, at)
    const type = typeOf(head.type)
    if (type !== null && head.class === classIn) {
      const { name } = readName(bytes, at)
      records.push({ name, type, ttl: head.ttl, value: readData(type, bytes, head.start, head.end) })
    }
    at = head.end
  }
  let extended = 0
  let explanation: string | null = null
  for (let index = 0; index < authorities + additions; index += 1) {
    const head = readHead(bytes, at)
    if (head.type === optType) {
      extended = head.ttl >>> 24
      explanation = readExplanation(bytes, head.start, head.end)
    }
    at = head.end
  }
  const code = (extended << 4) | (flags & 0xf)
  return {
    rcode: rcodes[code] ?? `RCODE${code}`,
    flags: shown.filter((name) => (flags & bits[name]) !== 0),
    records,
    explanation,
  }
}

interface Head {
  readonly type: number
  readonly class: number
  readonly ttl: number
  /** Where its data starts and ends. */
  readonly start: number
  readonly end: number
}

function readHead(bytes: Buffer, offset: number): Head {
  const at = skipName(bytes, offset)
  const start = at + 10
  if (start > bytes.length) throw new DnsError('it ends before its last record')
  const end = start + bytes.readUInt16BE(at + 8)
  if (end > bytes.length) throw new DnsError('a record says that it is longer than the message')
  return {
    type: bytes.readUInt16BE(at),
    class: bytes.readUInt16BE(at + 2),
    ttl: bytes.readUInt32BE(at + 4),
    start,
    end,
  }
}

/** The text of the option "extended DNS error" (15), if one stands there with a text. */
function readExplanation(bytes: Buffer, start: number, end: number): string | null {
  for (let at = start; at + 4 <= end;) {
    const stop = at + 4 + bytes.readUInt16BE(at + 2)
    if (stop > end) return null
    if (bytes.readUInt16BE(at) === 15 && stop - at > 6) return bytes.toString('utf8', at + 6, stop)
    at = stop
  }
  return null
}
