// The scheduler with hosts that never answer: who waits for whom, and what waiting makes of a monitor.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Finding } from '#checks/check.ts'
import { sleep } from '#platform/clock.ts'
import { openEngine, provision, up } from '#test/engine-house.ts'
import { onEachStore } from '#test/stores.ts'
import { VirtualClock } from '#test/virtual-clock.ts'

const silence: Finding = { outcome: 'down', latency: null, reason: 'timeout', sentence: 'It does not answer.' }

onEachStore(
  'a host that does not answer',
  (ground) => {
    /** Monitors of one host that takes its 5 s to say nothing, and one of another that answers. */
    const open = async (count: number) => {
      const clock = new VirtualClock()
      const put = (key: string, host: string) => {
        const spec = { played: { key: host }, interval: '30s', timeout: '5s', retry_every: '5s' }
        return provision(ground.store, 'monitor', key, 'played', spec, clock.now())
      }
      const dead: number[] = []
      for (let index = 0; index < count; index += 1) dead.push(await put(`dead-${index}`, 'dead'))
      const well = await put('well', 'well')
      const house = await clock.pump(openEngine(ground.store, clock))
      const seen = { now: 0, most: 0, well: [] as number[] }
      house.targets.set('dead', async () => {
        seen.now += 1
        seen.most = Math.max(seen.most, seen.now)
        await sleep(clock, 5_000)
        seen.now -= 1
        return silence
      })
      house.targets.set('well', () => {
        seen.well.push(clock.monotonic())
        return up
      })
      await clock.pump(house.engine.start())
      return { clock, dead, well, seen, put, ...house }
    }

    test('is asked by no more at once than is allowed, and keeps no other host waiting', async () => {
      const { clock, dead, well, seen, engine } = await open(40)
      await clock.advance(150_000)
      assert.equal(seen.most, 8)
      assert.ok(seen.well.length >= 5, `${seen.well.length} looks`)
      const gaps = seen.well.slice(1).map((at, index) => at - (seen.well[index] as number))
      for (const gap of gaps.slice(1)) assert.ok(Math.abs(gap - 30_000) < 50, `${gap} ms between two looks`)
      assert.equal(engine.ingest.state(well)?.status, 'up')
      for (const id of dead) assert.equal(engine.ingest.state(id)?.status, 'down')
      await clock.pump(engine.close())
    })

    test('makes nobody down who was not looked at twice, and waiting is counted as lateness of ours', async () => {
      const { clock, dead, seen, engine } = await open(200)
      const looks = () => dead.map((id) => engine.ingest.state(id)?.locations['local']?.downs ?? 0)
      await clock.advance(60_000)
      for (const [index, id] of dead.entries()) {
        const state = engine.ingest.state(id)
        if (state?.status === 'down') assert.ok((looks()[index] ?? 0) >= 2)
      }
      assert.ok((engine.scheduler.lateness.quantile(0.99) ?? 0) >= 5_000)
      await clock.advance(600_000)
      const told = (await ground.store.events.list({ limit: 500 })).items.filter(({ type }) => type === 'monitor.down')
      assert.equal(new Set(told.map(({ monitor }) => monitor)).size, dead.length, 'in the end everybody knows')
      assert.equal(seen.most, 8)
      await clock.pump(engine.close())
    })

    test('what was seen under other settings does not count, and the new ones are looked at at once', async () => {
      const { clock, engine, put, seen } = await open(1)
      await clock.advance(31_000)
      while (seen.now === 0) await clock.advance(500)
      const id = await put('dead-0', 'well')
      await clock.pump(engine.catalogChanged())
      const before = seen.well.length
      await clock.advance(5_100)
      const { local } = engine.ingest.state(id)?.locations ?? {}
      assert.deepEqual([local?.settled, local?.downs], ['up', 0])
      assert.ok(seen.well.length > before)
      await clock.pump(engine.close())
    })

    test('a monitor that is paused or gone while it waits is not looked at any more', async () => {
      const { clock, dead, seen, engine } = await open(30)
      await clock.advance(31_000)
      for (const id of dead) await clock.pump(engine.input(id, { type: 'pause', at: clock.now() }))
      await clock.advance(5_100)
      assert.deepEqual([seen.now, engine.runner.slots.waiting], [0, 0])
      await clock.advance(60_000)
      assert.equal(seen.now, 0)
      await clock.pump(engine.close())
    })
  },
  ['sqlite'],
)
