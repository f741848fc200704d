// The settings of a heartbeat: when a sign of life is expected, and what else is asked of it.
// Promises that two ways of saying the same are never mixed, and that a refusal says which one to leave out.
import { z } from 'zod'
import { duration, formatDuration } from '#core/duration.ts'
import { type Due, everyWithGrace, type Expected, expecting } from '#core/expected.ts'
import { isIdText } from '#core/key.ts'
import { suggest } from '#core/suggest.ts'
import { dueBy, openSchedule } from './schedule.ts'
import { zoneOf } from './zone.ts'

const second = 1_000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour
const graceLeast = 10 * second
const graceMost = hour
const usualCalm = 10 * minute

const threshold = z.union([z.literal('auto'), z.literal('none').transform(() => null), duration({ max: 366 * day })])

const phrases = z
  .union([z.string().transform((one) => [one]), z.array(z.string())])
  .pipe(z.array(z.string().min(1).max(200)).max(50))
  .default([])

const fields = z.strictObject({
  every: duration({ min: second, max: 366 * day })
    .meta({
      title: 'Expected every',
      description: 'How often a sign of life is expected. Down when `grace` has passed as well.',
      examples: ['5m', '1d'],
    })
    .optional(),
  cron: z
    .string()
    .min(1)
    .max(200)
    .meta({
      title: 'Expected by cron',
      description:
        'At which times a sign of life is expected, as a cron expression: minute, hour, day, month, weekday; or ' +
        'six fields, seconds first; or a word such as @daily.',
      examples: ['30 2 * * 1-5'],
    })
    .optional(),
  calendar: z
    .string()
    .min(1)
    .max(200)
    .meta({
      title: 'Expected by calendar',
      description: 'The same as systemd writes it in OnCalendar, as in the timer that starts the job.',
      examples: ['Mon..Fri 02:30', '*-*-01 06:00 Europe/Berlin'],
    })
    .optional(),
  zone: z
    .string()
    .max(100)
    .meta({
      title: 'Time zone',
      description: 'Of `cron` and `calendar`: that of the machine on which the job runs. Where nothing is said: UTC.',
      examples: ['Europe/Berlin'],
    })
    .optional(),
  grace: duration({ max: 31 * day })
    .meta({
      title: 'Grace',
      description:
        'How late a sign of life may be, with `every`, `cron` or `calendar`. ' +
        'Where nothing is said: a fifth of the time between two, at least 10s and at most 1h.',
      examples: ['2h'],
    })
    .optional(),
  degraded_after: threshold
    .meta({
      title: 'Degraded after',
      description:
        'Degraded when there was no sign of life for so long; with `every`, `cron`, `calendar`: when it is so late. ' +
        '`auto`: half more than the median of the last 20 intervals, as soon as there were 6. `none`: never.',
      examples: ['15m', 'auto'],
    })
    .optional(),
  down_after: threshold
    .meta({
      title: 'Down after',
      description:
        'Down when there was no sign of life for so long, without `every`, `cron` or `calendar`. ' +
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
  id: z
    .string()
    .refine(isIdText, 'is not a UUID; make one with uuidgen')
    .transform((text) => text.toLowerCase())
    .meta({
      title: 'Secret id',
      description:
        'A UUID that nobody guesses. Beats come to it instead of to the key, from any network and without a token; ' +
        'by the key only those with a token are taken.',
      examples: ['3f1c9a52-7d1e-4c47-9b1a-0c7d2f7f3e55'],
    })
    .optional(),
  mail: z
    .strictObject({
      success: phrases.describe('Words that tell that all went well.'),
      fail: phrases.describe('Words that tell of a failure; they count before all others.'),
      start: phrases.describe('Words that tell that it begins.'),
      in: z.enum(['subject', 'body', 'both']).default('subject').describe('Where they are looked for.'),
    })
    .refine(({ success, fail, start }) => success.length + fail.length + start.length > 0, {
      error: 'needs words in success, fail or start',
    })
    .meta({
      title: 'Words in mails',
      description:
        'What tells success, failure or the beginning in a mail that comes instead of a beat. A mail without any of ' +
        'them does not count; with words for `fail` alone every other one is a success.',
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

type Fault = (path: keyof HeartbeatConfig, message: string) => void

function senseless(said: HeartbeatConfig, context: z.RefinementCtx<HeartbeatConfig>): void {
  const fault: Fault = (path, message) => context.addIssue({ code: 'custom', path: [path], message })
  if (said.silent === true) {
    for (const name of wanting) {
      if (said[name] !== undefined)
        fault(name, 'means nothing with silent: true, since no beat is wanted; leave it out')
    }
    return
  }
  if (said.calm_after !== undefined) fault('calm_after', 'is only for what must be silent; add silent: true')
  if (!readable(said, fault)) return
  const how = howOf(said)
  if (how === null) order(said, fault)
  else within(said, how, fault)
}

const whenDue = ['every', 'cron', 'calendar', 'zone', 'grace'] as const
/** Settings by which beats are wanted. */
const wanting = [...whenDue, 'degraded_after', 'down_after', 'max_run', 'min_gap'] as const

/** Whether the schedule is one, and the only one. */
function readable(said: HeartbeatConfig, fault: Fault): boolean {
  const { zone = 'UTC' } = said
  const hows = (['every', 'cron', 'calendar'] as const).filter((name) => said[name] !== undefined)
  const [first, second] = hows
  if (first !== undefined && second !== undefined)
    fault(second, `says when beats are expected, and so does ${first}; leave out one of them`)
  if (zoneOf(zone) === null) {
    const near = suggest(zone, Intl.supportedValuesOf('timeZone'))
    const hint = near === null ? 'write one such as Europe/Berlin or UTC' : `did you mean "${near}"?`
    fault('zone', `"${zone}" is not a time zone; ${hint}`)
    return false
  }
  if (said.zone !== undefined && said.cron === undefined && said.calendar === undefined)
    fault('zone', 'is that of cron or calendar, and there is neither; leave it out')
  for (const how of ['cron', 'calendar'] as const) {
    const text = said[how]
    const opened = text === undefined ? null : openSchedule(how, text, zone)
    if (opened !== null && 'fault' in opened) fault(how, `"${text}" ${opened.fault}`)
    if (opened !== null && 'fault' in opened) return false
    if (opened !== null && said.zone !== undefined && opened.zone !== zone)
      fault('zone', `the calendar names its zone itself, ${opened.zone}; leave out one of them`)
  }
  return hows.length < 2
}

/** By what it is said when a beat is due; null: nothing is. */
const howOf = ({ every, cron, calendar }: HeartbeatConfig) =>
  every !== undefined ? 'every' : cron !== undefined ? 'cron' : calendar !== undefined ? 'calendar' : null

/** Both thresholds count from when a beat was due: the grace is one of them, and the other comes before it. */
function within(said: HeartbeatConfig, how: string, fault: Fault): void {
  const { degraded_after: degraded } = said
  const grace = graceOf(said)
  if (said.down_after !== undefined)
    fault('down_after', `with ${how} the grace says how late is down; leave out down_after and set grace`)
  if (degraded === 'auto')
    fault('degraded_after', `auto learns how often beats come, and ${how} says so; leave out one of them`)
  if (typeof degraded !== 'number' || degraded < grace) return
  const from = `with ${how} it counts from when a beat was due`
  const late = formatDuration(degraded)
  fault('degraded_after', `${from}, and ${late} late it is down already, with a grace of ${formatDuration(grace)}`)
}

/** Degraded comes before down, or is never seen. */
function order(said: HeartbeatConfig, fault: Fault): void {
  const { degraded_after: degraded, down_after: down } = said
  if (said.grace !== undefined && (down !== undefined || degraded !== undefined))
    fault('grace', 'is how late a beat may be that is due at a time; add every, or make down_after longer')
  if (degraded === 'auto' && down === 'auto')
    fault('degraded_after', 'auto for both would pass in the same moment; give one of them a duration')
  if (typeof degraded !== 'number' || typeof down !== 'number') return
  if (degraded >= down)
    fault('degraded_after', `must be shorter than down_after (${formatDuration(down)}), or it is never seen`)
}

/** What is expected of it. */
export function expects(said: HeartbeatConfig): Expected {
  const { degraded_after: degradedAfter = null, down_after: downAfter = null, min_gap: minGap = null } = said
  const resumes = said.resume_on_beat ?? false
  if (said.silent === true) return expecting({ calmAfter: said.calm_after ?? usualCalm, resumes })
  const due = dueOf(said)
  const rest = { degradedAfter, minGap, resumes }
  if (due !== null) {
    const grace = graceOf(said)
    const maxRun = said.max_run ?? (grace > 0 ? grace : null)
    return expecting({ ...rest, due, downAfter: grace, maxRun })
  }
  const counted = said.degraded_after !== undefined || said.down_after !== undefined
  const usual = everyWithGrace({ every: null, grace: said.grace ?? graceMost })
  return expecting({ ...rest, downAfter, maxRun: said.max_run ?? (counted ? null : usual.maxRun) })
}

function dueOf({ every, cron, calendar, zone = 'UTC' }: HeartbeatConfig): Due | null {
  if (every !== undefined) return { every }
  if (cron !== undefined) return dueBy('cron', cron, zone)
  return calendar === undefined ? null : dueBy('calendar', calendar, zone)
}

/** What is said, or a fifth of the time between two beats, within bounds. */
function graceOf(said: HeartbeatConfig): number {
  if (said.grace !== undefined) return said.grace
  const due = dueOf(said)
  const period = due === null ? null : 'every' in due ? due.every : distance(due.next)
  if (period === null) return graceMost
  return Math.min(graceMost, Math.max(graceLeast, Math.round(period / 5)))
}

/** Between the first two times of a year; null: there are no two. */
function distance(next: (after: number) => number | null): number | null {
  const first = next(Date.UTC(2026, 0, 1))
  const second = first === null ? null : next(first)
  return first === null || second === null ? null : second - first
}

/** The same in a few words. */
export function describe(said: HeartbeatConfig): string {
  const { silent, every, cron, calendar, degraded_after, down_after } = said
  if (silent === true) return 'silence; a heartbeat is trouble'
  if (every !== undefined) return `a heartbeat every ${formatDuration(every)}`
  const schedule = cron ?? calendar
  if (schedule !== undefined) return `a heartbeat by ${schedule}${said.zone === undefined ? '' : ` in ${said.zone}`}`
  const after = down_after ?? degraded_after ?? null
  if (after === null) return 'heartbeats at any time'
  return after === 'auto' ? 'heartbeats as often as they usually come' : `a heartbeat within ${formatDuration(after)}`
}
