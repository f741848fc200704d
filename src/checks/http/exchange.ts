// Exchange: one request and its answer over one fresh connection, every phase timed.
// Promises that nothing of the connection is left when the attempt ends. Must not know what a good answer is.
import type { Socket } from 'node:net'
import type { Outbound } from '#platform/outbound.ts'
import type { Attempt } from '../attempt.ts'
import type { CertificateFacts } from '../certificate.ts'
import { dial, type Dialled, type IpChoice, where } from '../dial.ts'
import { Failure, socketFailure } from '../failure.ts'
import type { Secure, Verify } from '../tls.ts'
import type { Trust } from '../tls-context.ts'
import { firstToEnd, type Lasting } from './encryption.ts'
import { talkHttp2 } from './http2.ts'
import type { Phases } from './phases.ts'
import { dialProxy, guardBehind, type Proxy, refused, tunnel } from './proxy.ts'
import { type Answer, AnswerReader } from './reader.ts'
import { type Request, spell } from './request.ts'
import { type HttpVersion, isNoProtocol, names, OnlyHttp2, type OnlyHttp2Servers, type Version } from './version.ts'

export interface ExchangeOptions {
  readonly secure: Secure
  /** A narrower way out than the attempt's own. */
  readonly outbound?: Outbound | undefined
  readonly ip: IpChoice
  readonly verify: Verify
  readonly trust?: Trust | undefined
  /** Sent and verified in place of the host's name. */
  readonly serverName?: string | undefined
  /** `auto` where nothing is said. */
  readonly version?: HttpVersion | undefined
  /** Where it is remembered who speaks HTTP/2 only; left out, it is found out each time. */
  readonly onlyHttp2?: OnlyHttp2Servers | undefined
  readonly proxy?: Proxy | null | undefined
  /** Bytes of the body that are wanted. */
  readonly most: number
}

/** What is known of the hop under way, also when it fails. */
export interface Trace {
  readonly phases: Phases
  /** Of the server; null while it is not known, and behind a proxy that resolves names itself. */
  address: string | null
  certificate: CertificateFacts | null
  /** What expires first of all certificates that were seen. */
  lasting: Lasting | null
  /** In which version of HTTP it is spoken to. */
  version: Version
  /** Whether the proxy is who is spoken to, and not yet the server. */
  atProxy: boolean
}

/** Where a URL leads. */
interface Place {
  readonly host: string
  readonly port: number
  /** `host:port` */
  readonly target: string
  readonly encrypted: boolean
}

function placeOf(url: URL): Place {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1')
  const encrypted = url.protocol === 'https:'
  const port = url.port === '' ? (encrypted ? 443 : 80) : Number(url.port)
  return { host, port, target: where(host, port), encrypted }
}

type Versions = readonly [Version, ...Version[]]

/** What is spoken where only one version is wanted. */
const one: Readonly<Record<Version, Versions>> = { '1.1': ['1.1'], '2': ['2'] }
const both: Versions = ['2', '1.1']

/** Sends the request and reads the answer; throws Failure or OutboundError, with the trace telling how far it got. */
export function exchange(attempt: Attempt, request: Request, trace: Trace, options: ExchangeOptions): Promise<Answer> {
  const { version = 'auto', onlyHttp2 } = options
  const { clock } = attempt.context
  if (version !== 'auto') return exchangeBy(attempt, request, trace, options, one[version])
  const { origin } = request.url
  if (onlyHttp2?.has(origin, clock.monotonic())) return exchangeBy(attempt, request, trace, options, both)
  return exchangeBy(attempt, request, trace, options, one['1.1']).catch((error: unknown) => {
    // Nothing was understood by the server so far, so that asking anew asks it once.
    if (!(error instanceof OnlyHttp2)) throw error
    onlyHttp2?.add(origin, clock.monotonic())
    return exchangeBy(attempt, request, trace, options, both)
  })
}

/** Monotonic ms: when the request was sent, and when the first byte came. */
interface Moments {
  readonly sent: number
  first: number | null
}

