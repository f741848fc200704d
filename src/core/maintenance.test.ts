// Windows of maintenance: once, again and again, ended before their time; and time that is cut by them.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cutBy, windowsOf } from './maintenance.ts'

const once = { from: 100, until: 200, recurs: null, endedAt: null }
const every = (period: number) => (after: number) => (Math.floor(after / period) + 1) * period
const never = () => null

test('a window that touches the time is told, one that ended before its time only so far', () => {
  assert.deepEqual(windowsOf(once, 0, 1_000, never), [{ from: 100, until: 200 }])
  assert.deepEqual(windowsOf(once, 200, 1_000, never), [])
  assert.deepEqual(windowsOf(once, 0, 100, never), [])
  assert.deepEqual(windowsOf({ ...once, endedAt: 150 }, 0, 1_000, never), [{ from: 100, until: 150 }])
  assert.deepEqual(windowsOf({ ...once, endedAt: 50 }, 0, 1_000, never), [])
})

test('what comes again and again has a window each time, from its beginning to its end', () => {
  const plan = { from: 0, until: 350, endedAt: null, recurs: { cron: '', zone: '', lasts: 10 } }
  const starts = windowsOf(plan, 0, 1_000, every(100)).map(({ from }) => from)
  assert.deepEqual(starts, [0, 100, 200, 300])
  assert.deepEqual(windowsOf(plan, 205, 206, every(100)), [{ from: 200, until: 210 }])
  assert.ok(windowsOf({ ...plan, until: 1e9 }, 0, 1e9, every(1)).length <= 50)
})

test('cutting loses no time and counts none twice, however windows overlap', () => {
  const moment = fc.integer({ min: 0, max: 100 })
  const window = fc.record({ from: moment, until: moment })
  fc.assert(
    fc.property(moment, moment, fc.array(window, { maxLength: 6 }), (from, to, windows) => {
      const parts = cutBy(from, to, windows)
      assert.equal(
        parts.reduce((sum, part) => sum + part.to - part.from, 0),
        Math.max(0, to - from),
      )
      for (const part of parts)
        for (let at = part.from; at < part.to; at += 1)
          assert.equal(
            windows.some((one) => one.from <= at && at < one.until),
            part.inside,
          )
    }),
  )
})
