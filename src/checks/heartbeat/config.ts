// The settings of a heartbeat: when a sign of life is expected, and what else is asked of it.
// Promises that two ways of saying the same are never mixed, and that a refusal says which one to leave out.
import { z } from 'zod'
import { duration, formatDuration } from '#core/duration.ts'
import { everyWithGrace, type Expected, expecting } from '#core/expected.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const graceLeast = 10 * second
const graceMost = hour
const usualCalm = 10 * minute

const threshold = z.union([z.literal('auto'), z.literal('none').transform(() => null), duration({ max: 366 * day })])

const fields = z.strictObject({
  every: duration({ min: second, max: 366 * day })
    .meta({
      title: 'Expected every',
      description: 'How often a sign of life is expected. Down when `grace` has passed as well.',
      examples: ['5m', '1d'],
    })
    .optional(),
  grace: duration({ max: 31 * day })
    .meta({
      title: 'Grace',
      description:
        'How late a sign of life may be, with `every`. ' +
        'Where nothing is said: a fifth of `every`, at least 10s and at most 1h.',
      examples: ['2h'],
    })
    .optional(),
  degraded_after: threshold
    .meta({
      title: 'Degraded after',
      description:
        'Degraded when there was no sign of life for so long; with `every`: when it is so much late. ' +
        '`auto`: half more than the median of the last 20 intervals, as soon as there were 6. `none`: never.',
      examples: ['15m', 'auto'],
    })
    .optional(),
  down_after: threshold
    .meta({
      title: 'Down after',
      description:
        'Down when there was no sign of life for so long, without `every` and `grace`. ' +
        '`auto`: learnt as in `degraded_after`. `none`: never. `0s`: always down, whatever comes.',
      examples: ['1h', 'auto'],
    })
    .optional(),
  max_run: duration({ min: second, max: 366 * day })
    .meta({
      title: 'Longest run',
      description:
        'How long a run that reported its start may take. Where nothing is said: the grace; 1h where nothing at all ' +
        'is expected; with `down_after` or `degraded_after` alone however long.',
      examples: ['4h'],
    })
    .optional(),
  min_gap: duration({ min: second, max: 366 * day })
    .meta({
      title: 'Least gap',
      description: 'A run sooner than this after the last one is one too many: degraded until so long has passed.',
      examples: ['10m'],
    })
    .optional(),
  silent: z
    .boolean()
    .meta({
      title: 'Must be silent',
      description: 'The opposite: a beat means trouble. Down with each one, up again after `calm_after` without one.',
    })
    .optional(),
  calm_after: duration({ min: second, max: 366 * day })
    .meta({
      title: 'Calm after',
      description: 'What must be `silent` is well again after so long without a beat. Where nothing is said: 10m.',
      examples: ['1h'],
    })
    .optional(),
  resume_on_beat: z
    .boolean()
    .meta({
      title: 'A beat resumes',
      description: 'While it is paused, a beat ends the pause. Usually only people do.',
    })
    .optional(),
})

export type HeartbeatConfig = z.output<typeof fields>

export const config = fields.superRefine(senseless)

function senseless(said: HeartbeatConfig, context: z.RefinementCtx<HeartbeatConfig>): void {
  const fault = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  if (said.silent === true) {
    for (const name of ['every', 'grace', 'degraded_after', 'down_after', 'max_run', 'min_gap'] as const) {
      if (said[name] !== undefined)
        fault(name, 'means nothing with silent: true, since no beat is wanted; leave it out')
    }
    return
  }
  if (said.calm_after !== undefined) fault('calm_after', 'is only for what must be silent; add silent: true')
  const period = usualGrace(said.every ?? null)
  if (said.every !== undefined) {
    if (said.down_after !== undefined)
      fault('down_after', 'says the same as every and grace; leave out either it or these')
    const grace = said.grace ?? period
    if (said.degraded_after === 'auto')
      fault('degraded_after', 'auto learns how often beats come, and every says so; leave out one of them')
    else if (typeof said.degraded_after === 'number' && said.degraded_after >= grace) {
      const late = formatDuration(said.degraded_after)
      const from = 'with every it counts from when a beat was due'
      fault('degraded_after', `${from}, and ${late} late it is down already, with a grace of ${formatDuration(grace)}`)
    }
    return
  }
  if (said.grace !== undefined && (said.down_after !== undefined || said.degraded_after !== undefined))
    fault('grace', 'is how late a beat may be that is expected every so often; add every, or make down_after longer')
  order(said, fault)
}

/** Degraded comes before down, or is never seen. */
function order(said: HeartbeatConfig, fault: (path: string, message: string) => void) {
  const { degraded_after: degraded, down_after: down } = said
  if (degraded === 'auto' && down === 'auto')
    fault('degraded_after', 'auto for both would pass in the same moment; give one of them a duration')
  if (typeof degraded !== 'number' || typeof down !== 'number') return
  if (degraded >= down)
    fault('degraded_after', `must be shorter than down_after (${formatDuration(down)}), or it is never seen`)
}

/** What is expected of it. */
export function expects(said: HeartbeatConfig): Expected {
  const resumes = said.resume_on_beat ?? false
  if (said.silent === true) return expecting({ calmAfter: said.calm_after ?? usualCalm, resumes })
  const every = said.every ?? null
  const minGap = said.min_gap ?? null
  const usual = everyWithGrace({ every, grace: said.grace ?? usualGrace(every) })
  const { degraded_after: degradedAfter = null, down_after: downAfter = null } = said
  const counted = said.degraded_after !== undefined || said.down_after !== undefined
  const maxRun = said.max_run ?? (every === null && counted ? null : usual.maxRun)
  const rest = { degradedAfter, maxRun, minGap, resumes }
  return every === null ? { ...usual, ...rest, downAfter } : { ...usual, ...rest }
}

/** The same in a few words. */
export function describe({ silent, every, degraded_after, down_after }: HeartbeatConfig): string {
  if (silent === true) return 'silence; a heartbeat is trouble'
  if (every !== undefined) return `a heartbeat every ${formatDuration(every)}`
  const after = down_after ?? degraded_after ?? null
  if (after === null) return 'heartbeats at any time'
  return after === 'auto' ? 'heartbeats as often as they usually come' : `a heartbeat within ${formatDuration(after)}`
}

/** A fifth of the period, within bounds. */
function usualGrace(every: number | null): number {
  if (every === null) return graceMost
  return Math.min(graceMost, Math.max(graceLeast, Math.round(every / 5)))
}
