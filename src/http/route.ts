// What an API route is: one description from which its registration, its checks and its documentation follow.
// Promises that a handler sees only values that its schemas let through. Must not know any resource.
import { z } from 'zod'
import type { Scope } from '#commands/tokens.ts'
import { readBy } from '#manifest/faults.ts'
import { showPath } from '#manifest/show.ts'
import type { Identity } from './auth.ts'
import { Problem, type ProblemName } from './problem.ts'
import type { Visitor } from './visitor.ts'

export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const
export type Method = (typeof methods)[number]

/** Names and values of a request before they are read. */
export type Raw = Readonly<Record<string, unknown>>

export interface Call<Params, Query, Body> {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  /** The revision that If-Match demands; undefined: any. */
  readonly revision: number | undefined
  /** By `If-Match: *` and `If-None-Match: *`: whether there must be one, or must be none; undefined: either. */
  readonly there: boolean | undefined
  /** Null where the route is open to everybody. */
  readonly who: Identity | null
  readonly visitor: Visitor
}

/** An answer with a status other than 200, with headers, of bytes that are made once for all, or without an end. */
export class Reply<Body> {
  readonly status: number
  readonly body: Body
  readonly headers: Readonly<Record<string, string>>
  /** Set-Cookie headers. */
  readonly cookies: readonly string[]

  constructor(
    status: number,
    body: Body,
    headers: Readonly<Record<string, string>> = {},
    cookies: readonly string[] = [],
  ) {
    this.status = status
    this.body = body
    this.headers = headers
    this.cookies = cookies
  }
}

interface Definition<
  Params extends z.ZodType,
  Query extends z.ZodType,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> {
  /** Method and path, with parameters in braces: `GET /api/v2/monitors/{key}`. */
  readonly at: `${Uppercase<Method>} /${string}`
  /** Null: nobody need say who they are. */
  readonly scope: Scope | null
  /** Only for people who are signed in: a token has no account of its own. */
  readonly people?: true
  readonly summary: string
  readonly params?: Params
  readonly query?: Query
  readonly body?: Body
  /** JSON Schema that says more about the body than its own schema does. */
  readonly bodyDoc?: Raw | undefined
  /** So many bytes its body may have, where that is not what all others may. */
  readonly bodyMost?: number
  /** Null: no content. */
  readonly answer: Answer | null
  /** The media type of an answer that is no JSON; it is given as bytes. */
  readonly media?: string
  /** Success, where it is not 200. */
  readonly status?: 201 | 204 | 302
  /** It may create, too, and then answers 201. */
  readonly creates?: true
  handle(
    call: Call<z.output<Params>, z.output<Query>, z.output<Body>>,
  ): Promise<z.input<Answer> | Reply<z.input<Answer> | Uint8Array | ReadableStream | null>>
}

/** What a request brings, before its schemas have seen it. */
export interface Asked {
  readonly params: Raw
  readonly query: Raw
  readonly body: unknown
  readonly ifMatch: string | null
  readonly ifNoneMatch: string | null
  readonly who: Identity | null
  readonly visitor: Visitor
}

/** A route whose types are forgotten, as registries hold it. */
export interface Route extends Omit<Definition<z.ZodType, z.ZodType, z.ZodType, z.ZodType>, 'handle' | 'at'> {
  readonly method: Method
  readonly path: string
  /** Rejects with a Problem, a Refused or an error of the store. */
  answerTo(asked: Asked): Promise<Reply<unknown>>
}

const nothing = z.strictObject({})

/** Types a route's handler by its schemas. */
export function route<
  Answer extends z.ZodType,
  Params extends z.ZodType = typeof nothing,
  Query extends z.ZodType = typeof nothing,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: Definition<Params, Query, Body, Answer>): Route {
  const { handle, at, ...described } = definition
  const [method = '', path = ''] = at.split(' ')
  return {
    ...described,
    method: method.toLowerCase() as Method,
    path,
    async answerTo({ params, query, body, ifMatch, ifNoneMatch, who, visitor }) {
      const answer = await handle({
        params: readAs(definition.params ?? nothing, params, 'bad-request') as z.output<Params>,
        query: readAs(definition.query ?? nothing, query, 'bad-request') as z.output<Query>,
        body: (definition.body ? readAs(definition.body, body, 'invalid') : undefined) as z.output<Body>,
        revision: revisionIn(ifMatch),
        there: method === 'PUT' ? thereIn(ifMatch, ifNoneMatch) : undefined,
        who,
        visitor,
      })
      return answer instanceof Reply ? answer : new Reply<unknown>(described.status ?? 200, answer)
    },
  }
}

/** The value as its schema has it; throws a Problem with all that is wrong. */
export function readAs<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  problem: ProblemName,
): z.output<Schema> {
  const read = readBy(schema, value)
  if (read.ok) return read.value as z.output<Schema>
  const first = read.faults[0]
  const where = first && first.path.length > 0 ? `"${showPath(first.path)}" ` : ''
  const rest = read.faults.length > 1 ? ` (and ${read.faults.length - 1} more)` : ''
  throw new Problem(problem, `${where}${first?.message ?? 'is not valid'}${rest}.`, { errors: read.faults })
}

/** The revision in an If-Match header such as `"7"`; undefined: none, or any. */
function revisionIn(ifMatch: string | null): number | undefined {
  if (ifMatch === null || ifMatch.trim() === '*') return undefined
  const match = /^(?:W\/)?"?(\d{1,15})"?$/.exec(ifMatch.trim())
  if (match?.[1] !== undefined) return Number(match[1])
  throw new Problem('bad-request', 'If-Match takes one ETag as an earlier answer gave it, such as "7".')
}

function thereIn(ifMatch: string | null, ifNoneMatch: string | null): boolean | undefined {
  if (ifNoneMatch === null) return ifMatch?.trim() === '*' ? true : undefined
  if (ifNoneMatch.trim() === '*' && ifMatch === null) return false
  throw new Problem('bad-request', 'If-None-Match takes * here, which creates and never replaces, and no If-Match.')
}
