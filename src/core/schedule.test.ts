// Schedule: strictly ahead, within one interval, on the key's own grid, and evenly spread.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { firstDue, hash32, nextOnGrid } from './schedule.ts'

const key = fc.string()
const interval = fc.integer({ min: 1, max: 86_400_000 })
const now = fc.integer({ min: 0, max: 4e12 })

test('the next time lies strictly ahead and within one interval', () =>
  fc.assert(
    fc.property(key, interval, now, (name, every, at) => {
      const next = nextOnGrid(name, every, at)
      assert.ok(next > at && next <= at + every)
    }),
  ))

test('from one time on the grid to the next is exactly one interval', () =>
  fc.assert(
    fc.property(key, interval, now, (name, every, at) => {
      const next = nextOnGrid(name, every, at)
      assert.equal(nextOnGrid(name, every, next), next + every)
      assert.equal(nextOnGrid(name, every, next - 1), next)
    }),
  ))

test('a restart keeps the rhythm: the grid does not depend on when it is asked', () =>
  fc.assert(
    fc.property(key, interval, now, now, (name, every, one, other) => {
      assert.equal(Math.abs(nextOnGrid(name, every, one) - nextOnGrid(name, every, other)) % every, 0)
    }),
  ))

test('the first check comes soon and within one interval, with fewer monitors sooner', () =>
  fc.assert(
    fc.property(key, interval, now, fc.nat(100_000), (name, every, at, count) => {
      const due = firstDue(name, every, at, count)
      assert.ok(due >= at && due <= at + Math.min(every, count * 5))
    }),
  ))

test('keys that differ by a number are spread evenly over the interval', () => {
  const [slots, count] = [20, 10_000]
  const load = Array.from({ length: slots }, () => 0)
  for (let index = 0; index < count; index += 1) {
    const slot = Math.floor(((nextOnGrid(`customer-${index}`, 60_000, 0) - 1) / 60_000) * slots)
    load[slot] = (load[slot] ?? 0) + 1
  }
  for (const one of load) assert.ok(Math.abs(one - count / slots) < (count / slots) * 0.2, load.join(' '))
})

test('the hash is a 32-bit number and stays the same for ever, since rhythms rest on it', () => {
  assert.deepEqual([hash32(''), hash32('web'), hash32('shop-1')], [2_786_964_252, 645_539_676, 1_779_236_537])
  fc.assert(fc.property(key, (name) => Number.isInteger(hash32(name)) && hash32(name) >= 0 && hash32(name) < 2 ** 32))
})
