// What a server shows in a TLS handshake: its certificate and chain, who vouches for it, for whom it is.
// Promises a full handshake each time and judges nothing, so that bad certificates are seen as well as good ones.
import type { X509Certificate } from 'node:crypto'
import { isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls'
import { domainToASCII } from 'node:url'
import type { Attempt } from '../attempt.ts'
import { Failure } from '../failure.ts'
import { handshake, room } from '../tls.ts'
import { authorities, pathOf } from './chain.ts'
import type { Trust } from './options.ts'
import { readStaple, type Staple } from './staple.ts'

export interface Shown {
  /** The certificate itself, those that it rests on, the authority where it is known. */
  readonly path: readonly [X509Certificate, ...X509Certificate[]]
  /** OpenSSL's or Node's code for why the chain is not trusted; null when it is. */
  readonly distrust: string | null
  /** Whether it is for the name that was asked for. */
  readonly named: boolean
  readonly staple: Staple | null
  /** `TLSv1.3` */
  readonly version: string
  readonly cipher: string
}

export interface HandshakeOptions {
  /** The name that is asked for and looked for in the certificate, or an address. */
  readonly name: string
  /** `host:port`, for sentences. */
  readonly target: string
  /** The name of what will be spoken inside (ALPN); left out: none is named. */
  readonly alpn?: string
}

type Given = Pick<Trust, 'ca' | 'min_version'> & {
  /** A certificate of our own, for servers that ask for one. */
  readonly client?: { readonly cert: string; readonly key: string } | undefined
}

export interface Shaken {
  /** Inside of TLS. The attempt owns it. */
  readonly socket: TLSSocket
  readonly shown: Shown
}

/** Shakes hands over a connected socket; throws a Failure where no certificate is to be seen. */
export async function shakeHands(
  attempt: Attempt,
  raw: Socket,
  given: Given,
  options: HandshakeOptions,
): Promise<Shaken> {
  const { name, target, alpn } = options
  const context = contextOf(given)
  const leave = await room.take(attempt, target)
  attempt.phase = `the TLS handshake with ${target}`
  let socket: TLSSocket
  try {
    socket = attempt.own(open(raw, context, name, alpn), raw)
  } catch (error) {
    leave()
    throw error
  }
  socket.once('close', leave)
  let staple: Staple | null = null
  // Typed as a buffer, yet null where nothing was stapled.
  socket.once('OCSPResponse', (bytes: Buffer | null) => (staple = bytes && bytes.length > 0 ? readStaple(bytes) : null))
  await handshake(socket, target, given.min_version)
  const certificate = socket.getPeerX509Certificate()
  if (!certificate) throw new Failure('certificate', `${target} showed no certificate.`)
  const [, ...issuers] = pathOf(certificate, authorities(given.ca))
  const shown: Shown = {
    path: [certificate, ...issuers],
    // Typed as an error, yet it is a code, or null.
    distrust: socket.authorized ? null : String(socket.authorizationError),
    named: isFor(name, certificate),
    staple,
    version: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().name,
  }
  return { socket, shown }
}

/** The name that is asked for, in the form that certificates have it; or the address. */
export function nameOf(host: string, given: string | undefined): string {
  const name = (given ?? host).replace(/\.$/, '')
  return domainToASCII(name) || name
}

/** Contexts by least version, or by settings that are not the usual: each takes memory that is slow to come back. */
const usual = new Map<string, SecureContext>()
const own = new WeakMap<Given, SecureContext>()

export function contextOf(given: Given): SecureContext {
  const { ca, client, min_version: least } = given
  const isUsual = ca === undefined && client === undefined
  const made = isUsual ? usual.get(least) : own.get(given)
  if (made) return made
  // OpenSSL speaks what is older than 1.2 only where weak signatures are allowed.
  const ciphers = least < '1.2' ? { ciphers: 'DEFAULT:@SECLEVEL=0' } : {}
  const trust = ca === undefined ? {} : { ca, allowPartialTrustChain: true }
  const minVersion = `TLSv${least === '1.0' ? '1' : least}` as const
  const context = createSecureContext({ minVersion, ...ciphers, ...trust, ...client })
  if (isUsual) usual.set(least, context)
  else own.set(given, context)
  return context
}

function open(raw: Socket, context: SecureContext, name: string, alpn: string | undefined): TLSSocket {
  return connect({
    socket: raw,
    servername: isIP(name) ? '' : name,
    ...(alpn === undefined ? {} : { ALPNProtocols: [alpn] }),
    secureContext: context,
    requestOCSP: true,
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
  })
}

function isFor(name: string, certificate: X509Certificate): boolean {
  try {
    return checkServerIdentity(name, certificate.toLegacyObject()) === undefined
  } catch {
    return false
  }
}
