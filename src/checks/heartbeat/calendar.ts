// systemd's calendars, as timers have them in OnCalendar: `Mon..Fri *-*-* 02:30 Europe/Berlin`, `weekly`, `*-*~1`.
// Promises the times at which systemd starts a timer, changes of summer time included. Parts of seconds are refused.
import { isInside, numbersOf, type Part, readPart } from './calendar-part.ts'
import type { Next, Opened } from './schedule.ts'
import { type Zone, zoneOf } from './zone.ts'

interface Calendar {
  /** Monday first; all: any day. */
  readonly weekdays: readonly boolean[]
  readonly year: Part
  readonly month: Part
  readonly day: Part
  /** Days are counted from the end of the month. */
  readonly fromEnd: boolean
  readonly hours: readonly number[]
  readonly minutes: readonly number[]
  readonly seconds: readonly number[]
}

const [yearFirst, yearLast] = [1_970, 2_199]
const dayMs = 86_400_000

const words: Readonly<Record<string, string>> = {
  minutely: '*-*-* *:*:00',
  hourly: '*-*-* *:00:00',
  daily: '*-*-* 00:00:00',
  weekly: 'Mon *-*-* 00:00:00',
  monthly: '*-*-01 00:00:00',
  quarterly: '*-01,04,07,10-01 00:00:00',
  semiannually: '*-01,07-01 00:00:00',
  'semi-annually': '*-01,07-01 00:00:00',
  biannually: '*-01,07-01 00:00:00',
  'bi-annually': '*-01,07-01 00:00:00',
  yearly: '*-01-01 00:00:00',
  annually: '*-01-01 00:00:00',
}

/** Reads a calendar; the zone that it names at its end counts, or else the one given. */
export function openCalendar(text: string, zone: string): Opened {
  const fault = (why: string) => ({
    fault: `is not a calendar of systemd: ${why}; write one such as "Mon..Fri 02:30" or "*-*-01 06:00 Europe/Berlin"`,
  })
  const parts = text.trim().split(/\s+/)
  const last = parts.length > 1 && /^[A-Za-z]/.test(parts.at(-1) ?? '') ? zoneOf(parts.at(-1) ?? '') : null
  const place = last ?? zoneOf(zone)
  if (place === null) return fault(`"${zone}" is no time zone`)
  const rest = last === null ? parts : parts.slice(0, -1)
  const short = rest.length === 1 ? words[(rest[0] ?? '').toLowerCase()] : undefined
  try {
    const calendar = readCalendar(short === undefined ? rest : short.split(' '))
    const next = nextOf(calendar, place)
    return next(0) === null ? fault('no day is like that') : { next, zone: place.name }
  } catch (error) {
    return fault(error instanceof Error ? error.message : String(error))
  }
}

/** Throws an Error with what is wrong. */
function readCalendar(parts: readonly string[]): Calendar {
  const rest = [...parts]
  const weekdays = /^[A-Za-z]/.test(rest[0] ?? '') ? readWeekdays(rest.shift() ?? '') : weekdayNames.map(() => true)
  const date = rest[0] !== undefined && !rest[0].includes(':') ? rest.shift() : undefined
  const time = rest.shift() ?? '00:00:00'
  if (rest.length > 0) throw new Error(`"${rest[0]}" is too much`)
  const [hours, minutes, seconds = '00', more] = time.split(':')
  if (hours === undefined || minutes === undefined || more !== undefined)
    throw new Error(`"${time}" is no time; write hours:minutes, or hours:minutes:seconds`)
  return {
    weekdays,
    ...readDate(date ?? '*-*-*'),
    hours: numbersOf(readPart(hours, { what: 'hours', least: 0, most: 23 }), 0, 23),
    minutes: numbersOf(readPart(minutes, { what: 'minutes', least: 0, most: 59 }), 0, 59),
    seconds: numbersOf(readPart(seconds, { what: 'seconds', least: 0, most: 59 }), 0, 59),
  }
}

const weekdayNames = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday']

function readWeekdays(text: string): boolean[] {
  const numberOf = (name: string) => {
    const small = name.toLowerCase()
    const number = weekdayNames.findIndex((whole) => whole === small || whole.slice(0, 3) === small)
    if (number < 0) throw new Error(`"${name}" is neither a weekday, such as Mon, nor a word such as daily`)
    return number
  }
  const chosen = weekdayNames.map(() => false)
  for (const range of text.replace(/,$/, '').split(',')) {
    const [from = '', to = from, more] = range.split(/\.\.|-/)
    const [first, last] = [numberOf(from), numberOf(to)]
    if (more !== undefined || first > last) throw new Error(`"${range}" is no range of weekdays; weeks begin with Mon`)
    for (let one = first; one <= last; one += 1) chosen[one] = true
  }
  return chosen
}

function readDate(text: string): Pick<Calendar, 'year' | 'month' | 'day' | 'fromEnd'> {
  const fromEnd = text.includes('~')
  const [days, ...before] = text.split(/[-~]/).toReversed()
  const [months, years = '*', more] = before
  if (days === undefined || months === undefined || more !== undefined || (fromEnd && !/~[^-~]*$/.test(text)))
    throw new Error(`"${text}" is no date; write year-month-day or month-day, with * for any`)
  return {
    year: readPart(years, { what: 'years', least: yearFirst, most: yearLast, whole: wholeYear }),
    month: readPart(months, { what: 'months', least: 1, most: 12 }),
    day: readPart(days, { what: 'days', least: 1, most: fromEnd ? 28 : 31, fromEnd }),
    fromEnd,
  }
}

/** Years of two digits are those around the century's turn. */
const wholeYear = (year: number) => (year < 70 ? year + 2_000 : year < 100 ? year + 1_900 : year)

function nextOf(calendar: Calendar, zone: Zone): Next {
  return (after) => {
    const from = zone.local(after)
    for (let day = Math.floor(from / dayMs) * dayMs; ; day = nextDay(calendar, day)) {
      if (new Date(day).getUTCFullYear() > yearLast) return null
      if (!isDay(calendar, day)) continue
      for (const time of timesOf(calendar)) {
        if (day + time <= from) continue
        const at = zone.moment(day + time, after)
        if (at !== null) return at
      }
    }
  }
}

/** The day after this one, or the first of the next month or year that may be meant. */
function nextDay({ year, month }: Calendar, day: number): number {
  const date = new Date(day)
  const [y, m] = [date.getUTCFullYear(), date.getUTCMonth()]
  if (!isInside(year, y)) return Date.UTC(y + 1, 0, 1)
  return isInside(month, m + 1) ? day + dayMs : Date.UTC(y, m + 1, 1)
}

function isDay({ weekdays, year, month, day, fromEnd }: Calendar, at: number): boolean {
  const date = new Date(at)
  const [y, m, d] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
  if (!isInside(year, y) || !isInside(month, m) || weekdays[(date.getUTCDay() + 6) % 7] !== true) return false
  if (!fromEnd) return isInside(day, d)
  return isInside(day, d, new Date(Date.UTC(y, m, 0)).getUTCDate() + 1)
}

/** All times of a day, ms. */
function* timesOf({ hours, minutes, seconds }: Calendar): Generator<number> {
  for (const hour of hours)
    for (const minute of minutes) for (const second of seconds) yield ((hour * 60 + minute) * 60 + second) * 1_000
}
