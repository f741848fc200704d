// What is promised of stored states, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fresh, type MonitorState } from '#core/state.ts'
import { aMonitor, onEachStore } from '#test/stores.ts'

onEachStore('states', (ground) => {
  const state = (version: number, more: Partial<MonitorState> = {}): MonitorState => ({ ...fresh(1), version, ...more })
  const monitors = async (count: number) => {
    for (let index = 1; index <= count; index += 1) await ground.store.objects.put(aMonitor(`m${index}`), 1)
  }

  test('a state is stored and read as it was', async () => {
    const seen = { settled: 'up', latest: 'down', at: 5, notUp: 1, downs: 1, notDown: 0, ups: 0 } as const
    const whole = state(1, {
      status: 'down',
      paused: true,
      since: 1_700_000_000_000,
      reason: 'timeout',
      sentence: 'It said "no"; \\ \n ä 🦉.',
      locations: { 'eu-1': { ...seen, reason: 'timeout', sentence: null } },
      outage: { seq: 3, at: 4, worst: 'down' },
      wakeAt: 1_700_000_000_001,
    })
    assert.deepEqual(await ground.store.states.save([{ id: 1, from: 0, state: whole }]), [])
    assert.deepEqual(await ground.store.states.get([1, 2]), new Map([[1, whole]]))
  })

  test('a state of version 0 can be stored and then replaced', async () => {
    assert.deepEqual(await ground.store.states.save([{ id: 1, from: 0, state: state(0) }]), [])
    assert.deepEqual(await ground.store.states.save([{ id: 1, from: 0, state: state(1) }]), [])
    assert.equal((await ground.store.states.get([1])).get(1)?.version, 1)
  })

  test('the versions of all states tell which ones have changed', async () => {
    await ground.store.states.save([1, 2].map((id) => ({ id, from: 0, state: state(id) })))
    await ground.store.states.save([{ id: 1, from: 1, state: state(5) }])
    const versions = await ground.store.states.versions()
    assert.deepEqual([versions.size, versions.get(1), versions.get(2)], [2, 5, 2])
  })

  test('only states whose stored version matches are changed, and the others are named', async () => {
    await ground.store.states.save([1, 2, 3].map((id) => ({ id, from: 0, state: state(id) })))
    const changes = [
      { id: 3, from: 2, state: state(9) },
      { id: 2, from: 2, state: state(9) },
      { id: 1, from: 0, state: state(9) },
      { id: 4, from: 1, state: state(9) },
      { id: 5, from: 0, state: state(9) },
    ]
    assert.deepEqual(await ground.store.states.save(changes), [1, 3, 4])
    const stored = await ground.store.states.all()
    assert.deepEqual(
      [1, 2, 3, 4, 5].map((id) => stored.get(id)?.version),
      [1, 9, 3, undefined, 9],
    )
  })

  test('nothing to save is nothing to do', async () => {
    assert.deepEqual(await ground.store.states.save([]), [])
    assert.deepEqual(await ground.store.states.get([]), new Map())
  })

  test('a batch of two thousand is saved at once', async () => {
    const changes = Array.from({ length: 2_000 }, (_, index) => ({ id: index + 1, from: 0, state: state(1) }))
    assert.deepEqual(await ground.store.states.save(changes), [])
    assert.equal((await ground.store.states.all()).size, 2_000)
  })

  test('due are those whose time has come, earliest first, up to the limit', async () => {
    await monitors(4)
    await ground.store.states.save([
      { id: 1, from: 0, state: state(1, { wakeAt: 30 }) },
      { id: 2, from: 0, state: state(1, { wakeAt: 10 }) },
      { id: 3, from: 0, state: state(1, { wakeAt: 20 }) },
      { id: 4, from: 0, state: state(1, { wakeAt: null }) },
    ])
    assert.deepEqual(await ground.store.states.due(20, 10), [2, 3])
    assert.deepEqual(await ground.store.states.due(99, 1), [2])
    assert.deepEqual(await ground.store.states.due(9, 10), [])
  })

  test('the next wake is the earliest of living monitors', async () => {
    await monitors(2)
    assert.equal(await ground.store.states.nextWake(), null)
    await ground.store.states.save([
      { id: 1, from: 0, state: state(1, { wakeAt: 10 }) },
      { id: 2, from: 0, state: state(1, { wakeAt: 20 }) },
    ])
    assert.equal(await ground.store.states.nextWake(), 10)
    await ground.store.objects.remove('monitor', 'm1', 5)
    assert.equal(await ground.store.states.nextWake(), 20)
    assert.deepEqual(await ground.store.states.due(99, 10), [2])
  })

  if (ground.dialect === 'postgres') {
    test('of two nodes that change the same state only one succeeds', async () => {
      const other = await ground.open()
      const ids = Array.from({ length: 50 }, (_, index) => index + 1)
      await ground.store.states.save(ids.map((id) => ({ id, from: 0, state: state(1) })))
      const change = (sentence: string, order: readonly number[]) =>
        order.map((id) => ({ id, from: 1, state: state(2, { sentence }) }))
      const [one, two] = await Promise.all([
        ground.store.states.save(change('one', ids)),
        other.states.save(change('two', ids.toReversed())),
      ])
      assert.equal(one.length + two.length, 50)
      for (const [id, { sentence }] of await other.states.all())
        assert.equal(sentence, two.includes(id) ? 'one' : 'two')
    })

    test('a node that waited for another transaction sees its change and does not overwrite it', async () => {
      const other = await ground.open()
      await ground.store.states.save([{ id: 1, from: 0, state: state(1) }])
      let late: Promise<number[]> = Promise.resolve([])
      await ground.store.transaction(async (tx) => {
        await tx.states.save([{ id: 1, from: 1, state: state(2, { sentence: 'first' }) }])
        late = other.states.save([{ id: 1, from: 1, state: state(2, { sentence: 'second' }) }])
        await other.ping()
      })
      assert.deepEqual(await late, [1])
      assert.equal((await other.states.get([1])).get(1)?.sentence, 'first')
    })
  }
})
