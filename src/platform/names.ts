// Names: resolved by the system, the waiters of one name sharing one question, within whatever time somebody has.
// Promises to tell a name that cannot be resolved from a machine whose own name servers answer for no name at all.
// Must not know which addresses are allowed.
import { lookup as systemLookup, Resolver } from 'node:dns/promises'
import type { Reason } from '#core/reason.ts'

/** Why nobody can be reached; the message is a sentence for people. */
export class OutboundError extends Error {
  readonly reason: Reason
  constructor(reason: Reason, message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'OutboundError'
    this.reason = reason
  }
}

type Family = 0 | 4 | 6

/** All addresses of a name, best first; rejects with the system's error codes (ENOTFOUND, EAI_AGAIN). */
export type Lookup = (host: string, family: Family) => Promise<readonly { address: string; family: number }[]>

export const systemNames: Lookup = (host, family) => systemLookup(host, { all: true, family, order: 'verbatim' })

/** Asks the name servers of this machine for the root of all names: whether they answer it, whatever they say. */
export async function systemRoot(): Promise<boolean> {
  try {
    await new Resolver({ timeout: 2_000, tries: 1 }).resolveNs('.')
    return true
  } catch (error) {
    return !/^(ETIMEOUT|ECONNREFUSED|ESERVFAIL)$/.test(codeOf(error))
  }
}

/** So many different names may be in resolution at once; a dead name server must not gather them without end. */
const namesMost = 1_000
/** Of so many names it is remembered that they could not be resolved. */
const failuresMost = 10_000

/**
 * The system answers few questions at a time, so the waiters of one name share one.
 *
 * That no server answers for a name may be our own fault. It is, when they do not answer for the root of all names
 * either, and for no other name since this one failed before: machines without the internet know their neighbours.
 */
export class Names {
  readonly #lookup: Lookup
  readonly #root: () => Promise<boolean>
  readonly #asked = new Map<string, ReturnType<Lookup>>()
  #asking: Promise<void> | null = null
  /** The root was asked for in vain, and no name was answered since. */
  #blind = false
  /** Questions that were answered. */
  #answered = 0
  /** Name → how many had been answered when it failed last. */
  readonly #failed = new Map<string, number>()

  constructor(lookup: Lookup, root: () => Promise<boolean>) {
    this.#lookup = lookup
    this.#root = root
  }

  /** The addresses, unless the signal ends the wait; throws OutboundError. */
  async find(host: string, family: Family, signal: AbortSignal): ReturnType<Lookup> {
    const key = `${family} ${host}`
    const known = this.#asked.get(key)
    const answer = known ?? this.#ask(host, family).finally(() => this.#asked.delete(key))
    if (!known) this.#asked.set(key, answer)
    return await within(signal, answer, () => this.#late(host))
  }

  /** What is said of a name that is not resolved in time where that is our own fault; null where it is not. */
  blindTo(host: string): OutboundError | null {
    const before = this.#failed.get(host)
    const isOurs = this.#blind && (before === undefined || before === this.#answered)
    return isOurs ? new OutboundError('internal', sayBlind(host)) : null
  }

  async #ask(host: string, family: Family): ReturnType<Lookup> {
    if (host === '' || host.length > 253) throw new OutboundError('dns', `“${host.slice(0, 80)}” is not a host name.`)
    if (this.#asked.size >= namesMost)
      throw new OutboundError('internal', `${host} was not resolved: ${namesMost} other names still wait for theirs.`)
    try {
      const found = await this.#lookup(host, family)
      // Names of this machine itself are known without a name server.
      const isElsewhere = found.some(({ address }) => !isOwn(address))
      this.#hear(host, isElsewhere)
      return found
    } catch (error) {
      const code = codeOf(error)
      if (code === 'EAI_AGAIN') throw await this.#unanswered(host, error)
      this.#hear(host, true)
      throw new OutboundError('dns', sayRefused(host, family, code), error)
    }
  }

  async #unanswered(host: string, cause: unknown): Promise<OutboundError> {
    await this.#askRoot()
    const why = `The name ${host} was not resolved: its name servers do not answer.`
    return this.#judge(host) ?? new OutboundError('dns', why, cause)
  }

  /** Time ran out while it was resolved. Whether that is our fault is known only from failures before. */
  #late(host: string): OutboundError {
    void this.#askRoot()
    return this.#judge(host) ?? new OutboundError('timeout', `The name ${host} was not resolved in time.`)
  }

  /** The same as `blindTo` of one that failed, which is remembered. */
  #judge(host: string): OutboundError | null {
    const fault = this.blindTo(host)
    if (this.#failed.has(host) || this.#failed.size < failuresMost) this.#failed.set(host, this.#answered)
    return fault
  }

  /** An answer came; `counts`: from a name server. */
  #hear(host: string, counts: boolean): void {
    this.#failed.delete(host)
    if (!counts) return
    this.#blind = false
    this.#answered += 1
  }

  async #askRoot(): Promise<void> {
    const before = this.#answered
    this.#asking ??= this.#root()
      .catch(() => true)
      .then((answers) => {
        this.#blind = !answers && this.#answered === before
      })
      .finally(() => (this.#asking = null))
    await this.#asking
  }
}

const isOwn = (address: string) => /^127\.|^::1$/.test(address)
const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : '')

const sayBlind = (host: string) =>
  `${host} could not be checked: the name servers of this machine answer for no name at all.`

function sayRefused(host: string, family: Family, code: string): string {
  if (code !== 'ENOTFOUND' && code !== 'ENODATA') return `The name ${host} was not resolved (${code}).`
  return family === 0 ? `The name ${host} does not exist.` : `The name ${host} has no IPv${family} address.`
}

/** What the lookup gives, unless the signal ends the wait. The lookup itself cannot be called off. */
function within<Value>(signal: AbortSignal, work: Promise<Value>, late: () => Error): Promise<Value> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(late())
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop, { once: true })
    const settle = () => signal.removeEventListener('abort', stop)
    work.finally(settle).then(resolve, reject)
  })
}
