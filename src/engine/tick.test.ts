// Time alone: lateness, silence, and our own absences, which raise no alarm.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fresh } from '#core/state.ts'
import { systemClock } from '#platform/clock.ts'
import { openLog } from '#platform/log.ts'
import { Unavailable } from '#store/store.ts'
import { type EngineHouse, openEngine, provision, refused, up } from '#test/engine-house.ts'
import { onEachStore } from '#test/stores.ts'
import { until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'

const every = 600_000
const grace = 120_000

onEachStore(
  'time',
  (ground) => {
    const open = async () => {
      const clock = new VirtualClock()
      const id = await provision(
        ground.store,
        'monitor',
        'job',
        'sign',
        { sign: { every: `${every}ms`, grace: `${grace}ms` } },
        clock.now(),
      )
      const start = async () => {
        const house = await clock.pump(openEngine(ground.store, clock))
        await clock.pump(house.engine.start())
        return house
      }
      const status = async () => (await ground.store.states.get([id])).get(id)?.status
      const events = async () => (await ground.store.events.list({ limit: 100 })).items.map((event) => event.type)
      return { clock, id, start, status, events }
    }

    test('a heartbeat that does not come is down at its deadline, not at the moment of noticing', async () => {
      const { clock, id, start, status } = await open()
      const { engine } = await start()
      const at = clock.now()
      engine.beats.offer(id, at)
      await clock.advance(every + grace - 1_000)
      assert.equal(await status(), 'up')
      await clock.advance(3_000)
      const state = (await ground.store.states.get([id])).get(id)
      assert.deepEqual([state?.status, state?.reason, state?.since], ['down', 'late', at + every + grace])
      await clock.pump(engine.close())
    })

    test('a heartbeat that never came is unknown until its time has passed, then down', async () => {
      const { clock, id, start, status } = await open()
      const { engine } = await start()
      await clock.advance(every)
      assert.equal((await status()) ?? fresh(0).status, 'unknown')
      await clock.advance(grace + 2_000)
      assert.equal(await status(), 'down')
      assert.match((await ground.store.states.get([id])).get(id)?.sentence ?? '', /ever arrived/)
      await clock.pump(engine.close())
    })

    test('a restart makes no event, and a beat missed meanwhile is waited for one grace', async () => {
      const { clock, id, start, status, events } = await open()
      const first = await start()
      first.engine.beats.offer(id, clock.now())
      await clock.advance(5_000)
      await clock.pump(first.engine.close())
      await clock.advance(every + grace + 60_000)
      const before = await events()
      const second = await start()
      await clock.advance(grace - 5_000)
      assert.deepEqual(await events(), before)
      assert.equal(await status(), 'up')
      await clock.advance(10_000)
      assert.equal(await status(), 'down')
      await clock.pump(second.engine.close())
    })

    test('other expectations leave what is known; what was deleted and is back is unknown at first', async () => {
      const { clock, id, start, status, events } = await open()
      const { engine } = await start()
      engine.beats.offer(id, clock.now())
      await clock.advance(100_000)
      assert.equal(await status(), 'up')
      const spec = { sign: { every: '1h', grace: '1m' } }
      await provision(ground.store, 'monitor', 'job', 'sign', spec, clock.now())
      await clock.pump(engine.catalogChanged())
      assert.equal(await status(), 'up')
      assert.deepEqual(await events(), ['monitor.up'])
      await ground.store.objects.remove('monitor', 'job', clock.now())
      await clock.pump(engine.catalogChanged())
      await clock.advance(7_200_000)
      await provision(ground.store, 'monitor', 'job', 'sign', spec, clock.now())
      await clock.pump(engine.catalogChanged())
      await clock.advance(60_000)
      assert.equal(await status(), 'unknown', 'what nobody waited for is not late')
      const days = (await ground.store.rollups.read([id], 'day', 0, clock.now() + 1)).get(id) ?? []
      const upMs = days.reduce((sum, { rollup }) => sum + rollup.ms.up, 0)
      assert.ok(upMs > 95_000 && upMs < 105_000, `up for ${upMs} ms`)
      await clock.pump(engine.close())
    })

    test('a wall clock set forward or back changes no state', async () => {
      const { clock, id, start, status, events } = await open()
      const { engine } = await start()
      for (const by of [7_200_000, -7_200_000, -86_400_000, 86_400_000]) {
        engine.beats.offer(id, clock.now())
        await clock.advance(10_000)
        clock.jump(by)
        await clock.advance(every - 20_000)
        assert.equal(await status(), 'up')
      }
      assert.deepEqual(await events(), ['monitor.up'])
      await clock.pump(engine.close())
    })

    test('the time nobody watched counts as unknown', async () => {
      const { clock, id, start } = await open()
      const first = await start()
      first.engine.beats.offer(id, clock.now())
      await clock.advance(100_000)
      await clock.pump(first.engine.close())
      const gone = 300_000
      await clock.advance(gone)
      const second = await start()
      await clock.pump(second.engine.ingest.input(id, { type: 'account', at: clock.now() }))
      const days = (await ground.store.rollups.read([id], 'day', 0, clock.now() + 1)).get(id) ?? []
      const unknown = days.reduce((sum, { rollup }) => sum + rollup.ms.unknown, 0)
      assert.ok(unknown >= gone && unknown < gone + 10_000, `unknown for ${unknown} ms`)
      await clock.pump(second.engine.close())
    })

    test('an active monitor that nobody can look at any more becomes unknown, and hurries while in doubt', async () => {
      const clock = new VirtualClock()
      const spec = { played: { key: 'web' }, interval: '60s', fail_after: 3, retry_every: '2s' }
      const id = await provision(ground.store, 'monitor', 'web', 'played', spec, clock.now())
      const { engine, targets } = await clock.pump(openEngine(ground.store, clock))
      const looks: number[] = []
      let found = up
      targets.set('web', () => {
        looks.push(clock.now())
        return found
      })
      await clock.pump(engine.start())
      await clock.advance(120_000)
      const status = async () => (await ground.store.states.get([id])).get(id)?.status
      assert.equal(await status(), 'up')
      found = refused
      await clock.advance(60_000 + 2 * 2_500)
      assert.equal(await status(), 'down')
      const [third, second, first] = looks.toReversed()
      assert.ok((second ?? 0) - (first ?? 0) < 2_500 && (third ?? 0) - (second ?? 0) < 2_500)
      engine.scheduler.close()
      await clock.advance(400_000)
      assert.equal(await status(), 'unknown')
      await clock.pump(engine.close())
    })
  },
  ['sqlite'],
)

onEachStore(
  'a database that takes nothing',
  (ground) => {
    test('is not taken for a jump of the clock', async () => {
      const clock = new VirtualClock()
      const said: string[] = []
      let full = true
      const slow = async (name: string, value: string) => {
        if (!full) return await ground.store.meta.set(name, value)
        await new Promise<void>((resolve) => clock.after(7_000, resolve))
        throw new Unavailable('the disk is full')
      }
      const meta = { get: (name: string) => ground.store.meta.get(name), set: slow }
      const log = openLog(clock, 'warn', (line) => said.push(line))
      full = false
      const house = await clock.pump(openEngine({ ...ground.store, meta }, clock, 'test', log))
      await clock.pump(house.engine.start())
      full = true
      await clock.advance(20_000)
      full = false
      await clock.advance(10_000)
      assert.doesNotMatch(said.join(''), /clock jumped/)
      assert.match(said.join(''), /nothing could be stored for a while; deadlines are held for one grace/)
      await clock.pump(house.engine.close())
    })
  },
  ['sqlite'],
)

onEachStore('a short restart', (ground) => {
  test('lets a heartbeat that was due meanwhile be late by one grace', async () => {
    let later = 0
    const clock = {
      ...systemClock,
      now: () => systemClock.now() + later,
      monotonic: () => systemClock.monotonic() + later,
    }
    const expected = { sign: { every: `${every}ms`, grace: `${grace}ms` } }
    const id = await provision(ground.store, 'monitor', 'job', 'sign', expected, clock.now())
    const first = await openEngine(ground.store, clock)
    const nothing = { latency: null, reason: null, sentence: null }
    const beat = { location: 'local', outcome: 'up', signal: 'beat', ...nothing } as const
    await first.engine.beats.commit({ ...beat, monitor: id, at: clock.now() })
    later += every + grace - 2_000
    await first.engine.close()
    later += 4_000
    const second = await openEngine(ground.store, clock)
    const look = async (ms: number) => {
      later += ms
      await second.engine.tick.once()
      return (await ground.store.states.get([id])).get(id)?.status
    }
    assert.equal(await look(0), 'up')
    for (let passed = 0; passed < grace; passed += 4_000) await look(4_000)
    assert.equal(await look(0), 'down')
    await second.engine.close()
  })
})

onEachStore(
  'time between two processes',
  (ground) => {
    const open = async () => {
      let later = 0
      const clock = {
        ...systemClock,
        now: () => systemClock.now() + later,
        monotonic: () => systemClock.monotonic() + later,
      }
      const pass = (ms: number) => void (later += ms)
      const expected = { sign: { every: '1h', grace: '1h' } }
      const id = await provision(ground.store, 'monitor', 'job', 'sign', expected, clock.now())
      const beat = async ({ engine }: EngineHouse, outcome: 'up' | 'down' = 'up') => {
        const seen = {
          location: 'local',
          outcome,
          latency: null,
          sentence: null,
          monitor: id,
          at: clock.now(),
        } as const
        await engine.beats.commit({ ...seen, signal: 'beat', reason: outcome === 'up' ? null : 'reported' })
      }
      const start = async (instance: string) => openEngine(ground.store, clock, instance)
      /** Ms that were counted as unknown since the first beat. */
      const unknown = async ({ engine }: EngineHouse) => {
        await engine.ingest.input(id, { type: 'account', at: clock.now() })
        const days = (await ground.store.rollups.read([id], 'day', 0, clock.now() + 1)).get(id) ?? []
        return days.reduce((sum, { rollup }) => sum + rollup.ms.unknown, 0)
      }
      const first = await start('first')
      await beat(first)
      pass(60_000)
      await first.engine.tick.once()
      return { clock, pass, beat, start, unknown, first, before: await unknown(first) }
    }
    const told = (house: EngineHouse) => until('all are told', () => house.engine.ingest.absence === null)

    test('is unknown however short it was, when the first ended in order', async () => {
      const { pass, start, unknown, first, before } = await open()
      await first.engine.close()
      pass(4_000)
      const second = await start('second')
      await second.engine.start()
      await told(second)
      const gap = (await unknown(second)) - before
      assert.ok(gap >= 4_000 && gap < 7_000, `${gap} ms are unknown`)
      await second.engine.close()
    })

    for (const moves of [false, true]) {
      const when = moves ? 'at once for what moves meanwhile' : 'once that is certain'
      test(`is unknown where the first was killed: ${when}`, async () => {
        const { pass, start, unknown, beat, first, before } = await open()
        pass(4_000)
        const second = await start('second')
        await second.engine.start()
        assert.equal(second.engine.ingest.absence?.doubted, true)
        if (moves) await beat(second, 'down')
        pass(10_000)
        await told(second)
        const gap = (await unknown(second)) - before
        assert.ok(gap >= 4_000 && gap < 7_000, `${gap} ms are unknown`)
        await Promise.all([first.engine.close(), second.engine.close()])
      })
    }

    test('is none where another node watched', async () => {
      const { pass, start, unknown, first, before } = await open()
      pass(4_000)
      const second = await start('second')
      await second.engine.start()
      pass(2_000)
      await first.engine.tick.once()
      await told(second)
      assert.ok((await unknown(second)) - before < 1_000)
      await Promise.all([first.engine.close(), second.engine.close()])
    })
  },
  ['postgres'],
)
