// Heartbeats that make their monitor, on both databases: within the limit, and never over somebody else's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { openEngine, provision } from '#test/engine-house.ts'
import { onEachStore } from '#test/stores.ts'

onEachStore('beats', (ground) => {
  const all = () => ground.store.objects.all('monitor')

  test('the first beat of a name makes its monitor, however many come at once', async () => {
    const { engine } = await openEngine(ground.store, systemClock)
    const made = await Promise.all(Array.from({ length: 20 }, () => engine.beats.create('job')))
    assert.equal(new Set(made.map((one) => JSON.stringify(one))).size, 1)
    assert.deepEqual(
      (await all()).map(({ key, owner }) => [key, owner]),
      [['job', 'beat']],
    )
    await engine.close()
  })

  test('what somebody else made meanwhile stays as it is', async () => {
    const { engine } = await openEngine(ground.store, systemClock)
    await provision(ground.store, 'monitor', 'job', 'played', { played: { key: 'job' } }, systemClock.now())
    assert.deepEqual(await engine.beats.create('job'), { id: 1, passive: false })
    assert.deepEqual(
      (await all()).map(({ kind, owner, revision }) => [kind, owner, revision]),
      [['played', 'api', 1]],
    )
    await engine.close()
  })

  test('a monitor that this version cannot read is left alone', async () => {
    await provision(ground.store, 'monitor', 'future', 'unheard', { unheard: {} }, systemClock.now())
    const { engine } = await openEngine(ground.store, systemClock)
    assert.deepEqual(await engine.beats.create('future'), { id: 1, passive: false })
    assert.equal((await all())[0]?.kind, 'unheard')
    await engine.close()
  })
})
