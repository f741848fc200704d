// What is promised of stored roll-ups, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { emptyRollup, type Resolution, resolutionMs, type TimeOf } from '#core/rollup.ts'
import { onEachStore } from '#test/stores.ts'

const { hour, day } = resolutionMs

onEachStore('roll-ups', (ground) => {
  const span = (monitor: number, start: number, status: TimeOf, ms: number, resolution: Resolution = 'hour') => ({
    monitor,
    slice: { start, status, ms },
    resolution,
  })

  test('stretches of time are summed by monitor, start and status', async () => {
    await ground.store.rollups.addTime([span(1, 0, 'up', 100), span(1, 0, 'up', 50), span(1, 0, 'down', 7)])
    await ground.store.rollups.addTime([span(1, 0, 'up', 1), span(1, hour, 'unknown', 9), span(2, 0, 'paused', 3)])
    await ground.store.rollups.addTime([])
    const read = await ground.store.rollups.read([1, 2, 3], 'hour', 0, day)
    const { ms } = emptyRollup
    assert.deepEqual(
      read,
      new Map([
        [
          1,
          [
            { start: 0, rollup: { ...emptyRollup, ms: { ...ms, up: 151, down: 7 } } },
            { start: hour, rollup: { ...emptyRollup, ms: { ...ms, unknown: 9 } } },
          ],
        ],
        [2, [{ start: 0, rollup: { ...emptyRollup, ms: { ...ms, paused: 3 } } }]],
      ]),
    )
  })

  test('what was counted in several hours is summed, with the latencies in one', async () => {
    const seen = (monitor: number, at: number, latency: number | null, outcome: 'up' | 'down' = 'up') =>
      ({ monitor, location: 'local', at, outcome, signal: 'check', latency, reason: null, sentence: null }) as const
    await ground.store.history.append([
      seen(1, 1, 10),
      seen(1, hour, 10),
      seen(1, hour + 1, 200, 'down'),
      seen(2, 1, null),
    ])
    await ground.store.history.pack(10)
    const sums = await ground.store.rollups.counts([1, 2, 3], 'hour', 0, day)
    const one = sums.get(1)
    assert.deepEqual([one?.count, one?.failures, one?.latencyMin, one?.latencyMax], [3, 1, 10, 200])
    assert.ok(Math.abs((one?.latencySum ?? 0) - 220) < 0.01)
    assert.deepEqual(new Set(one?.latencies.values()), new Set([1, 2]))
    assert.deepEqual([sums.get(2)?.count, sums.get(2)?.latencyMax, sums.get(2)?.latencies.size], [1, null, 0])
    assert.equal(sums.has(3), false)
  })

  test('hours and days are kept apart', async () => {
    await ground.store.rollups.addTime([span(1, 0, 'up', 1, 'hour'), span(1, 0, 'up', 2, 'day')])
    const read = await ground.store.rollups.read([1], 'day', 0, day)
    assert.equal(read.get(1)?.[0]?.rollup.ms.up, 2)
  })

  test('a stretch to read has its first moment and not its last', async () => {
    await ground.store.rollups.addTime([0, hour, 2 * hour].map((start) => span(1, start, 'up', 1)))
    const read = await ground.store.rollups.read([1], 'hour', hour, 2 * hour)
    assert.deepEqual(
      read.get(1)?.map(({ start }) => start),
      [hour],
    )
  })

  test('the time of many is summed in one answer', async () => {
    await ground.store.rollups.addTime([
      span(1, 0, 'up', 5, 'day'),
      span(1, day, 'down', 6, 'day'),
      span(2, 0, 'maintenance', 7, 'day'),
      span(3, 2 * day, 'up', 8, 'day'),
    ])
    const none = emptyRollup.ms
    assert.deepEqual(
      await ground.store.rollups.time([1, 2, 3], 'day', 0, 2 * day),
      new Map([
        [1, { ...none, up: 5, down: 6 }],
        [2, { ...none, maintenance: 7 }],
      ]),
    )
  })

  test('the time of a long stretch is that of its days, wherever it begins and ends', async () => {
    const days = Array.from({ length: 40 }, (_, number) => number)
    await ground.store.rollups.addTime(days.map((number) => span(1, number * day, 'up', 2 ** (number % 30), 'day')))
    await ground.store.rollups.addTime(days.map((number) => span(1, number * day, 'down', 1, 'day')))
    for (const [from, to] of [
      [0, 40],
      [3, 12],
      [7, 14],
      [6, 22],
      [8, 9],
      [5, 5],
    ] as const) {
      const found = (await ground.store.rollups.time([1], 'day', from * day, to * day)).get(1)
      const within = days.filter((number) => number >= from && number < to)
      assert.equal(
        found?.up ?? 0,
        within.reduce((sum, number) => sum + 2 ** (number % 30), 0),
      )
      assert.equal(found?.down ?? 0, within.length)
    }
  })

  test('old ones of one resolution are forgotten', async () => {
    await ground.store.rollups.addTime([span(1, 0, 'up', 1), span(1, hour, 'up', 1), span(1, 0, 'up', 1, 'day')])
    assert.equal(await ground.store.rollups.forget('hour', hour), 1)
    assert.equal((await ground.store.rollups.read([1], 'hour', 0, day)).get(1)?.length, 1)
    assert.equal((await ground.store.rollups.read([1], 'day', 0, day)).get(1)?.length, 1)
  })

  test('of no monitors there is nothing to read', async () => {
    assert.deepEqual(await ground.store.rollups.read([], 'day', 0, day), new Map())
  })

  if (ground.dialect === 'postgres') {
    test('two nodes that add to the same hours lose nothing and never block each other for good', async () => {
      const other = await ground.open()
      const many = Array.from({ length: 200 }, (_, index) => span(index, 0, 'up', 1))
      for (let round = 0; round < 10; round += 1)
        await Promise.all([ground.store.rollups.addTime(many), other.rollups.addTime(many.toReversed())])
      for (const time of (await other.rollups.time([0, 7, 199], 'hour', 0, hour)).values()) assert.equal(time.up, 20)
    })
  }
})
