// Slots: bounds at once, turns for all who wait, and hosts that stay silent.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Leave, Slots } from './slots.ts'

/** Slots whose checks are told apart by name; `began` in their order. */
function open(checks: number, perHost: number) {
  const limits = { checks, perHost }
  const slots = new Slots(() => limits)
  const began: string[] = []
  const leaves = new Map<string, Leave>()
  const ask = (host: string, name: string, doubtful = false, wanted = true) =>
    slots.ask(host, doubtful, (leave) => {
      if (!wanted) return false
      began.push(name)
      leaves.set(name, leave)
      return true
    })
  const leave = (name: string, silent: boolean | null = false) => leaves.get(name)?.(silent)
  return { slots, limits, began, ask, leave }
}

test('so many of one host begin, the next when one has ended, and other hosts at once', () => {
  const { slots, began, ask, leave } = open(100, 2)
  for (const name of ['a1', 'a2', 'a3', 'a4']) ask('a', name)
  ask('b', 'b1')
  assert.deepEqual([began, slots.running, slots.waiting], [['a1', 'a2', 'b1'], 3, 2])
  assert.deepEqual([slots.isFree('a'), slots.isFree('b')], [false, true])
  leave('a2')
  leave('a2')
  assert.deepEqual(began, ['a1', 'a2', 'b1', 'a3'])
})

test('when all slots are taken those who wait have turns by host, not by who is most', () => {
  const { began, ask, leave } = open(1, 10)
  for (let index = 1; index <= 3; index += 1) ask('a', `a${index}`)
  ask('b', 'b1')
  ask('c', 'c1')
  for (const name of ['a1', 'a2', 'b1', 'c1']) leave(name)
  assert.deepEqual(began, ['a1', 'a2', 'b1', 'c1', 'a3'])
})

test('silent hosts leave a quarter of all slots to those that answer', () => {
  const { slots, began, ask, leave } = open(8, 8)
  ask('dead', 'd0')
  leave('d0', true)
  for (let index = 1; index <= 10; index += 1) ask('dead', `d${index}`)
  assert.equal(slots.running, 6)
  for (const name of ['w1', 'w2', 'w3']) ask('well', name)
  assert.deepEqual(began.slice(-2), ['w1', 'w2'])
  leave('d1', true)
  assert.equal(began.at(-1), 'w3')
  leave('d2', false)
  assert.equal(slots.running, 8, 'it answers again')
})

test('those in doubt and the others of a host take turns', () => {
  const { began, ask, leave } = open(10, 1)
  ask('a', 'first')
  for (const name of ['u1', 'u2', 'u3']) ask('a', name)
  for (const name of ['d1', 'd2']) ask('a', name, true)
  for (const name of ['first', 'd1', 'u1', 'd2', 'u2']) leave(name)
  assert.deepEqual(began, ['first', 'd1', 'u1', 'd2', 'u2', 'u3'])
})

test('one that is no longer wanted gives its turn to the next, however many there are', () => {
  const { slots, began, ask, leave } = open(10, 1)
  ask('a', 'first')
  for (let index = 0; index < 20_000; index += 1) ask('a', 'gone', false, false)
  ask('a', 'last')
  leave('first')
  assert.deepEqual([began, slots.running, slots.waiting], [['first', 'last'], 1, 0])
})

test('a slot that somebody asked for counts like any other', () => {
  const { slots, began, ask } = open(2, 1)
  const leave = slots.take('a')
  ask('a', 'a1')
  assert.deepEqual(began, [])
  leave(null)
  assert.deepEqual(began, ['a1'])
})

test('other limits hold at once, and nobody begins after the end', () => {
  const { slots, limits, began, ask, leave } = open(10, 1)
  for (const name of ['a1', 'a2', 'a3', 'a4']) ask('a', name)
  limits.perHost = 3
  slots.refresh(new Set(['a']))
  assert.deepEqual(began, ['a1', 'a2', 'a3'])
  slots.close()
  leave('a1')
  assert.deepEqual([began.length, slots.waiting], [3, 0])
})

test('whatever comes and goes: the bounds hold, nobody is forgotten, and at the end all have begun', () => {
  const steps = fc.array(
    fc.record({ host: fc.constantFrom('a', 'b', 'c'), doubtful: fc.boolean(), ends: fc.nat(3), silent: fc.boolean() }),
    { maxLength: 60 },
  )
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 4 }), (all, checks, perHost) => {
      const slots = new Slots(() => ({ checks, perHost }))
      const running: { host: string; leave: Leave }[] = []
      let began = 0
      const bounds = () => {
        assert.equal(slots.running, running.length)
        assert.ok(running.length <= checks)
        for (const host of ['a', 'b', 'c']) assert.ok(running.filter((one) => one.host === host).length <= perHost)
      }
      for (const { host, doubtful, ends, silent } of all) {
        slots.ask(host, doubtful, (leave) => {
          began += 1
          running.push({ host, leave })
          return true
        })
        bounds()
        for (let index = 0; index < ends; index += 1) running.shift()?.leave(silent)
        bounds()
      }
      while (running.length > 0) running.shift()?.leave(true)
      assert.deepEqual([began, slots.waiting, slots.running], [all.length, 0, 0])
    }),
  )
})
