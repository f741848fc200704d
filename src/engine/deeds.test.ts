// Acknowledging, snoozing and silencing, from the deed to who is told: with a real store and played receivers.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Selector } from '#core/glob.ts'
import { type EngineHouse, links, openEngine, provision, refused } from '#test/engine-house.ts'
import { type Ground, onEachStore } from '#test/stores.ts'
import { VirtualClock } from '#test/virtual-clock.ts'

const minute = 60_000

interface Scene extends EngineHouse {
  readonly clock: VirtualClock
  readonly id: number
  break(): Promise<void>
  mend(): Promise<void>
  /** `down`, `up`, or `down again`, as receivers got it since it was asked last. */
  heard(): string[]
  silence(monitors: Partial<Selector>, forMs: number, from?: number): Promise<number>
  /** Why each event's people were told or not, the newest event first. */
  whys(): Promise<string[]>
  end(): Promise<void>
}

async function begin(ground: Ground): Promise<Scene> {
  const clock = new VirtualClock()
  const { store } = ground
  const spec = { played: { key: 'web' }, interval: '10s', fail_after: 1, labels: { team: 'shop' } }
  const id = await provision(store, 'monitor', 'web', 'played', spec, clock.now())
  await provision(store, 'channel', 'one', 'receiver', { receiver: { key: 'one' } }, clock.now())
  await provision(
    store,
    'rule',
    'all',
    '',
    { monitors: '*', tell: ['one'], on: ['down', 'degraded', 'up'] },
    clock.now(),
  )
  const house = await clock.pump(openEngine(store, clock))
  const { engine, targets, received } = house
  await clock.pump(engine.start())
  await clock.advance(25_000)
  let read = 0
  return {
    ...house,
    clock,
    id,
    async break() {
      targets.set('web', () => refused)
      await clock.advance(15_000)
    },
    async mend() {
      targets.delete('web')
      await clock.advance(15_000)
    },
    heard() {
      const news = received.slice(read)
      read = received.length
      return news.map(({ message }) => `${message.status}${message.again === null ? '' : ' again'}`)
    },
    async silence(monitors, forMs, from = clock.now()) {
      const selector = { keys: null, labels: null, ...monitors }
      const wanted = { selector, within: null, from, until: from + forMs, reason: 'a deploy' }
      const made = await store.as({ kind: 'user', id: 1, name: 'ada', address: null }, () =>
        store.silences.insert(wanted, clock.now()),
      )
      await clock.pump(engine.silencesChanged())
      return made.id
    },
    async whys() {
      const { items } = await store.events.list({ limit: 100 })
      return items.flatMap(({ explanation }) => explanation.map(({ why }) => why))
    },
    end: () => clock.pump(engine.close()),
  }
}

