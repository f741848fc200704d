// HTTP/2 over a socket that is already connected, guarded and secured: one request, one answer.
// Promises the same bounds as for HTTP/1: headers, body, and all that comes over the connection, so that frames without
// end cannot keep this process busy. Must not know what a good answer is.
import { type ClientHttp2Stream, connect, constants, type OutgoingHttpHeaders } from 'node:http2'
import { Duplex } from 'node:stream'
import type { Attempt } from '../attempt.ts'
import { codeOf, Failure, socketFailure } from '../failure.ts'
import type { Head } from './head.ts'
import { type Answer, headMost } from './reader.ts'
import type { Request } from './request.ts'

/** Bytes that may come beside the body: headers, settings, pings. A frame of nine bytes costs some 5 µs. */
const besideMost = 256 * 1_024
/** For each byte of the body so many more: a body may come in tiny frames. */
const perByte = 16

/** A socket that ends the exchange when more comes than an answer can need. */
export class Metered extends Duplex {
  readonly #inner: Duplex
  #left = besideMost

  constructor(inner: Duplex) {
    super({ allowHalfOpen: false })
    this.#inner = inner
    inner.on('data', (bytes: Buffer) => {
      this.#left -= bytes.length
      if (this.#left < 0) this.destroy(new Failure('protocol', 'It sends frames without end (HTTP/2).'))
      else if (!this.push(bytes)) inner.pause()
    })
    inner.once('end', () => this.push(null))
    inner.once('error', (error) => this.destroy(error))
    inner.once('close', () => this.destroy())
  }

  /** So much of the body has come. */
  credit(bytes: number): void {
    this.#left += bytes * perByte
  }

  override _read(): void {
    this.#inner.resume()
  }

  override _write(bytes: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#inner.write(bytes, encoding, done)
  }

  override _final(done: () => void): void {
    this.#inner.end(done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#inner.destroy()
    done(error)
  }
}

/** Asks and reads the answer, at most `most` bytes of its body; `onFirst` is called when the answer begins. */
export function talkHttp2(
  attempt: Attempt,
  socket: Duplex,
  request: Request,
  most: number,
  target: string,
  onFirst: () => void,
): Promise<Answer> {
  const metered = attempt.own(new Metered(socket), socket)
  const session = connect(request.url.origin, {
    createConnection: () => metered,
    settings: { enablePush: false, maxHeaderListSize: headMost, initialWindowSize: windowOf(most) },
    maxSessionMemory: 1,
    maxSettings: 32,
    maxReservedRemoteStreams: 0,
  })
  attempt.signal.addEventListener('abort', () => session.destroy(), { once: true })
  return new Promise<Answer>((resolve, reject) => {
    const fail = (error: unknown) => reject(sayHttp2(error, target))
    let refusal: Failure | null = null
    session.on('goaway', (code) => {
      if (code !== constants.NGHTTP2_NO_ERROR)
        refusal = new Failure('closed', `${target} ended the connection: ${sayCode(code)}.`)
    })
    // A socket that breaks is told by the session, the stream or itself, whoever is first.
    session.on('error', (error) => fail(refusal ?? error))
    metered.on('error', (error) => fail(error))
    session.once('close', () => fail(refusal ?? noEnd(target)))
    if (session.destroyed) return fail(noEnd(target))
    const stream = session.request(spellHttp2(request), { endStream: request.body === null })
    if (request.body !== null) stream.end(request.body)
    stream.on('data', (part: Buffer) => metered.credit(part.length))
    read(stream, request.method, most, { onFirst, done: resolve, fail: (error) => fail(refusal ?? error) })
  }).finally(() => session.destroy())
}

const windowOf = (most: number) => Math.min(Math.max(most + 1, 65_535), 16 * 1_024 * 1_024)
const noEnd = (target: string) =>
  new Failure('closed', `${target} closed the connection before the answer was complete.`)

interface Ends {
  readonly onFirst: () => void
  readonly done: (answer: Answer) => void
  readonly fail: (error: unknown) => void
}

/** Reads one answer as it comes over a stream. */
function read(stream: ClientHttp2Stream, method: string, most: number, { onFirst, done, fail }: Ends): void {
  let head: Head | null = null
  const parts: Buffer[] = []
  let size = 0
  const end = () => {
    if (head) done({ ...head, body: Buffer.concat(parts), truncated: size > most })
  }
  stream.once('headers', onFirst)
  stream.once('response', (headers, _, raw: readonly string[]) => {
    onFirst()
    head = readHead(Number(headers[':status']), raw)
    if (method === 'HEAD') end()
  })
  stream.on('data', (part: Buffer) => {
    const room = most - size
    if (room > 0) parts.push(part.subarray(0, room))
    size += part.length
    if (size > most) end()
  })
  stream.once('end', () => {
    if (stream.rstCode === 0) end()
  })
  stream.once('error', fail)
  stream.once('close', () => fail(new Failure('reset', `It broke off the answer: ${sayCode(stream.rstCode ?? 0)}.`)))
}

/** The head as that of HTTP/1 is read: repeated headers joined, each cookie by itself. */
function readHead(status: number, raw: readonly string[]): Head {
  const headers = new Map<string, string>()
  const cookies: string[] = []
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name, value] = [raw[index] as string, raw[index + 1] as string]
    if (name.startsWith(':')) continue
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
    if (name === 'set-cookie') cookies.push(value)
  }
  return { status, headers, cookies }
}

