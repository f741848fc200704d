// Failure: why a check found its target wanting, as a reason of the closed list and a sentence for people.
// Promises that every error of sockets, names and TLS has words. Must not know any kind of check.
import type { Facts } from '#core/observation.ts'
import type { Reason } from '#core/reason.ts'
import { OutboundError } from '#platform/outbound.ts'
import type { Finding } from './check.ts'

export class Failure extends Error {
  readonly reason: Reason
  /** Evidence that only the place of the failure has. */
  readonly facts: Facts
  /** The message is the sentence. */
  constructor(reason: Reason, sentence: string, cause?: unknown, facts: Facts = {}) {
    super(sentence, { cause })
    this.name = 'Failure'
    this.reason = reason
    this.facts = facts
  }
}

/** What the target's side of a connection did wrong; `where` is its `host:port`. Null: not about a connection. */
type Words = (where: string) => readonly [Reason, string]

const unreachable =
  (why: string): Words =>
  (where) => ['unreachable', `${where} cannot be reached (${why}).`]
const ours =
  (why: string): Words =>
  (where) => ['internal', `${where} could not be checked: this machine ${why}.`]
const reset: Words = (where) => ['reset', `${where} reset the connection.`]

const byCode: Readonly<Record<string, Words>> = {
  ECONNREFUSED: (where) => ['refused', `Nothing listens on ${where} (connection refused).`],
  ECONNRESET: reset,
  EPIPE: reset,
  ECONNABORTED: reset,
  ETIMEDOUT: (where) => ['timeout', `${where} does not answer (connection timed out).`],
  EHOSTUNREACH: unreachable('no route to the host'),
  EHOSTDOWN: unreachable('the host is down'),
  ENETUNREACH: unreachable('no route to its network'),
  ENETDOWN: unreachable('the network is down'),
  EADDRNOTAVAIL: ours('has no address or no port left to reach it from'),
  EAFNOSUPPORT: unreachable('this machine does not speak that version of IP'),
  EINVAL: unreachable('no such address can be connected to'),
  EACCES: unreachable('this machine does not allow it: it is a broadcast address, or a rule here forbids it'),
  EPERM: unreachable('this machine does not allow it: a firewall here forbids it'),
  EMFILE: ours('has too many open files'),
  ENFILE: ours('has too many open files'),
  ENOBUFS: ours('is out of buffers'),
  ENOMEM: ours('is out of memory'),
}

/** The system's or Node's code of an error, or an empty text. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''

/** An error of a socket to `where` (`host:port`) in our words; errors that are no socket's come back as they are. */
export function socketFailure(error: unknown, where: string): unknown {
  if (error instanceof Failure) return error
  const code = codeOf(error)
  if (code.startsWith('ERR_SSL_')) return new Failure('tls', sayTls(code, where), error)
  if (!/^E[A-Z0-9]+$/.test(code)) return error
  const [reason, sentence] = (byCode[code] ?? unreachable(code))(where)
  return new Failure(reason, sentence, error)
}

/** Alerts of a server about the certificate that the client showed it. */
const refusesClient =
  /_ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_(?:EXPIRED|REVOKED|UNKNOWN)|UNSUPPORTED_CERTIFICATE)$/

function sayTls(code: string, where: string): string {
  if (code.endsWith('_ALERT_CERTIFICATE_REQUIRED')) return `${where} wants a certificate of the client, and got none.`
  const why = code
    .replace(/^ERR_SSL_(TLSV1_|SSLV3_|TLSV13_)?(ALERT_(?=.*(CERT|_CA$)))?/, '')
    .toLowerCase()
    .replaceAll('_', ' ')
  // OpenSSL's own words: `ERR_SSL_NO_SHARED_CIPHER` is `no shared cipher`.
  if (!refusesClient.test(code)) return `TLS with ${where} failed: ${why}.`
  return `${where} does not accept the certificate of the client (${why}).`
}

/** The finding for what was thrown. What is not the target's doing makes the outcome unknown. */
export function failed(error: unknown, facts: Facts = {}): Finding {
  if (error instanceof Failure || error instanceof OutboundError) {
    const { reason, message: sentence } = error
    const outcome = reason === 'internal' ? 'unknown' : 'down'
    const all = error instanceof Failure ? { ...facts, ...error.facts } : facts
    return { outcome, latency: null, reason, sentence, facts: all }
  }
  const what = error instanceof Error ? error.message : String(error)
  const sentence = `It could not be checked: ${what.slice(0, 200)}.`
  return { outcome: 'unknown', latency: null, reason: 'internal', sentence, facts }
}
