// Passwords as salted hashes: scrypt, its parameters stored with each hash, off the main thread, few at a time.
// Promises the same work for somebody who does not exist, and a bound on how many wait. Must not know who anybody is.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'

export interface Cost {
  /** CPU and memory, a power of two; block size; how often. */
  readonly n: number
  readonly r: number
  readonly p: number
}

/** 32 MB and a tenth of a second or two: what OWASP's cheat sheet asks of scrypt at the least. */
export const usualCost: Cost = { n: 32_768, r: 8, p: 3 }
/** The threads that it uses also look up names for checks. */
const atOnce = 2
const waitingMost = 64
const [saltBytes, hashBytes] = [16, 32]

/** More wait than can; its name makes it "not available now". */
export class Overloaded extends Error {
  override readonly name = 'Overloaded'
}

export class Passwords {
  readonly #cost: Cost
  readonly #waiting: (() => void)[] = []
  #running = 0
  /** Checked where there is nothing to check, so that both take the same time. */
  #decoy: Promise<string> | null = null

  constructor(cost: Cost = usualCost) {
    this.#cost = cost
  }

  async hash(password: string): Promise<string> {
    const salt = randomBytes(saltBytes)
    const hash = await this.#derive(password, salt, this.#cost)
    const { n, r, p } = this.#cost
    return ['scrypt', n, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$')
  }

  /** `stored` null: there is none, which takes as long to find wrong. `old`: another cost than is usual now. */
  async verify(password: string, stored: string | null): Promise<{ right: boolean; old: boolean }> {
    this.#decoy ??= this.hash(randomBytes(saltBytes).toString('hex'))
    const [, n, r, p, salt = '', hash = ''] = (stored ?? (await this.#decoy)).split('$')
    const cost: Cost = { n: Number(n), r: Number(r), p: Number(p) }
    const found = await this.#derive(password, Buffer.from(salt, 'base64url'), cost)
    const right = timingSafeEqual(found, Buffer.from(hash, 'base64url')) && stored !== null
    return { right, old: cost.n !== this.#cost.n || cost.r !== this.#cost.r || cost.p !== this.#cost.p }
  }

  async #derive(password: string, salt: Uint8Array, { n, r, p }: Cost): Promise<Buffer> {
    await this.#turn()
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        const options = { N: n, r, p, maxmem: 256 * n * r }
        scrypt(plain(password), salt, hashBytes, options, (error, key) => (error ? reject(error) : resolve(key)))
      })
    } finally {
      this.#running -= 1
      this.#waiting.shift()?.()
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= atOnce) {
      if (this.#waiting.length >= waitingMost) throw new Overloaded('Too many are signing in just now.')
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
    this.#running += 1
  }
}

/** The same characters typed on another keyboard are the same password. */
export const plain = (password: string): string => password.normalize('NFKC')
