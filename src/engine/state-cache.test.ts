// What is promised of the states in memory, with two processes on one PostgreSQL, and alone on SQLite.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fresh } from '#core/state.ts'
import { onEachStore } from '#test/stores.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { StateCache } from './state-cache.ts'

const state = (version: number) => ({ ...fresh(1), version })

onEachStore('states in memory', (ground) => {
  const open = () => {
    const clock = new VirtualClock(0, () => Promise.resolve())
    return { clock, cache: new StateCache(ground.store, clock) }
  }
  const versions = async (cache: StateCache) => [...(await cache.all())].map(([id, { version }]) => [id, version])

  test('what was forgotten is read again before all are told', async () => {
    await ground.store.states.save([1, 2].map((id) => ({ id, from: 0, state: state(1) })))
    const { cache } = open()
    assert.deepEqual(await versions(cache), [
      [1, 1],
      [2, 1],
    ])
    cache.clear()
    assert.equal((await cache.all()).size, 2)
    cache.delete(1)
    assert.equal((await cache.all()).size, 2)
    cache.drop(1)
    assert.deepEqual(await versions(cache), [[2, 1]])
  })

  test('what is known already is never replaced by something older', async () => {
    await ground.store.states.save([{ id: 1, from: 0, state: state(1) }])
    const { cache } = open()
    const reading = cache.all()
    cache.set(1, state(2))
    await reading
    assert.equal(cache.get(1)?.version, 2)
  })
})

onEachStore(
  'states that another process changes',
  (ground) => {
    test('are known after a second', async () => {
      const clock = new VirtualClock(0, () => Promise.resolve())
      const cache = new StateCache(ground.store, clock)
      await ground.store.states.save([1, 2].map((id) => ({ id, from: 0, state: state(1) })))
      await cache.all()
      await ground.store.states.save([{ id: 2, from: 1, state: state(7) }])
      assert.equal((await cache.all()).get(2)?.version, 1)
      await clock.advance(1_000)
      assert.equal((await cache.all()).get(2)?.version, 7)
    })
  },
  ['postgres'],
)
