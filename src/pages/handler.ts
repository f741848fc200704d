// Answers requests for public pages on bare node:http: `/`, `/p/{slug}`, and below it `/days/{component}`,
// `/incidents/{number}` and the files for programs, which the first page has below `/`, too.
// Promises GET and HEAD, one answer whatever the query string, and no word to requests that are not for pages.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './document.ts'
import { isFile } from './files.ts'
import type { Pages } from './serve.ts'

export interface PagePath {
  /** Null: the first page. */
  readonly slug: string | null
  readonly component?: string
  readonly incident?: number
  readonly file?: string
}

/** Which page a request's target means; null: none of ours. Its query string is ignored. */
export function pagePath(target: string): PagePath | null {
  const path = target.replace(/[?#].*$/s, '')
  if (path === '/') return { slug: null }
  const found = /^\/p\/([^/]*)(?:\/days\/([^/]+)|\/incidents\/(\d{1,15}))?\/?$/.exec(path)
  if (found === null) return filePath(path)
  const slug = decode(found[1] ?? '')
  if (found[3] !== undefined) return { slug, incident: Number(found[3]) }
  return found[2] === undefined ? { slug } : { slug, component: decode(found[2]) }
}

function filePath(path: string): PagePath | null {
  const found = /^(?:\/p\/([^/]*))?\/((?:api|badge)\/.+|[a-z]+\.[a-z]+)$/.exec(path)
  if (found === null) return null
  const file = decode(found[2] ?? '')
  return isFile(file) ? { slug: found[1] === undefined ? null : decode(found[1]), file } : null
}

/** A name that cannot be decoded is taken as it stands: there is no such page. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** True when the request was for a page and is, or will be, answered. */
export function pageHandler(pages: Pages): (request: IncomingMessage, response: ServerResponse) => boolean {
  return (request, response) => {
    const path = pagePath(request.url ?? '')
    if (path === null) return false
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.writeHead(405, { allow: 'GET, HEAD', 'content-type': 'text/plain; charset=utf-8' })
      response.end('A page can only be read: use GET or HEAD.\n')
      return true
    }
    const { 'accept-encoding': acceptEncoding, 'if-none-match': ifNoneMatch } = request.headers
    const { slug, component, incident, file } = path
    void pages
      .answer(slug, { acceptEncoding: acceptEncoding, ifNoneMatch, component, incident, file })
      .then((answer) => send(answer, request.method === 'HEAD', response))
      .catch(() => response.destroy())
    return true
  }
}

function send({ status, headers, body }: Answer, headOnly: boolean, response: ServerResponse): void {
  response.writeHead(status, headers)
  if (headOnly || status === 304) response.end()
  else response.end(body)
}
