// Heartbeats that make their monitor, on both databases: within the limit, and never over somebody else's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
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

  test('never more are made than the limit, however many names come at once', async () => {
    const { engine } = await openEngine(ground.store, systemClock, 'test', silentLog, { heartbeats: { limit: 5 } })
    const storm = (from: string) => Array.from({ length: 60 }, (_, at) => engine.beats.create(`${from}-${at}`))
    const early = storm('a')
    engine.beats.recount()
    const made = await Promise.all([...early, ...storm('b')])
    assert.equal(made.filter((one) => one === 'limit').length, 115)
    assert.equal((await all()).length, 5)
    await engine.close()
  })

  test('what somebody else made meanwhile stays as it is', async () => {
    const { engine } = await openEngine(ground.store, systemClock)
    await provision(ground.store, 'monitor', 'job', 'played', { played: { key: 'job' } }, systemClock.now())
    assert.deepEqual(await engine.beats.create('job'), { id: 1, key: 'job', passive: false, access: 'open' })
    assert.deepEqual(
      (await all()).map(({ kind, owner, revision }) => [kind, owner, revision]),
      [['played', 'api', 1]],
    )
    await engine.close()
  })

  test('a heartbeat with a secret id is found by it, and by its key as one that is guarded', async () => {
    const id = '3f1c9a52-7d1e-4c47-9b1a-0c7d2f7f3e55'
    const { engine } = await openEngine(ground.store, systemClock)
    const number = await provision(ground.store, 'monitor', 'vault', 'sign', { sign: { every: '1h', id } }, 1)
    await provision(ground.store, 'monitor', 'copy', 'sign', { sign: { every: '1h', id } }, 1)
    await engine.catalogChanged()
    const found = { id: number, key: 'vault', passive: true }
    assert.deepEqual(engine.beats.find(id.toUpperCase()), { ...found, access: 'id' }, 'the older of two has it')
    assert.deepEqual(engine.beats.find('vault'), { ...found, access: 'guarded' })
    assert.deepEqual([engine.holderOf(id.toUpperCase()), engine.holderOf('vault')], ['vault', null])
    await provision(ground.store, 'monitor', 'vault', 'sign', { sign: { every: '1h' } }, 2)
    await engine.catalogChanged()
    assert.deepEqual(engine.beats.find('vault'), { ...found, access: 'open' })
    assert.equal(engine.beats.find(id)?.key, 'copy')
    await engine.close()
  })

  test('a monitor that this version cannot read is left alone', async () => {
    await provision(ground.store, 'monitor', 'future', 'unheard', { unheard: {} }, systemClock.now())
    const { engine } = await openEngine(ground.store, systemClock)
    assert.deepEqual(await engine.beats.create('future'), { id: 1, key: 'future', passive: false, access: 'open' })
    assert.equal((await all())[0]?.kind, 'unheard')
    await engine.close()
  })
})
