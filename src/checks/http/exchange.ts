// Exchange: one request and its answer over one fresh connection, every phase timed.
// Promises that nothing of the connection is left when the attempt ends. Must not know what a good answer is.
import type { Socket } from 'node:net'
import type { Outbound } from '#platform/outbound.ts'
import type { Attempt } from '../attempt.ts'
import type { CertificateFacts } from '../certificate.ts'
import { dial, type IpChoice, where } from '../dial.ts'
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
  readonly outbound: Outbound
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

/** Sends the request and reads the answer; throws Failure or OutboundError, with the trace telling how far it got. */
export async function exchange(
  attempt: Attempt,
  request: Request,
  trace: Trace,
  options: ExchangeOptions,
): Promise<Answer> {
  const { version = 'auto', onlyHttp2 } = options
  const { clock } = attempt.context
  const { origin } = request.url
  if (version !== 'auto') return exchangeBy(attempt, request, trace, options, [version])
  if (onlyHttp2?.has(origin, clock.monotonic())) return exchangeBy(attempt, request, trace, options, ['2', '1.1'])
  try {
    return await exchangeBy(attempt, request, trace, options, ['1.1'])
  } catch (error) {
    // Nothing was understood by the server so far, so that asking anew asks it once.
    if (!(error instanceof OnlyHttp2)) throw error
    onlyHttp2?.add(origin, clock.monotonic())
    return exchangeBy(attempt, request, trace, options, ['2', '1.1'])
  }
}

/** The exchange in one of these versions of HTTP: the one that the server chooses, or else the first. */
async function exchangeBy(
  attempt: Attempt,
  request: Request,
  trace: Trace,
  options: ExchangeOptions,
  versions: readonly [Version, ...Version[]],
): Promise<Answer> {
  const { clock } = attempt.context
  const place = placeOf(request.url)
  const way = options.proxy
    ? await reachBy(options.proxy, attempt, place, trace, options, place.encrypted || versions[0] === '2')
    : null
  const reached = way ?? (await reach(attempt, place, trace, options))
  let { socket } = reached
  let [version] = versions
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
  const sent = clock.monotonic()
  let began: number | null = null
  const onFirst = () => {
    if (began !== null) return
    began = clock.monotonic()
    attempt.phase = 'reading the answer'
  }
  const answer =
    version === '2'
      ? await talkHttp2(attempt, socket, request, options.most, reached.target, onFirst)
      : await talk(socket, request, options, reached.target, onFirst)
  trace.phases.firstByte += (began ?? sent) - sent
  trace.phases.body += clock.monotonic() - (began ?? sent)
  socket.destroy()
  if (options.proxy && !place.encrypted && version === '1.1' && answer.status === 407) {
    trace.atProxy = true
    throw refused(407, options.proxy, place.target)
  }
  return answer
}

interface Reached {
  readonly socket: Socket
  /** For sentences. */
  readonly target: string
}

async function reach(attempt: Attempt, place: Place, trace: Trace, options: ExchangeOptions): Promise<Reached> {
  const dialled = await dial(attempt, place.host, place.port, options.ip, options.outbound)
  trace.address = dialled.address
  trace.phases.resolve += dialled.resolve
  trace.phases.connect += dialled.connect
  return dialled
}

async function reachBy(
  proxy: Proxy,
  attempt: Attempt,
  { host, target }: Place,
  trace: Trace,
  { outbound }: ExchangeOptions,
  tunnelled: boolean,
): Promise<Reached> {
  trace.address = await guardBehind(attempt, host, outbound)
  trace.atProxy = true
  const dialled = await dialProxy(attempt, proxy)
  trace.phases.resolve += dialled.resolve
  trace.phases.connect += dialled.connect
  if (tunnelled) {
    const { clock } = attempt.context
    const asked = clock.monotonic()
    await tunnel(attempt, dialled.socket, proxy, target)
    trace.phases.proxy += clock.monotonic() - asked
  }
  trace.atProxy = false
  return { socket: dialled.socket, target }
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
    if (versions.includes('2')) throw new Failure('protocol', `${target} does not offer HTTP/2.`, error)
    throw new OnlyHttp2(target, error)
  })
}

/** The version that the server has chosen in TLS; without a choice it is HTTP/1.1. */
function agreed(protocol: string | null, versions: readonly Version[], target: string): Version {
  if (protocol === names['2']) return '2'
  if (versions.includes('1.1')) return '1.1'
  throw new Failure('protocol', `${target} does not offer HTTP/2.`)
}

/** Writes the request, reads the answer. */
function talk(
  socket: Socket,
  request: Request,
  { most, proxy = null }: ExchangeOptions,
  target: string,
  onFirst: () => void,
): Promise<Answer> {
  const reader = new AnswerReader(request.method, most)
  return new Promise((resolve, reject) => {
    let first = true
    /** Rejects with what the step throws; resolves once the answer is complete. */
    const step = (take: () => void) => {
      try {
        take()
        if (reader.done) resolve(reader.answer())
      } catch (error) {
        reject(error)
      }
    }
    socket.on('data', (bytes: Buffer) => {
      if (first) {
        onFirst()
        first = false
        if (isHttp2(bytes)) reject(new OnlyHttp2(target))
      }
      step(() => reader.push(bytes))
    })
    socket.once('end', () => step(() => reader.end()))
    socket.once('error', (error) => reject(socketFailure(error, target)))
    socket.once('close', () => step(() => reader.end()))
    socket.write(spell(request, proxy))
  })
}

/** Whether an answer begins as HTTP/2 does: by a frame of settings on stream 0. */
const isHttp2 = (bytes: Buffer): boolean =>
  bytes.length >= 9 && bytes[0] === 0 && bytes[3] === 4 && bytes[4] === 0 && bytes.readUInt32BE(5) === 0
