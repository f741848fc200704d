// Answers as lovebeat gave them: types without a charset where it had none, lengths, `{}` for what was done.
// Promises that long lists are written in pieces, so that nobody else waits for them. Must not know what is asked.
import type { ServerResponse } from 'node:http'
import { type Around, jsonList } from './show.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** A text, or the pieces of a long one. */
  readonly body: string | Iterable<string>
  /** The connection ends with it: not all of the request was read. */
  readonly close?: boolean
}

const plain = 'text/plain; charset=utf-8'

export const jsonAnswer = (body: string): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/json' },
  body,
})
export const textAnswer = (status: number, body: string, type = plain): Answer => ({
  status,
  headers: { 'Content-Type': type },
  body,
})
/** What was asked for is done. */
export const done: Answer = jsonAnswer('{}\n')
export const empty = (status: number, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers,
  body: '',
})
/** A sentence that says what is wrong, and how to mend it. */
export const refused = (status: number, why: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'Content-Type': plain, 'X-Content-Type-Options': 'nosniff', ...headers },
  body: `${why}\n`,
})
export const nothingHere: Answer = refused(404, '404 page not found')

/** A list that may be very long. */
export const listAnswer = (items: Iterable<object>, around: Around | null): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'application/json' },
  body: jsonList(items, around),
})

/** Characters that are put together at once. */
const sliceMost = 256 * 1024
/** Bytes of lists that wait to be read, all together. */
const waitingMost = 256 * 1024 * 1024
let waiting = 0

/** The answer to every beat, made once. */
const doneHeaders = { ...done.headers, 'Content-Length': Buffer.byteLength('{}\n'), 'Cache-Control': 'no-store' }

export function send(response: ServerResponse, answer: Answer): void {
  if (answer !== done) void sendParts(response, answer)
  else if (!response.destroyed) response.writeHead(200, doneHeaders).end('{}\n')
}

async function sendParts(response: ServerResponse, answer: Answer): Promise<void> {
  try {
    const { status, headers, body, close } = answer
    const parts = typeof body === 'string' ? [Buffer.from(body)] : await gathered(body)
    if (parts === null) return await sendParts(response, tooMuch)
    if (response.destroyed) return
    const length = parts.reduce((sum, part) => sum + part.length, 0)
    response.writeHead(status, {
      ...headers,
      'Content-Length': length,
      'Cache-Control': 'no-store',
      ...(close ? { Connection: 'close' } : {}),
    })
    for (const part of parts) response.write(part)
    waiting += length
    response.once('close', () => {
      waiting -= length
    })
    response.end()
  } catch {
    response.destroy()
  }
}

const tooMuch = refused(503, 'Too many long lists are being read. Ask again in a few seconds.', { 'Retry-After': '5' })

/** Others are served between the pieces. Null: too much waits to be read already. */
async function gathered(pieces: Iterable<string>): Promise<Buffer[] | null> {
  const parts: Buffer[] = []
  let text = ''
  let bytes = 0
  for (const piece of pieces) {
    text += piece
    if (text.length < sliceMost) continue
    bytes += parts[parts.push(Buffer.from(text)) - 1]?.length ?? 0
    text = ''
    if (waiting + bytes > waitingMost) return null
    await new Promise((resolve) => setImmediate(resolve))
  }
  parts.push(Buffer.from(text))
  return parts
}
