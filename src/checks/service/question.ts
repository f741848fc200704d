// What databases with SQL are asked: a query, whose first value is judged; which role they have, how far they lag.
// Promises sentences that name what was found and what was wanted. Must not know how any of it is asked.
import { z } from 'zod'
import { duration, sayDuration } from '#core/duration.ts'
import { Failure } from '../failure.ts'
import { excerpt } from '../quote.ts'
import type { Session } from '../talk/session.ts'
import { refuseNonsense, type ValueExpectation, valueFault, valueSettings } from './value.ts'

const bounds = { min: 1, max: 86_400_000 }
const valueShown = 200

/** After so many ms the server gives a query up by itself: after we did, for some answer then as if all were well. */
export const queryLimit = (timeout: number): number => Math.ceil(timeout) + 1_000

export interface LagThresholds {
  /** Ms; further behind is degraded. */
  readonly degraded?: number | undefined
  /** Ms; further behind is down. */
  readonly down?: number | undefined
}

const lag = z
  .strictObject({
    degraded: duration(bounds)
      .meta({ title: 'Degraded above', description: 'Further behind than this is degraded.' })
      .optional(),
    down: duration(bounds).meta({ title: 'Down above', description: 'Further behind than this is down.' }).optional(),
  })
  .refine(({ degraded, down }) => typeof degraded !== 'number' || typeof down !== 'number' || degraded < down, {
    error: 'degraded must be less than down, or it would never apply',
    path: ['degraded'],
  })

/** The settings, to be spread into a kind's own mapping. `roles`: the one that leads, the one that follows. */
export const questionSettings = <Leader extends string, Follower extends string>(
  ...[leader, follower]: [Leader, Follower]
) => ({
  query: z
    .string({ error: 'expected a statement, such as select count(*) from orders' })
    .trim()
    .min(1, 'an empty query asks nothing')
    .max(10_000)
    .regex(/^[^\0]*$/, 'has no zero character')
    .meta({
      title: 'Query',
      description: 'A statement to run, which can only read; left out: the server is asked for the number 1.',
    })
    .optional(),
  expect: z
    .strictObject(valueSettings('first value'))
    .superRefine(refuseNonsense)
    .meta({ title: 'Expectations', description: 'What the first value of the first row must be.' })
    .optional(),
  role: z
    .enum([leader, follower], { error: `expected ${leader} or ${follower}` })
    .meta({ title: 'Role', description: 'What the server must be.' })
    .optional(),
  lag: lag.meta({ title: 'Lag', description: `How far a ${follower} may be behind; a ${leader} never is.` }).optional(),
})

interface Question {
  readonly query?: string | undefined
  readonly expect?: ValueExpectation | undefined
  readonly role?: string | undefined
  readonly lag?: LagThresholds | undefined
}

/** Refuses what contradicts itself; `leader`: the role that never lags. */
export function refuseIdle({ query, expect, role, lag }: Question, leader: string, context: z.RefinementCtx): void {
  if (context.issues.length > 0) return
  const fault = (message: string, path: string) => context.addIssue({ code: 'custom', message, path: [path] })
  if (expect && query === undefined) fault('is about the answer to a query; write it under query', 'expect')
  if (lag && role === leader) fault(`a ${leader} never lags; leave lag out, or the role`, 'lag')
}

/** Judges the first value of an answer; undefined: there is no row. Throws a Failure. */
export function judgeValue(session: Session, value: string | null | undefined, expect?: ValueExpectation): void {
  if (value !== undefined) session.facts['answer'] = value === null ? null : excerpt(value, valueShown)
  if (!expect) return
  const wrong = (what: string) => new Failure('body', `The answer of ${session.target} to the query ${what}.`)
  if (value === undefined) throw wrong('has no row')
  if (value === null) throw wrong('is NULL, which is no value')
  const fault = valueFault(value, expect)
  if (fault !== null) throw wrong(fault)
}

/** Judges the role; throws a Failure. */
export function judgeRole({ target, facts }: Session, found: string, wanted: string | undefined): void {
  facts['role'] = found
  if (wanted !== undefined && found !== wanted)
    throw new Failure('status', `${target} is a ${found}; a ${wanted} was expected.`)
}

/** Judges how many ms a server is behind; throws a Failure, or lets the session be degraded. */
export function judgeLag(session: Session, behind: number, { degraded, down }: LagThresholds): void {
  session.facts['lag'] = Math.round(behind)
  const late = (limit: number, what: string) =>
    new Failure(
      'slow',
      `${session.target} is ${sayDuration(behind)} behind; more than ${sayDuration(limit)} counts as ${what}.`,
    )
  if (down !== undefined && behind > down) throw late(down, 'down')
  if (degraded !== undefined && behind > degraded) session.degrade(late(degraded, 'degraded'))
}