/** The exchange in one of these versions of HTTP: the one that the server chooses, or else the first. */
async function exchangeBy(
  attempt: Attempt,
  request: Request,
  trace: Trace,
  options: ExchangeOptions,
  versions: Versions,
): Promise<Answer> {
  const { clock } = attempt.context
  const place = placeOf(request.url)
  let [version] = versions
  const { proxy } = options
  const isTunnel = place.encrypted || version === '2'
  const reached = proxy
    ? await reachBy(proxy, attempt, place, trace, options, isTunnel)
    : await dial(attempt, place.host, place.port, options.ip, options.outbound)
  trace.phases.resolve += reached.resolve
  trace.phases.connect += reached.connect
  if (!proxy) trace.address = reached.address
  let { socket } = reached
  if (place.encrypted) {
    const secured = await encrypt(attempt, socket, place, options, versions)
    trace.phases.tls += secured.tls
    trace.certificate = secured.certificate
    trace.lasting = firstToEnd(trace.lasting, secured.lasting, options.serverName ?? place.host)
    socket = secured.socket
    version = agreed(secured.protocol, versions, reached.target)
  }
  trace.version = version
  attempt.phase = 'waiting for the first byte'
  const moments: Moments = { sent: clock.monotonic(), first: null }
  const answer =
    version === '2'
      ? await talkHttp2(attempt, socket, request, options.most, reached.target, () => begin(attempt, moments))
      : await talk(attempt, socket, request, options, reached.target, moments)
  const first = moments.first ?? moments.sent
  trace.phases.firstByte += first - moments.sent
  trace.phases.body += clock.monotonic() - first
  socket.destroy()
  if (proxy && !isTunnel && answer.status === 407) {
    trace.atProxy = true
    throw refused(407, proxy, place.target)
  }
  return answer
}

/** The answer begins to come. */
function begin(attempt: Attempt, moments: Moments): void {
  if (moments.first !== null) return
  moments.first = attempt.context.clock.monotonic()
  attempt.phase = 'reading the answer'
}

/** A connection by the proxy; what it is connected to is the target, for sentences. */
async function reachBy(
  proxy: Proxy,
  attempt: Attempt,
  { host, target }: Place,
  trace: Trace,
  { outbound = attempt.context.outbound }: ExchangeOptions,
  isTunnel: boolean,
): Promise<Dialled> {
  trace.address = await guardBehind(attempt, host, outbound)
  trace.atProxy = true
  const dialled = await dialProxy(attempt, proxy)
  if (isTunnel) {
    const { clock } = attempt.context
    const asked = clock.monotonic()
    await tunnel(attempt, dialled.socket, proxy, target)
    trace.phases.proxy += clock.monotonic() - asked
  }
  trace.atProxy = false
  return { ...dialled, target }
}

function encrypt(
  attempt: Attempt,
  socket: Socket,
  { host, target }: Place,
  options: ExchangeOptions,
  versions: readonly Version[],
) {
  const { verify, trust, serverName, proxy } = options
  const alpn = versions.map((version) => names[version])
  const by = {
    host: serverName ?? host,
    target,
    verify,
    alpn,
    ...(trust ? { trust } : {}),
    ...(proxy ? { way: proxy.shown } : {}),
  }
  return options.secure(attempt, socket, by).catch((error: unknown) => {
    if (!isNoProtocol(error)) throw error
    if (versions.length > 1) throw new Failure('protocol', `${target} offers neither HTTP/1.1 nor HTTP/2.`, error)
    if (versions[0] === '2') throw new Failure('protocol', `${target} does not offer HTTP/2.`, error)
    throw new OnlyHttp2(target, error)
  })
}

/** The version that the server has chosen in TLS; without a choice it is HTTP/1.1. */
function agreed(protocol: string | null, versions: readonly Version[], target: string): Version {
  if (protocol === names['2']) return '2'
  if (versions.includes('1.1')) return '1.1'
  throw new Failure('protocol', `${target} does not offer HTTP/2.`)
}

/** Writes the request, reads the answer. What comes after its end, or after a failure, is passed over. */
function talk(
  attempt: Attempt,
  socket: Socket,
  request: Request,
  { most, proxy = null }: ExchangeOptions,
  target: string,
  moments: Moments,
): Promise<Answer> {
  const reader = new AnswerReader(request.method, most)
  return new Promise((resolve, reject) => {
    const onData = (bytes: Buffer) => {
      try {
        if (moments.first === null && isHttp2(bytes)) throw new OnlyHttp2(target)
        begin(attempt, moments)
        reader.push(bytes)
        if (reader.done) resolve(reader.answer())
      } catch (error) {
        reject(error)
      }
    }
    const onEnd = () => {
      try {
        reader.end()
        resolve(reader.answer())
      } catch (error) {
        reject(error)
      }
    }
    const onError = (error: Error) => reject(socketFailure(error, target))
    socket.on('data', onData).on('end', onEnd).on('close', onEnd).on('error', onError)
    socket.write(spell(request, proxy))
  })
}

/** Whether an answer begins as HTTP/2 does: by a frame of settings on stream 0. */
const isHttp2 = (bytes: Buffer): boolean =>
  bytes.length >= 9 && bytes[0] === 0 && bytes[3] === 4 && bytes[4] === 0 && bytes.readUInt32BE(5) === 0
