// What is promised of observations, raw and packed, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Observation } from '#core/observation.ts'
import { mergeRollups, ofObservations, resolutionMs } from '#core/rollup.ts'
import { onEachStore } from '#test/stores.ts'

const hour = resolutionMs.hour
const begin = Date.UTC(2026, 10, 21, 22)

onEachStore('history', (ground) => {
  const seen = (monitor: number, at: number, more: Partial<Observation> = {}): Observation => ({
    monitor,
    location: 'local',
    at,
    outcome: 'up',
    signal: 'check',
    latency: 12.5,
    reason: null,
    sentence: null,
    ...more,
  })
  const append = (...observations: Observation[]) => ground.store.history.append(observations)
  const times = async (monitor: number, from = 0, to = 2 * begin) =>
    (await ground.store.history.read(monitor, from, to)).map(({ at }) => at)

  test('an observation is read as it was appended', async () => {
    await append(seen(1, begin, { location: 'eu-1', outcome: 'down', signal: 'fail', latency: 0.25, reason: 'failed' }))
    assert.deepEqual(await ground.store.history.read(1, begin, begin + 1), [
      { at: begin, location: 'eu-1', outcome: 'down', signal: 'fail', latency: 0.25, reason: 'failed' },
    ])
  })

  test('appending nothing is nothing', async () => {
    await append()
    assert.equal(await ground.store.history.pack(10), 0)
  })

  test('a stretch has its first moment and not its last', async () => {
    await append(seen(1, begin), seen(1, begin + 1), seen(1, begin + 2), seen(2, begin))
    assert.deepEqual(await times(1, begin, begin + 2), [begin, begin + 1])
    await ground.store.history.pack(10)
    assert.deepEqual(await times(1, begin, begin + 2), [begin, begin + 1])
  })

  test('packed and raw observations are read together, oldest first', async () => {
    await append(seen(1, begin + 5), seen(1, begin + hour + 1))
    assert.equal(await ground.store.history.pack(10), 2)
    await append(seen(1, begin + 3), seen(1, begin + hour + 2))
    const all = [begin + 3, begin + 5, begin + hour + 1, begin + hour + 2]
    assert.deepEqual(await times(1), all)
    assert.equal(await ground.store.history.pack(10), 2)
    assert.deepEqual(await times(1), all)
    assert.deepEqual(await times(1, begin + hour), all.slice(2))
  })

  test('phases are kept, exactly until they are packed and nearly then, and summed in the roll-ups', async () => {
    const phases = { connect: 20, firstByte: 75, body: 5 }
    await append(seen(1, begin, { latency: 100, phases }), seen(1, begin + 1))
    const [timed, plain] = await ground.store.history.read(1, begin, begin + 2)
    assert.deepEqual([timed?.phases, plain && 'phases' in plain], [phases, false])
    await ground.store.history.pack(10)
    const [packed] = await ground.store.history.read(1, begin, begin + 2)
    assert.ok(Math.abs((packed?.phases?.['firstByte'] ?? 0) - 75) < 8)
    await append(seen(1, begin + 2, { latency: 50, phases: { connect: 50 } }))
    await ground.store.history.pack(10)
    const sums = (await ground.store.rollups.read([1], 'hour', begin, begin + hour)).get(1)?.[0]?.rollup.phases
    assert.deepEqual([sums?.count, Object.fromEntries(sums?.ms ?? [])], [2, { connect: 70, firstByte: 75, body: 5 }])
    const whole = (await ground.store.rollups.counts([1], 'hour', begin, begin + hour)).get(1)?.phases
    assert.deepEqual(whole, sums)
  })

  test('the recent past of several is read in one, packed and not, each from its own moment on', async () => {
    await append(seen(1, begin + 1), seen(1, begin + hour + 1), seen(2, begin + 2), seen(3, begin + 3))
    await ground.store.history.pack(10)
    await append(seen(1, begin + hour + 9), seen(1, begin + hour + 2), seen(2, begin + 5))
    const wanted = [
      { monitor: 1, from: begin + 1 },
      { monitor: 2, from: begin + 5 },
      { monitor: 4, from: begin },
    ]
    const recent = await ground.store.history.recent(wanted, begin + hour + 9)
    const times = [...recent].map(([monitor, list]) => [monitor, list.map(({ at }) => at - begin)])
    assert.deepEqual(times, [
      [1, [1, hour + 1, hour + 2]],
      [2, [5]],
      [4, []],
    ])
    assert.deepEqual(await ground.store.history.recent([], begin), new Map())
  })

  test('packing takes at most so many, and everything in the end', async () => {
    await append(...Array.from({ length: 25 }, (_, index) => seen((index % 5) + 1, begin + index)))
    const packed: number[] = []
    for (let count = -1; count !== 0; packed.push(count)) count = await ground.store.history.pack(10)
    assert.deepEqual(packed, [10, 10, 5, 0])
    for (const monitor of [1, 2, 3, 4, 5]) assert.equal((await times(monitor)).length, 5)
  })

  test('packing goes round: busy monitors with low numbers do not keep others waiting', async () => {
    await append(seen(1, begin), seen(1, begin + 1), seen(9, begin))
    await ground.store.history.pack(2)
    await append(seen(1, begin + 2), seen(1, begin + 3))
    await ground.store.history.pack(2)
    await ground.store.history.forget(begin + 2 * hour)
    assert.deepEqual(await times(9), [])
  })

  test('observations of one hour make one packed row with their count', async () => {
    await append(seen(1, begin), seen(1, begin + hour - 1), seen(1, begin + hour))
    await ground.store.history.pack(10)
    assert.equal(await ground.store.history.forget(begin + hour), 1)
    assert.deepEqual(await times(1), [begin + hour])
  })

  test('what is forgotten is gone, and an hour that has not wholly passed stays', async () => {
    await append(seen(1, begin), seen(1, begin + hour))
    await ground.store.history.pack(10)
    assert.equal(await ground.store.history.forget(begin + hour - 1), 0)
    assert.equal(await ground.store.history.forget(begin + 2 * hour), 2)
    assert.deepEqual(await times(1), [])
  })

  test('packing counts observations and latencies into their hour and day, and nothing twice', async () => {
    const all = Array.from({ length: 40 }, (_, index) => {
      const at = begin + index * (hour / 10)
      return seen(1, at, { latency: index % 7 ? index * 3 : null, outcome: index % 5 ? 'up' : 'down' })
    })
    for (let from = 0; from < all.length; from += 9) {
      await append(...all.slice(from, from + 9))
      await ground.store.history.pack(100)
    }
    for (const resolution of ['hour', 'day'] as const) {
      const read = await ground.store.rollups.read([1], resolution, 0, 2 * begin)
      for (const { start, rollup } of read.get(1) ?? []) {
        const mine = all.filter(({ at }) => at >= start && at < start + resolutionMs[resolution])
        const { latencySum, ...rest } = ofObservations(mine)
        assert.deepEqual({ ...rest, latencySum: Math.round(rollup.latencySum) }, { ...rollup, latencySum })
      }
      const whole = (read.get(1) ?? []).map(({ rollup }) => rollup).reduce(mergeRollups)
      assert.equal(whole.count, 40)
    }
  })

  test('packing leaves the time in the roll-ups as it is, and time leaves the counts', async () => {
    const slice = { start: begin, status: 'up' as const, ms: 1_000 }
    await ground.store.rollups.addTime([{ monitor: 1, slice, resolution: 'hour' }])
    await append(seen(1, begin))
    await ground.store.history.pack(10)
    await ground.store.rollups.addTime([{ monitor: 1, slice, resolution: 'hour' }])
    const [first] = (await ground.store.rollups.read([1], 'hour', begin, begin + 1)).get(1) ?? []
    assert.deepEqual([first?.rollup.ms.up, first?.rollup.count], [2_000, 1])
  })

  test('a packing that fails leaves every observation where it was', async () => {
    await append(seen(1, begin), seen(1, begin + 1))
    await assert.rejects(
      ground.store.transaction(async (tx) => {
        assert.equal(await tx.history.pack(10), 2)
        throw new Error('killed here')
      }),
      /killed here/,
    )
    assert.deepEqual(await times(1), [begin, begin + 1])
    assert.equal(await ground.store.history.pack(10), 2)
    assert.deepEqual(await times(1), [begin, begin + 1])
  })

  test('a year is read without looking up hours that are not there', async () => {
    await append(seen(1, begin), seen(1, begin + 24 * hour))
    await ground.store.history.pack(10)
    assert.deepEqual(await times(1, 0, Number.MAX_SAFE_INTEGER), [begin, begin + 24 * hour])
  })

  test('odd values are kept as well as they can be', async () => {
    await append(seen(1, begin + 0.4, { latency: Number.NaN, location: 'a\0b' }))
    assert.deepEqual(await ground.store.history.read(1, begin, begin + 1), [
      { at: begin, location: 'a\ufffdb', outcome: 'up', signal: 'check', latency: null, reason: null },
    ])
  })

  if (ground.dialect === 'postgres') {
    test('while one node packs the others leave it alone, and nothing is lost or counted twice', async () => {
      const nodes = [ground.store, await ground.open(), await ground.open()]
      await append(...Array.from({ length: 300 }, (_, index) => seen((index % 3) + 1, begin + index)))
      let packed = 0
      for (let round = 0; round < 60 && packed < 300; round += 1) {
        const counts = await Promise.all(nodes.map((node) => node.history.pack(20)))
        packed += counts.reduce((one, other) => one + other)
      }
      assert.equal(packed, 300)
      for (const monitor of [1, 2, 3]) {
        assert.equal((await times(monitor)).length, 100)
        const read = await ground.store.rollups.read([monitor], 'hour', begin, begin + 1)
        assert.equal(read.get(monitor)?.[0]?.rollup.count, 100)
      }
    })
  }
})
