// What may be shown of a request and its answer: URLs without their values, headers that say nothing secret.
// Promises that nothing which settings call secret is shown, and short texts. Must not know why it is shown.
import type { Asked } from './request.ts'

const mask = '***'
const urlMost = 500
const valueMost = 200

/** Headers that say nothing secret: they may be shown, and follow a redirect to somebody else's server. */
export const harmless: ReadonlySet<string> = new Set([
  'accept',
  'accept-language',
  'cache-control',
  'content-type',
  'pragma',
  'user-agent',
])
const shownToo = new Set(['accept-encoding', 'host', 'origin', 'range'])
const secretName = /auth|cookie|credential|token|secret|passw|key|session|signature/i

/** A URL as evidence: values of its query and its fragment masked, and not too long. */
export const showUrl = (url: URL | string): string => maskValues(String(url)).slice(0, urlMost)

/** Of `?a=b&c#d` the values; what has no name is a value. */
function maskValues(text: string): string {
  return text
    .replaceAll(/\?[^#\s"'<>]*/g, (query) =>
      query.replaceAll(/([?&;])([^=&;]*)(=?)([^&;]*)/g, (_, mark: string, name: string, is: string, value: string) => {
        if (is === '') return name === '' ? mark : `${mark}${mask}`
        return `${mark}${name}=${value === '' ? '' : mask}`
      }),
    )
    .replaceAll(/#[^\s"'<>]+/g, `#${mask}`)
}

/** The value of a header that was sent. All of them are secret, but for those that everybody sends. */
export function showSent(name: string, value: string): string {
  const known = name.toLowerCase()
  return harmless.has(known) || shownToo.has(known) ? showUrl(value).slice(0, valueMost) : mask
}

/** The value of a header that was received: those with the names of secrets masked, and values in URLs. */
export function showReceived(name: string, value: string): string {
  if (secretName.test(name) && !/^(www|proxy)-authenticate$/i.test(name)) return mask
  const shown = /\?\S*=|:\/\/|^\//.test(value) ? showUrl(value) : value
  return shown.slice(0, valueMost)
}

/** So short a credential would spoil what is shown, and is none. */
const credentialLeast = 4
const partLeast = 8
/** What looks like a key made by a machine, whatever its name. */
const token = /^(?=\S*\d)(?=\S*[a-z])[\w~+/=.-]{12,}$/i

/** What of a request is secret, wherever it comes back: a server may repeat what it was sent. */
export function secretsOf({ url, headers, body = '', auth }: Asked): string[] {
  const found: string[] = []
  const credential = (text: string) => void (text.length >= credentialLeast && found.push(text))
  if (auth?.bearer !== undefined) credential(auth.bearer)
  if (auth?.basic) {
    const { user, password } = auth.basic
    credential(password)
    credential(Buffer.from(`${user}:${password}`).toString('base64'))
  }
  for (const [name, value] of Object.entries(headers)) {
    const isSecret = secretName.test(name)
    if (harmless.has(name.toLowerCase()) || (!isSecret && !token.test(value))) continue
    credential(value)
    if (isSecret) found.push(...value.split(/[\s;,]+(?:[\w-]+=)?|^[\w-]+=/).filter((part) => part.length >= partLeast))
  }
  for (const [name, value] of URL.canParse(url) ? new URL(url).searchParams : [])
    if (secretName.test(name) || token.test(value)) credential(value)
  if (body.trim().length >= partLeast) found.push(body.trim(), ...secretsInBody(body))
  return [...new Set(found)]
}

/** Values of a JSON or form body whose names say that they are secret. */
function secretsInBody(body: string): string[] {
  const values: string[] = []
  const take = (name: string, value: string) =>
    void (secretName.test(name) && value.length >= credentialLeast && values.push(value))
  try {
    JSON.parse(body, (name, value: unknown) => {
      if (typeof value === 'string') take(name, value)
      return value
    })
  } catch {
    for (const [name, value] of new URLSearchParams(body)) take(name, value)
  }
  return values
}
