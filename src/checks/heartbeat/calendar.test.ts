// Calendars of systemd: the times that systemd itself gives, and a reason for what is none.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { openCalendar } from './calendar.ts'
import type { Opened } from './schedule.ts'

interface Golden {
  readonly calendar: string
  readonly after: string
  readonly count: number
  readonly times: readonly string[] | null
}

const golden = JSON.parse(
  readFileSync(new URL('../../../test/golden/systemd/calendars.json', import.meta.url), 'utf8'),
) as readonly Golden[]

function timesOf(opened: Opened, after: string, count: number): string[] | string {
  if ('fault' in opened) return opened.fault
  const times: string[] = []
  let at: number | null = Date.parse(after)
  while (times.length < count) {
    at = opened.next(at)
    if (at === null) break
    times.push(new Date(at).toISOString().replace('.000Z', 'Z'))
  }
  return times
}

describe('a calendar of systemd', () => {
  test('is due when systemd says, through changes of summer time as well', () => {
    for (const { calendar, after, count, times } of golden) {
      const found = timesOf(openCalendar(calendar, 'UTC'), after, count)
      if (times === null || times.length === 0) assert.equal(typeof found, 'string', `${calendar} is none`)
      else assert.deepEqual(found, times, calendar)
    }
  })

  test('says what is wrong with it, and how to write it', () => {
    const fault = (text: string, zone = 'UTC') => {
      const opened = openCalendar(text, zone)
      return 'fault' in opened ? opened.fault : 'none'
    }
    const faults = [
      ['24:00', /"24" is out of range: its hours are from 0 to 23; write one such as "Mon\.\.Fri 02:30"/],
      ['*:*/5', /"\*\/5" is none of its minutes; write a number, 1\.\.5, 0\/15 or \*/],
      ['Fri..Mon 10:00', /"Fri\.\.Mon" is no range of weekdays/],
      ['mondays', /"mondays" is neither a weekday, such as Mon, nor a word such as daily/],
      ['10:00 Mon', /"Mon" is too much/],
      ['*-02-30', /no day is like that/],
      ['*:15..5', /"15\.\.5" is the wrong way round/],
      ['*:0/0', /"0\/0" repeats after nothing/],
      ['10:00:30.5', /"30\.5" is none of its seconds/],
    ] as const
    for (const [text, expected] of faults) assert.match(fault(text), expected)
    assert.match(fault('10:00', 'Mars/Base'), /"Mars\/Base" is no time zone/)
  })

  test('that nobody could have meant is refused without harm', () =>
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[ *0-9:.,/~A-Za-z-]{0,30}$/)),
        fc.integer({ min: 0, max: 4e12 }),
        (text, after) => {
          const opened = openCalendar(text, 'Europe/Berlin')
          if ('fault' in opened) return
          const next = opened.next(after)
          assert.ok(next === null || next > after)
        },
      ),
      { numRuns: 2_000 },
    ))

  test('never skips a time of its own, nor gives one twice', () => {
    const opened = openCalendar('*:0/20 Europe/Berlin', 'UTC')
    if ('fault' in opened) throw new Error(opened.fault)
    const from = Date.UTC(2026, 5, 1)
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 * 86_400_000 }), (later) => {
        const at = opened.next(from + later) ?? 0
        assert.ok(at > from + later && at - from - later <= 1_200_000 && at % 1_200_000 === 0)
      }),
    )
  })
})
