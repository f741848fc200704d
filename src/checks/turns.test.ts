// Tests of turns: so many at once, no target takes all, waiting ends with the attempt and blames nobody.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openOutbound } from '#platform/outbound.ts'
import { settle, VirtualClock } from '#test/virtual-clock.ts'
import { Attempt } from './attempt.ts'
import { Failure } from './failure.ts'
import { Turns } from './turns.ts'

const outbound = openOutbound({ denied: [] })

/** An attempt that takes a turn at a target and holds it until told. */
function taking(turns: Turns, target: string, clock = new VirtualClock(), signal = new AbortController().signal) {
  const attempt = new Attempt({ clock, outbound, timeout: 1_000, signal })
  let leave: (() => void) | null = null
  let end: () => void = () => {}
  const held = new Promise<void>((resolve) => (end = resolve))
  const run = attempt.run(async () => {
    leave = await turns.take(attempt, target)
    await held
    leave()
  })
  run.catch(() => {})
  return { has: () => leave !== null, end: () => end(), run, attempt }
}

test('so many have a turn at once, and the first to wait is the next', async () => {
  const turns = new Turns({ most: 2, each: 2 })
  const all = ['a', 'b', 'c', 'd'].map((target) => taking(turns, target))
  const [a, b, c, d] = all
  await settle()
  const have = () => all.map((one) => one.has())
  assert.deepEqual(have(), [true, true, false, false])
  b?.end()
  await settle()
  assert.deepEqual(have(), [true, true, true, false])
  assert.equal(turns.count, 2)
  a?.end()
  c?.end()
  await settle()
  d?.end()
  await Promise.all(all.map((one) => one.run))
  assert.equal(turns.count, 0)
})

test('a target that holds its part keeps no other target waiting', async () => {
  const turns = new Turns({ most: 10, each: 2 })
  const stuck = Array.from({ length: 5 }, () => taking(turns, 'stuck'))
  await settle()
  assert.equal(turns.count, 2)
  const others = ['a', 'b', 'c'].map((target) => taking(turns, target))
  await settle()
  assert.ok(others.every((one) => one.has()))
  for (const one of [...stuck, ...others]) one.end()
  await Promise.all([...stuck, ...others].map((one) => one.run))
  assert.equal(turns.count, 0)
})

test('targets that stalled leave room to the others, and of them the last to come is judged first', async () => {
  const clock = new VirtualClock()
  const turns = new Turns({ most: 4, each: 4 })
  const dead = ['a', 'b', 'c', 'd', 'e', 'f']
  for (const target of dead) {
    const once = taking(turns, target, clock)
    await clock.advance(1_500)
    await assert.rejects(once.run, { reason: 'timeout' })
    once.end()
    await settle()
  }
  assert.equal(turns.count, 0)
  const again = dead.map((target) => taking(turns, target, clock))
  await settle()
  const have = () => again.map((one) => one.has())
  assert.deepEqual(have(), [true, true, true, false, false, false])
  const well = taking(turns, 'well', clock)
  await settle()
  assert.equal(well.has(), true)
  well.end()
  again[0]?.end()
  await settle()
  assert.deepEqual(have(), [true, true, true, false, false, true])
  for (const one of again) one.end()
  await Promise.all(again.map((one) => one.run))
  assert.equal(turns.count, 0)
})

test('who waits until the end of the time blames this process, and takes no turn afterwards', async () => {
  const clock = new VirtualClock()
  const turns = new Turns({ most: 1, each: 1 })
  const first = taking(turns, 'a')
  await settle()
  const second = taking(turns, 'b', clock)
  await settle()
  const failure = assert.rejects(second.run, {
    reason: 'internal',
    message: 'Allswell itself was too busy: of 1 s it waited 1 s for its turn.',
  })
  await clock.advance(1_000)
  await failure
  first.end()
  await first.run
  await settle()
  assert.equal(second.has(), false)
  assert.equal(turns.count, 0)
  const third = taking(turns, 'c')
  await settle()
  assert.equal(third.has(), true)
  third.end()
  await third.run
})

test('who had a turn too late blames this process as well; who had it in time, the target', async () => {
  for (const [wait, reason] of [
    [900, 'internal'],
    [50, 'timeout'],
  ] as const) {
    const clock = new VirtualClock()
    const turns = new Turns({ most: 1, each: 1 })
    const first = taking(turns, 'a')
    await settle()
    const second = taking(turns, 'b', clock)
    await clock.advance(wait)
    first.end()
    await first.run
    await settle()
    assert.equal(second.has(), true)
    const failure = assert.rejects(second.run, { reason })
    await clock.advance(1_000 - wait)
    await failure
    second.end()
    await settle()
    assert.equal(turns.count, 0)
  }
})

test('when too many wait the next does not even wait', async () => {
  const turns = new Turns({ most: 1, each: 1, waiting: 1 })
  const all = ['a', 'b', 'c'].map((target) => taking(turns, target))
  await assert.rejects(all[2]?.run ?? Promise.resolve(), {
    reason: 'internal',
    message: /1 checks wait for their turn/,
  })
  for (const one of all) one.end()
  await Promise.all(all.slice(0, 2).map((one) => one.run))
  assert.equal(turns.count, 0)
})

test('of far more silent targets than have room each is judged within some intervals, others at once', async () => {
  for (const every of [1_000, 1_300, 6_000]) {
    const clock = new VirtualClock()
    const turns = new Turns({ most: 80, each: 8 })
    const silent = Array.from({ length: 300 }, (_, index) => ({ target: `silent ${index}`, judged: 0 }))
    const look = async (one: (typeof silent)[number]) => {
      const attempt = new Attempt({ clock, outbound, timeout: 1_000, signal: new AbortController().signal })
      const over = new Promise((resolve) => attempt.signal.addEventListener('abort', resolve))
      const done = attempt.run(async () => {
        const leave = await turns.take(attempt, one.target)
        void over.then(leave)
        await over
      })
      await done.catch((error: unknown) => {
        if (error instanceof Failure && error.reason === 'timeout') one.judged += 1
      })
    }
    const steps = 50
    // Each silent target needs a second of the 60 turns that those that stall have: 5 s for all.
    for (let passed = 0; passed < 24_000 + 2 * every; passed += every / steps) {
      const phase = Math.round(passed / (every / steps)) % steps
      for (const [index, one] of silent.entries()) if (index % steps === phase) void look(one)
      await clock.advance(every / steps)
    }
    const well = taking(turns, 'well', clock)
    await settle()
    assert.equal(well.has(), true)
    well.end()
    const least = Math.min(...silent.map(({ judged }) => judged))
    assert.ok(least >= 2, `every ${every} ms: one was judged ${least} times`)
    await clock.advance(2_000)
    assert.equal(turns.count, 0)
  }
})
