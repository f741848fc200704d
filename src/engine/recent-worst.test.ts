// Tests of the worst of late, on a virtual clock.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#test/virtual-clock.ts'
import { RecentWorst } from './recent-worst.ts'

test('the worst of the last minute or two is told, and forgotten after that', async () => {
  const clock = new VirtualClock(0, () => Promise.resolve())
  const worst = new RecentWorst(clock)
  assert.equal(worst.value, null)
  worst.note(7)
  worst.note(3)
  assert.equal(worst.value, 7)
  await clock.advance(60_000)
  worst.note(2)
  assert.equal(worst.value, 7)
  await clock.advance(60_000)
  assert.equal(worst.value, 2)
  await clock.advance(600_000)
  assert.equal(worst.value, null)
})
