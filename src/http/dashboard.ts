// Serves the dashboard: the files that the build made, from memory, compressed once, at `/app` and below.
// Promises a policy that lets nothing foreign in, names that change with their content kept for ever by browsers, and
// a sentence where there was no build. Must not know what the dashboard shows.
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { HotHandler } from './server.ts'

const built = fileURLToPath(new URL('../../dist/dashboard/', import.meta.url))
const root = '/app'
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.webmanifest': 'application/manifest+json',
}
/** Too small, or too dense, to be worth compressing. */
const plainTypes = new Set(['.png', '.ico'])
const security: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; " +
    "frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

type Encoding = 'br' | 'gzip' | 'identity'

interface File {
  readonly bodies: Readonly<Record<Encoding, Buffer>>
  readonly headers: Readonly<Record<string, string>>
  readonly etag: string
}

type Files = ReadonlyMap<string, File>

/** Answers for the dashboard, whose files lie in `folder`; they are read when somebody first asks for one. */
export function dashboardHandler(folder = built): HotHandler {
  let files: Promise<Files> | null = null
  return (request, response) => {
    const path = pathOf(request.url ?? '')
    if (path === null) return false
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      say(response, 405, 'The dashboard can only be read: use GET or HEAD. What it changes goes through /api/v2.')
      return true
    }
    files ??= readFiles(folder)
    files.then(
      (found) => answer(found, path, request, response),
      () => {
        files = null
        say(response, 503, 'The dashboard has not been built. Run "npm run build", then load this page again.')
      },
    )
    return true
  }
}

/** The path below the root without its query string, `` for the root itself; null: it is not the dashboard's. */
function pathOf(target: string): string | null {
  const path = target.replace(/[?#].*$/s, '')
  if (path === root) return ''
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : null
}

function answer(files: Files, path: string, request: IncomingMessage, response: ServerResponse): void {
  // What is no file is a screen: the application in the browser knows which.
  const isFile = path.startsWith('assets/') || extname(path) !== ''
  const file = files.get(path) ?? (isFile ? undefined : files.get('index.html'))
  if (file === undefined) return say(response, 404, 'The dashboard has no such file; load the page again.')
  const encoding = encodingOf(request.headers['accept-encoding'])
  const etag = `"${file.etag}-${encoding}"`
  const body = file.bodies[encoding]
  const headers = { ...file.headers, etag, ...(body === file.bodies.identity ? {} : { 'content-encoding': encoding }) }
  if (request.headers['if-none-match']?.includes(etag)) {
    response.writeHead(304, headers).end()
    return
  }
  response.writeHead(200, { ...headers, 'content-length': String(body.length) })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function say(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, {
    ...security,
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  })
  response.end(`${sentence}\n`)
}

function encodingOf(accepted: string | undefined): Encoding {
  const wants = (name: string) =>
    new RegExp(`(^|[\\s,])${name}(?!\\s*;\\s*q=0(\\.0*)?\\s*(,|$))`, 'i').test(accepted ?? '')
  return wants('br') ? 'br' : wants('gzip') ? 'gzip' : 'identity'
}

async function readFiles(folder: string): Promise<Files> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const files = new Map<string, File>()
  for (const path of paths) files.set(relative(folder, path).split(sep).join('/'), await readOne(path))
  if (!files.has('index.html')) throw new Error('the dashboard has not been built')
  return files
}

async function readOne(path: string): Promise<File> {
  const identity = await readFile(path)
  const kind = extname(path)
  const isDense = plainTypes.has(kind)
  const br = isDense
    ? identity
    : await promisify(brotliCompress)(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } })
  const gz = isDense ? identity : await promisify(gzip)(identity, { level: 9 })
  // The names of assets hold a hash of their content.
  const isLasting = path.includes(`${sep}assets${sep}`)
  return {
    bodies: { identity, br, gzip: gz },
    etag: createHash('sha256').update(identity).digest('base64url').slice(0, 22),
    headers: {
      ...security,
      'content-type': types[kind] ?? 'application/octet-stream',
      'cache-control': isLasting ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
    },
  }
}
