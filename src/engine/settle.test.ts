// Settings that were stored and not followed, because the process was killed between: the next start follows them.
// Those that were followed are left alone, so that a restart overrules nobody.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Store, Unavailable } from '#store/store.ts'
import { openEngine, provision, provisionUsual, up } from '#test/engine-house.ts'
import { onEachStore } from '#test/stores.ts'
import { VirtualClock } from '#test/virtual-clock.ts'

const web = { played: { key: 'web' }, interval: '60s' }

onEachStore(
  'settings that are followed',
  (ground) => {
    const open = async () => {
      const clock = new VirtualClock()
      const put = (spec: object) => provision(ground.store, 'monitor', 'web', 'played', spec, clock.now())
      const id = await put(web)
      const state = async () => (await ground.store.states.get([id])).get(id)
      const events = async () => (await ground.store.events.list({ limit: 100 })).items.map((event) => event.type)
      const start = async (store: Store = ground.store) => {
        const house = await clock.pump(openEngine(store, clock))
        await clock.pump(house.engine.start())
        return house
      }
      /** A first life in which the monitor was up. */
      const live = async () => {
        const house = await start()
        house.targets.set('web', () => up)
        await clock.advance(61_000)
        assert.equal((await state())?.status, 'up')
        return house
      }
      return { clock, id, put, state, events, start, live }
    }

    test('a pause that was stored but not followed when the process was killed is followed after it', async () => {
      const { clock, put, state, start, live } = await open()
      const first = await live()
      await put({ ...web, paused: true })
      await clock.pump(first.engine.close())
      assert.equal((await state())?.paused, false)
      const second = await start()
      assert.equal((await state())?.paused, true)
      await clock.pump(second.engine.close())
    })

    test('another target that was stored but not followed voids what was known at the next start', async () => {
      const { clock, put, state, events, start, live } = await open()
      const first = await live()
      await put({ ...web, played: { key: 'other' } })
      await clock.pump(first.engine.close())
      const second = await start()
      assert.equal((await state())?.status, 'unknown')
      assert.deepEqual(await events(), ['monitor.changed', 'monitor.up'])
      await clock.pump(second.engine.close())
    })

    test('what people resumed is not paused anew by a restart, nor by another change', async () => {
      const { clock, id, put, state, start, live } = await open()
      const first = await live()
      await put({ ...web, paused: true })
      await clock.pump(first.engine.catalogChanged())
      await clock.pump(first.engine.input(id, { type: 'resume', at: clock.now() }))
      await put({ ...web, paused: true, interval: '30s' })
      await clock.pump(first.engine.close())
      const second = await start()
      assert.equal((await state())?.paused, false)
      await clock.pump(second.engine.close())
    })

    test('a state of a version that did not note what it follows is left as it is', async () => {
      const { clock, id, state, events, start, live } = await open()
      await clock.pump((await live()).engine.close())
      const { follows: _, ...older } = (await state()) ?? assert.fail()
      const changed = { ...older, version: older.version + 1 } as NonNullable<Awaited<ReturnType<typeof state>>>
      await ground.store.states.save([{ id, from: older.version, state: changed }])
      const second = await start()
      assert.equal((await state())?.status, 'up')
      assert.notEqual((await state())?.follows ?? null, null)
      assert.deepEqual(await events(), ['monitor.up'])
      await clock.pump(second.engine.close())
    })

    test('a heartbeat that was stored when the process was killed is late in its time', async () => {
      const { clock, start } = await open()
      await clock.pump((await start()).engine.close())
      const sign = { sign: { every: '60s', grace: '10s' } }
      const job = await provision(ground.store, 'monitor', 'job', 'sign', sign, clock.now())
      const second = await start()
      await clock.advance(72_000)
      assert.equal((await ground.store.states.get([job])).get(job)?.status, 'down')
      await clock.pump(second.engine.close())
    })

    test('an incident of a component that is gone ends at the next start', async () => {
      const clock = new VirtualClock()
      const id = await provisionUsual(ground.store, clock.now())
      const { engine } = await clock.pump(openEngine(ground.store, clock))
      const down = { outcome: 'down', location: 'local', signal: 'check', latency: 1, reason: 'refused' } as const
      for (const at of [1, 2].map((n) => clock.now() + n)) {
        const observation = { ...down, monitor: id, at, sentence: 'Nothing listens.' }
        await clock.pump(engine.ingest.input(id, { type: 'observation', observation }))
      }
      assert.equal((await ground.store.incidents.running()).length, 1)
      await ground.store.objects.remove('page', 'main', clock.now())
      await clock.pump(engine.close())
      const again = await clock.pump(openEngine(ground.store, clock))
      await clock.pump(again.engine.start())
      assert.deepEqual(await ground.store.incidents.running(), [])
      await clock.pump(again.engine.close())
    })

    test('a change that cannot be followed because the database is away is followed when it is back', async () => {
      const { clock, put, state, start } = await open()
      let away = false
      const all: Store['objects']['all'] = (type) =>
        away ? Promise.reject(new Unavailable('away')) : ground.store.objects.all(type)
      const { engine } = await start({ ...ground.store, objects: { ...ground.store.objects, all } })
      await put({ ...web, paused: true })
      away = true
      await assert.rejects(clock.pump(engine.catalogChanged()), Unavailable)
      away = false
      await clock.advance(6_000)
      assert.equal((await state())?.paused, true)
      await clock.pump(engine.close())
    })
  },
  ['sqlite'],
)
