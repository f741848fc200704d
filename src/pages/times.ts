// Times as a page prints them: 24 hours, in the page's own zone, with the zone's name.
// Promises UTC for a zone that does not exist. Must not read a clock.
import { resolutionMs } from '#core/rollup.ts'

export interface Times {
  /** `2026-11-21`, the day in the page's zone. */
  date(at: number): string
  /** Today's date and those before it, newest first. */
  datesBack(now: number, count: number): string[]
  /** `14:05` */
  time(at: number): string
  /** `UTC`, `CET` … as it is at that time. */
  zone(at: number): string
  /** `21 November 2026` */
  day(at: number): string
  /** `21 Nov` */
  short(at: number): string
  /** `21 Nov, 14:05` */
  stamp(at: number): string
}

export function openTimes(zone: string): Times {
  const [time, day, short, named, iso] = [
    maker(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    maker(zone, { day: 'numeric', month: 'long', year: 'numeric' }),
    maker(zone, { day: 'numeric', month: 'short' }),
    maker(zone, { timeZoneName: 'short' }),
    maker(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }),
  ]
  const date = (at: number) => iso.format(at).split('/').toReversed().join('-')
  return {
    date,
    datesBack(now, count) {
      const today = Date.parse(`${date(now)}T00:00:00Z`)
      return Array.from({ length: count }, (_, back) => isoDate(today - back * resolutionMs.day))
    },
    time: (at) => time.format(at),
    zone: (at) => named.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? 'UTC',
    day: (at) => day.format(at),
    short: (at) => short.format(at),
    stamp: (at) => `${short.format(at)}, ${time.format(at)}`,
  }
}

/** `2026-11-21` of a moment, in UTC. */
export const isoDate = (at: number): string => new Date(at).toISOString().slice(0, 10)

const weekday = maker('UTC', { weekday: 'short', day: 'numeric', month: 'short' })
const shortDate = maker('UTC', { day: 'numeric', month: 'short' })

/** `Sat 21 Nov` of `2026-11-21`. */
export const sayDate = (date: string): string => weekday.format(Date.parse(date)).replace(',', '')

/** `21 Nov` of a UTC day. */
export const sayDay = (start: number): string => shortDate.format(start)

function maker(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: zone })
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' })
  }
}
