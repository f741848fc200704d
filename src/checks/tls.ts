// TLS over a dialled socket: handshake, session resumption and the verdict on the certificate.
// Promises a full handshake at intervals, so that a certificate is never trusted longer than that unseen.
// Must not know what is spoken inside.
import { once } from 'node:events'
import { isIP, type Socket } from 'node:net'
import { connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import type { Attempt } from './attempt.ts'
import { type CertificateFacts, factsOf, untrusted } from './certificate.ts'
import { codeOf, Failure, socketFailure } from './failure.ts'

export interface Secured {
  readonly socket: TLSSocket
  /** As seen at the last full handshake. */
  readonly certificate: CertificateFacts | null
  readonly resumed: boolean
  /** Ms that the handshake took. */
  readonly tls: number
}

export interface SecureOptions {
  /** Host name or address that the certificate must be good for. */
  readonly host: string
  /** `host:port`, for sentences. */
  readonly target: string
  /** Whether a certificate that is not trusted is a failure. */
  readonly verify: boolean
  /** What will be spoken inside, by its ALPN name; HTTP/1.1 where nothing is said. */
  readonly alpn?: string
}

/** Throws a Failure when the handshake fails or the certificate is not trusted. The attempt owns the socket. */
export type Secure = (attempt: Attempt, raw: Socket, options: SecureOptions) => Promise<Secured>

interface Session {
  readonly ticket: Buffer
  /** Of the full handshake it goes back to, monotonic ms. */
  readonly since: number
  readonly certificate: CertificateFacts
}

/** Between two full handshakes with one server, ms. */
const fullEvery = 600_000
const sessionsMost = 2_000

/** Secures connections with one shared context; `ca` (PEM) replaces the authorities that Node trusts. */
export function createSecure(ca?: string): Secure {
  let context: SecureContext | null = null
  const sessions = new Map<string, Session>()
  return async (attempt, raw, { host, target, verify, alpn = 'http/1.1' }) => {
    context ??= createSecureContext(ca === undefined ? {} : { ca })
    const { clock } = attempt.context
    const began = clock.monotonic()
    attempt.phase = `the TLS handshake with ${target}`
    const key = `${target} ${verify} ${alpn}`
    const known = usable(sessions.get(key), began, clock.now())
    const socket = attempt.own(open(raw, host, context, alpn, known), raw)
    let ticket: Buffer | null = null
    let seen: Omit<Session, 'ticket'> | null = null
    const remember = () => {
      if (!seen || !ticket) return
      sessions.delete(key)
      const [oldest] = sessions.keys()
      if (sessions.size >= sessionsMost && oldest !== undefined) sessions.delete(oldest)
      sessions.set(key, { ...seen, ticket })
    }
    socket.on('session', (fresh) => {
      ticket = fresh
      remember()
    })
    const fail = (error: unknown) => {
      sessions.delete(key)
      throw error
    }
    await handshake(socket, target).catch(fail)
    const resumed = known !== null && socket.isSessionReused()
    const certificate = resumed ? known.certificate : factsOf(socket.getPeerCertificate())
    if (verify && !socket.authorized) fail(untrusted(String(socket.authorizationError), host, certificate))
    if (resumed) ticket ??= known.ticket
    if (certificate) seen = { since: resumed ? known.since : began, certificate }
    remember()
    return { socket, certificate, resumed, tls: clock.monotonic() - began }
  }
}

/** The session, unless the next handshake must be a full one. */
function usable(known: Session | undefined, monotonic: number, now: number): Session | null {
  if (!known || monotonic - known.since >= fullEvery) return null
  return now < Date.parse(known.certificate.validTo) ? known : null
}

function open(raw: Socket, host: string, secureContext: SecureContext, alpn: string, known: Session | null): TLSSocket {
  return connect({
    socket: raw,
    host,
    servername: isIP(host) ? '' : host,
    secureContext,
    rejectUnauthorized: false,
    ALPNProtocols: [alpn],
    ...(known ? { session: known.ticket } : {}),
  })
}

/** Waits for the handshake to end; throws a Failure in words, the socket's own error its cause. */
export async function handshake(socket: TLSSocket, target: string): Promise<void> {
  try {
    await once(socket, 'secureConnect')
  } catch (error) {
    throw handshakeFailure(error, target)
  }
}

function handshakeFailure(error: unknown, target: string): unknown {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : ''
  if (code === 'ECONNRESET' && message.includes('before secure TLS'))
    return new Failure('closed', `${target} closed the connection during the TLS handshake.`, error)
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return new Failure('tls', `${target} does not speak TLS.`, error)
  return socketFailure(error, target)
}
