// Tests of hearing that many checks are called off at once.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whenCalledOff } from './called-off.ts'

test('all that listen are told once, those that went away are not, and who comes late is told at once', () => {
  const stop = new AbortController()
  const told: string[] = []
  const hear = (name: string) => whenCalledOff(stop.signal, () => told.push(name))
  const ends = ['a', 'b', 'c', 'd'].map(hear)
  ends[1]?.()
  ends[1]?.()
  hear('e')
  ends[3]?.()
  stop.abort()
  assert.deepEqual(told.sort(), ['a', 'c', 'e'])
  ends[0]?.()
  hear('late')
  assert.deepEqual(told, ['a', 'c', 'e', 'late'])
})

test('one that is told may send others away, which are told no more', () => {
  const stop = new AbortController()
  const told: string[] = []
  const ends: (() => void)[] = []
  for (const name of ['a', 'b', 'c']) {
    const call = () => {
      told.push(name)
      for (const end of ends) end()
    }
    ends.push(whenCalledOff(stop.signal, call))
  }
  stop.abort()
  assert.equal(told.length, 1)
})
