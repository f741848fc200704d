// Domain names: from text to the bytes of a message and back (RFC 1035, 3.1 and 4.1.4).
// Promises that reading ends on any bytes: a compression pointer only leads backwards, a name has at most 255 bytes.
// Must not know what a name is asked for.
import { isIPv4 } from 'node:net'
import { domainToASCII } from 'node:url'
import { plainAddress } from '#platform/networks.ts'

/** Why bytes are no message of DNS, or text no name; the words fit after "because". */
export class DnsError extends Error {
  override readonly name = 'DnsError'
}

const labelMost = 63
/** Bytes of a whole name, lengths and the end included. */
const nameMost = 255

/** A name in the letters that DNS knows: `bücher.test` is `xn--bcher-kva.test`; empty when it is no name. */
export const inAscii = (text: string): string => (/\P{ASCII}/u.test(text) ? domainToASCII(text) : text)

/** The labels of a name as bytes, the lengths before them and the root behind; throws DnsError. */
export function spellName(text: string): Buffer {
  const plain = inAscii(text)
  if (plain === '') throw new DnsError('it is no domain name')
  const parts = [...labelsOf(plain === '.' ? '' : plain.replace(/(?<!\\)\.$/, '')), Buffer.alloc(0)]
  const bytes = Buffer.concat(parts.flatMap((label) => [Buffer.of(label.length), label]))
  if (bytes.length > nameMost) throw new DnsError('it is longer than a name may be (253 characters)')
  return bytes
}

/** Each label's bytes; `\.` is a dot within a label, `\065` the byte 65. */
function labelsOf(text: string): Buffer[] {
  if (text === '') return []
  const labels = text.match(/(?:\\\d{3}|\\[^]|[^.\\])+|\.(?=\.|$)|^(?=\.)/g) ?? []
  return labels.map((label) => {
    const bytes = Buffer.from(label.replaceAll(/\\(\d{3}|[^])/g, unescape), 'latin1')
    if (label === '' || label === '.') throw new DnsError('it has two dots in a row, or begins with one')
    if (bytes.length > labelMost)
      throw new DnsError(`the part “${label.slice(0, 20)}…” is longer than ${labelMost} characters`)
    return bytes
  })
}

function unescape(_: string, what: string): string {
  if (what.length === 1) return what
  if (Number(what) > 255) throw new DnsError(`\\${what} is no byte; the largest is \\255`)
  return String.fromCharCode(Number(what))
}

/** The name that starts at `offset`, without the last dot, and where what follows it starts; throws DnsError. */
export function readName(bytes: Buffer, offset: number): { readonly name: string; readonly next: number } {
  const labels: string[] = []
  let at = offset
  let least = offset
  let next: number | null = null
  let length = 1
  for (;;) {
    const size = byteAt(bytes, at)
    if (size >= 0xc0) {
      const target = ((size & 0x3f) << 8) | byteAt(bytes, at + 1)
      next ??= at + 2
      if (target >= least) throw new DnsError('a name points forwards or to itself')
      least = target
      at = target
    } else if (size > labelMost) throw new DnsError('a name has a part of an unknown form')
    else if (size === 0) break
    else {
      length += size + 1
      if (length > nameMost) throw new DnsError('a name is longer than 255 bytes')
      if (at + 1 + size > bytes.length) throw new DnsError('a name goes on after the end')
      labels.push(sayLabel(bytes.toString('latin1', at + 1, at + 1 + size)))
      at += size + 1
    }
  }
  return { name: labels.length === 0 ? '.' : labels.join('.'), next: next ?? at + 1 }
}

/** Where what follows the name at `offset` starts, without following any pointer; throws DnsError. */
export function skipName(bytes: Buffer, offset: number): number {
  for (let at = offset; ;) {
    const size = byteAt(bytes, at)
    if (size >= 0xc0) return at + 2
    if (size > labelMost) throw new DnsError('a name has a part of an unknown form')
    if (size === 0) return at + 1
    at += size + 1
  }
}

function byteAt(bytes: Buffer, offset: number): number {
  const byte = bytes[offset]
  if (byte === undefined) throw new DnsError('a name goes on after the end')
  return byte
}

/** A label as text that reads back: dots, backslashes and what cannot be printed escaped. */
const sayLabel = (label: string): string =>
  /^[\w-]+$/.test(label)
    ? label
    : label.replaceAll(/[^!-~]|[.\\]/g, (one) =>
        one === '.' || one === '\\' ? `\\${one}` : `\\${String(one.charCodeAt(0)).padStart(3, '0')}`,
      )

/** The name as it reads when it comes back from a server; throws DnsError for what is no name. */
export const plainName = (text: string): string => readName(spellName(text), 0).name

/** Names are compared without regard to case and the last dot. */
export const sameForm = (name: string): string => (name === '.' ? name : name.toLowerCase().replace(/(?<!\\)\.$/, ''))

/** The name that is asked for the host name of an address (`1.2.0.192.in-addr.arpa`); null for what is no address. */
export function reverseName(text: string): string | null {
  const plain = plainAddress(text)
  if (plain === null) return null
  if (isIPv4(plain.address)) return `${plain.address.split('.').toReversed().join('.')}.in-addr.arpa`
  return `${expand(plain.address).split('').toReversed().join('.')}.ip6.arpa`
}

/** The 32 hexadecimal digits of an IPv6 address in its plain form. */
function expand(address: string): string {
  const [left = '', right] = address.split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':')).map((group) => group.padStart(4, '0'))
  if (right === undefined) return groups(left).join('')
  const [before, after] = [groups(left).join(''), groups(right).join('')]
  return before + '0'.repeat(32 - before.length - after.length) + after
}
