// Maintenance of a page as a calendar (RFC 5545) that people subscribe to.
// Promises lines of at most 75 bytes that no text breaks out of, and a window's name that never changes.
import { plainMarkdown } from '#platform/markdown.ts'
import { nameOf } from './feeds.ts'
import { dayMs, type MaintenanceView, type PageView } from './model.ts'
import { plainText } from './xml.ts'

const lineMost = 75

/** A calendar without any window still has a part, as its readers demand. */
const utc = [
  'BEGIN:VTIMEZONE',
  'TZID:Etc/UTC',
  'BEGIN:STANDARD',
  'DTSTART:19700101T000000',
  'TZOFFSETFROM:+0000',
  'TZOFFSETTO:+0000',
  'END:STANDARD',
  'END:VTIMEZONE',
]

export function calendar(view: PageView, base: string): string {
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Allswell//Status page//EN',
    'CALSCALE:GREGORIAN',
    'METHOD:PUBLISH',
    `X-WR-CALNAME:${escaped(`${view.title}: maintenance`)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    ...utc,
    ...view.maintenance.flatMap((window) => eventOf(window, view, base)),
    'END:VCALENDAR',
  ]
  return lines.map((line) => `${folded(line)}\r\n`).join('')
}

function eventOf({ id, title, message, from, until, components }: MaintenanceView, view: PageView, base: string) {
  const about = `Affects ${components.join(', ')}.`
  const text = message === null ? about : `${plainMarkdown(message)}\n${about}`
  return [
    'BEGIN:VEVENT',
    `UID:${nameOf(view, base, `maintenance/${id}/${stamp(from)}`)}`,
    // When it was read, to the day: the same file while nothing changes.
    `DTSTAMP:${stamp(view.asOf - (view.asOf % dayMs))}`,
    `DTSTART:${stamp(from)}`,
    `DTEND:${stamp(until)}`,
    `SUMMARY:${escaped(title)}`,
    `DESCRIPTION:${escaped(text)}`,
    ...(base === '' ? [] : [`URL:${base}/p/${encodeURIComponent(view.key)}#maintenance-${id}`]),
    'STATUS:CONFIRMED',
    'TRANSP:TRANSPARENT',
    'END:VEVENT',
  ]
}

/** `20261121T140500Z` */
const stamp = (at: number): string => new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, '')

const escaped = (text: string): string =>
  plainText(text)
    .replaceAll(/[\\;,]/g, String.raw`\$&`)
    .replaceAll(/\r\n|[\r\n\u2028\u2029]/g, String.raw`\n`)

/** Continued on lines that begin with a space; never within a character. */
function folded(line: string): string {
  let [text, bytes] = ['', 0]
  for (const sign of line) {
    const size = Buffer.byteLength(sign)
    if (bytes + size > lineMost) {
      text += '\r\n '
      bytes = 1
    }
    text += sign
    bytes += size
  }
  return text
}
