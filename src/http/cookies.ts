// Cookies: the two that a browser is given, and how it is told to keep them.
// Promises that scripts cannot read them, that other sites' requests do not carry them, and that over TLS no other host
// can plant them. Must not know whose they are.
import type { Visitor } from './visitor.ts'

/** `session`: somebody is signed in; `device`: somebody has signed in here before. */
type Purpose = 'session' | 'device' | 'oidc'

const names: Readonly<Record<Purpose, string>> = {
  session: 'allswell',
  device: 'allswell-device',
  oidc: 'allswell-oidc',
}
const nameOf = (purpose: Purpose, secure: boolean) => `${secure ? '__Host-' : ''}${names[purpose]}`
const ownForm = /^[\w-]{43}$/

/** The secret that a browser sent back; over TLS only what was set over TLS counts. */
export function cookieIn(visitor: Pick<Visitor, 'cookies' | 'secure'>, purpose: Purpose): string | null {
  const kept = visitor.cookies.get(nameOf(purpose, true))
  const found = kept ?? (visitor.secure ? undefined : visitor.cookies.get(nameOf(purpose, false)))
  return found !== undefined && ownForm.test(found) ? found : null
}

/** A Set-Cookie header; `ms` null: until the browser is told otherwise, or closed. */
export function cookie(visitor: Pick<Visitor, 'secure'>, purpose: Purpose, secret: string, ms: number): string {
  const { secure } = visitor
  const age = `Max-Age=${Math.floor(ms / 1000)}`
  return [`${nameOf(purpose, secure)}=${secret}`, 'Path=/', age, ...attributes(secure)].join('; ')
}

/** Set-Cookie headers that take it away, however it was set. */
export const noCookie = (purpose: Purpose): readonly string[] =>
  [true, false].map((secure) =>
    [`${nameOf(purpose, secure)}=`, 'Path=/', 'Max-Age=0', ...attributes(secure)].join('; '),
  )

const attributes = (secure: boolean) => ['HttpOnly', 'SameSite=Lax', ...(secure ? ['Secure'] : [])]
