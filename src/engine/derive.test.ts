// Monitors that follow from others: in the same commit, in one order, however many processes and whatever changes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Observation } from '#core/observation.ts'
import type { Outcome } from '#core/words.ts'
import { systemClock } from '#platform/clock.ts'
import { openEngine, provision } from '#test/engine-house.ts'
import { onEachStore } from '#test/stores.ts'

const seen = (monitor: number, at: number, outcome: Outcome): Observation => ({
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
const many = { limit: 500 }

onEachStore('monitors that follow from others', (ground) => {
  const at = () => systemClock.now()
  const put = (key: string, spec: object) => {
    const kind = 'group' in spec ? 'group' : 'played'
    return provision(ground.store, 'monitor', key, kind, spec, at())
  }
  const single = (key: string, more: object = {}) =>
    put(key, { played: { key }, interval: '60s', fail_after: 1, ...more })
  const house = async (singles: number, group: object, instance = 'test') => {
    const ids: number[] = []
    for (let number = 1; number <= singles; number += 1) ids.push(await single(`web-${number}`))
    const all = await put('all', { group })
    const opened = await openEngine(ground.store, systemClock, instance)
    await opened.engine.start()
    opened.engine.scheduler.close()
    return { ...opened, ids, all }
  }
  const state = async (id: number) => (await ground.store.states.get([id])).get(id)
  const course = async (id: number) =>
    (await ground.store.events.list({ ...many, monitor: id })).items.toReversed().map(({ type }) => type.slice(8))

  test('follow in the commit that changed a member, with alert and page', async () => {
    await provision(ground.store, 'channel', 'one', 'receiver', { receiver: { key: 'one' } }, at())
    await provision(
      ground.store,
      'rule',
      'r',
      '',
      { monitors: 'all', tell: 'one', on: ['down', 'up', 'degraded'] },
      at(),
    )
    const groups = [{ components: [{ name: 'All', monitors: 'all' }] }]
    await provision(ground.store, 'page', 'main', '', { title: 'M', groups, incidents: { open_after: '0s' } }, at())
    const { engine, ids, all } = await house(5, { monitors: 'web-*', up_when: { at_least: 4 } })
    assert.equal(
      (await state(all))?.sentence,
      '5 of 5 are unknown: web-1, web-2, web-3, web-4, web-5; at least 4 must be up, and none is.',
    )
    const now = at()
    await Promise.all(ids.map((id) => engine.ingest.input(id, took(seen(id, now, 'up')))))
    assert.equal((await state(all))?.status, 'up')
    await engine.ingest.input(ids[0] as number, took(seen(ids[0] as number, now + 1, 'down')))
    assert.deepEqual(
      [(await state(all))?.status, (await state(all))?.sentence],
      ['degraded', '1 of 5 is down: web-1; at least 4 must be up, and 4 are.'],
    )
    const told: string[][] = []
    engine.live.listen(({ events }) => told.push(events.map(({ monitor, type }) => `${monitor} ${type}`)))
    await engine.ingest.input(ids[1] as number, took(seen(ids[1] as number, now + 2, 'down')))
    assert.deepEqual(told, [[`${ids[1]} monitor.down`, `${all} monitor.down`]])
    const after = await state(all)
    assert.deepEqual([after?.status, after?.reason, after?.since], ['down', 'members', now + 2])
    assert.equal(after?.sentence, '2 of 5 are down: web-1, web-2; at least 4 must be up, and 3 are.')
    assert.equal((await ground.store.incidents.running())[0]?.status, 'major_outage')
    const { items } = await ground.store.deliveries.list(many)
    assert.equal(items.length, 2, 'degraded and down; the first up is no news')
    const [event] = (await ground.store.events.list({ limit: 1, monitor: all })).items
    assert.deepEqual(event?.facts, {
      members: { up: 3, needed: 4, down: ['web-1', 'web-2'], degraded: [], unknown: [], paused: [] },
    })
    assert.equal(event?.explanation[0]?.why, 'It follows from its monitors.')
    await engine.close()
  })

  test('one that follows from another that follows does so in the same commit, whatever their keys', async () => {
    const { engine, ids, all } = await house(2, { monitors: ['web-1', 'zone'] })
    const zone = await put('zone', { group: { monitors: ['web-2', 'inner'] } })
    const inner = await put('inner', { group: { monitors: 'web-2', degraded_when: 'never' } })
    await engine.catalogChanged()
    const now = at()
    const batches: number[][] = []
    engine.live.listen(({ events }) => batches.push(events.map(({ monitor }) => monitor)))
    await Promise.all(ids.map((id) => engine.ingest.input(id, took(seen(id, now, 'up')))))
    assert.deepEqual(batches.flat(), [...ids, inner, zone, all])
    await engine.ingest.input(ids[1] as number, took(seen(ids[1] as number, now + 1, 'down')))
    assert.deepEqual(batches.at(-1), [ids[1], inner, zone, all])
    assert.equal((await state(all))?.sentence, '1 of 2 is down: zone; all must be up.')
    await engine.close()
  })

  test('many changes of a batch are one look at what follows from them', async () => {
    const { engine, ids, all } = await house(20, { monitors: 'web-*', up_when: 'any' })
    const now = at()
    await Promise.all(ids.map((id) => engine.ingest.input(id, took(seen(id, now, 'up')))))
    const before = (await ground.store.history.read(all, 0, now + 10)).length
    await Promise.all(ids.map((id) => engine.ingest.input(id, took(seen(id, now + 1, 'down')))))
    const history = await ground.store.history.read(all, 0, now + 10)
    assert.ok(history.length - before <= 2, `${history.length - before} looks`)
    assert.deepEqual([history.at(-1)?.signal, history.at(-1)?.outcome], ['derived', 'down'])
    await engine.close()
  })

  test('members that are paused are left out, and one that is paused itself waits until it is resumed', async () => {
    const { engine, ids, all } = await house(3, { monitors: 'web-*' })
    const [one, two, three] = ids as [number, number, number]
    const now = at()
    for (const id of [one, two]) await engine.ingest.input(id, took(seen(id, now, 'up')))
    await engine.ingest.input(three, took(seen(three, now, 'down')))
    assert.equal((await state(all))?.status, 'down')
    await engine.input(three, { type: 'pause', at: now + 1 })
    assert.equal((await state(all))?.status, 'up')
    await engine.input(all, { type: 'pause', at: now + 2 })
    await engine.ingest.input(two, took(seen(two, now + 3, 'down')))
    assert.deepEqual([(await state(all))?.paused, (await state(all))?.status], [true, 'unknown'])
    await engine.input(all, { type: 'resume', at: now + 4 })
    assert.deepEqual([(await state(all))?.status, (await state(all))?.since], ['down', now + 4])
    assert.equal((await state(all))?.sentence, '1 of 2 is down: web-2; all must be up; left out, since paused: web-3.')
    for (const id of [one, two]) await engine.input(id, { type: 'pause', at: now + 5 })
    assert.equal((await state(all))?.sentence, 'All of its 3 are paused.')
    assert.deepEqual(await course(all), ['down', 'up', 'paused', 'resumed', 'down', 'unknown'])
    await engine.close()
  })

  test('who is added, removed or labelled anew counts at once, and an empty choice is said', async () => {
    const { engine, ids, all } = await house(1, { monitors: { labels: { tier: 'gold' } } })
    assert.equal((await state(all))?.sentence, 'No monitor belongs to it; it takes those with tier=gold.')
    const now = at()
    const [first] = ids as [number]
    await engine.ingest.input(first, took(seen(first, now, 'down')))
    assert.equal((await state(all))?.status, 'unknown')
    const spec = { played: { key: 'web-1' }, interval: '60s', fail_after: 1 }
    await put('web-1', { ...spec, labels: { tier: 'gold' } })
    await engine.catalogChanged()
    assert.equal((await state(all))?.status, 'down')
    const second = await single('second', { labels: { tier: 'gold' } })
    await put('web-1', { ...spec, labels: { tier: 'lead' } })
    await engine.catalogChanged()
    assert.equal((await state(all))?.sentence, '1 of 1 is unknown: second; all must be up.')
    await engine.ingest.input(second, took(seen(second, now, 'up')))
    assert.equal((await state(all))?.status, 'up')
    await ground.store.objects.remove('monitor', 'second', at())
    await engine.catalogChanged()
    assert.equal((await state(all))?.sentence, 'No monitor belongs to it; it takes those with tier=gold.')
    await engine.close()
  })

  test('a key that no monitor has is one of which nothing is known, until there is such a monitor', async () => {
    const { engine, ids, all } = await house(1, { monitors: ['web-1', 'job', 'all', 'x-*'] })
    await engine.ingest.input(ids[0] as number, took(seen(ids[0] as number, at(), 'up')))
    assert.deepEqual(
      [(await state(all))?.status, (await state(all))?.sentence],
      ['unknown', '1 of 2 is unknown: job (does not exist); all must be up.'],
    )
    const made = await engine.beats.create('job')
    assert.ok(typeof made === 'object')
    const nothing = { latency: null, reason: null, sentence: null }
    const beat = { location: 'local', outcome: 'up', signal: 'beat', ...nothing } as const
    await engine.beats.commit({ ...beat, monitor: made.id, at: at() })
    assert.equal((await state(all))?.status, 'up')
    await ground.store.objects.remove('monitor', 'job', at())
    await engine.catalogChanged()
    assert.equal((await state(all))?.status, 'unknown')
    await engine.close()
  })

  test('another rule is followed at once, without a time in which nothing is known', async () => {
    const { engine, ids, all } = await house(2, { monitors: 'web-*', up_when: 'any', degraded_when: 'never' })
    const [one, two] = ids as [number, number]
    await engine.ingest.input(one, took(seen(one, at(), 'up')))
    await engine.ingest.input(two, took(seen(two, at(), 'down')))
    assert.equal((await state(all))?.status, 'up')
    await put('all', { group: { monitors: 'web-*', up_when: 'all' } })
    await engine.catalogChanged()
    assert.deepEqual(await course(all), ['up', 'down'])
    await engine.close()
  })

  test('a restart makes no event, and what changed meanwhile is followed by the next process', async () => {
    const { engine, ids, all } = await house(2, { monitors: 'web-*' })
    const now = at()
    for (const id of ids) await engine.ingest.input(id, took(seen(id, now, 'up')))
    await engine.close()
    const observed = async () => (await ground.store.history.read(all, 0, at() + 1)).length
    const before = await observed()
    const again = await openEngine(ground.store, systemClock)
    await again.engine.start()
    await again.engine.close()
    assert.deepEqual([await course(all), await observed()], [['up'], before])
    await single('web-3')
    const last = await openEngine(ground.store, systemClock)
    await last.engine.start()
    last.engine.scheduler.close()
    assert.equal((await state(all))?.sentence, '1 of 3 is unknown: web-3; all must be up.')
    await last.engine.close()
  })

  test('a circle that came about all the same is said, harms nobody else, and ends when it is mended', async () => {
    const { engine, ids, all } = await house(1, { monitors: ['web-1', 'zone'] })
    const zone = await put('zone', { group: { monitors: 'all' } })
    const other = await put('other', { group: { monitors: ['web-1', 'all'], up_when: 'any' } })
    await engine.catalogChanged()
    await engine.ingest.input(ids[0] as number, took(seen(ids[0] as number, at(), 'up')))
    for (const id of [all, zone]) {
      assert.equal(
        (await state(id))?.sentence,
        'It would follow from itself: all → zone → all. Leave one of these out of another.',
      )
    }
    assert.equal((await state(other))?.status, 'up')
    await put('zone', { group: { monitors: 'web-1' } })
    await engine.catalogChanged()
    for (const id of [all, zone]) assert.equal((await state(id))?.status, 'up')
    await engine.close()
  })

  test('a heartbeat made by its first beat belongs to what chooses it, which takes no beat itself', async () => {
    const { engine, all } = await house(0, { monitors: 'job-*' })
    const made = await engine.beats.create('job-1')
    assert.ok(typeof made === 'object')
    const nothing = { latency: null, reason: null, sentence: null }
    const beat = { location: 'local', outcome: 'up', signal: 'beat', ...nothing } as const
    await engine.beats.commit({ ...beat, monitor: made.id, at: at() })
    assert.equal((await state(all))?.status, 'up')
    assert.deepEqual(engine.beats.find('all'), { id: all, key: 'all', passive: false, access: 'open' })
    assert.equal(await engine.runNow('all'), null)
    await engine.close()
  })
})

onEachStore(
  'two processes',
  (ground) => {
    test('that change two members at once agree on what follows from both', async () => {
      const now = systemClock.now()
      const put = (key: string, kind: string, spec: object) => provision(ground.store, 'monitor', key, kind, spec, now)
      const ids: number[] = []
      for (const key of ['web-1', 'web-2']) ids.push(await put(key, 'played', { played: { key }, fail_after: 1 }))
      const all = await put('all', 'group', { group: { monitors: 'web-*', up_when: 'any', degraded_when: 'never' } })
      const houses = [
        await openEngine(ground.store, systemClock),
        await openEngine(await ground.open(), systemClock, 'other'),
      ]
      for (let turn = 1; turn <= 20; turn += 1) {
        const outcome = turn % 2 === 0 ? 'down' : 'up'
        await Promise.all(
          houses.map(({ engine }, index) =>
            engine.ingest.input(ids[index] as number, took(seen(ids[index] as number, now + turn, outcome))),
          ),
        )
        assert.equal((await ground.store.states.get([all])).get(all)?.status, outcome)
      }
      for (const { engine } of houses) await engine.close()
    })
  },
  ['postgres'],
)
