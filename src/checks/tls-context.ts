// Contexts of TLS: authorities that are trusted, certificates of our own, versions. Each is made once and shared.
// Promises a bound on their number, since each takes memory that is slow to come back. Must not know connections.
import { createSecureContext, type SecureContext } from 'node:tls'
import { Failure } from './failure.ts'

/** What differs from the usual. */
export interface Trust {
  /** Certificates (PEM) that are trusted in place of the usual authorities. */
  readonly ca?: string | undefined
  /** A certificate of our own with its chain, and its key (PEM), for servers that ask for one. */
  readonly cert?: string | undefined
  readonly key?: string | undefined
  /** The oldest version that is good enough; 1.2 where nothing is said. */
  readonly minVersion?: '1.0' | '1.1' | '1.2' | '1.3' | undefined
}

export interface Made {
  readonly context: SecureContext
  /** Never given to another: sessions of one context are not for the next. */
  readonly id: number
}

const contextsMost = 500

export class Contexts {
  readonly #usual: string | undefined
  readonly #made = new Map<string, Made>()
  /** The same settings come with the same object at each check; its text is put together once. */
  readonly #byTrust = new WeakMap<Trust, string>()
  #last = 0
  #plain: Made | null = null

  /** `ca` (PEM) replaces the authorities that Node trusts. */
  constructor(ca?: string) {
    this.#usual = ca
  }

  /** The context for it; throws a Failure where OpenSSL does not take the certificates. */
  of(trust?: Trust): Made {
    if (trust === undefined) return (this.#plain ??= this.#make({}))
    const key = this.#keyOf(trust)
    const made = this.#made.get(key) ?? this.#make(trust)
    // Who was used last stands last, so that the first is the one to throw out.
    this.#made.delete(key)
    const [oldest] = this.#made.keys()
    if (this.#made.size >= contextsMost && oldest !== undefined) this.#made.delete(oldest)
    this.#made.set(key, made)
    return made
  }

  #keyOf(trust: Trust): string {
    const known = this.#byTrust.get(trust)
    if (known !== undefined) return known
    const { ca, cert, key, minVersion } = trust
    const text = JSON.stringify([ca, cert, key, minVersion])
    this.#byTrust.set(trust, text)
    return text
  }

  #make({ ca = this.#usual, cert, key, minVersion: least = '1.2' }: Trust): Made {
    this.#last += 1
    try {
      const context = createSecureContext({
        minVersion: least === '1.0' ? 'TLSv1' : `TLSv${least}`,
        // OpenSSL speaks what is older than 1.2 only where weak signatures are allowed.
        ...(least < '1.2' ? { ciphers: 'DEFAULT:@SECLEVEL=0' } : {}),
        ...(ca === undefined ? {} : { ca, allowPartialTrustChain: true }),
        ...(cert === undefined ? {} : { cert, key }),
      })
      return { context, id: this.#last }
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new Failure('internal', `The certificates of this monitor cannot be used: ${why.slice(0, 200)}.`, error)
    }
  }
}
