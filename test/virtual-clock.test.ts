// The virtual clock's own promises: order, settling, jumps.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sleep } from '#platform/clock.ts'
import { VirtualClock } from './virtual-clock.ts'

test('a virtual clock stands still while nobody moves it', async () => {
  const clock = new VirtualClock(1_000)
  await new Promise((resolve) => setImmediate(resolve))
  assert.deepEqual([clock.now(), clock.monotonic()], [1_000, 0])
})

test('timers run in the order of their due times and see their own time', async () => {
  const clock = new VirtualClock(0)
  const seen: [string, number][] = []
  clock.after(30, () => seen.push(['late', clock.now()]))
  clock.after(10, () => seen.push(['early', clock.now()]))
  clock.after(10, () => seen.push(['early too', clock.now()]))
  await clock.advance(100)
  assert.deepEqual(seen, [
    ['early', 10],
    ['early too', 10],
    ['late', 30],
  ])
  assert.deepEqual([clock.now(), clock.pending()], [100, 0])
})

test('a timer that is not due yet keeps waiting', async () => {
  const clock = new VirtualClock(0)
  let called = 0
  clock.after(11, () => (called += 1))
  await clock.advance(10)
  assert.deepEqual([called, clock.pending(), clock.untilNext()], [0, 1, 1])
  await clock.advance(1)
  assert.deepEqual([called, clock.pending(), clock.untilNext()], [1, 0, null])
})

test('a timer set by a timer runs within the same advance when it falls due in it', async () => {
  const clock = new VirtualClock(0)
  const seen: number[] = []
  const beat = () => {
    seen.push(clock.now())
    if (seen.length < 4) clock.after(10, beat)
  }
  clock.after(10, beat)
  await clock.advance(35)
  assert.deepEqual(seen, [10, 20, 30])
})

test('asynchronous work of one timer is done before the next timer runs', async () => {
  const clock = new VirtualClock(0)
  const seen: string[] = []
  const work = async () => {
    for (let step = 0; step < 50; step += 1) await Promise.resolve()
    seen.push('work of the first')
  }
  clock.after(1, () => void work())
  clock.after(2, () => seen.push('second'))
  await clock.advance(2)
  assert.deepEqual(seen, ['work of the first', 'second'])
})

test('work begun before the advance may still set timers in time', async () => {
  const clock = new VirtualClock(0)
  let woke = -1
  const work = (async () => {
    await Promise.resolve()
    await sleep(clock, 5)
    woke = clock.now()
  })()
  await clock.advance(10)
  await work
  assert.equal(woke, 5)
})

test('a cancelled timer never runs', async () => {
  const clock = new VirtualClock(0)
  let called = 0
  const timer = clock.after(5, () => (called += 1))
  clock.after(1, () => timer.cancel())
  await clock.advance(10)
  assert.deepEqual([called, clock.pending()], [0, 0])
})

test('a jump moves the wall clock alone, backwards as well', async () => {
  const clock = new VirtualClock(10_000)
  let at = -1
  clock.after(100, () => (at = clock.monotonic()))
  clock.jump(-5_000)
  assert.deepEqual([clock.now(), clock.monotonic()], [5_000, 0])
  clock.jump(60_000)
  await clock.advance(99)
  assert.equal(at, -1)
  await clock.advance(1)
  assert.deepEqual([at, clock.now(), clock.monotonic()], [100, 65_100, 100])
})

test('an aborted sleep ends at once and leaves no timer', async () => {
  const clock = new VirtualClock(0)
  const stop = new AbortController()
  const slept = sleep(clock, 1_000, stop.signal)
  stop.abort()
  await slept
  assert.equal(clock.pending(), 0)
})

test('a loop that never waits is reported instead of running for ever', async () => {
  const clock = new VirtualClock(0, () => Promise.resolve())
  const again = () => void clock.after(0, again)
  again()
  await assert.rejects(clock.advance(1), /without any time passing/)
})
