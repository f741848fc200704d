// Ingest on both databases: all together or not at all, whoever else writes, whatever fails.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Observation } from '#core/observation.ts'
import { systemClock } from '#platform/clock.ts'
import { openLog } from '#platform/log.ts'
import type { Store } from '#store/store.ts'
import { Unavailable } from '#store/store.ts'
import { openEngine, provisionUsual } from '#test/engine-house.ts'
import { onEachStore } from '#test/stores.ts'
import { until } from '#test/until.ts'

const seen = (monitor: number, at: number, outcome: 'up' | 'down'): Observation => ({
  monitor,
  at,
  outcome,
  location: 'local',
  signal: 'check',
  latency: 1,
  reason: outcome === 'up' ? null : 'refused',
  sentence: outcome === 'up' ? null : 'Nothing listens.',
})
const took = (observation: Observation) => ({ type: 'observation', observation }) as const
const many = { limit: 100 }

/** The store with some methods of some aggregates replaced, inside transactions too. */
function altered(store: Store, changes: { [Name in keyof Store]?: Partial<Store[Name]> }): Store {
  const alter = <Of extends object>(of: Of): Of =>
    Object.fromEntries(
      Object.entries(of).map(([name, value]) => {
        const change: unknown = changes[name as keyof Store]
        return [name, change ? { ...(value as object), ...change } : value]
      }),
    ) as Of
  return { ...alter(store), transaction: (work) => store.transaction((tx) => work(alter(tx))) }
}

