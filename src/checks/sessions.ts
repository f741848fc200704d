// Sessions of TLS that may be resumed, each with what the last full handshake showed.
// Promises a bound on their number and memory, a full handshake at intervals, that no session outlives a certificate
// that it rests on, and no vain offers to servers that resume none. Must not know sockets.
import type { CertificateFacts } from './certificate.ts'

export interface Session {
  readonly ticket: Buffer
  /** Of the full handshake it goes back to, monotonic ms. */
  readonly since: number
  /** Epoch ms: when the certificate, or the first of those that it rests on, expires. */
  readonly until: number
  /** Of whom the one that expires first is; null where it is the certificate itself. */
  readonly weakest: string | null
  readonly certificate: CertificateFacts
}

/** Between two full handshakes with one server, ms. */
export const fullEvery = 600_000
/** Larger ones, of servers with huge certificates, are not kept. */
const ticketMost = 16 * 1_024
/** Bytes of all tickets together; one takes 1 to 3 kB. */
const bytesMost = 32 * 1_024 * 1_024
const sessionsMost = 20_000
/** What is too old is looked for at most so often, ms. */
const sweepEvery = 60_000

export class Sessions {
  readonly #kept = new Map<string, Session>()
  /** Who did not resume what was offered, and when, monotonic ms. */
  readonly #refusing = new Map<string, number>()
  #bytes = 0
  #swept = Number.NEGATIVE_INFINITY

  /** How many are kept. */
  get size(): number {
    return this.#kept.size
  }

  /** The session to resume, or null where the next handshake must be a full one. */
  find(key: string, monotonic: number, now: number): Session | null {
    const known = this.#kept.get(key)
    if (!known || monotonic - known.since >= fullEvery) return null
    return now < known.until ? known : null
  }

  /** Keeps it where there is room: who came first stays, for throwing out in turn would leave no session of use. */
  keep(key: string, session: Session, monotonic: number): void {
    this.forget(key)
    if (session.ticket.length > ticketMost || this.#refuses(key, monotonic)) return
    if (!this.#hasRoom(session)) this.#sweep(monotonic)
    if (!this.#hasRoom(session)) return
    this.#kept.set(key, session)
    this.#bytes += session.ticket.length
  }

  /** A server did not resume it: an offer costs a tenth of a handshake, so none is made before the next interval. */
  refused(key: string, monotonic: number): void {
    this.forget(key)
    if (this.#refusing.size < sessionsMost) this.#refusing.set(key, monotonic)
  }

  #refuses(key: string, monotonic: number): boolean {
    const at = this.#refusing.get(key)
    if (at === undefined) return false
    if (monotonic - at < fullEvery) return true
    this.#refusing.delete(key)
    return false
  }

  forget(key: string): void {
    this.#bytes -= this.#kept.get(key)?.ticket.length ?? 0
    this.#kept.delete(key)
  }

  #hasRoom({ ticket }: Session): boolean {
    return this.#kept.size < sessionsMost && this.#bytes + ticket.length <= bytesMost
  }

  #sweep(monotonic: number): void {
    if (monotonic - this.#swept < sweepEvery) return
    this.#swept = monotonic
    for (const [key, { since }] of this.#kept) if (monotonic - since >= fullEvery) this.forget(key)
    for (const [key, at] of this.#refusing) if (monotonic - at >= fullEvery) this.#refusing.delete(key)
  }
}
