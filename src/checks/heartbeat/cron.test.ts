// Cron expressions in their zones, where summer time comes and goes, and what is none.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { openCron } from './cron.ts'
import { dueBy } from './schedule.ts'

function times(text: string, zone: string, after: string, count: number): string[] {
  const opened = openCron(text, zone)
  if ('fault' in opened) throw new Error(opened.fault)
  const found: string[] = []
  let at = Date.parse(after)
  while (found.length < count) {
    at = opened.next(at) ?? 0
    found.push(new Date(at).toISOString().slice(0, 16))
  }
  return found
}

describe('a cron expression', () => {
  test('is due in its zone', () => {
    assert.deepEqual(times('30 2 * * 1-5', 'Europe/Berlin', '2026-01-02T00:00:00Z', 2), [
      '2026-01-02T01:30',
      '2026-01-05T01:30',
    ])
    assert.deepEqual(times('@daily', 'Asia/Tokyo', '2026-01-02T00:00:00Z', 1), ['2026-01-02T15:00'])
    assert.deepEqual(times('0 0 13 * 5', 'UTC', '2026-02-01T00:00:00Z', 3), [
      '2026-02-06T00:00',
      '2026-02-13T00:00',
      '2026-02-20T00:00',
    ])
  })

  test('whose time summer time leaves out is due right after, as cron does it', () =>
    assert.deepEqual(times('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2), [
      '2026-03-29T01:00',
      '2026-03-30T00:30',
    ]))

  test('whose time comes twice when summer time ends is due once, and every half hour in every half hour', () => {
    assert.deepEqual(times('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2), [
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ])
    assert.deepEqual(times('*/30 * * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z', 4), [
      '2026-10-25T00:30',
      '2026-10-25T01:00',
      '2026-10-25T01:30',
      '2026-10-25T02:00',
    ])
  })

  test('that is none says why', () => {
    const faults = [
      ['60 * * * *', /is not a cron expression: invalid value for minute: 60; write minute, hour, day/],
      ['* * * *', /it has 4 fields, not five/],
      ['hello', /it has 1 fields, not five/],
      ['@reboot', /@reboot is no time/],
      ['@hourlyish', /is not a cron expression/],
      ['0 0 30 2 *', /no day is like that/],
      ['2026-01-01T00:00:00', /fields/],
    ] as const
    for (const [text, expected] of faults) {
      const opened = openCron(text, 'UTC')
      assert.match('fault' in opened ? opened.fault : 'none', expected, text)
    }
  })

  test('is asked once for all moments before its answer', () => {
    const { next, words } = dueBy('cron', '0 * * * *', 'Europe/Berlin')
    assert.equal(words, '0 * * * * in Europe/Berlin')
    const at = Date.UTC(2026, 0, 1, 10)
    for (const after of [at, at + 1, at + 3_599_999]) assert.equal(next(after), at + 3_600_000)
    assert.equal(next(at + 3_600_000), at + 7_200_000)
    assert.equal(next(at - 1), at)
  })
})
