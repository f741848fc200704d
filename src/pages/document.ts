// Document: a rendered page as bytes ready to be sent, compressed once for each way a browser takes them.
// Promises a strong ETag over the content, other for each encoding, and headers that let nothing foreign in.
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { policy } from './frame.ts'

export interface Answer {
  readonly status: number
  /** With `content-length`, which holds for HEAD too. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

/** What a request says about the answer it wants; header values as they came. */
export interface Wanted {
  readonly acceptEncoding?: string | undefined
  readonly ifNoneMatch?: string | undefined
}

export type Encoding = 'br' | 'gzip' | 'identity'

/**
 * `live`: browsers ask each time whether it is still the same, so that a change shows on the next request; caches in
 * between that know RFC 9213 may keep it for ten seconds. `away`: nobody keeps it.
 */
export type Freshness = 'live' | 'stale' | 'away'
const caching: Readonly<Record<Freshness, Readonly<Record<string, string>>>> = {
  live: {
    'cache-control': 'public, no-cache',
    'cdn-cache-control': 'public, max-age=10, stale-while-revalidate=30',
  },
  stale: { 'cache-control': 'public, no-cache' },
  away: { 'cache-control': 'no-store', 'retry-after': '30' },
}

const common: Readonly<Record<string, string>> = {
  vary: 'accept-encoding',
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
}

const compress: Readonly<Record<Encoding, (bytes: Buffer) => Promise<Buffer>>> = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 5, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: 6 }),
  identity: async (bytes) => bytes,
}

/** What is not a page but for programs: its type, and that any site may read and embed it. */
export const fileHeaders = (type: string): Readonly<Record<string, string>> => ({
  'content-type': `${type}; charset=utf-8`,
  'content-security-policy': "default-src 'none'",
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
})

interface Variant {
  readonly whole: Answer
  readonly unchanged: Answer
}

export class Document {
  readonly #status: number
  readonly #freshness: Freshness
  readonly #bytes: Buffer
  readonly #more: Readonly<Record<string, string>>
  readonly #hash: string
  readonly #variants = new Map<Encoding, Promise<Variant>>()

  /** `more`: headers beside the usual ones, or instead of them. */
  constructor(text: string, status = 200, freshness: Freshness = 'stale', more: Readonly<Record<string, string>> = {}) {
    this.#status = status
    this.#more = more
    this.#freshness = freshness
    this.#bytes = Buffer.from(text)
    this.#hash = createHash('sha256').update(this.#bytes).digest('base64url').slice(0, 22)
  }

  /** The document, or 304 to one who has it already. */
  async answer(wanted: Wanted): Promise<Answer> {
    const encoding = chooseEncoding(wanted.acceptEncoding)
    let made = this.#variants.get(encoding)
    if (made === undefined) {
      made = this.#make(encoding)
      this.#variants.set(encoding, made)
    }
    const variant = await made
    return this.#status === 200 && matches(wanted.ifNoneMatch, this.#hash) ? variant.unchanged : variant.whole
  }

  async #make(encoding: Encoding): Promise<Variant> {
    const body = await compress[encoding](this.#bytes)
    const etag = `"${this.#hash}${encoding === 'identity' ? '' : `-${encoding}`}"`
    const { 'content-type': type = 'text/html; charset=utf-8', ...more } = this.#more
    const kept = { ...common, ...caching[this.#freshness], ...more, etag }
    return {
      whole: {
        status: this.#status,
        headers: {
          'content-type': type,
          'content-length': String(body.length),
          ...(encoding === 'identity' ? {} : { 'content-encoding': encoding }),
          ...kept,
        },
        body,
      },
      unchanged: { status: 304, headers: kept, body: Buffer.alloc(0) },
    }
  }
}

const named = (encoding: Encoding) =>
  new RegExp(String.raw`(?:^|[\s,])${encoding}\s*(?:;\s*q=([\d.]+)\s*)?(?:,|$)`, 'i')
const byName = { br: named('br'), gzip: named('gzip') }

/** The smallest that the client takes: br, gzip, or as it is. */
export function chooseEncoding(accept: string | undefined): Encoding {
  if (accept === undefined) return 'identity'
  const takes = (encoding: keyof typeof byName) => {
    const found = byName[encoding].exec(accept)
    return found !== null && (found[1] === undefined || Number(found[1]) > 0)
  }
  return takes('br') ? 'br' : takes('gzip') ? 'gzip' : 'identity'
}

/** Whether the client has this content, in whatever encoding; a weak tag counts, as RFC 9110 wants it here. */
function matches(ifNoneMatch: string | undefined, hash: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  return ifNoneMatch.split(',').some((tag) => {
    const inner = /^\s*(?:W\/)?"([^"]*)"\s*$/.exec(tag)?.[1]
    return inner !== undefined && inner.replace(/-(?:br|gzip)$/, '') === hash
  })
}
