// Sealing: secrets at rest. Each text has a key of its own (AES-256-GCM), which stands beside it, wrapped by a master
// key.
// Promises that what was sealed for one place opens in no other, and a clear Error where the key is another. Must not
// know where the keys come from, nor what is sealed.
import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto'

const mark = 'sealed:1:'
const algorithm = 'aes-256-gcm'
const [keyBytes, nonceBytes, tagBytes] = [32, 12, 16]

export interface MasterKey {
  /** Tells keys apart; says nothing of the key. */
  readonly id: string
  readonly bytes: Uint8Array
}

export const newKey = (): MasterKey => keyOf(new Uint8Array(randomBytes(keyBytes)))

const keyOf = (bytes: Uint8Array): MasterKey => ({
  id: createHash('sha256').update('allswell master key').update(bytes).digest('hex').slice(0, 8),
  bytes,
})

/** 32 bytes as 64 hex digits or in base 64; throws an Error that says what is wrong, without the text. */
export function parseKey(text: string): MasterKey {
  const plain = text.trim()
  const bytes = /^[0-9a-f]{64}$/i.test(plain) ? Buffer.from(plain, 'hex') : Buffer.from(plain, 'base64')
  if (bytes.length === keyBytes && (/^[0-9a-f]{64}$/i.test(plain) || /^[\w+/-]{43}=?$/.test(plain)))
    return keyOf(new Uint8Array(bytes))
  throw new Error('is not a key: 32 random bytes in base 64 or hex, such as from: openssl rand -base64 32')
}

export const writeKey = ({ bytes }: MasterKey): string => Buffer.from(bytes).toString('base64')

/** What was sealed with a key that is not there. */
export class WrongKey extends Error {
  override readonly name = 'WrongKey'
}

/** Opened texts are remembered up to so many characters in all: lists are read again and again. */
const rememberedMost = 8_000_000

export class KeyRing {
  readonly #keys: ReadonlyMap<string, MasterKey>
  readonly #current: MasterKey
  readonly #opened = new Map<string, string>()
  #remembered = 0

  /** `current`: the one that seals; the others open what they sealed before. */
  constructor(keys: readonly MasterKey[], current: MasterKey) {
    this.#keys = new Map(keys.map((key) => [key.id, key]))
    this.#current = current
  }

  /** `place`: where it is kept; the same is needed to open it. */
  seal(text: string, place: string): string {
    const own = randomBytes(keyBytes)
    const wrapped = encrypt(this.#current.bytes, own, `key ${place}`)
    const body = encrypt(own, Buffer.from(text, 'utf8'), place)
    return `${mark}${this.#current.id}:${wrapped.toString('base64url')}:${body.toString('base64url')}`
  }

  /** Text that never was sealed comes back as it is. */
  open(text: string, place: string): string {
    if (!text.startsWith(mark)) return text
    const name = `${place}\n${text}`
    const known = this.#opened.get(name)
    if (known !== undefined) return known
    const opened = this.#open(text, place)
    this.#remember(name, opened)
    return opened
  }

  /** Whether it is sealed, and with the key that seals now. */
  isCurrent(text: string): boolean {
    return text.startsWith(`${mark}${this.#current.id}:`)
  }

  /** Keys for something else, one of each master key, the one that seals now first; none tells of another. */
  derive(purpose: string): readonly Uint8Array[] {
    const others = [...this.#keys.values()].filter(({ id }) => id !== this.#current.id)
    return [this.#current, ...others].map(
      ({ bytes }) => new Uint8Array(hkdfSync('sha256', bytes, '', `allswell ${purpose}`, keyBytes)),
    )
  }

  #open(text: string, place: string): string {
    const [id = '', wrapped = '', body = ''] = text.slice(mark.length).split(':')
    const key = this.#keys.get(id)
    if (key === undefined) {
      const have = [...this.#keys.keys()].join(', ')
      throw new WrongKey(`a secret was sealed with the key ${id}, which is not here (here: ${have})`)
    }
    try {
      const own = decrypt(key.bytes, Buffer.from(wrapped, 'base64url'), `key ${place}`)
      return decrypt(own, Buffer.from(body, 'base64url'), place).toString('utf8')
    } catch (error) {
      throw new Error(`what is sealed at ${place} was changed or moved`, { cause: error })
    }
  }

  #remember(name: string, opened: string): void {
    this.#opened.set(name, opened)
    this.#remembered += name.length + opened.length
    for (const [old, value] of this.#opened) {
      if (this.#remembered <= rememberedMost) return
      this.#opened.delete(old)
      this.#remembered -= old.length + value.length
    }
  }
}

function encrypt(key: Uint8Array, bytes: Uint8Array, place: string): Buffer {
  const nonce = randomBytes(nonceBytes)
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(place))
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Uint8Array, sealed: Buffer, place: string): Buffer {
  const [nonce, tag] = [sealed.subarray(0, nonceBytes), sealed.subarray(-tagBytes)]
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(place))
  decipher.setAuthTag(tag)
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()])
}
