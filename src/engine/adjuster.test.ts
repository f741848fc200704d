// What senders say of their own thresholds: stored together, followed at once, and never over what others set up.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openEngine, provision } from '#test/engine-house.ts'
import { type Ground, onEachStore } from '#test/stores.ts'

const minute = 60_000

const define = (ground: Ground) => {
  const begin = async () => {
    const clock = new VirtualClock()
    const { engine, metrics } = await openEngine(ground.store, clock)
    await clock.pump(engine.start())
    const make = async (key: string) => {
      const made = await clock.pump(engine.beats.create(key))
      if (typeof made === 'string') throw new Error(made)
      return made.id
    }
    const spec = async (key: string) => (await ground.store.objects.get('monitor', key))?.spec
    return { clock, engine, metrics, make, spec, state: (id: number) => engine.ingest.state(id) }
  }

  test('changes a heartbeat that nobody set up, within a second and once for all that was said', async () => {
    const { clock, engine, metrics, make, spec } = await begin()
    const id = await make('job')
    for (let times = 0; times < 1_000; times += 1) {
      assert.equal(engine.beats.adjust(id, { threshold: 'down', to: 5 * minute }), 'taken')
      assert.equal(engine.beats.adjust(id, { threshold: 'degraded', to: minute }), 'taken')
    }
    await clock.advance(1_000)
    assert.deepEqual(await spec('job'), { sign: { degraded_after: '1m', down_after: '5m' } })
    assert.equal(engine.beats.adjust(id, { threshold: 'down', to: 5 * minute }), 'done')
    assert.match(metrics.expose(), /allswell_beat_settings_total 1\n/)
    assert.equal((await ground.store.objects.get('monitor', 'job'))?.revision, 2)
    await clock.pump(engine.close())
  })

  test('is followed by the state at once, and by the deadlines', async () => {
    const { clock, engine, make, state } = await begin()
    const id = await make('job')
    engine.beats.adjust(id, { threshold: 'down', to: minute })
    await clock.advance(1_000)
    assert.equal(state(id)?.status, 'unknown')
    engine.beats.offer(id, clock.now())
    await clock.advance(30_000)
    assert.equal(state(id)?.status, 'up')
    await clock.advance(31_000)
    assert.deepEqual([state(id)?.status, state(id)?.reason], ['down', 'late'])
    engine.beats.adjust(id, { threshold: 'down', to: null })
    await clock.advance(1_000)
    assert.deepEqual([state(id)?.status, state(id)?.wakeAt], ['up', null])
    await clock.pump(engine.close())
  })

  test('leaves alone what a file or people set up, and what is no heartbeat', async () => {
    const { clock, engine, spec } = await begin()
    const mine = await provision(ground.store, 'monitor', 'mine', 'sign', { sign: { every: '1h' } }, clock.now())
    const web = await provision(ground.store, 'monitor', 'web', 'played', { played: { key: 'web' } }, clock.now())
    await clock.pump(engine.catalogChanged())
    for (const id of [mine, web, 12_345])
      assert.equal(engine.beats.adjust(id, { threshold: 'down', to: minute }), 'fixed')
    await clock.advance(1_000)
    assert.deepEqual(await spec('mine'), { sign: { every: '1h' } })
    await clock.pump(engine.close())
  })

  test('that waits is stored when the process stops', async () => {
    const { clock, engine, make, spec } = await begin()
    engine.beats.adjust(await make('job'), { threshold: 'down', to: 'auto' })
    await clock.pump(engine.close())
    assert.deepEqual(await spec('job'), { sign: { down_after: 'auto' } })
  })

  test('makes a heartbeat with what was said of it, under the name that people read', async () => {
    const { clock, engine, spec } = await begin()
    const said = [{ threshold: 'down', to: 'auto', unlessSet: true }] as const
    await clock.pump(engine.beats.create('c-14.abc', { name: 'c/14', said }))
    assert.deepEqual(await spec('c-14.abc'), { name: 'c/14', sign: { down_after: 'auto' } })
    assert.equal(engine.catalog.byKey.get('c-14.abc')?.name, 'c/14')
    await clock.pump(engine.close())
  })

  test('is bounded: what does not fit is refused', async () => {
    const { clock, engine, make } = await begin()
    const id = await make('job')
    const { monitors } = engine.catalog
    const job = monitors.get(id)
    if (job === undefined) throw new Error('the monitor was not made')
    for (let more = 1; more <= 10_000; more += 1) monitors.set(id + more, { ...job, id: id + more })
    const change = { threshold: 'down', to: minute } as const
    const became = Array.from({ length: 10_001 }, (_, more) => engine.beats.adjust(id + more, change))
    assert.deepEqual([became.at(-2), became.at(-1)], ['taken', 'full'])
    for (let more = 1; more <= 10_000; more += 1) monitors.delete(id + more)
    await clock.pump(engine.close())
  })
}

onEachStore('adjusting', define, ['sqlite'])
