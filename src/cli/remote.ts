// Speaking with a running server by its API.
// Promises an answer or a sentence that says what to do, within a bounded time. Must not know any resource.
import type { Clock } from '#platform/clock.ts'
import { maskUrl, type Settings } from '#platform/settings.ts'

/** A document of 10,000 monitors may take a while. */
const patienceMs = 120_000
const answerMost = 256_000_000

export interface RemoteFault {
  readonly path: string
  readonly message: string
}

/** The server has refused something, or is not there. */
export class RemoteError extends Error {
  override readonly name = 'RemoteError'
  /** HTTP status; 0: no answer came. */
  readonly status: number
  readonly errors: readonly RemoteFault[]

  constructor(status: number, message: string, errors: readonly RemoteFault[] = []) {
    super(message)
    this.status = status
    this.errors = errors
  }
}

export interface Remote {
  /** The JSON of the answer; throws RemoteError. */
  ask<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer>
}

export function openRemote({ server, token }: Settings, clock: Clock): Remote {
  const where = maskUrl(server)
  return {
    async ask<Answer>(method: 'GET' | 'POST', path: string, body?: unknown): Promise<Answer> {
      const abort = new AbortController()
      const timer = clock.after(patienceMs, () => abort.abort())
      try {
        const answer = await fetch(`${server}${path}`, {
          method,
          signal: abort.signal,
          redirect: 'error',
          headers: {
            accept: 'application/json',
            ...(token === null ? {} : { authorization: `Bearer ${token}` }),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        })
        if (Number(answer.headers.get('content-length') ?? 0) > answerMost) throw new Error('the answer is too large')
        const text = await answer.text()
        if (!answer.ok) throw refusal(answer.status, text, where, token !== null)
        return read(text, where) as Answer
      } catch (error) {
        if (error instanceof RemoteError) throw error
        const why = abort.signal.aborted ? `no answer within ${patienceMs / 1000} s` : reasonOf(error)
        throw new RemoteError(0, `${where} cannot be reached: ${why}. Name the server by --server or ALLSWELL_SERVER.`)
      } finally {
        timer.cancel()
      }
    },
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error
  const { code, message: deeper } = (cause ?? {}) as { code?: string; message?: string }
  if (code === 'ECONNREFUSED') return 'nothing listens there'
  if (code === 'ENOTFOUND') return 'there is no such host'
  return deeper ?? message
}

function read(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw new RemoteError(0, `${where} answered, but not like an Allswell server; look at the address.`)
  }
}

function refusal(status: number, text: string, where: string, hasToken: boolean): RemoteError {
  const problem = problemIn(text)
  if (status === 401) {
    const how = hasToken
      ? 'The token is not valid there.'
      : 'It needs a token: set ALLSWELL_TOKEN, made by "allswell token create --name ci --scope edit" on the server.'
    return new RemoteError(status, `${where} does not let you in. ${how}`)
  }
  if (problem === null) return new RemoteError(status, `${where} answered ${status}, not like an Allswell server.`)
  return new RemoteError(status, problem.detail, problem.errors)
}

function problemIn(text: string): { detail: string; errors: readonly RemoteFault[] } | null {
  try {
    const { detail, errors = [] } = JSON.parse(text) as { detail?: unknown; errors?: readonly RemoteFault[] }
    return typeof detail === 'string' ? { detail, errors } : null
  } catch {
    return null
  }
}
