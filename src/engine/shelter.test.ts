// Monitors that another one reports for: made from its list once, and unknown while it is late.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openEngine } from '#test/engine-house.ts'
import { onEachStore } from '#test/stores.ts'
import { VirtualClock } from '#test/virtual-clock.ts'

const machine = 'abcdef0123456789abcdef0123456789'
const listed = (name: string, kind: string, config: object) => ({ key: name, name, kind, labels: {}, config })
const host = listed('node', 'monit_host', { machine, token: '1', poll: 10 })
const service = (name: string) => listed(name, 'monit', { machine, service: name, type: 'process' })

onEachStore(
  'monitors that another one reports for',
  (ground) => {
    const open = async () => {
      const clock = new VirtualClock()
      const start = async () => {
        const { engine } = await clock.pump(openEngine(ground.store, clock))
        await clock.pump(engine.start())
        return engine
      }
      const engine = await start()
      await clock.pump(engine.inventory.make('monit', [host, service('one'), service('two'), service('ill')]))
      const ids = new Map([...engine.catalog.byKey].map(([key, { id }]) => [key, id]))
      const say = (to: typeof engine, key: string, outcome: 'up' | 'down') => {
        const nothing = { location: 'local', latency: null, reason: null, sentence: null } as const
        const signal = outcome === 'up' ? 'beat' : 'fail'
        to.inventory.offer({ ...nothing, monitor: ids.get(key) ?? 0, at: clock.now(), outcome, signal }, () => {})
      }
      const report = async (to = engine) => {
        for (const key of ['node', 'one', 'two']) say(to, key, 'up')
        say(to, 'ill', 'down')
        await clock.advance(2_000)
      }
      const states = async () => {
        const found = await ground.store.states.get([...ids.values()])
        return [...ids].map(([key, id]) => `${key} ${found.get(id)?.status}`)
      }
      const events = async () =>
        (await ground.store.events.list({ limit: 100 })).items.filter(({ alert }) => alert).map(({ type }) => type)
      return { clock, engine, report, states, events, start, ids }
    }
    const well = ['node up', 'one up', 'two up', 'ill down']

    test('are unknown while it is late, with one outage for all, and come back with it', async () => {
      const { clock, engine, report, states, events, ids } = await open()
      await report()
      assert.deepEqual(await states(), well)
      const before = (await events()).length
      await clock.advance(95_000)
      assert.deepEqual(await states(), ['node degraded', 'one unknown', 'two unknown', 'ill down'])
      const [node, one] = [ids.get('node') ?? 0, ids.get('one') ?? 0]
      const found = await ground.store.states.get([node, one])
      assert.equal(found.get(one)?.since, found.get(node)?.beatAt, 'since its last report nothing is known')
      await clock.advance(95_000)
      assert.deepEqual(await states(), ['node down', 'one unknown', 'two unknown', 'ill down'])
      assert.deepEqual((await events()).slice(0, -before), ['monitor.down', 'monitor.degraded'])
      await report()
      await report()
      assert.deepEqual(await states(), well)
      await clock.pump(engine.close())
    })

    test('are told at the start, too, where the last process ended before they were', async () => {
      const { clock, engine, report, states, start } = await open()
      await report()
      await clock.pump(engine.close())
      const [lonely] = [await clock.pump(openEngine(ground.store, clock))]
      const late = { location: 'local', latency: null, reason: 'late', sentence: 'It stands still.' } as const
      const node = lonely.engine.catalog.byKey.get('node')?.id ?? 0
      lonely.engine.inventory.offer(
        { ...late, monitor: node, at: clock.now(), outcome: 'down', signal: 'fail' },
        () => {},
      )
      await clock.advance(2_000)
      assert.deepEqual(await states(), ['node down', 'one up', 'two up', 'ill down'])
      await clock.pump(lonely.engine.close())
      const last = await start()
      await clock.advance(1_000)
      assert.deepEqual(await states(), ['node down', 'one unknown', 'two unknown', 'ill down'])
      await clock.pump(last.close())
    })

    test('are made once, found by their secret names, and keep what people changed', async () => {
      const { clock, engine, ids } = await open()
      assert.equal(await clock.pump(engine.inventory.make('monit', [service('one')])), true)
      assert.equal((await ground.store.objects.list({ type: 'monitor', limit: 10 })).items.length, 4)
      const names = engine.inventory.under(`monit ${machine}`)
      assert.equal(names.length, 3)
      assert.deepEqual(new Set(names.map((name) => engine.inventory.find(name)?.key)), new Set(['ill', 'one', 'two']))
      await clock.pump(engine.inventory.change(ids.get('node') ?? 0, { poll: 60 }))
      const { spec } = (await ground.store.objects.get('monitor', 'node')) ?? {}
      assert.deepEqual(spec, { name: 'node', labels: {}, monit_host: { machine, token: '1', poll: 60 } })
      assert.equal(engine.catalog.byKey.get('node')?.policy.beat?.degradedAfter, 180_000)
      await clock.pump(engine.close())
    })
  },
  ['sqlite'],
)
