// Keys: what names a monitor, channel, rule, page or component for good.
// Promises that a key is safe in a path, a file name, a log line and a page. Pure.

const longest = 128

/** For people: what a key may look like. */
export const keyRule = `A key begins with a letter or digit and has up to ${longest} of a-z A-Z 0-9 . _ -`

const alphabet = new Uint8Array(256)
for (const letter of 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-') {
  alphabet[letter.charCodeAt(0)] = /[._-]/.test(letter) ? 1 : 2
}

/** Whether bytes [from, to) are a key. */
export function isKey(bytes: Uint8Array, from: number, to: number): boolean {
  if (to <= from || to - from > longest || alphabet[bytes[from] as number] !== 2) return false
  for (let index = from; index < to; index += 1) if (alphabet[bytes[index] as number] === 0) return false
  return true
}

export const keyPattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,127}$/

export function isKeyText(text: string): boolean {
  return keyPattern.test(text)
}

/** Whether a name looks like a secret id: such a one is never made the key of a new monitor. */
export const isIdText = (text: string): boolean =>
  text.length === 36 && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)

/** What names a monitor on the wire, where older senders may write anything: its key, and the name that people read. */
export interface Named {
  readonly key: string
  readonly name: string
}

const nameMost = 200
/** Longer ones are no names. */
const nameBytesMost = 1_024
const slugMost = 100
const strict = new TextDecoder('utf-8', { fatal: true })
const latin = new TextDecoder('latin1')

/**
 * The name in bytes [from, to); null: it is none, since it is empty, endless, or has control characters. A key names
 * itself. Any other name has a key made of it, always the same: what may stand in a key, and a hash of all of it.
 */
export function namedBy(bytes: Uint8Array, from: number, to: number): Named | null {
  if (isKey(bytes, from, to)) {
    const key = latin.decode(bytes.subarray(from, to))
    return { key, name: key }
  }
  if (to <= from || to - from > nameBytesMost) return null
  for (let index = from; index < to; index += 1) {
    const byte = bytes[index] as number
    if (byte < 0x20 || byte === 0x7f) return null
  }
  const name = legible(bytes.subarray(from, to))
  const slug = name
    .normalize('NFKD')
    .replaceAll(/[^a-zA-Z0-9._-]+/g, '-')
    .replaceAll(/^[._-]+|[._-]+$/g, '')
    .slice(0, slugMost)
  const short = name.length <= nameMost ? name : `${name.slice(0, nameMost - 1)}…`
  return { key: `${slug === '' ? 'unnamed' : slug}.${hash53(bytes, from, to)}`, name: short }
}

/** What a monitor is called on the wire: the name that its key was made of, or its key. */
export function wireName({ key, name }: Named): string {
  // A key that was made of a name ends in its hash.
  if (name === key || !key.includes('.')) return key
  const bytes = encoder.encode(name)
  return namedBy(bytes, 0, bytes.length)?.key === key ? name : key
}

const encoder = new TextEncoder()

/** UTF-8, or else Latin-1, which any bytes are; what cannot be seen is marked. */
function legible(bytes: Uint8Array): string {
  return decoded(bytes).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{fffd}')
}

function decoded(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes)
  } catch {
    return latin.decode(bytes)
  }
}

/** Two of FNV's kind, 53 bits of them: tells names apart, and is not for secrets. */
function hash53(bytes: Uint8Array, from: number, to: number): string {
  let [one, other] = [0x811c9dc5, 0x9747b28c]
  for (let index = from; index < to; index += 1) {
    one = Math.imul(one ^ (bytes[index] as number), 0x01000193)
    other = Math.imul(other ^ (bytes[index] as number), 0x5bd1e995)
    other ^= other >>> 13
  }
  one = Math.imul(one ^ (one >>> 16), 0x7feb352d)
  return (((other ^ (other >>> 15)) & 0x1f_ffff) * 0x1_0000_0000 + ((one ^ (one >>> 15)) >>> 0)).toString(36)
}
