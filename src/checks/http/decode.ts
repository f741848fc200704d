// Decoding of compressed bodies, and of bytes into text.
// Promises never to keep more than the wanted number of bytes, whatever a bomb holds.
// Must not know where they came from.
import { once } from 'node:events'
import type { Transform } from 'node:stream'
import zlib from 'node:zlib'
import type { Attempt } from '../attempt.ts'
import { Failure } from '../failure.ts'
import { quote } from '../quote.ts'
import type { Answer } from './reader.ts'

/** What can be decoded, as the request offers it. */
export const encodings = 'gzip, deflate, br, zstd'
/** So many encodings over one another are believed. */
const layersMost = 3
/** A frame may ask for 2^23 bytes of memory: 8 MB, which is what HTTP allows (RFC 9659). */
const zstdWindow = 23

/** The answer with its body decoded, at most `most` bytes of it; throws a Failure for what cannot be decoded. */
export async function decoded(attempt: Attempt, answer: Answer, most: number): Promise<Answer> {
  const layers = (answer.headers.get('content-encoding') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '' && name !== 'identity')
  if (layers.length === 0 || answer.body.length === 0) return answer
  if (layers.length > layersMost) throw new Failure('protocol', `The body is compressed ${layers.length} times over.`)
  let { body, truncated } = answer
  for (const name of layers.toReversed()) {
    const stream = attempt.own(openDecoder(name, body, truncated))
    ;({ body, truncated } = await drain(stream, body, most, truncated, name))
  }
  return { ...answer, body, truncated }
}

function openDecoder(name: string, body: Buffer, truncated: boolean): Transform {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush, ZSTD_d_windowLogMax } = zlib.constants
  if (name === 'gzip' || name === 'x-gzip') return zlib.createGunzip(truncated ? { finishFlush: Z_SYNC_FLUSH } : {})
  if (name === 'br') return zlib.createBrotliDecompress(truncated ? { finishFlush: BROTLI_OPERATION_FLUSH } : {})
  if (name === 'zstd')
    return zlib.createZstdDecompress({
      params: { [ZSTD_d_windowLogMax]: zstdWindow },
      ...(truncated ? { finishFlush: ZSTD_e_flush } : {}),
    })
  if (name !== 'deflate')
    throw new Failure('protocol', `The body’s encoding ${quote(name)} is not one that was asked for.`)
  const options = truncated ? { finishFlush: Z_SYNC_FLUSH } : {}
  return wrapped(body) ? zlib.createInflate(options) : zlib.createInflateRaw(options)
}

/** Whether deflated bytes have the zlib header that the standard asks for and some servers leave out. */
const wrapped = (body: Buffer): boolean =>
  ((body[0] ?? 0) & 15) === 8 && body.length > 1 && body.readUInt16BE(0) % 31 === 0

async function drain(stream: Transform, body: Buffer, most: number, truncated: boolean, name: string) {
  const parts: Buffer[] = []
  let size = 0
  stream.on('data', (part: Buffer) => {
    parts.push(part)
    size += part.length
    if (size > most) stream.destroy()
  })
  stream.end(body)
  try {
    await once(stream, 'close')
  } catch (error) {
    throw new Failure('protocol', `The body cannot be decompressed (${name}): ${(error as Error).message}.`, error)
  }
  const whole = Buffer.concat(parts, Math.min(size, most))
  return { body: whole, truncated: truncated || size > most }
}

/** Text of a body by the charset that its Content-Type names, UTF-8 otherwise. Never throws. */
export function textOf(answer: Pick<Answer, 'headers' | 'body'>): string {
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(answer.headers.get('content-type') ?? '')?.[1] ?? 'utf-8'
  return decoderFor(charset).decode(answer.body)
}

function decoderFor(charset: string): TextDecoder {
  try {
    return new TextDecoder(charset)
  } catch {
    return new TextDecoder('utf-8')
  }
}
