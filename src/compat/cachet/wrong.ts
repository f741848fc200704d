// What is wrong with a request, and how each generation of clients expects to be told so.
// Promises no inner words of ours: what clients see is what they know how to read, with a sentence that helps.
import { Refused } from '#commands/refused.ts'
import { BadCursor, Conflict, Hidden, Outside, Unavailable } from '#store/store.ts'
import { randomUUID } from 'node:crypto'
import type { Generation, Reply } from './ports.ts'

export interface Detail {
  readonly field: string
  readonly message: string
}

export class Wrong extends Error {
  override readonly name = 'Wrong'
  readonly status: number
  readonly details: readonly Detail[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    status: number,
    message = '',
    more: { readonly details?: readonly Detail[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message)
    this.status = status
    this.details = more.details ?? []
    this.headers = more.headers ?? {}
  }
}

export const invalid = (field: string, message: string): Wrong =>
  new Wrong(400, message, { details: [{ field, message }] })
export const missing = (): Wrong => new Wrong(404)

const titles: Readonly<Record<number, readonly [title: string, detail: string]>> = {
  400: ['Bad Request', 'The request cannot be fulfilled due to bad syntax.'],
  401: ['Unauthorized', 'Authentication is required and has failed or has not yet been provided.'],
  403: ['Forbidden', 'The request was a valid request, but this token may not do it.'],
  404: ['Not Found', 'The requested resource could not be found but may be available again in the future.'],
  405: ['Method Not Allowed', 'The request method is not supported for this resource.'],
  406: ['Not Acceptable', 'The resource is only there as JSON, which the Accept header does not allow.'],
  409: ['Conflict', 'The request is at odds with what is there.'],
  413: ['Payload Too Large', 'The body is larger than 1 MB.'],
  429: ['Too Many Requests', 'Too many attempts; wait before the next one.'],
  500: ['Internal Server Error', 'It failed here, not at your end.'],
  503: ['Service Unavailable', 'Nothing can be read or stored at the moment; try again in a few seconds.'],
}

/** The fault as its generation is told of it. */
export function answerWrong(wrong: Wrong, generation: Generation): Reply {
  const [title, usual] = titles[wrong.status] ?? titles[500] ?? ['', '']
  const said = wrong.message === '' ? usual : wrong.message
  const { headers } = wrong
  if (generation === '2015') return { status: wrong.status, headers, body: old(wrong, title) }
  if (generation === 'v3')
    return {
      status: wrong.status === 400 && wrong.details.length > 0 ? 422 : wrong.status,
      headers,
      body: third(wrong, said),
    }
  const messages = wrong.details.map(({ message }) => message)
  const meta = messages.length > 0 ? { meta: { details: messages } } : {}
  const detail = messages.length > 0 ? usual : said
  return {
    status: wrong.status,
    headers,
    body: { errors: [{ id: randomUUID(), status: wrong.status, title, detail, ...meta }] },
  }
}

function old({ status, message, details }: Wrong, title: string): unknown {
  if (status === 404) return { error: 'No query results for model.' }
  const words = status === 401 && message === '' ? 'You are not authorized to view this content.' : message
  const more = details.length > 0 ? { details: details.map((one) => one.message) } : {}
  return { message: details.length > 0 || words === '' ? title : words, status_code: status, ...more }
}

function third({ status, details }: Wrong, said: string): unknown {
  if (status === 401) return { message: 'Unauthenticated.' }
  if (details.length === 0) return { message: said }
  const errors: Record<string, string[]> = {}
  for (const { field, message } of details) (errors[field] ??= []).push(message)
  return { message: details[0]?.message ?? said, errors }
}

const byTrouble: Readonly<Record<Refused['trouble']['kind'], number>> = {
  missing: 404,
  invalid: 400,
  exists: 409,
  owned: 409,
  stale: 409,
  unmet: 412,
  in_use: 409,
  impossible: 409,
  moved: 409,
  obstructed: 409,
  replan: 409,
  unproven: 401,
  unconfirmed: 403,
  forbidden: 403,
  spent: 409,
}

/** What an error thrown while answering means for who asked; null: a fault of ours, to be logged. */
export function wrongOf(error: unknown): Wrong | null {
  if (error instanceof Wrong) return error
  if (error instanceof Refused) {
    const { trouble } = error
    if (trouble.kind === 'missing') return missing()
    const details =
      trouble.kind === 'invalid'
        ? trouble.faults.map(({ path, message }) => ({
            field: String(path.at(-1) ?? ''),
            message: `${path.at(-1) ?? ''} ${message}`.trim(),
          }))
        : []
    return new Wrong(byTrouble[trouble.kind], error.message, { details })
  }
  if (error instanceof Outside) return new Wrong(403, error.message)
  if (error instanceof Hidden) return missing()
  if (error instanceof BadCursor) return new Wrong(400)
  if (error instanceof Conflict) return new Wrong(409, 'Somebody else changed it at the same time; try again.')
  const away = error instanceof Unavailable || (error instanceof Error && error.name === 'Overloaded')
  return away ? new Wrong(503, '', { headers: { 'retry-after': '5' } }) : null
}
