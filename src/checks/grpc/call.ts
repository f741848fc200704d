// One call of gRPC over a connected socket (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
// Promises bounds on all that comes, and the status wherever the server puts it. Must not know what is called.
import { connect, type IncomingHttpHeaders } from 'node:http2'
import type { Socket } from 'node:net'
import { version } from '#platform/version.ts'
import type { Attempt } from '../attempt.ts'
import { Failure } from '../failure.ts'
import { Metered, sayCode, sayHttp2 } from '../http/http2.ts'
import { sayStatus } from '../http/status.ts'

export interface Call {
  /** `/grpc.health.v1.Health/Check` */
  readonly path: string
  readonly authority: string
  readonly encrypted: boolean
  readonly metadata: Readonly<Record<string, string>>
  /** In its frame. */
  readonly message: Buffer
  /** `host:port`, for sentences. */
  readonly target: string
}

export interface Answer {
  /** `grpc-status`. */
  readonly status: number
  /** `grpc-message`, decoded. */
  readonly words: string
  /** Messages in their frames. */
  readonly body: Buffer
}

/** An answer of health is a few bytes. */
const bodyMost = 4_096

/** Calls and reads the answer; throws a Failure where there is none. */
export function call(attempt: Attempt, socket: Socket, asked: Call): Promise<Answer> {
  const { target, encrypted, authority } = asked
  const metered = attempt.own(new Metered(socket), socket)
  const scheme = encrypted ? 'https' : 'http'
  const session = connect(`${scheme}://${authority}`, {
    createConnection: () => metered,
    settings: { enablePush: false, maxHeaderListSize: 16_384, initialWindowSize: 65_535 },
    maxSessionMemory: 1,
    maxSettings: 32,
    maxReservedRemoteStreams: 0,
  })
  attempt.signal.addEventListener('abort', () => session.destroy(), { once: true })
  return new Promise<Answer>((resolve, reject) => {
    const fail = (error: unknown) => reject(sayHttp2(error, target))
    const closed = () => new Failure('closed', `${target} closed the connection before the answer was complete.`)
    session.on('error', fail)
    metered.on('error', fail)
    session.once('close', () => fail(closed()))
    if (session.destroyed) return fail(closed())
    const stream = session.request(headersOf(asked, scheme, attempt.context.timeout))
    stream.end(asked.message)
    let head: IncomingHttpHeaders | null = null
    let trailers: IncomingHttpHeaders = {}
    const parts: Buffer[] = []
    let size = 0
    stream.once('response', (headers) => (head = headers))
    stream.once('trailers', (headers) => (trailers = headers))
    stream.on('data', (part: Buffer) => {
      size += part.length
      metered.credit(part.length)
      parts.push(part)
      if (size > bodyMost) fail(new Failure('too_large', `${target} answers with more than ${bodyMost} bytes.`))
    })
    stream.once('error', fail)
    stream.once('close', () => {
      if (!head && (metered.readableEnded || metered.destroyed)) return fail(closed())
      if (!head) return fail(new Failure('reset', `${target} broke off the call: ${sayCode(stream.rstCode ?? 0)}.`))
      const read = readAnswer(target, head, trailers, Buffer.concat(parts))
      return read instanceof Failure ? reject(read) : resolve(read)
    })
  }).finally(() => session.destroy())
}

function headersOf({ path, authority, metadata }: Call, scheme: string, timeout: number) {
  const own = Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value])
  return {
    ':method': 'POST',
    ':scheme': scheme,
    ':authority': authority,
    ':path': path,
    te: 'trailers',
    'content-type': 'application/grpc',
    'user-agent': `allswell/${version}`,
    'grpc-timeout': `${Math.min(99_999_999, Math.ceil(timeout))}m`,
    ...(Object.fromEntries(own) as Record<string, string>),
  }
}

/** The status stands in the trailers, or in the head where there is nothing else to say. */
function readAnswer(target: string, head: IncomingHttpHeaders, trailers: IncomingHttpHeaders, body: Buffer) {
  const from = trailers['grpc-status'] === undefined ? head : trailers
  const status = from['grpc-status']
  const http = Number(head[':status'])
  if (typeof status === 'string' && /^\d{1,3}$/.test(status))
    return { status: Number(status), words: decode(from['grpc-message']), body }
  const isGrpc = (head['content-type'] ?? '').startsWith('application/grpc')
  if (http === 200 && isGrpc) return new Failure('protocol', `${target} ends its answer without a grpc-status.`)
  const reason =
    http === 200 || http === 404 || http === 415 ? 'protocol' : http === 401 || http === 403 ? 'auth' : 'status'
  return new Failure(reason, `${target} answered HTTP ${sayStatus(http)} and not as gRPC.`)
}

/** Percent-encoded, as far as it is. */
function decode(text: string | string[] | undefined): string {
  try {
    return decodeURIComponent(String(text ?? ''))
  } catch {
    return String(text)
  }
}
