// What is promised of what pages tell: numbers, metrics, plans of maintenance and told incidents, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Maintenance } from '#core/maintenance.ts'
import type { Told } from '#core/told.ts'
import { onEachStore } from '#test/stores.ts'
import type { MetricSpec } from './store.ts'

const spec: MetricSpec = {
  name: 'a',
  suffix: 'ms',
  description: '',
  calculation: 'sum',
  places: 2,
  defaultValue: 0,
  view: 1,
  threshold: 5,
  order: 0,
  visible: 1,
  drawn: true,
}
const plan: Maintenance = {
  title: 'New disks',
  message: null,
  selector: { keys: ['web'], labels: null },
  components: [],
  from: 10,
  until: 20,
  recurs: null,
  endedAt: null,
}
const told: Told = {
  title: 'Slow',
  stage: 'investigating',
  visible: true,
  pinned: false,
  affected: [{ component: 'web', status: 'degraded' }],
  postmortem: null,
  meta: { a: 1 },
  by: 'ada',
  createdAt: 1,
  updatedAt: 1,
}

onEachStore('what pages tell', (ground) => {
  test('a name keeps its number, new ones get the next, and nobody gets one twice', async () => {
    const { numbers } = ground.store
    const of = async (...names: string[]) =>
      [...(await numbers.of('component', names, 5))].map(([name, { number }]) => `${name} ${number}`)
    assert.deepEqual(await of('b', 'a'), ['b 1', 'a 2'])
    assert.deepEqual(await of('c', 'a', 'a'), ['c 3', 'a 2'])
    assert.deepEqual(await numbers.of('group', ['a'], 5), new Map([['a', { number: 1, at: 5 }]]))
    const other = await ground.open()
    await Promise.all([numbers.of('component', ['d', 'e'], 6), other.numbers.of('component', ['e', 'f'], 6)])
    const all = [...(await numbers.of('component', ['a', 'b', 'c', 'd', 'e', 'f'], 7)).values()]
    assert.equal(new Set(all.map(({ number }) => number)).size, 6)
    assert.equal(await numbers.named('component', 2), 'a')
    assert.equal(await numbers.named('component', 99), null)
  })

  test('points are found newest first, each under its own metric alone', async () => {
    const { metrics } = ground.store
    const [one, other] = [await metrics.insert('main', spec, 1), await metrics.insert('main', spec, 1)]
    const point = { at: 10, value: 1.5, count: 1, updatedAt: 10 }
    const id = await metrics.addPoint(one, point)
    await metrics.addPoint(one, { ...point, at: 20 })
    assert.deepEqual(
      (await metrics.points(one, 10)).map(({ at }) => at),
      [20, 10],
    )
    assert.deepEqual(await metrics.lately(one, 1.5, 11), { ...point, at: 20, id: id + 1 })
    assert.equal(await metrics.lately(one, 2, 0), null)
    assert.equal(await metrics.changePoint(other, { ...point, id }), false)
    assert.equal(await metrics.removePoint(other, id), false)
    assert.equal(await metrics.forget(15), 1)
    await metrics.remove(one)
    assert.deepEqual([(await metrics.ofPage('main')).length, await metrics.points(one, 10)], [1, []])
  })

  test('a plan is read as it was made, changed with a record of it, and forgotten when it is long over', async () => {
    const { maintenances, audit } = ground.store
    const made = await maintenances.insert(plan, 5)
    assert.deepEqual(await maintenances.get(made.id), {
      ...plan,
      id: made.id,
      by: 'Allswell',
      createdAt: 5,
      revision: 1,
    })
    await maintenances.update(made.id, { ...plan, endedAt: 15 }, 15)
    assert.deepEqual(
      (await maintenances.since(14)).map(({ endedAt, revision }) => [endedAt, revision]),
      [[15, 2]],
    )
    assert.deepEqual(await maintenances.since(15), [])
    const { items } = await audit.list({ limit: 10, type: 'maintenance' })
    assert.deepEqual(
      items.map(({ action }) => action),
      ['ended', 'created'],
    )
    assert.equal(await maintenances.update(99, plan, 1), null)
    assert.equal(await maintenances.forget(16), 1)
  })

  test('what people tell is none of those that open by themselves, and drafts are for no reader', async () => {
    const { incidents } = ground.store
    const state = {
      phase: 'open',
      impact: 'degraded',
      status: 'degraded',
      startedAt: 1,
      phaseAt: 1,
      wakeAt: null,
    } as const
    const place = { page: 'main', component: 'web', name: 'Slow' }
    const entry = { stage: 'investigating', message: 'We look.', by: 'ada' } as const
    const update = { at: 1, kind: 'said', status: 'degraded', entry } as const
    const id = await incidents.insert({ ...state, ...place, told, updates: [update] })
    const [read] = await incidents.byIds([id])
    assert.deepEqual([read?.told, read?.updates[0]?.entry], [told, entry])
    assert.deepEqual([await incidents.running(), (await incidents.told()).length], [[], 1])
    await incidents.tell(id, { ...told, visible: false }, state)
    assert.deepEqual([await incidents.ofPage('main', 0, 10), (await incidents.all('main', 10)).length], [[], 1])
    const number = await incidents.addUpdate(id, update)
    assert.equal(await incidents.changeUpdate(id + 1, { ...update, id: number }), false)
    assert.equal(await incidents.removeUpdate(id + 1, number), false)
    assert.equal(await incidents.removeUpdate(id, number), true)
    await incidents.remove(id, 9)
    assert.deepEqual(
      [await incidents.byIds([id]), await incidents.all('main', 10), await incidents.told()],
      [[], [], []],
    )
  })
})
