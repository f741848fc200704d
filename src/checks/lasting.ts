// How long a certificate lasts: what has expired or soon will, judged and said the same way for every kind.
// Promises whole days, so that nobody is told of more time than there is. Must not know where it was seen.
import { sayDay } from './certificate.ts'
import { Failure } from './failure.ts'

const hour = 3_600_000
export const day = 24 * hour

/** Fewer days left than these are degraded, and down. */
export interface DaysLeft {
  readonly degraded?: number | undefined
  readonly down?: number | undefined
}

export interface Verdict {
  readonly outcome: 'degraded' | 'down'
  readonly failure: Failure
}

/**
 * What is wrong with how long a certificate lasts, at an epoch time in ms; null when nothing is. `whose` begins the
 * sentence: `The certificate of shop.example`.
 */
export function judgeLasting(whose: string, until: number, least: DaysLeft, now: number): Verdict | null {
  const left = until - now
  const on = sayDay(new Date(until))
  const wrong = (sentence: string) => new Failure('certificate', `${whose} ${sentence}`)
  if (left <= 0) return { outcome: 'down', failure: wrong(`expired ${sayLeft(-left)} ago, on ${on}.`) }
  const short = (days: number | undefined): days is number => days !== undefined && left < days * day
  const soon = (days: number) => wrong(`expires in ${sayLeft(left)}, on ${on}; ${sayAsked(days, left)} asked for.`)
  if (short(least.down)) return { outcome: 'down', failure: soon(least.down) }
  return short(least.degraded) ? { outcome: 'degraded', failure: soon(least.degraded) } : null
}

const count = (number: number, unit: string) => `${number} ${unit}${number === 1 ? '' : 's'}`

/** `6 days`, `5 hours`, `less than an hour`. */
function sayLeft(ms: number): string {
  if (ms >= day) return count(Math.floor(ms / day), 'day')
  return ms >= hour ? count(Math.floor(ms / hour), 'hour') : 'less than an hour'
}

/** `7 are`, or with their unit where the time left was not said in days. */
function sayAsked(days: number, left: number): string {
  return `${left >= day ? days : count(days, 'day')} ${days === 1 ? 'is' : 'are'}`
}

/** Whole days that are left at an epoch time in ms; negative for what has expired. */
export const daysLeft = (until: number, now: number): number => Math.floor((until - now) / day)
