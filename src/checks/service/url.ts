// URLs of services as their users know them: `postgres://user@db.example.test:5432/app`.
// Promises that no password is in them, since they are shown, and that what is wrong says how to write it instead.
// Must not know what is spoken there.
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { z } from 'zod'

export interface Scheme {
  readonly port: number
  /** TLS is part of the name: `rediss`. */
  readonly tls?: boolean
}

export interface UrlForm {
  /** By name. */
  readonly schemes: Readonly<Record<string, Scheme>>
  /** Names after the question mark that mean something; others are refused. `any`: all are kept as they are. */
  readonly query?: readonly string[] | 'any'
  /** Whether a path may stand there. */
  readonly path?: boolean
  /** Whether a user may stand there. */
  readonly user?: boolean
  readonly description: string
  readonly example: string
}

export interface ServiceUrl {
  readonly scheme: string
  /** A name or an address, without brackets. */
  readonly host: string
  readonly port: number
  /** Whether the scheme means TLS. */
  readonly tls: boolean
  readonly user: string
  /** Without the slash at its beginning, decoded. */
  readonly path: string
  readonly query: ReadonlyMap<string, string>
  /** Path and query as they were written: `/chat?room=1`. */
  readonly resource: string
}

/** What a URL of that form means, or the sentence that says what is wrong with it. */
export function readServiceUrl(text: string, form: UrlForm): ServiceUrl | string {
  const names = Object.keys(form.schemes)
  const begin = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)
  if (!begin) {
    const whole = `${names[0]}://${text}`
    const write = /^[^\s@,]+$/.test(text) && URL.canParse(whole) ? whole : `it such as ${form.example}`
    return `${shorten(text.replace(/^\S*@/, '***@'))} is not a URL; write ${write}`
  }
  const scheme = (begin[1] ?? '').toLowerCase()
  const meant = form.schemes[scheme]
  if (!meant) return `${scheme}:// is not known here; write ${names.map((name) => `${name}://`).join(' or ')}`
  const authority = text.slice(begin[0].length).split(/[/?#]/)[0] ?? ''
  if (authority.slice(authority.lastIndexOf('@') + 1).includes(','))
    return `names several servers; write one, such as ${form.example}, and watch each by a monitor of its own`
  // Under a scheme that browsers know nothing of, nothing of the rest is changed or taken for something else.
  const url = URL.canParse(text) ? new URL(`x:${text.slice(scheme.length + 1)}`) : null
  if (!url) return `${shorten(text.replace(/\/\/[^/]*@/, '//'))} is not a URL; write it such as ${form.example}`
  return misfit(url, form) ?? take(url, { ...meant, scheme })
}

/** What a URL has that it may not have; null when nothing. */
function misfit(url: URL, form: UrlForm): string | null {
  if (url.password !== '') return 'a URL holds no password, since it is shown; put it under password: ${env:NAME}'
  if (url.username !== '' && form.user !== true) return 'a URL holds no user here, since it is shown'
  if (url.hash !== '') return `${url.hash} at the end means nothing here; leave it out`
  if (url.hostname === '') return `names no host; write it such as ${form.example}`
  if (url.port === '0') return 'a port is a number from 1 to 65535'
  if (form.path !== true && !/^\/?$/.test(url.pathname))
    return `${shorten(url.pathname)} means nothing here; leave it out`
  const { query = [] } = form
  const odd = query === 'any' ? undefined : [...url.searchParams.keys()].find((name) => !query.includes(name))
  if (odd === undefined) return null
  const known =
    query.length > 0 ? `; of a URL's options only ${(query as string[]).join(', ')} mean something here` : ''
  return `${shorten(odd)}=… means nothing to a check; leave it out${known}`
}

function take(url: URL, { scheme, port, tls = false }: Scheme & { scheme: string }): ServiceUrl | string {
  const user = decode(url.username)
  const path = decode(url.pathname.replace(/^\//, ''))
  const name = decode(url.hostname)
  if (user === null || path === null || name === null)
    return 'has a % that is not followed by two digits; write a plain % as %25'
  if (/\p{Cc}/u.test(user + path)) return 'has control characters, which no name has'
  if (name.startsWith('/')) return `${shorten(name)} is a socket of this machine; a check asks over the network`
  const bare = name.replace(/^\[(.*)\]$/, '$1')
  const host = isIP(bare) === 0 ? domainToASCII(name) : bare
  if (host === '') return `${shorten(name)} is not the name of a host`
  return {
    scheme,
    host,
    port: url.port === '' ? port : Number(url.port),
    tls,
    user,
    path,
    query: new Map(url.searchParams),
    resource: `${url.pathname === '' ? '/' : url.pathname}${url.search}`,
  }
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

const shorten = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text)

/** The setting `url`. */
export const urlSetting = (form: UrlForm) =>
  z
    .string({ error: `expected a URL such as ${form.example}` })
    .max(4_000)
    .transform((text, context) => {
      const read = readServiceUrl(text.trim(), form)
      if (typeof read !== 'string') return read
      context.addIssue({ code: 'custom', message: read })
      return z.NEVER
    })
    .meta({ title: 'URL', description: form.description, examples: [form.example] })

/** The setting `password`. */
export const passwordSetting = z
  .string()
  .min(1, 'an empty password is none; leave it out')
  .max(4_000)
  .regex(/^[^\0]*$/, 'a password has no zero character')
  .meta({ title: 'Password', description: 'The user’s password. It stands here and not in the URL, which is shown.' })
