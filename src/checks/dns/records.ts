// The types of records that can be asked for: their numbers, how their data reads, and how people write it.
// Promises one spelling per value, so that what is expected and what was answered can be compared as text.
import { isIPv4, isIPv6 } from 'node:net'
import { DnsError, inAscii, readName, sameForm } from './name.ts'

interface Reading {
  readonly bytes: Buffer
  readonly start: number
  readonly end: number
}

const lies = () => new DnsError('the length of a record is not that of its data')

/** A name that must end where the record ends. */
function nameAt({ bytes, end }: Reading, at: number): string {
  const { name, next } = readName(bytes, at)
  if (next !== end) throw lies()
  return name
}

function numbers({ bytes, start, end }: Reading, count: number): number[] {
  if (start + count * 2 > end) throw lies()
  return Array.from({ length: count }, (_, index) => bytes.readUInt16BE(start + index * 2))
}

function readIpv4({ bytes, start, end }: Reading): string {
  if (end - start !== 4) throw lies()
  return bytes.subarray(start, end).join('.')
}

function readIpv6({ bytes, start, end }: Reading): string {
  if (end - start !== 16) throw lies()
  const groups = (bytes.toString('hex', start, end).match(/.{4}/g) ?? []).join(':')
  return shortIpv6(groups)
}

const shortIpv6 = (text: string): string => new URL(`http://[${text}]/`).hostname.slice(1, -1)

function readNumbersAndName(count: number): (reading: Reading) => string {
  return (reading) => [...numbers(reading, count), nameAt(reading, reading.start + count * 2)].join(' ')
}

function readSoa({ bytes, start, end }: Reading): string {
  const first = readName(bytes, start)
  const second = readName(bytes, first.next)
  if (end - second.next !== 20) throw lies()
  const times = [0, 4, 8, 12, 16].map((at) => bytes.readUInt32BE(second.next + at))
  return [first.name, second.name, ...times].join(' ')
}

/** The strings of a TXT record put together, as SPF and DKIM mean them. */
function readTxt({ bytes, start, end }: Reading): string {
  const parts: Buffer[] = []
  for (let at = start; at < end;) {
    const stop = at + 1 + (bytes[at] ?? 0)
    if (stop > end) throw lies()
    parts.push(bytes.subarray(at + 1, stop))
    at = stop
  }
  return Buffer.concat(parts).toString('utf8')
}

function readCaa({ bytes, start, end }: Reading): string {
  const stop = start + 2 + (bytes[start + 1] ?? 0)
  if (end - start < 3 || stop > end) throw lies()
  const tag = bytes.toString('latin1', start + 2, stop)
  return `${bytes[start]} ${tag} "${bytes.toString('utf8', stop, end)}"`
}

interface RecordType {
  readonly code: number
  read(reading: Reading): string
  /** The one spelling of what a person wrote, or null when no such record can have it. */
  spell(text: string): string | null
  /** Whether `contains` looks for a part of a record; otherwise a record is the value, or ends with it as a host. */
  readonly loose: boolean
  readonly example: string
}

const spellHost = (text: string): string | null => (/^\S{1,255}$/.test(text) ? sameForm(inAscii(text)) : null)
const spellAfter = (count: number) => (text: string) => {
  const words = text.trim().split(/\s+/)
  const host = spellHost(words.at(-1) ?? '')
  const before = words.slice(0, -1)
  if (host === null || !before.every((word) => /^\d{1,10}$/.test(word))) return null
  return before.length === 0 || before.length === count ? [...before.map(Number), host].join(' ') : null
}
const asItIs = (text: string): string | null => text

const named = (code: number): RecordType => ({
  code,
  read: (reading) => nameAt(reading, reading.start),
  spell: spellHost,
  loose: false,
  example: 'www.example.test',
})

/** By the name that people write. */
export const recordTypes = {
  A: {
    code: 1,
    read: readIpv4,
    spell: (text) => (isIPv4(text) ? text : null),
    loose: false,
    example: '192.0.2.1',
  },
  AAAA: {
    code: 28,
    read: readIpv6,
    spell: (text) => (isIPv6(text) && !text.includes('%') ? shortIpv6(text) : null),
    loose: false,
    example: '2001:db8::1',
  },
  CNAME: named(5),
  MX: {
    code: 15,
    read: readNumbersAndName(1),
    spell: spellAfter(1),
    loose: false,
    example: '10 mail.example.test, or only mail.example.test',
  },
  NS: named(2),
  TXT: { code: 16, read: readTxt, spell: asItIs, loose: true, example: 'v=spf1 -all' },
  SOA: {
    code: 6,
    read: readSoa,
    spell: (text) => text.trim().replaceAll(/\s+/g, ' '),
    loose: true,
    example: 'ns1.example.test',
  },
  SRV: {
    code: 33,
    read: readNumbersAndName(3),
    spell: spellAfter(3),
    loose: false,
    example: '10 5 5060 sip.example.test, or only sip.example.test',
  },
  PTR: named(12),
  CAA: { code: 257, read: readCaa, spell: asItIs, loose: true, example: '0 issue "ca.example.test"' },
} as const satisfies Readonly<Record<string, RecordType>>

export type TypeName = keyof typeof recordTypes
export const typeNames = Object.keys(recordTypes) as [TypeName, ...TypeName[]]

const byCode = new Map<number, TypeName>(typeNames.map((name) => [recordTypes[name].code, name]))

/** The type with that number, or null for one that cannot be asked for here. */
export const typeOf = (code: number): TypeName | null => byCode.get(code) ?? null

/** The data of a record as text; throws DnsError when it is not what the type says. */
export const readData = (type: TypeName, bytes: Buffer, start: number, end: number): string =>
  recordTypes[type].read({ bytes, start, end })

/** How a value is compared: text as it stands, everything else without regard to case. */
export const comparable = (type: TypeName, value: string): string =>
  type === 'TXT' || type === 'CAA' ? value : sameForm(value)

/** Whether a record is, or for TXT, SOA and CAA contains, what is wanted. Both are in the comparable form. */
export function holds(type: TypeName, record: string, wanted: string): boolean {
  if (recordTypes[type].loose) return record.includes(wanted)
  return record === wanted || (isHostOnly(type, wanted) && record.endsWith(` ${wanted}`))
}

/** Whether a record is exactly that; a host alone stands for any priority, weight and port. */
export const equalTo = (type: TypeName, record: string, wanted: string): boolean =>
  record === wanted || (isHostOnly(type, wanted) && record.endsWith(` ${wanted}`))

const isHostOnly = (type: TypeName, wanted: string) => (type === 'MX' || type === 'SRV') && !wanted.includes(' ')
