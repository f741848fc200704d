// How the dashboard speaks with the server: the public API, nothing else. Types are in ./types.ts.
// Promises that whatever goes wrong is a Problem with a sentence that people can act on, and that no request waits for
// ever. Must not know any screen.
import { signal } from '@preact/signals'
import { clock, serverSaid } from '../clock.ts'

export interface Fault {
  readonly path: string
  readonly message: string
}

/** An answer that is not a success, or none at all; `message` is for people. */
export class Problem extends Error {
  override readonly name = 'Problem'
  /** 0: there was no answer. */
  readonly status: number
  /** The last word of the problem's type, such as `stale`; `offline` where nobody answered. */
  readonly kind: string
  readonly errors: readonly Fault[]

  constructor(status: number, kind: string, detail: string, errors: readonly Fault[] = []) {
    super(detail)
    this.status = status
    this.kind = kind
    this.errors = errors
  }
}

export type QueryValue = string | number | boolean | readonly string[] | null | undefined
export type Query = Readonly<Record<string, QueryValue>>

export interface Asked {
  readonly query?: Query | undefined
  readonly body?: unknown
  /** Only if it is still this revision. */
  readonly revision?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly timeout?: number | undefined
}

/** Counts answers that say that nobody is signed in any more. */
export const refusals = signal(0)

const waitMs = 30_000

export function queryText(query: Query = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value])
      .filter((one) => one !== undefined && one !== null && one !== '')
      .map((one) => [name, String(one)]),
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs).toString()}`
}

/** `path` below /api/v2, its parts escaped already. */
export async function ask<Answer>(method: string, path: string, asked: Asked = {}): Promise<Answer> {
  const { query, body, revision, signal, timeout = waitMs } = asked
  const timer = clock.timeout(timeout)
  let response: Response
  try {
    response = await fetch(`/api/v2${path}${queryText(query)}`, {
      method,
      credentials: 'same-origin',
      headers: {
        ...(method === 'GET' ? {} : { 'x-allswell-csrf': '1' }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(revision === undefined ? {} : { 'if-match': `"${revision}"` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timer]) : timer,
    })
  } catch (error) {
    if (signal?.aborted) throw error
    const late = timer.aborted
    throw new Problem(0, 'offline', late ? unanswered(timeout) : unreachable)
  }
  serverSaid(response.headers.get('date'))
  if (response.ok) return response.status === 204 ? (undefined as Answer) : await readBody<Answer>(response)
  const problem = await problemIn(response)
  if (response.status === 401 && problem.kind === 'unauthorized') refusals.value += 1
  throw problem
}

const unreachable =
  'The server cannot be reached. It may be restarting, or this device is offline; nothing was lost here, so try again.'
const unanswered = (ms: number) => `The server has not answered within ${Math.round(ms / 1000)} seconds; try again.`

/** JSON as what it says, anything else as text. */
async function readBody<Answer>(response: Response): Promise<Answer> {
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '')
  try {
    return (isJson ? await response.json() : await response.text()) as Answer
  } catch {
    throw new Problem(0, 'offline', 'The answer broke off half way; try again.')
  }
}

async function problemIn(response: Response): Promise<Problem> {
  const { status } = response
  const told = (await response.json().catch(() => null)) as {
    type?: string
    detail?: string
    errors?: readonly Fault[]
  } | null
  const kind = told?.type?.split(':').at(-1) ?? 'unknown'
  const detail = told?.detail ?? `The server answered ${status} without saying why; its log may say more.`
  return new Problem(status, kind, detail, told?.errors ?? [])
}

export const get = <Answer>(path: string, query?: Query, signal?: AbortSignal): Promise<Answer> =>
  ask<Answer>('GET', path, { query, signal })
export const post = <Answer>(path: string, body?: unknown, asked: Asked = {}): Promise<Answer> =>
  ask<Answer>('POST', path, { body, ...asked })
export const patch = <Answer>(path: string, body: unknown, asked: Asked = {}): Promise<Answer> =>
  ask<Answer>('PATCH', path, { body, ...asked })
export const put = <Answer>(path: string, body: unknown, asked: Asked = {}): Promise<Answer> =>
  ask<Answer>('PUT', path, { body, ...asked })
export const remove = (path: string, asked: Asked = {}): Promise<void> => ask('DELETE', path, asked)

/** A path of escaped parts: `at('monitors', key, 'run')`. */
export const at = (...parts: readonly (string | number)[]): string =>
  parts.map((part) => `/${encodeURIComponent(String(part))}`).join('')

/** What any thrown thing says to people. */
export const sentenceOf = (error: unknown): string =>
  error instanceof Problem ? error.message : `The dashboard itself failed: ${String(error)}`
