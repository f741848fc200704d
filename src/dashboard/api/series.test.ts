// What a chart draws: phases stacked in the order of a check, gaps kept as gaps.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bandsOf, drawn } from './series.ts'

const start = '2026-11-21T14:00:00Z'

test('phases are stacked in the order of a check, the whole first', () => {
  const { stack, times } = drawn({
    from: '2026-11-21T14:00:20Z',
    to: '2026-11-21T14:01:40Z',
    start,
    step: 60_000,
    mean: [15, null],
    p95: [20, null],
    phases: { firstByte: [10, null], connect: [2, null], resolve: [3, null] },
  })
  assert.deepEqual(
    stack.map(({ name, top, own }) => [name, top[0], own[0]]),
    [
      ['First byte', 15, 10],
      ['Connect', 5, 2],
      ['Name', 3, 3],
    ],
  )
  assert.deepEqual(
    stack.map(({ top }) => top[1]),
    [null, null, null],
  )
  assert.deepEqual(times, [Date.parse(start) / 1_000 + 40, Date.parse(start) / 1_000 + 80], 'none beyond the range')
})

test('without phases the mean stands alone', () => {
  const { stack } = drawn({ from: start, to: start, start, step: 1, mean: [5], p95: [9], phases: {} })
  assert.deepEqual(stack, [{ name: 'Mean', top: [5], own: [5] }])
})

test('stretches are what is told and, where only shares of points are known, maintenance', () => {
  const told = { status: 'down', sentence: 'away', event: 7 } as const
  const asked = {
    start,
    step: 60_000,
    to: '2026-11-21T14:10:00Z',
    spans: [{ ...told, from: '2026-11-21T14:09:00Z', to: null }],
    time: { maintenance: [0, 30_000, 60_000, 0, 1] },
  }
  const begin = Date.parse(start)
  assert.deepEqual(
    bandsOf(asked).map(({ status, from, to }) => [status, (from - begin) / 60_000, (to - begin) / 60_000]),
    [
      ['maintenance', 1, 3],
      ['maintenance', 4, 5],
      ['down', 9, 10],
    ],
  )
  assert.deepEqual(bandsOf({ ...asked, time: null }), [{ ...told, from: begin + 540_000, to: Date.parse(asked.to) }])
})
