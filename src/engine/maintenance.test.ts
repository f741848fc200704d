// Maintenance from the plan to who is told: alerts held, time counted apart, incidents not opened, with a real store.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Maintenance } from '#core/maintenance.ts'
import { openEngine, provision, refused } from '#test/engine-house.ts'
import { type Ground, onEachStore } from '#test/stores.ts'
import { VirtualClock } from '#test/virtual-clock.ts'

const minute = 60_000

async function begin(ground: Ground) {
  const clock = new VirtualClock()
  const { store } = ground
  const spec = { played: { key: 'web' }, interval: '10s', fail_after: 1 }
  const id = await provision(store, 'monitor', 'web', 'played', spec, clock.now())
  await provision(store, 'channel', 'one', 'receiver', { receiver: { key: 'one' } }, clock.now())
  await provision(store, 'rule', 'all', '', { monitors: '*', tell: ['one'], on: ['down', 'up'] }, clock.now())
  const groups = [{ components: [{ name: 'Web', monitors: 'web' }] }]
  const incidents = { open_after: '0s', resolve_after: '0s' }
  await provision(store, 'page', 'main', '', { title: 'Main', groups, incidents }, clock.now())
  const house = await clock.pump(openEngine(store, clock))
  const { engine, targets, received } = house
  await clock.pump(engine.start())
  await clock.advance(25_000)
  return {
    clock,
    id,
    engine,
    async plan(more: Partial<Maintenance>) {
      const now = clock.now()
      const usual = { title: 'New disks', message: null, components: [], recurs: null, endedAt: null }
      const times = { from: now, until: now + 10 * minute, selector: { keys: ['web'], labels: null } }
      const made = await store.maintenances.insert({ ...usual, ...times, ...more }, now)
      await clock.pump(engine.maintenanceChanged())
      return made
    },
    async break() {
      targets.set('web', () => refused)
      await clock.advance(15_000)
    },
    async mend() {
      targets.delete('web')
      await clock.advance(15_000)
    },
    heard: () => received.splice(0).map(({ message }) => message.status),
    async ms() {
      await clock.pump(engine.ingest.input(id, { type: 'account', at: clock.now() }))
      return (await store.rollups.time([id], 'day', 0, clock.now() + 1)).get(id)
    },
    end: () => clock.pump(engine.close()),
  }
}

onEachStore(
  'maintenance',
  (ground) => {
    test('nobody is told meanwhile, it says so, no incident opens, and the time counts apart', async () => {
      const scene = await begin(ground)
      await scene.plan({})
      await scene.break()
      assert.deepEqual(scene.heard(), [])
      const { items } = await ground.store.events.list({ limit: 10 })
      assert.match(items[0]?.explanation[0]?.why ?? '', /^Held: maintenance “New disks” of .* until /)
      assert.deepEqual(await ground.store.incidents.running(), [])
      const ms = await scene.ms()
      assert.equal(ms?.down, 0)
      assert.ok((ms?.maintenance ?? 0) >= 10_000)
      await scene.mend()
      await scene.clock.advance(11 * minute)
      assert.deepEqual(scene.heard(), [])
      await scene.end()
    })

    test('what is still wrong when it ends by itself is told then', async () => {
      const scene = await begin(ground)
      await scene.plan({ until: scene.clock.now() + minute })
      await scene.break()
      assert.deepEqual(scene.heard(), [])
      await scene.clock.advance(90_000)
      assert.deepEqual(scene.heard(), ['down'])
      assert.equal((await ground.store.incidents.running()).length, 1)
      await scene.end()
    })

    test('ending it before its time is as good', async () => {
      const scene = await begin(ground)
      const { id, by: _, createdAt: __, revision: ___, ...plan } = await scene.plan({})
      await scene.break()
      await ground.store.maintenances.update(id, { ...plan, endedAt: scene.clock.now() }, scene.clock.now())
      await scene.clock.pump(scene.engine.maintenanceChanged())
      await scene.clock.advance(5_000)
      assert.deepEqual(scene.heard(), ['down'])
      await scene.end()
    })

    test('it begins by itself, and what is planned for others holds nothing back', async () => {
      const scene = await begin(ground)
      const from = scene.clock.now() + 5 * minute
      await scene.plan({ from, until: from + 5 * minute })
      await scene.plan({ selector: { keys: ['other'], labels: null } })
      await scene.break()
      assert.deepEqual(scene.heard(), ['down'])
      await scene.mend()
      assert.deepEqual(scene.heard(), ['up'])
      await scene.clock.advance(5 * minute)
      await scene.break()
      assert.deepEqual(scene.heard(), [])
      await scene.end()
    })

    test('a component that is named brings the monitors that it follows', async () => {
      const scene = await begin(ground)
      const components = [{ page: 'main', component: 'web' }]
      await scene.plan({ selector: { keys: null, labels: null }, components })
      await scene.break()
      assert.deepEqual(scene.heard(), [])
      assert.equal((await scene.engine.announced(scene.clock.now())).length, 1)
      await scene.end()
    })

    test('what comes again and again holds each time, and not between', async () => {
      const scene = await begin(ground)
      const now = scene.clock.now()
      const recurs = { cron: '*/10 * * * *', zone: 'UTC', lasts: 2 * minute }
      await scene.plan({ from: now, until: now + 86_400_000, recurs })
      const [next] = await scene.engine.announced(now)
      await scene.clock.advance((next?.from ?? 0) - scene.clock.now() + 10_000)
      await scene.break()
      assert.deepEqual(scene.heard(), [])
      await scene.mend()
      await scene.clock.advance(3 * minute)
      await scene.break()
      assert.deepEqual(scene.heard(), ['down'])
      await scene.end()
    })
  },
  // Time that is played does not wait for a server.
  ['sqlite'],
)
