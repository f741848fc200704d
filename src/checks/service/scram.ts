// SCRAM (RFC 5802, RFC 7677): shows that we know a password without giving it away, and has the server show the same.
// Promises a bound on the work that a server can ask for. Must not know how the messages travel.
import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'

export interface ScramOptions {
  readonly hash: 'sha1' | 'sha256'
  /** Empty where the protocol has told the user already. */
  readonly user: string
  readonly password: string
  /** Ours, unlike any before; tests bring their own. */
  readonly nonce?: string
}

const derive = promisify(pbkdf2)
/** Servers ask for 4,096 to 15,000 rounds; what this takes is a third of a second. */
const roundsMost = 600_000
const sizes = { sha1: 20, sha256: 32 } as const
/** `n,,`: no channel is bound; base64 of it is what the last message repeats. */
const header = 'n,,'
const base64 = '[A-Za-z0-9+/]+={0,2}'
const serverFirst = new RegExp(`^r=([\\x21-\\x2b\\x2d-\\x7e]{1,500}),s=(${base64}),i=(\\d{1,9})(?:,|$)`)

export class Scram {
  readonly #options: ScramOptions
  readonly #nonce: string
  readonly #bare: string
  #genuine: string | null = null

  constructor(options: ScramOptions) {
    this.#options = options
    this.#nonce = options.nonce ?? randomBytes(18).toString('base64')
    const user = prepare(options.user).replaceAll('=', '=3D').replaceAll(',', '=2C')
    this.#bare = `n=${user},r=${this.#nonce}`
  }

  /** The first message. */
  first(): string {
    return `${header}${this.#bare}`
  }

  /** The answer to the server's first message; null when that is none, or asks for more work than we do. */
  async final(challenge: string): Promise<string | null> {
    const [, nonce = '', salt = '', rounds = ''] = serverFirst.exec(challenge) ?? []
    if (!nonce.startsWith(this.#nonce) || nonce === this.#nonce) return null
    if (Number(rounds) < 1 || Number(rounds) > roundsMost) return null
    const { hash, password } = this.#options
    const hmac = (key: Buffer, text: string) => createHmac(hash, key).update(text).digest()
    const salted = await derive(prepare(password), Buffer.from(salt, 'base64'), Number(rounds), sizes[hash], hash)
    const key = hmac(salted, 'Client Key')
    const unproven = `c=${Buffer.from(header).toString('base64')},r=${nonce}`
    const all = `${this.#bare},${challenge},${unproven}`
    const signature = hmac(createHash(hash).update(key).digest(), all)
    this.#genuine = hmac(hmac(salted, 'Server Key'), all).toString('base64')
    const proof = key.map((byte, at) => byte ^ (signature[at] ?? 0))
    return `${unproven},p=${Buffer.from(proof).toString('base64')}`
  }

  /** Whether the server's last message shows that it knows the password, too. */
  isGenuine(last: string): boolean {
    return this.#genuine !== null && last.split(',')[0] === `v=${this.#genuine}`
  }
}

/** SASLprep (RFC 4013), as far as clients go: odd spaces become plain ones, what cannot be seen goes, NFKC. */
function prepare(text: string): string {
  return text
    .replaceAll(/[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g, ' ')
    .replaceAll(/\p{Default_Ignorable_Code_Point}/gu, '')
    .normalize('NFKC')
}
