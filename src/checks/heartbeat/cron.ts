// Cron expressions: five fields, or six with seconds, or a word such as @daily, in a time zone.
// Promises a sentence for what is none. What falls into the hour that summer time leaves out is due right after it.
import { Cron } from 'croner'
import type { Opened } from './schedule.ts'

/** So far ahead, ms, a time must come, or it never does. */
const farAhead = Date.UTC(2026, 0, 1)

export function openCron(text: string, zone: string): Opened {
  const fault = (why: string) => ({
    fault: `is not a cron expression: ${why}; write minute, hour, day, month and weekday, such as "30 2 * * 1-5"`,
  })
  if (text === '@reboot') return fault('@reboot is no time')
  const fields = text.trim().split(/\s+/)
  if (!text.startsWith('@') && fields.length !== 5 && fields.length !== 6)
    return fault(`it has ${fields.length} fields, not five (or six, with seconds)`)
  try {
    const cron = new Cron(text, { timezone: zone, paused: true })
    const next = (after: number) => cron.nextRun(new Date(after))?.getTime() ?? null
    return next(farAhead) === null ? fault('no day is like that') : { next, zone }
  } catch (error) {
    return fault(saidBy(error))
  }
}

const saidBy = (error: unknown) =>
  (error instanceof Error ? error.message : String(error))
    .replace(/^CronPattern: /, '')
    .replace(/\.$/, '')
    .replace(/^./, (first) => first.toLowerCase())
