// Exchange: one HTTP request and its answer over a socket that is connected already.
// Promises to read at most 64 kB and to wait for a body no longer than a second. Must not know what is said.
import { type IncomingMessage, request as httpRequest, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { SendContext } from './channel.ts'

export interface Question {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Answer {
  readonly status: number
  readonly phrase: string
  /** Where a redirect points, as it was answered. */
  readonly location: string | null
  readonly retryAfter: string | null
  readonly body: string
}

const bodyMost = 65_536
/** The status has decided already; the body is only for people. */
const bodyWaitMs = 1_000

/** Asks and reads the answer; throws the socket's error. The caller destroys the socket. */
export function exchange(
  socket: Socket,
  { method, path, headers, body }: Question,
  { clock, signal }: Pick<SendContext, 'clock' | 'signal'>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ createConnection: () => socket, method, path, headers, setHost: false, signal })
    request.on('error', reject)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      const done = () => {
        timer.cancel()
        resolve(answerOf(response, Buffer.concat(chunks).toString('utf8', 0, bodyMost)))
      }
      const timer = clock.after(bodyWaitMs, done)
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        size += chunk.length
        if (size >= bodyMost) done()
      })
      response.on('end', done).on('error', done).on('close', done)
    })
    request.end(body)
  })
}

function answerOf(response: IncomingMessage, body: string): Answer {
  const status = response.statusCode ?? 0
  return {
    status,
    phrase: STATUS_CODES[status] ?? response.statusMessage ?? '',
    location: response.headers.location ?? null,
    retryAfter: response.headers['retry-after'] ?? null,
    body,
  }
}
