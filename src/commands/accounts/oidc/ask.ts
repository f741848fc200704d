// One question to an identity provider: a whole JSON answer over HTTPS, through the guard.
// Promises an end within ten seconds and a bound on what is read; redirects are not followed. Must not know OpenID.
import { type IncomingMessage, request as httpRequest } from 'node:http'
import type { Socket } from 'node:net'
import { dial, secure } from '#channels/dial.ts'
import type { Clock } from '#platform/clock.ts'
import type { Outbound } from '#platform/outbound.ts'

export interface Way {
  readonly clock: Clock
  readonly outbound: Outbound
}

export interface Question {
  readonly method: 'GET' | 'POST'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

const timeout = 10_000
const bodyMost = 512_000

/** The answer's JSON; throws an Error that says what the provider did instead. */
export async function askJson(
  url: string,
  question: Question,
  { clock, outbound }: Way,
): Promise<Record<string, unknown>> {
  const at = new URL(url)
  const late = new AbortController()
  const timer = clock.after(timeout, () => late.abort())
  let socket: Socket | null = null
  try {
    const tls = at.protocol === 'https:'
    const way = { clock, outbound, signal: late.signal, timeout }
    socket = await dial(at.hostname, Number(at.port || (tls ? 443 : 80)), way)
    const line = tls ? await secure(socket, at.hostname, true, way) : socket
    const { status, body } = await exchange(line, at, question, late.signal)
    return readAnswer(url, status, body)
  } catch (error) {
    if (late.signal.aborted) throw new Error(`${at.host} did not answer within ${timeout / 1_000} s`, { cause: error })
    throw error
  } finally {
    timer.cancel()
    socket?.destroy()
  }
}

function readAnswer(url: string, status: number, body: string): Record<string, unknown> {
  const json = parse(body)
  const fault = typeof json?.['error'] === 'string' ? `: ${json['error']}`.slice(0, 100) : ''
  if (status < 200 || status >= 300) throw new Error(`${url} answered ${status}${fault}`)
  if (json === null) throw new Error(`${url} answered no JSON object`)
  return json
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value = JSON.parse(text) as unknown
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function exchange(
  socket: Socket,
  url: URL,
  { method, headers = {}, body = '' }: Question,
  signal: AbortSignal,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const all = {
      host: url.host,
      accept: 'application/json',
      connection: 'close',
      ...headers,
      ...(method === 'POST' ? { 'content-length': String(Buffer.byteLength(body)) } : {}),
    }
    const path = url.pathname + url.search
    const request = httpRequest({ createConnection: () => socket, method, path, headers: all, setHost: false, signal })
    request.on('error', reject)
    request.on('response', (response) => {
      readAll(response).then((text) => resolve({ status: response.statusCode ?? 0, body: text }), reject)
    })
    request.end(body)
  })
}

async function readAll(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > bodyMost) throw new Error('the answer is larger than 512 kB')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
