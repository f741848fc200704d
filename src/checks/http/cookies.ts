// Cookies: what servers set is kept within one check and sent back to the same host, as a browser would.
// Promises a bound on their number and size, that no other host is told, and that none outlives the check.
// Must not know sockets.
import { asText } from './head.ts'

interface Cookie {
  readonly host: string
  readonly name: string
  readonly value: string
  readonly path: string
  readonly secure: boolean
}

const cookiesMost = 50
const cookieMost = 4_096

/** Most checks have no cookies. */
const none: readonly Cookie[] = []

export class Jar {
  #kept: readonly Cookie[] = none
  #changes = 0

  /** How often what is kept has changed: the same request is no longer the same. */
  get changes(): number {
    return this.#changes
  }

  /** All values that are kept, so that they can be hidden. */
  get values(): readonly string[] {
    return this.#kept.map(({ value }) => value)
  }

  /** Takes what an answer from `url` sets; `now` in epoch ms. Domain is passed over: a cookie stays with its host. */
  take(url: URL, set: readonly string[], now: number): void {
    for (const text of set.slice(0, cookiesMost)) {
      const read = readCookie(url, text)
      if (!read) continue
      const { cookie, ends } = read
      const before = this.#kept.find((one) => isSame(one, cookie))
      const isGone = ends !== null && ends <= now
      if (isGone ? before === undefined : before?.value === cookie.value) continue
      const others = this.#kept.filter((one) => one !== before)
      this.#kept = isGone ? others : [...others, cookie].slice(-cookiesMost)
      this.#changes += 1
    }
  }

  /** The value of the Cookie header for a request to `url`; null for none. */
  header(url: URL): string | null {
    if (this.#kept.length === 0) return null
    const found = this.#kept
      .filter(
        ({ host, path, secure }) => host === url.hostname && within(url.pathname, path) && (!secure || isSafe(url)),
      )
      .sort((one, other) => other.path.length - one.path.length)
    return found.length === 0 ? null : found.map(({ name, value }) => `${name}=${value}`).join('; ')
  }
}

const isSafe = (url: URL) => url.protocol === 'https:'
const isSame = (one: Cookie, other: Cookie) =>
  one.host === other.host && one.name === other.name && one.path === other.path

/** RFC 6265, 5.1.4. */
const within = (path: string, of: string): boolean =>
  path === of || (path.startsWith(of) && (of.endsWith('/') || path[of.length] === '/'))
const folderOf = (path: string) => path.slice(0, Math.max(1, path.lastIndexOf('/')))

/** A value of Set-Cookie; null for what is none, is too large, or is not for this server to set. */
function readCookie(url: URL, text: string): { cookie: Cookie; ends: number | null } | null {
  const [pair = '', ...attributes] = text.split(';')
  const is = pair.indexOf('=')
  const name = pair.slice(0, is).trim()
  const value = asText(pair.slice(is + 1).trim())
  if (is < 1 || name === '' || name.length + value.length > cookieMost || /\p{Cc}/u.test(pair)) return null
  const said = new Map(
    attributes.map((one): [string, string] => {
      const [key = '', ...rest] = one.split('=')
      return [key.trim().toLowerCase(), rest.join('=').trim()]
    }),
  )
  const secure = said.has('secure')
  if (secure && !isSafe(url)) return null
  const path = said.get('path')?.startsWith('/') ? (said.get('path') as string) : folderOf(url.pathname)
  return { cookie: { host: url.hostname, name, value, path, secure }, ends: endOf(said) }
}

/** When it ends, as far as that is before the end of the check: epoch ms, or null. */
function endOf(said: ReadonlyMap<string, string>): number | null {
  const age = said.get('max-age')
  if (age !== undefined && /^-?\d+$/.test(age)) return Number(age) <= 0 ? 0 : null
  const date = Date.parse(said.get('expires') ?? '')
  return Number.isNaN(date) ? null : date
}
