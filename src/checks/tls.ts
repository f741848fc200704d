// TLS over a dialled socket: handshake, session resumption and the verdict on the certificate.
// Promises a full handshake at intervals, so that a certificate is never trusted longer than that unseen, and a bound
// on the memory of all that is encrypted at once. Must not know what is spoken inside.
import { once } from 'node:events'
import { isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls'
import type { Attempt } from './attempt.ts'
import { type CertificateFacts, factsOf, untrusted } from './certificate.ts'
import { codeOf, Failure, socketFailure } from './failure.ts'
import { type Session, Sessions } from './sessions.ts'
import { Contexts, type Made, type Trust } from './tls-context.ts'
import { Turns } from './turns.ts'

export interface Secured {
  readonly socket: TLSSocket
  /** As seen at the last full handshake. */
  readonly certificate: CertificateFacts | null
  /** When the first certificate of its chain expires, and of whom that is; null where none was shown. */
  readonly lasting: Pick<Session, 'until' | 'weakest'> | null
  readonly resumed: boolean
  /** What both sides agreed to speak inside (ALPN); null where the server did not choose. */
  readonly protocol: string | null
  /** Ms that the handshake took. */
  readonly tls: number
}

/** What of a certificate is verified. */
export type Verify = boolean | { readonly chain: boolean; readonly name: boolean }

export interface SecureOptions {
  /** Host name or address that the certificate must be good for; a name is sent as server name (SNI). */
  readonly host: string
  /** `host:port`, for sentences. */
  readonly target: string
  /** Whether a certificate that is not trusted is a failure. */
  readonly verify: Verify
  /** What may be spoken inside, by ALPN names, best first; HTTP/1.1 where nothing is said, null for nothing. */
  readonly alpn?: string | readonly string[] | null
  /** Authorities, a certificate of our own, versions: where they differ from the usual. */
  readonly trust?: Trust
  /** By which way the target was reached, where not directly: its sessions are not those of another way. */
  readonly way?: string
}

/** Throws a Failure when the handshake fails or the certificate is not trusted. The attempt owns the socket. */
export type Secure = (attempt: Attempt, raw: Socket, options: SecureOptions) => Promise<Secured>

/** A connection in its handshake takes up to 90 kB; one target may hold a part of the room only. */
export const room = new Turns({ most: 2_000, each: 200 })

/** Secures connections; sessions and contexts are shared by all. `ca` (PEM) replaces the authorities Node trusts. */
export function createSecure(ca?: string): Secure {
  const contexts = new Contexts(ca)
  const sessions = new Sessions()
  return async (attempt, raw, options) => {
    const { clock } = attempt.context
    const made = contexts.of(options.trust)
    const leave = await room.take(attempt, options.target)
    const began = clock.monotonic()
    attempt.phase = `the TLS handshake with ${options.target}`
    const key = keyOf(options, made)
    const known = sessions.find(key, began, clock.now())
    let opened: Opened
    try {
      opened = open(attempt, raw, options, made, known)
    } catch (error) {
      leave()
      throw error
    }
    const { socket } = opened
    socket.once('close', leave)
    let seen: Omit<Session, 'ticket'> | null = null
    let ticket = known?.ticket ?? null
    const remember = () => {
      if (seen && ticket) sessions.keep(key, { ...seen, ticket }, began)
    }
    socket.on('session', (fresh) => {
      ticket = fresh
      remember()
    })
    try {
      await handshake(socket, options.target, options.trust?.minVersion)
      const resumed = known !== null && socket.isSessionReused()
      if (known !== null && !resumed) sessions.refused(key, began)
      if (!resumed && ticket === known?.ticket) ticket = null
      seen = judge(opened, options, resumed ? known : null, began, clock.now())
      remember()
      const protocol = socket.alpnProtocol || null
      const tls = clock.monotonic() - began
      return { socket, certificate: seen?.certificate ?? null, lasting: seen, resumed, protocol, tls }
    } catch (error) {
      sessions.forget(key)
      throw error
    }
  }
}

/** All that a session depends on: with anything of it different, the handshake is a full one. */
function keyOf({ target, host, verify, alpn, way = '' }: SecureOptions, { id }: Made): string {
  const { chain, name } = verified(verify)
  return `${target} ${host} ${way} ${chain} ${name} ${offered(alpn).join()} ${id}`
}

const usualOffer = ['http/1.1']
const offered = (alpn: SecureOptions['alpn']): readonly string[] =>
  alpn === undefined ? usualOffer : alpn === null ? [] : typeof alpn === 'string' ? [alpn] : alpn
const verified = (verify: Verify) => (typeof verify === 'boolean' ? { chain: verify, name: verify } : verify)

interface Opened {
  readonly socket: TLSSocket
  /** The certificate with those it rests on, once a full handshake has verified them. */
  chain: PeerCertificate | null
}

function open(attempt: Attempt, raw: Socket, options: SecureOptions, made: Made, known: Session | null): Opened {
  const { host, alpn } = options
  const protocols = offered(alpn)
  let chain: PeerCertificate | null = null
  const socket = attempt.own(
    connect({
      socket: raw,
      host,
      servername: isIP(host) ? '' : host,
      secureContext: made.context,
      rejectUnauthorized: false,
      // Node makes the whole chain for this call alone, so it is kept; the name is judged later.
      checkServerIdentity: (_, shown) => {
        chain = shown
        return undefined
      },
      ...(protocols.length > 0 ? { ALPNProtocols: [...protocols] } : {}),
      ...(known ? { session: known.ticket } : {}),
    }),
    raw,
  )
  return {
    socket,
    get chain() {
      return chain
    },
  }
}

/** What the handshake showed, or the resumed session goes back to; throws a Failure where it is not trusted. */
function judge({ socket, chain }: Opened, options: SecureOptions, resumed: Session | null, began: number, now: number) {
  const { host } = options
  const { chain: byChain, name: byName } = verified(options.verify)
  const peer = chain ?? (resumed ? null : socket.getPeerCertificate())
  const certificate = resumed ? resumed.certificate : peer && factsOf(peer)
  if (byChain && !socket.authorized) {
    const code = String(socket.authorizationError)
    throw untrusted(code, host, certificate, resumed ? null : culprit(code, socket))
  }
  if (byName && !resumed && !(peer && isFor(host, peer))) throw untrusted(wrongName, host, certificate)
  if (resumed) return resumed
  if (!peer || !certificate) return null
  const lasting = lastingOf(peer)
  // Where nothing is verified, not even the name, nobody asks for the dates either.
  if (byName && !byChain && lasting.until <= now) {
    const last = lasting.weakest === null ? certificate : null
    throw untrusted('CERT_HAS_EXPIRED', host, certificate, last ?? culprit('CERT_HAS_EXPIRED', socket))
  }
  return { since: began, ...lasting, certificate }
}

const wrongName = 'ERR_TLS_CERT_ALTNAME_INVALID'

function isFor(host: string, peer: PeerCertificate): boolean {
  try {
    return checkServerIdentity(host, peer) === undefined
  } catch {
    return false
  }
}

/** Which certificate of a chain expires first, and when in epoch ms; what cannot be read has expired. */
function lastingOf(peer: PeerCertificate): Pick<Session, 'until' | 'weakest'> {
  let lasting: Pick<Session, 'until' | 'weakest'> = { until: Number.POSITIVE_INFINITY, weakest: null }
  for (const one of chainOf(peer)) {
    const until = Date.parse(one.valid_to) || 0
    if (until < lasting.until) lasting = { until, weakest: one === peer ? null : (factsOf(one)?.subject ?? null) }
  }
  return lasting
}

/** Which certificate of a chain that is not trusted has the dates that are at fault; null where the dates are not. */
function culprit(code: string, socket: TLSSocket): CertificateFacts | null {
  const chain = chainOf(socket.getPeerCertificate(true))
  const latest = (of: (one: PeerCertificate) => number) => chain.toSorted((a, b) => of(b) - of(a))[0]
  const found =
    code === 'CERT_HAS_EXPIRED'
      ? latest((one) => -Date.parse(one.valid_to) || 0)
      : code === 'CERT_NOT_YET_VALID'
        ? latest((one) => Date.parse(one.valid_from) || 0)
        : undefined
  return found ? factsOf(found) : null
}

/** A certificate and those that it rests on. */
function chainOf(peer: PeerCertificate): PeerCertificate[] {
  const met = new Set<PeerCertificate>()
  for (let one: Chained | undefined = peer; one && !met.has(one); one = one.issuerCertificate) met.add(one)
  return [...met]
}

/** As Node gives it: with the issuer's where it was asked for the whole chain, an authority as its own issuer. */
type Chained = PeerCertificate & { readonly issuerCertificate?: Chained }

/**
 * Waits for the handshake to end; throws a Failure in words, the socket's own error its cause.
 * `least`: the version that was asked for, to be named where the server speaks older ones only.
 */
export async function handshake(socket: TLSSocket, target: string, least = '1.2'): Promise<void> {
  try {
    await once(socket, 'secureConnect')
  } catch (error) {
    throw handshakeFailure(error, target, least)
  }
}

const versionCodes = /^ERR_SSL_(UNSUPPORTED_PROTOCOL|TLSV1_ALERT_PROTOCOL_VERSION|VERSION_TOO_LOW)$/

function handshakeFailure(error: unknown, target: string, least: string): unknown {
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : ''
  if (code === 'ECONNRESET' && message.includes('before secure TLS'))
    return new Failure('closed', `${target} closed the connection during the TLS handshake.`, error)
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG')
    return new Failure('tls', `${target} does not speak TLS.`, error)
  if (versionCodes.test(code)) {
    const older = `${target} does not speak TLS ${least} or newer, which is the least asked for.`
    return new Failure('tls', older, error)
  }
  return socketFailure(error, target)
}
