// Schedules: at which times a beat is due, by a cron expression or as systemd writes calendars.
// Promises that what was read once is not read again, and that a question which was just answered costs nothing.
import type { Due } from '#core/expected.ts'
import { openCalendar } from './calendar.ts'
import { openCron } from './cron.ts'

/** The first time after a moment, epoch ms; null: none comes any more. */
export type Next = (after: number) => number | null
/** A schedule, or why what is written is none. */
export type Opened = { readonly next: Next; readonly zone: string } | { readonly fault: string }
export type Schedule = Exclude<Due, { every: number }>

const known = new Map<string, Opened>()
const knownMost = 10_000

/** Reads a schedule; `zone`: where it says nothing else. */
export function openSchedule(how: 'cron' | 'calendar', text: string, zone: string): Opened {
  const name = `${how} ${zone} ${text}`
  const found = known.get(name)
  if (found) return found
  const opened = how === 'cron' ? openCron(text, zone) : openCalendar(text, zone)
  if (known.size >= knownMost) known.clear()
  known.set(name, opened)
  return opened
}

/** A schedule as it is expected to be kept, with an answer of its own at hand. */
export function dueBy(how: 'cron' | 'calendar', text: string, zone: string): Schedule {
  const opened = openSchedule(how, text, zone)
  if ('fault' in opened) return { next: () => null, words: text }
  const words = text.endsWith(` ${opened.zone}`) ? text : `${text} in ${opened.zone}`
  return { next: remembering(opened.next), words }
}

/** No time of the schedule lies between a moment that was asked for and its answer. */
function remembering(next: Next): Next {
  let [from, to]: [number, number | null] = [Number.NaN, null]
  return (after) => {
    if (after >= from && (to === null || after < to)) return to
    to = next(after)
    from = after
    return to
  }
}