onEachStore(
  'what people do about trouble',
  (ground) => {
    test('an acknowledged outage tells of its end, and of nothing before it', async () => {
      const scene = await begin(ground)
      await scene.break()
      assert.deepEqual(scene.heard(), ['down'])
      const { engine, clock, id } = scene
      const by = { at: clock.now(), by: 'ada' }
      const state = await clock.pump(engine.input(id, { type: 'acknowledge', ...by, note: 'on it' }))
      assert.deepEqual(state?.outage?.acknowledged, { ...by, note: 'on it' })
      scene.targets.set('web', () => ({ ...refused, outcome: 'degraded', reason: 'slow' }))
      await clock.advance(20_000)
      await scene.break()
      assert.deepEqual(scene.heard(), [])
      assert.match((await scene.whys())[0] ?? '', /^Held: acknowledged by ada at 2026-01-01 /)
      await scene.mend()
      assert.deepEqual(scene.heard(), ['up'])
      assert.equal(engine.ingest.state(id)?.outage, null)
      await scene.break()
      assert.deepEqual(scene.heard(), ['down'])
      await scene.end()
    })

    test('a message of trouble brings links for its outage, and that of its end brings none', async () => {
      const scene = await begin(ground)
      await scene.break()
      await scene.mend()
      const [down, up] = scene.received.map(({ message }) => message)
      const { outage = null, at = 0 } = (await ground.store.events.list({ limit: 2 })).items[1] ?? {}
      for (const deed of ['acknowledge', 'snooze'] as const) {
        const token = /^https:\/\/status\.example\.test\/respond\/(.*)$/.exec(down?.links?.[deed] ?? '')?.[1] ?? ''
        const { expiresAt, ...claim } = links.read(token) ?? { expiresAt: 0 }
        assert.deepEqual(claim, { deed, monitor: scene.id, outage, outageAt: at, channel: 'one' })
        assert.ok(expiresAt > at + 71 * 60 * minute && expiresAt <= scene.clock.now() + 72 * 60 * minute)
      }
      assert.equal(up?.links, null)
      await scene.end()
    })

    test('a snoozed monitor tells at the end of the snooze if it is still in trouble', async () => {
      const scene = await begin(ground)
      const { engine, clock, id } = scene
      const until = clock.now() + 30 * minute
      await clock.pump(engine.input(id, { type: 'snooze', at: clock.now(), by: 'ada', until }))
      await scene.break()
      assert.deepEqual(scene.heard(), [])
      assert.match((await scene.whys())[0] ?? '', /^Held: snoozed by ada until 2026-01-01 00:30/)
      await clock.advance(31 * minute)
      assert.deepEqual(scene.heard(), ['down again'])
      assert.equal(engine.ingest.state(id)?.snooze, undefined)
      await scene.mend()
      assert.deepEqual(scene.heard(), ['up'])
      await scene.end()
    })

    test('what came and went under a snooze is told to nobody', async () => {
      const scene = await begin(ground)
      const { engine, clock, id } = scene
      await clock.pump(
        engine.input(id, { type: 'snooze', at: clock.now(), by: 'ada', until: clock.now() + 30 * minute }),
      )
      await scene.break()
      await scene.mend()
      await clock.advance(31 * minute)
      assert.deepEqual(scene.heard(), [])
      await scene.end()
    })

    test('a silence by labels holds, says which it is, and tells what still lasts at its end', async () => {
      const scene = await begin(ground)
      const { clock } = scene
      const silence = await scene.silence({ labels: { team: 'shop' } }, 30 * minute)
      await scene.silence({ labels: { team: 'pay' } }, 60 * minute)
      await scene.break()
      assert.deepEqual(scene.heard(), [])
      assert.match((await scene.whys())[0] ?? '', new RegExp(`^Held: silence ${silence} of ada \\(a deploy\\) until `))
      await clock.advance(31 * minute)
      assert.deepEqual(scene.heard(), ['down again'])
      await scene.end()
    })

    test('the end of trouble that people know of is told under a silence, too', async () => {
      const scene = await begin(ground)
      await scene.break()
      await scene.silence({ keys: ['web'] }, 30 * minute)
      await scene.mend()
      assert.deepEqual(scene.heard(), ['down', 'up'])
      await scene.end()
    })

    test('a silence ended early tells at once what it held back, and reminds nobody of what they know', async () => {
      const scene = await begin(ground)
      const { clock, engine } = scene
      const end = async (id: number) => {
        await ground.store.silences.end(id, clock.now())
        await clock.pump(engine.silencesChanged())
        await clock.advance(1_000)
      }
      const first = await scene.silence({ keys: ['web'] }, 30 * minute)
      await scene.break()
      await end(first)
      assert.deepEqual(scene.heard(), ['down again'])
      const second = await scene.silence({ keys: ['web'] }, 30 * minute)
      await end(second)
      await clock.advance(40 * minute)
      assert.deepEqual(scene.heard(), [])
      await scene.end()
    })

    test('a silence that begins later holds from then on, and what is broken at its end is told again', async () => {
      const scene = await begin(ground)
      const { clock } = scene
      await scene.silence({ keys: ['web'] }, 30 * minute, clock.now() + 10 * minute)
      await scene.break()
      assert.deepEqual(scene.heard(), ['down'])
      await clock.advance(45 * minute)
      assert.deepEqual(scene.heard(), ['down again'])
      await scene.end()
    })

    test('a silence that ended while nobody watched is over after the start', async () => {
      const scene = await begin(ground)
      const { clock } = scene
      const silence = await scene.silence({ keys: ['web'] }, 300 * minute)
      await scene.break()
      await scene.end()
      await ground.store.silences.end(silence, clock.now())
      const { engine, received, targets } = await clock.pump(openEngine(ground.store, clock, 'second'))
      targets.set('web', () => refused)
      await clock.pump(engine.start())
      await clock.advance(5_000)
      assert.deepEqual(
        received.map(({ message }) => message.status),
        ['down'],
      )
      await clock.pump(engine.close())
    })
  },
  ['sqlite'],
)
