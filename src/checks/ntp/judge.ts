// Judgement of what a time server answers.
// Promises the worst first, and no verdict on a difference that the way there may have made. Must not know sockets.
import { formatDuration, sayDuration } from '#core/duration.ts'
import type { Facts } from '#core/observation.ts'
import type { Reason } from '#core/reason.ts'
import { sayLatency } from '../latency.ts'
import type { TimeAnswer } from './message.ts'

/** Beyond that a server has no time to tell. */
export const stratumMost = 15

/** An answer with what only the two times of ours tell. */
export interface Timed extends TimeAnswer {
  /** Ms by which its clock is ahead of ours; null where it says no time. */
  readonly offset: number | null
  /** Ms there and back. */
  readonly delay: number
}

/** Values above these are degraded, and down. */
interface Limits {
  readonly degraded?: number | undefined
  readonly down?: number | undefined
}

interface Asked {
  readonly offset?: Limits | undefined
  readonly stratum?: Limits | undefined
  readonly leap: 'up' | 'degraded' | 'down'
}

interface Wrong {
  readonly outcome: 'degraded' | 'down'
  readonly reason: Reason
  readonly sentence: string
}

/** All that is wrong with an answer, the worst first. */
export function judge(answer: Timed, asked: Asked, target: string): Wrong[] {
  const { leap, stratum, reference, offset } = answer
  const down = (reason: Reason, sentence: string): Wrong[] => [{ outcome: 'down', reason, sentence }]
  if (stratum === 0) return down('status', `${target} refuses to tell the time${sayKiss(reference)}.`)
  if (leap === 3 || stratum > stratumMost) return down('clock', `${target} says that its clock is not synchronised.`)
  if (offset === null) return down('protocol', `${target} answers without telling the time.`)
  const wrongs = [judgeOffset(offset, answer.delay, asked.offset, target), judgeStratum(stratum, asked.stratum, target)]
  if (leap !== 0 && asked.leap !== 'up')
    wrongs.push({ outcome: asked.leap, reason: 'clock', sentence: `${target} announces a leap second.` })
  const all = wrongs.filter((one) => one !== null)
  return [...all.filter(({ outcome }) => outcome === 'down'), ...all.filter(({ outcome }) => outcome === 'degraded')]
}

/** The codes of RFC 5905, 7.4, that say something to people. */
function sayKiss(code: string): string {
  if (code === 'RATE') return ': it is asked too often (RATE)'
  if (code === 'DENY' || code === 'RSTR') return `: it does not serve this machine (${code})`
  return code === '' ? '' : ` (${code})`
}

function judgeOffset(offset: number, delay: number, limits: Limits | undefined, target: string): Wrong | null {
  // On the way here the answer may have spent all of the time, or none of it.
  const doubt = delay / 2
  const over = exceeded(Math.abs(offset) - doubt, limits)
  if (!over) return null
  const side = offset > 0 ? 'ahead of' : 'behind'
  const by = `${sayOffset(Math.abs(offset))} ${side} that of this machine (give or take ${sayLatency(doubt)})`
  const { outcome, limit } = over
  const sentence = `The clock of ${target} is ${by}; more than ${formatDuration(limit)} counts as ${outcome}.`
  return { outcome, reason: 'clock', sentence }
}

const sayOffset = (ms: number) => (ms < 60_000 ? sayLatency(ms) : sayDuration(ms))

function judgeStratum(stratum: number, limits: Limits | undefined, target: string): Wrong | null {
  const over = exceeded(stratum, limits)
  if (!over) return null
  const { outcome, limit } = over
  const sentence = `${target} is at stratum ${stratum}; more than ${limit} counts as ${outcome}.`
  return { outcome, reason: 'clock', sentence }
}

/** The limit that a value exceeds, the worse one first; null: none. */
function exceeded(value: number, { degraded, down }: Limits = {}) {
  if (down !== undefined && value > down) return { outcome: 'down', limit: down } as const
  return degraded !== undefined && value > degraded ? ({ outcome: 'degraded', limit: degraded } as const) : null
}

const leaps = ['none', 'inserted', 'deleted', 'not synchronised'] as const
const rounded = (ms: number) => Math.round(ms * 100) / 100

/** What is kept of an answer; times in ms. */
export function evidence({ leap, stratum, reference, offset, delay, rootDelay, rootDispersion }: Timed): Facts {
  return {
    stratum,
    leap: leaps[leap],
    reference,
    ...(offset === null ? {} : { offset: rounded(offset) }),
    delay: rounded(delay),
    root_delay: rounded(rootDelay),
    root_dispersion: rounded(rootDispersion),
  }
}
