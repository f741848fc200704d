// Problems: every answer that is not a success, as RFC 9457 has it. The one place where errors become status codes.
// Promises a sentence that says what is wrong and how to mend it, and never a stack. Must not know any resource.
import type { Fault } from '#manifest/model.ts'
import { showPath } from '#manifest/show.ts'
import { BadCursor, Conflict, Hidden, Outside, Unavailable } from '#store/store.ts'
import { Refused, type Trouble } from '#commands/refused.ts'

const titles = {
  'bad-request': [400, 'The request cannot be understood'],
  'bad-json': [400, 'The body is not JSON'],
  unauthorized: [401, 'A token is needed'],
  unproven: [401, 'This does not prove who you are'],
  forbidden: [403, 'This is not allowed'],
  unconfirmed: [403, 'Confirm who you are'],
  'cross-site': [403, 'It came from another site'],
  'not-found': [404, 'Not found'],
  'wrong-method': [405, 'This method is not known here'],
  exists: [409, 'The key is taken'],
  owned: [409, 'A file owns it'],
  'in-use': [409, 'It is in use'],
  impossible: [409, 'Not possible now'],
  obstructed: [409, 'It cannot be applied as it is'],
  conflict: [409, 'Somebody else was faster'],
  spent: [410, 'It is used up'],
  stale: [412, 'It was changed meanwhile'],
  unmet: [412, 'It is not as it was asked to be'],
  'too-large': [413, 'The body is too large'],
  invalid: [422, 'The content is not valid'],
  'too-many': [429, 'Too many attempts'],
  internal: [500, 'Something went wrong inside'],
  unavailable: [503, 'Not available now'],
} as const
export type ProblemName = keyof typeof titles

/** The names and the status each has, for the API's description. */
export const problemStatus = (name: ProblemName): number => titles[name][0]

/** An answer that is a problem. `errors`: where in the request, and what. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly problem: ProblemName
  readonly errors: readonly Fault[]
  readonly headers: Readonly<Record<string, string>>

  constructor(
    problem: ProblemName,
    detail: string,
    more: { readonly errors?: readonly Fault[]; readonly headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail)
    this.problem = problem
    this.errors = more.errors ?? []
    this.headers = more.headers ?? {}
  }

  get status(): number {
    return titles[this.problem][0]
  }
}

/** The answer to a request for `path`. */
export function answerProblem(problem: Problem, path: string): Response {
  const [status, title] = titles[problem.problem]
  const errors = problem.errors.map((fault) => ({ path: showPath(fault.path), message: fault.message }))
  const body = {
    type: `urn:allswell:problem:${problem.problem}`,
    title,
    status,
    detail: problem.message,
    instance: path,
    ...(errors.length > 0 ? { errors } : {}),
  }
  return new Response(`${JSON.stringify(body)}\n`, {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...problem.headers },
  })
}

const ofTrouble: Readonly<Record<Trouble['kind'], ProblemName>> = {
  missing: 'not-found',
  invalid: 'invalid',
  exists: 'exists',
  owned: 'owned',
  stale: 'stale',
  replan: 'stale',
  obstructed: 'obstructed',
  moved: 'stale',
  unmet: 'unmet',
  in_use: 'in-use',
  impossible: 'impossible',
  unproven: 'unproven',
  unconfirmed: 'unconfirmed',
  forbidden: 'forbidden',
  spent: 'spent',
}

/** What an error thrown while answering means for who asked; null: a fault of ours, to be logged. */
export function problemOf(error: unknown): Problem | null {
  if (error instanceof Problem) return error
  if (error instanceof Refused)
    return new Problem(ofTrouble[error.trouble.kind], error.message, { errors: faultsOf(error.trouble) })
  if (error instanceof BadCursor) {
    return new Problem('bad-request', 'The cursor was not given out by this list; start again without one.', {
      errors: [{ path: ['cursor'], message: error.message }],
    })
  }
  if (error instanceof Outside) return new Problem('forbidden', error.message)
  if (error instanceof Hidden) return new Problem('not-found', 'There is no such thing.')
  if (error instanceof Conflict) return new Problem('conflict', 'Somebody else changed it at the same time; try again.')
  if (error instanceof Unavailable) return away('The database is away or cannot write; try again in a moment.')
  if (error instanceof Error && error.name === 'Overloaded') return away(error.message)
  return null
}

const away = (detail: string) => new Problem('unavailable', detail, { headers: { 'retry-after': '5' } })

function faultsOf(trouble: Trouble): readonly Fault[] {
  if (trouble.kind === 'invalid') return trouble.faults
  if (trouble.kind === 'obstructed')
    return trouble.obstacles.map(({ type, key, why }) => ({ path: [`${type}s`, key], message: why }))
  return trouble.kind === 'stale' || trouble.kind === 'moved' ? trouble.differs : []
}
