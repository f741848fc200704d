// Failure: why a message did not get through, in one sentence that says what to look at.
// Promises never to repeat a secret. Must not know any channel.
import { plain } from '#core/message.ts'
import { OutboundError } from '#platform/outbound.ts'
import { loginOf } from './login.ts'

const sentences: Readonly<Record<string, (peer: string) => string>> = {
  ECONNREFUSED: (peer) => `${peer} refused the connection; nothing listens there.`,
  ECONNRESET: (peer) => `${peer} closed the connection without an answer.`,
  EPIPE: (peer) => `${peer} closed the connection before all was sent.`,
  ETIMEDOUT: (peer) => `${peer} did not answer in time.`,
  EHOSTUNREACH: (peer) => `${peer} cannot be reached; there is no route to it.`,
  ENETUNREACH: (peer) => `${peer} cannot be reached; there is no route to it.`,
  HPE_HEADER_OVERFLOW: (peer) => `${peer} answered with headers that never end.`,
  CERT_HAS_EXPIRED: (peer) => `The certificate of ${peer} has expired.`,
  CERT_NOT_YET_VALID: (peer) => `The certificate of ${peer} is not valid yet.`,
  ERR_TLS_CERT_ALTNAME_INVALID: (peer) => `The certificate of ${peer} is for another name.`,
  DEPTH_ZERO_SELF_SIGNED_CERT: (peer) => `The certificate of ${peer} is self-signed.`,
  SELF_SIGNED_CERT_IN_CHAIN: (peer) => `The certificate of ${peer} comes from an authority that is not trusted here.`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: (peer) => `The certificate of ${peer} cannot be traced to a trusted authority.`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: (peer) => `The certificate of ${peer} cannot be traced to a trusted authority.`,
}

/** The error's code, its own or that of what caused it. */
export function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if ('code' in error && typeof error.code === 'string') return error.code
  return codeOf(error.cause)
}

export const isCertificate = (code: string | null): boolean =>
  code !== null && code in sentences && /CERT|LEAF/.test(code)

/** One sentence for a failed connection to `peer` (host:port). */
export function sayFailure(error: unknown, peer: string): string {
  if (error instanceof OutboundError) return error.message
  const code = codeOf(error)
  const known = code === null ? undefined : sentences[code]
  if (known) return known(peer)
  const message = error instanceof Error ? error.message : String(error)
  if (code?.startsWith('ERR_SSL') || code === 'EPROTO') return `${peer} does not speak TLS as expected (${code}).`
  if (code?.startsWith('HPE_')) return `${peer} did not answer in HTTP.`
  return `${peer}: ${plain(message, 200)}`
}

/** The text with each secret in it (4 characters or more), however it is spelled there, replaced by `***`. */
export function redact(text: string, secrets: readonly (string | undefined)[]): string {
  let clean = text
  const known = secrets.filter((secret) => secret !== undefined && secret.length >= 4) as string[]
  const longest = [...new Set(known.flatMap(spellings))].sort((one, other) => other.length - one.length)
  for (const secret of longest) clean = clean.replaceAll(secret, '***')
  return clean
}

/** As it is, in JSON, in a URL and in base64. */
const spellings = (secret: string) => [
  secret,
  JSON.stringify(secret).slice(1, -1),
  encodeURIComponent(secret.toWellFormed()),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
]

/** A part of a path that looks like a key: not a plain word or number. */
const isKey = (part: string) => part.length >= 6 && !/^([A-Z]?[a-z]{1,15}|\d{1,7})$/.test(part)

/** A URL fit to be shown: its origin, and `/…` for all that follows. */
export function maskUrl(text: string): string {
  if (!URL.canParse(text)) return '***'
  const { protocol, host, pathname, search } = new URL(text)
  return `${protocol}//${host}${pathname === '/' && search === '' ? '/' : '/…'}`
}

/** What `maskUrl` hides, in the forms in which a receiver may repeat it. */
export function secretsOfUrl(url: URL): string[] {
  const login = loginOf(url)
  const parts = typeof login === 'object' && login !== null ? [login.user, login.pass] : []
  return [
    ...parts,
    url.username,
    url.password,
    url.search.slice(1),
    ...url.searchParams.values(),
    ...url.pathname.split('/').filter(isKey),
  ]
}
