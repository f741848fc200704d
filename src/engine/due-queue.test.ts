// The due-queue against a plain sorted list: the same slots come out in the same order, whatever was done before.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { DueQueue } from './due-queue.ts'

const action = fc.oneof(
  fc.record({ do: fc.constant('set' as const), slot: fc.nat(200), due: fc.nat(1000) }),
  fc.record({ do: fc.constant('delete' as const), slot: fc.nat(200) }),
  fc.record({ do: fc.constant('take' as const), now: fc.nat(1000) }),
)

test('the due-queue behaves like a sorted list under any sequence of changes', () => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 300 }), (actions) => {
      const queue = new DueQueue()
      const model = new Map<number, number>()
      for (const one of actions) {
        if (one.do === 'set') {
          queue.set(one.slot, one.due)
          model.set(one.slot, one.due)
        } else if (one.do === 'delete') {
          queue.delete(one.slot)
          model.delete(one.slot)
        } else {
          const taken = queue.take(one.now)
          const earliest = model.size > 0 ? Math.min(...model.values()) : null
          if (earliest === null || earliest > one.now) assert.equal(taken, null)
          else {
            assert.equal(taken?.due, earliest)
            assert.equal(model.get(taken.slot), earliest)
            model.delete(taken.slot)
          }
        }
        assert.equal(queue.size, model.size)
        if ('slot' in one) assert.equal(queue.due(one.slot), model.get(one.slot) ?? null)
        assert.equal(queue.peek(), model.size > 0 ? Math.min(...model.values()) : null)
      }
    }),
  )
})

test('a hundred thousand slots come out in order', () => {
  const queue = new DueQueue()
  for (let slot = 0; slot < 100_000; slot += 1) queue.set(slot, (slot * 7919) % 100_003)
  let last = -1
  for (let count = 0; count < 100_000; count += 1) {
    const taken = queue.take(Number.POSITIVE_INFINITY)
    assert.ok(taken !== null && taken.due >= last)
    last = taken.due
  }
  assert.equal(queue.take(Number.POSITIVE_INFINITY), null)
})
