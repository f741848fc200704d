// Versions of HTTP: the setting, what is offered to a server, and who is known to speak HTTP/2 alone.
// Promises that HTTP/1.1, which costs least, is spoken with everybody who knows it. Must not know sockets.
import { z } from 'zod'
import { codeOf, Failure } from '../failure.ts'

export type Version = '1.1' | '2'
export type HttpVersion = Version | 'auto'

/** The setting `http_version: auto | 1.1 | 2`; YAML reads 1.1 as a number. */
export const versionSetting = z
  .literal(['auto', '1.1', '2', 1.1, 2], { error: 'expected auto, 1.1 or 2' })
  .default('auto')
  .transform((value) => String(value) as HttpVersion)
  .meta({
    title: 'HTTP version',
    description: '1.1, 2, or auto: 1.1, and 2 with a server that offers nothing else.',
  })

/** By which name a protocol is agreed on in TLS. */
export const names = { '1.1': 'http/1.1', '2': 'h2' } as const

/** What a server offers that speaks HTTP/2 only, when it is asked for HTTP/1.1. */
export class OnlyHttp2 extends Failure {
  constructor(target: string, cause?: unknown) {
    super('protocol', `${target} speaks HTTP/2 only; leave http_version out, or set it to 2.`, cause)
  }
}

/** Whether a handshake failed because the server speaks none of the offered protocols. */
export const isNoProtocol = (error: unknown): boolean =>
  error instanceof Failure && codeOf(error.cause) === 'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL'

/** So many are remembered, each so many ms: then HTTP/1.1 is tried again. */
const most = 1_000
const rememberFor = 3_600_000

/** Servers that were found to speak HTTP/2 only. */
export class OnlyHttp2Servers {
  readonly #known = new Map<string, number>()

  has(origin: string, monotonic: number): boolean {
    const since = this.#known.get(origin)
    if (since === undefined) return false
    if (monotonic - since < rememberFor) return true
    this.#known.delete(origin)
    return false
  }

  add(origin: string, monotonic: number): void {
    this.#known.delete(origin)
    const [oldest] = this.#known.keys()
    if (this.#known.size >= most && oldest !== undefined) this.#known.delete(oldest)
    this.#known.set(origin, monotonic)
  }
}
