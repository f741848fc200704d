// Reads a mail as a mail program would: headers unfolded and decoded, the text and HTML parts.
// Promises enough of MIME for what tests receive, no more. Must not know who sent it.

export interface ReadMail {
  /** Lower-case names; of a repeated header all values. */
  readonly headers: Readonly<Record<string, readonly string[]>>
  readonly subject: string
  readonly text: string
  readonly html: string
}

export function readMail(raw: string): ReadMail {
  const { headers, body } = split(raw)
  const parts = leaves(headers, body)
  const part = (type: string) => parts.find((one) => one.type === type)?.text ?? ''
  return { headers, subject: headers['subject']?.[0] ?? '', text: part('text/plain'), html: part('text/html') }
}

function split(raw: string) {
  const end = raw.indexOf('\r\n\r\n')
  const head = end < 0 ? raw : raw.slice(0, end)
  const headers: Record<string, string[]> = {}
  for (const line of head.replaceAll(/\r\n[ \t]+/g, ' ').split('\r\n')) {
    const [name = '', ...rest] = line.split(':')
    const values = (headers[name.toLowerCase()] ??= [])
    values.push(words(rest.join(':').trim()))
  }
  return { headers, body: end < 0 ? '' : raw.slice(end + 4) }
}

/** RFC 2047: `=?UTF-8?Q?…?=`; neighbours are joined. */
function words(text: string): string {
  const joined = text.replaceAll(/(\?=)\s+(=\?)/g, '$1$2')
  const bytes = joined.replaceAll(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, word: string) =>
    kind.toLowerCase() === 'b' ? Buffer.from(word, 'base64').toString('latin1') : quoted(word.replaceAll('_', ' ')),
  )
  return bytes === joined ? text : Buffer.from(bytes, 'latin1').toString('utf8')
}

/** Quoted-printable to bytes, each as one character. */
const quoted = (text: string) =>
  text
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

function leaves(headers: Record<string, string[]>, body: string): { type: string; text: string }[] {
  const type = headers['content-type']?.[0] ?? 'text/plain'
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1]
  if (boundary !== undefined) {
    const inner = body.split(`--${boundary}`).slice(1, -1)
    return inner.flatMap((part) => {
      const { headers, body } = split(part.replace(/^\r\n/, '').replace(/\r\n$/, ''))
      return leaves(headers, body)
    })
  }
  const encoding = headers['content-transfer-encoding']?.[0]?.toLowerCase()
  const bytes =
    encoding === 'base64'
      ? Buffer.from(body, 'base64')
      : Buffer.from(encoding === 'quoted-printable' ? quoted(body) : body, 'latin1')
  return [{ type: (type.split(';')[0] ?? '').trim(), text: bytes.toString('utf8').replaceAll('\r\n', '\n') }]
}
