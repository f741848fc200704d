// A mail as people read it: its subject and its text, whatever they are encoded as.
// Promises never to throw, bounded work, and no more parts and depth than a mail has. Pure.

export interface MailText {
  readonly subject: string
  readonly text: string
}

const partsMost = 50
const depthMost = 8
const headerMost = 64_000

export function readMail(bytes: Buffer): MailText {
  const { headers, body } = split(bytes)
  const left = { parts: partsMost }
  const text = textOf(headers, body, 0, left) ?? ''
  return { subject: words(headers.get('subject') ?? ''), text: text.replaceAll('\r\n', '\n') }
}

type Headers = ReadonlyMap<string, string>

/** Headers by their names in small letters, unfolded; the first of each counts. */
function split(bytes: Buffer): { headers: Headers; body: Buffer } {
  const headers = new Map<string, string>()
  const end = bytes.indexOf('\r\n\r\n')
  if (bytes.subarray(0, 2).toString('latin1') === '\r\n') return { headers, body: bytes.subarray(2) }
  const head = bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, headerMost)).toString('utf8')
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).trim().toLowerCase()
    if (colon > 0 && !headers.has(name)) headers.set(name, line.slice(colon + 1).trim())
  }
  return { headers, body: end < 0 ? Buffer.alloc(0) : bytes.subarray(end + 4) }
}

/** The plain text of a part, else of its first part that has one; null: it has none. */
function textOf(headers: Headers, body: Buffer, depth: number, left: { parts: number }): string | null {
  left.parts -= 1
  if (depth > depthMost || left.parts < 0) return null
  const type = headers.get('content-type') ?? 'text/plain'
  const kind = type.split(';', 1)[0]?.trim().toLowerCase() ?? ''
  const boundary = parameter(type, 'boundary')
  if (kind.startsWith('multipart/') && boundary !== null) {
    const texts = pieces(body, boundary).map((piece) => split(piece))
    const plain = texts.filter((one) => !/^text\/html/i.test(one.headers.get('content-type') ?? ''))
    for (const part of [...plain, ...texts.filter((one) => !plain.includes(one))]) {
      const found = textOf(part.headers, part.body, depth + 1, left)
      if (found !== null) return found
    }
    return null
  }
  if (!kind.startsWith('text/') || /^attachment/i.test(headers.get('content-disposition') ?? '')) return null
  const decoded = decode(body, headers.get('content-transfer-encoding') ?? '')
  const text = inCharset(decoded, parameter(type, 'charset'))
  return kind === 'text/html' ? withoutTags(text) : text
}

function pieces(body: Buffer, boundary: string): Buffer[] {
  const found: Buffer[] = []
  const mark = Buffer.from(`--${boundary}`)
  let from = -1
  for (let at = body.indexOf(mark); at >= 0 && found.length < partsMost; at = body.indexOf(mark, at + mark.length)) {
    const starts = at === 0 || body[at - 1] === 10
    if (!starts) continue
    if (from >= 0) found.push(body.subarray(from, Math.max(from, at - 2)))
    const line = body.indexOf('\r\n', at)
    if (line < 0 || body.subarray(at + mark.length, at + mark.length + 2).toString('latin1') === '--') return found
    from = line + 2
  }
  if (from >= 0) found.push(body.subarray(from))
  return found
}

function parameter(type: string, name: string): string | null {
  for (const part of type.split(';').slice(1)) {
    const [key = '', value = ''] = part.split(/=(.*)/s)
    if (key.trim().toLowerCase() === name) return value.trim().replaceAll(/^"|"$/g, '')
  }
  return null
}

function decode(body: Buffer, encoding: string): Buffer {
  const how = encoding.trim().toLowerCase()
  if (how === 'base64') return Buffer.from(body.toString('latin1'), 'base64')
  return how === 'quoted-printable' ? quotedPrintable(body.toString('latin1').replaceAll(/=[ \t]*\r\n/g, '')) : body
}

const quotedPrintable = (text: string): Buffer =>
  Buffer.from(
    text.replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  )

function inCharset(bytes: Buffer, charset: string | null): string {
  try {
    return new TextDecoder(charset ?? 'utf-8').decode(bytes)
  } catch {
    return bytes.toString('latin1')
  }
}

/** Words that were encoded for a header: `=?utf-8?B?…?=`. */
const words = (text: string): string =>
  text
    .replaceAll(/(=\?[^?\s]{1,40}\?[bq]\?[^?\s]*\?=)\s+(?==\?)/gi, '$1')
    .replaceAll(/=\?([^?\s]{1,40})\?([bq])\?([^?\s]*)\?=/gi, (_, charset: string, how: string, data: string) => {
      const isBase64 = how.toLowerCase() === 'b'
      const bytes = isBase64 ? Buffer.from(data, 'base64') : quotedPrintable(data.replaceAll('_', ' '))
      return inCharset(bytes, charset.split('*')[0] ?? null)
    })

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', nbsp: ' ', amp: '&' }

/** The text of a page. Cut at each `>`, so that every sign is looked at once, whatever stands open. */
function withoutTags(html: string): string {
  const pieces = html.split('>')
  const rest = pieces.pop() ?? ''
  return (pieces.map(beforeTag).join('') + rest).replaceAll(
    /&(lt|gt|quot|nbsp|amp);/g,
    (_, name: string) => entities[name] ?? '',
  )
}

/** A piece up to a `>` without the tag that this closes, with a new line for one that begins a line. */
function beforeTag(piece: string): string {
  const at = piece.search(/<[a-z!/?]/i)
  if (at < 0) return `${piece}>`
  const isBreak = /^<(?:br|p|div|tr|li)\b/i.test(piece.slice(at, at + 5))
  return piece.slice(0, at) + (isBreak ? '\n' : '')
}
