// How often the log speaks of trouble that lasts.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openLog } from './log.ts'
import { Trouble } from './trouble.ts'

test('trouble that lasts is told at once, then once a minute with how often, and once when it is over', async () => {
  const clock = new VirtualClock()
  const lines: Record<string, unknown>[] = []
  const log = openLog(clock, 'info', (line) => lines.push(JSON.parse(line) as Record<string, unknown>))
  const trouble = new Trouble({ log, clock, what: 'it fails', over: 'it works again' })
  trouble.over()
  for (let second = 0; second < 150; second += 1) {
    trouble.note(new Error('away'), { waiting: second })
    await clock.advance(1_000)
  }
  trouble.over()
  trouble.over()
  const told = lines.map(({ level, message, times, seconds, waiting }) => [level, message, times, seconds, waiting])
  assert.deepEqual(told, [
    ['error', 'it fails', undefined, undefined, 0],
    ['error', 'it fails', 61, 60, 60],
    ['error', 'it fails', 121, 120, 120],
    ['info', 'it works again', 150, 150, undefined],
  ])
  trouble.note(new Error('away'))
  assert.equal(lines.length, 5, 'the next trouble is a new one')
})