/** The request's head; names in lower case, the host as authority. */
function spellHttp2({ url, method, headers, body }: Request): OutgoingHttpHeaders {
  const head: Record<string, string> = {
    ':method': method,
    ':scheme': url.protocol.slice(0, -1),
    ':authority': url.host,
    ':path': `${url.pathname}${url.search}`,
  }
  for (const [name, value] of headers) {
    // As over HTTP/1, text goes as UTF-8; Node would drop all but the last octet of each character.
    head[name.toLowerCase() === 'host' ? ':authority' : name.toLowerCase()] = Buffer.from(value).toString('latin1')
  }
  if (body !== null || method === 'POST' || method === 'PUT' || method === 'PATCH')
    head['content-length'] = String(Buffer.byteLength(body ?? ''))
  return head
}

/** RFC 9113, 7: by their numbers. */
const codes = [
  'NO_ERROR',
  'PROTOCOL_ERROR',
  'INTERNAL_ERROR',
  'FLOW_CONTROL_ERROR',
  'SETTINGS_TIMEOUT',
  'STREAM_CLOSED',
  'FRAME_SIZE_ERROR',
  'REFUSED_STREAM',
  'CANCEL',
  'COMPRESSION_ERROR',
  'CONNECT_ERROR',
  'ENHANCE_YOUR_CALM',
  'INADEQUATE_SECURITY',
  'HTTP_1_1_REQUIRED',
]
export const sayCode = (code: number) => `HTTP/2 ${codes[code] ?? `error ${code}`}`

/** What Node and the library under it say of HTTP/2, in our words. */
export function sayHttp2(error: unknown, target: string): unknown {
  if (error instanceof Failure) return error
  const code = codeOf(error)
  const message = error instanceof Error ? error.message : ''
  if (code === 'ERR_HTTP2_STREAM_ERROR')
    return new Failure('reset', `It broke off the answer: ${sayOwn(message)}.`, error)
  if (code.startsWith('ERR_HTTP2_') || code === 'ERR_HTTP2_ERROR')
    return new Failure('protocol', `${target} does not speak HTTP/2 as it should: ${message.slice(0, 100)}.`, error)
  return socketFailure(error, target)
}
const sayOwn = (message: string) => /NGHTTP2_(\w+)/.exec(message)?.[1]?.replace(/^/, 'HTTP/2 ') ?? message
