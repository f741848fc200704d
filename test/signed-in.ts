// A browser in a test, as far as the API sees one: it keeps cookies and sends the headers that a page's own scripts do.
// Promises to keep to the rules of cookies that matter here (name, value, end). Must not know any route.
import { textOf } from './answer-text.ts'

export interface BrowserAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body; null where it is not JSON. */
  readonly json: never
  readonly setCookies: readonly string[]
}

export interface Browser {
  readonly cookies: Map<string, string>
  ask(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<BrowserAnswer>
}

/** `headers`: sent with everything, over the usual ones; null takes one away. */
export function openBrowser(base: string, headers: Readonly<Record<string, string | null>> = {}): Browser {
  const cookies = new Map<string, string>()
  const { origin } = new URL(base)
  return {
    cookies,
    async ask(method, path, body, more = {}) {
      const unsafe = method !== 'GET'
      const usual: Record<string, string | null> = {
        'user-agent': 'Test browser',
        'sec-fetch-site': 'same-origin',
        ...(unsafe ? { origin, 'x-allswell-csrf': '1' } : {}),
        ...(cookies.size > 0 ? { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } : {}),
        ...headers,
        ...more,
      }
      const sent = Object.entries(usual).filter((one): one is [string, string] => one[1] !== null)
      const response = await fetch(`${base}${path}`, {
        method,
        headers: sent,
        redirect: 'manual',
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const setCookies = response.headers.getSetCookie()
      for (const cookie of setCookies) keep(cookies, cookie)
      const text = await textOf(response)
      const isJson = /json/.test(response.headers.get('content-type') ?? '')
      const json = (isJson ? JSON.parse(text) : null) as never
      return { status: response.status, headers: response.headers, text, json, setCookies }
    },
  }
}

function keep(cookies: Map<string, string>, header: string): void {
  const [pair = '', ...attributes] = header.split(';').map((part) => part.trim())
  const is = pair.indexOf('=')
  if (attributes.some((one) => /^max-age=0$/i.test(one))) cookies.delete(pair.slice(0, is))
  else cookies.set(pair.slice(0, is), pair.slice(is + 1))
}