onEachStore('ingest', (ground) => {
  const start = async (store: Store = ground.store, instance = 'test') => {
    const id = await provisionUsual(ground.store, systemClock.now())
    const house = await openEngine(store, systemClock, instance)
    return { id, ...house }
  }

  test('each event is a line of the log: a fault as a warning, its end as news, a first look not at all', async () => {
    const id = await provisionUsual(ground.store, systemClock.now())
    const lines: Record<string, unknown>[] = []
    const log = openLog(systemClock, 'info', (line) => lines.push(JSON.parse(line) as Record<string, unknown>))
    const { engine } = await openEngine(ground.store, systemClock, 'test', log)
    const now = systemClock.now()
    for (const [at, outcome] of (['up', 'down', 'down', 'up'] as const).entries())
      await engine.ingest.input(id, took(seen(id, now + at, outcome)))
    assert.deepEqual(
      lines.map(({ level, message, monitor, reason, since }) => [level, message, monitor, reason, since]),
      [
        ['warn', 'the monitor is down', 'web', 'refused', new Date(now + 2).toISOString()],
        ['info', 'the monitor is up', 'web', undefined, new Date(now + 3).toISOString()],
      ],
    )
  })

  test('a scrape has one series for each monitor, with what it is now', async () => {
    const { id, engine, metrics } = await start()
    const series = () => metrics.expose().match(/^allswell_monitor_status\{.*$/gm)
    assert.deepEqual(series(), ['allswell_monitor_status{key="web",kind="played",status="unknown"} 1'])
    await engine.ingest.input(id, took(seen(id, systemClock.now(), 'up')))
    assert.deepEqual(series(), ['allswell_monitor_status{key="web",kind="played",status="up"} 1'])
    await engine.input(id, { type: 'pause', at: systemClock.now() })
    assert.deepEqual(series(), ['allswell_monitor_status{key="web",kind="played",status="paused"} 1'])
  })

  test('says since when nothing could be stored, and no more once it can be', async () => {
    let away = true
    const store = altered(ground.store, {
      states: {
        save: (changes) =>
          away ? Promise.reject(new Unavailable('the disk is full')) : ground.store.states.save(changes),
      },
    })
    const { id, engine } = await start(store)
    assert.equal(engine.unstoredSince(), null)
    const began = systemClock.now()
    const stored = engine.ingest.input(id, took(seen(id, began, 'up')))
    await until('storing fails', () => engine.unstoredSince() !== null)
    assert.ok((engine.unstoredSince() ?? 0) >= began)
    away = false
    await stored
    await until('all is stored', () => engine.unstoredSince() === null)
  })

  test('a confirmed fault stores state, event, explanation, deliveries and incident together', async () => {
    const { id, engine } = await start()
    const now = systemClock.now()
    await engine.ingest.input(id, took(seen(id, now, 'up')))
    await engine.ingest.input(id, took(seen(id, now + 1, 'down')))
    const state = await engine.ingest.input(id, took(seen(id, now + 2, 'down')))
    assert.equal(state?.status, 'down')
    assert.equal((await ground.store.states.get([id])).get(id)?.status, 'down')
    const { items: events } = await ground.store.events.list(many)
    assert.deepEqual(
      events.map((event) => event.type),
      ['monitor.down', 'monitor.up'],
    )
    assert.deepEqual(
      events[0]?.explanation.map(({ channel, told }) => [channel, told]),
      [
        ['one', true],
        ['two', true],
      ],
    )
    const { items: deliveries } = await ground.store.deliveries.list(many)
    assert.deepEqual(deliveries.map((delivery) => delivery.channel).sort(), ['one', 'two'])
    const incidents = await ground.store.incidents.running()
    assert.deepEqual(
      incidents.map(({ component, phase }) => [component, phase]),
      [['web', 'open']],
    )
    assert.equal((await ground.store.history.read(id, 0, now + 10)).length, 3)
    await engine.close()
  })

  test('an incident of what nobody watches any more ends', async () => {
    const { id, engine } = await start()
    const now = systemClock.now()
    for (const at of [now, now + 1]) await engine.ingest.input(id, took(seen(id, at, 'down')))
    assert.equal((await ground.store.incidents.running()).length, 1)
    await engine.ingest.input(id, { type: 'pause', at: now + 2 })
    assert.deepEqual(await ground.store.incidents.running(), [])
    const [incident] = await ground.store.incidents.ofPage('main', 0, 10)
    assert.deepEqual([incident?.phase, incident?.updates[0]?.kind], ['resolved', 'resolved'])
    await engine.close()
  })

  test('when one part cannot be stored, none is, and it is all stored once it can', async () => {
    let broken = true
    const { id, engine } = await start(
      altered(ground.store, {
        deliveries: {
          insert: (rows) => (broken ? Promise.reject(new Unavailable('played')) : ground.store.deliveries.insert(rows)),
        },
      }),
    )
    const now = systemClock.now()
    await engine.ingest.input(id, took(seen(id, now, 'up')))
    await engine.ingest.input(id, took(seen(id, now + 1, 'down')))
    const done = engine.ingest.input(id, took(seen(id, now + 2, 'down')))
    await until('the commit fails', () => engine.ingest.failure !== null)
    assert.equal((await ground.store.states.get([id])).get(id)?.status, 'up')
    assert.equal((await ground.store.events.list(many)).items.length, 1)
    assert.equal((await ground.store.history.read(id, 0, now + 10)).length, 2)
    broken = false
    assert.equal((await done)?.status, 'down')
    assert.equal((await ground.store.events.list(many)).items.length, 2)
    assert.equal((await ground.store.deliveries.list(many)).items.length, 2)
    await engine.close()
  })

  test('an input that can never be stored is given up and takes no other with it', async () => {
    const { id, engine } = await start(
      altered(ground.store, {
        history: {
          append: (observations) =>
            observations.some((one) => one.latency === -1)
              ? Promise.reject(new Error('played: never'))
              : ground.store.history.append(observations),
        },
      }),
    )
    const now = systemClock.now()
    const results = await Promise.allSettled([
      engine.ingest.input(id, took(seen(id, now, 'up'))),
      engine.ingest.input(id, took({ ...seen(id, now + 1, 'up'), latency: -1 })),
      engine.ingest.input(id, took(seen(id, now + 2, 'up'))),
    ])
    assert.deepEqual(
      results.map((result) => result.status),
      ['fulfilled', 'rejected', 'fulfilled'],
    )
    assert.equal((await ground.store.history.read(id, 0, now + 10)).length, 2)
    await engine.close()
  })

  test('two processes that move one state agree on one course of events', async () => {
    const { id, engine } = await start()
    const other = await openEngine(await ground.open(), systemClock, 'other')
    const now = systemClock.now()
    await engine.ingest.input(id, took(seen(id, now, 'up')))
    for (let turn = 1; turn <= 10; turn += 1) {
      const outcome = turn % 4 < 2 ? 'down' : 'up'
      await Promise.all([
        engine.ingest.input(id, took(seen(id, now + turn, outcome))),
        other.engine.ingest.input(id, took(seen(id, now + turn, outcome))),
      ])
    }
    const { items } = await ground.store.events.list(many)
    const events = items.toReversed()
    let status = 'unknown'
    for (const event of events) {
      assert.equal(event.previous, status)
      status = event.status
    }
    assert.equal((await ground.store.states.get([id])).get(id)?.status, status)
    assert.equal(new Set(events.map((event) => event.seq)).size, events.length)
    await engine.close()
    await other.engine.close()
  })

  test('what was offered before the close is committed by it', async () => {
    const { id, engine } = await start()
    const now = systemClock.now()
    for (let at = 0; at < 1_200; at += 1) assert.ok(engine.ingest.offer(seen(id, now + at, 'up')))
    await engine.close()
    assert.equal((await ground.store.history.read(id, 0, now + 2_000)).length, 1_200)
    assert.equal(engine.ingest.offer(seen(id, now, 'up')), false)
  })

  test('observations of a monitor that is gone are dropped without harm', async () => {
    const { id, engine } = await start()
    await ground.store.objects.remove('monitor', 'web', systemClock.now())
    await engine.catalogChanged()
    assert.equal(await engine.ingest.input(id, took(seen(id, systemClock.now(), 'up'))), null)
    assert.equal((await ground.store.events.list(many)).items.length, 0)
    await engine.close()
  })
})
