// What is promised of silences, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachStore } from '#test/stores.ts'
import { limited } from './limited.ts'
import { Conflict, type Silences } from './store.ts'

const ada = { kind: 'user', id: 1, name: 'ada', address: null } as const

onEachStore('silences', (ground) => {
  type Wanted = Parameters<Silences['insert']>[0]
  const make = (over: Partial<Wanted> = {}, at = 10) => {
    const wanted = {
      selector: { keys: ['web'], labels: null },
      within: null,
      from: 10,
      until: 100,
      reason: null,
      ...over,
    }
    return ground.store.as(ada, () => ground.store.silences.insert(wanted, at))
  }
  const states = async (now: number, ...state: ('active' | 'scheduled' | 'ended')[]) =>
    (await ground.store.silences.list({ limit: 10, now, state })).items.map(({ id }) => id)

  test('a silence is kept with who made it, and recorded', async () => {
    const labels = { team: 'shop', '"quoted"': "it's" }
    const made = await make({ selector: { keys: null, labels }, within: { team: ['shop'] }, reason: 'deploy' })
    const { id, ...rest } = made
    assert.deepEqual(rest, {
      selector: { keys: null, labels },
      within: { team: ['shop'] },
      from: 10,
      until: 100,
      reason: 'deploy',
      by: 'ada',
      createdAt: 10,
      endedBy: null,
      revision: 1,
    })
    assert.deepEqual(await ground.store.silences.get(id), made)
    assert.equal(await ground.store.silences.get(id + 1), null)
    const { items } = await ground.store.audit.list({ limit: 5, type: 'silence' })
    assert.deepEqual([items[0]?.action, items[0]?.actor.name, items[0]?.subject], ['created', 'ada', String(id)])
  })

  test('those in force and those to come are current, one that is over is not, and each has its state', async () => {
    const [active, coming] = [await make(), await make({ from: 60 })]
    const ids = async (now: number) => (await ground.store.silences.current(now)).map(({ id }) => id)
    assert.deepEqual(await ids(99), [active.id, coming.id])
    assert.deepEqual(await ids(100), [])
    assert.deepEqual(await states(59, 'active'), [active.id])
    assert.deepEqual(await states(59, 'scheduled'), [coming.id])
    assert.deepEqual(await states(59, 'active', 'scheduled'), [coming.id, active.id])
    assert.deepEqual(await states(60, 'scheduled'), [])
    assert.deepEqual(await states(100, 'ended'), [coming.id, active.id])
    assert.deepEqual(await states(59), [coming.id, active.id])
  })

  test('it is changed from the revision that was read, and not from an older one', async () => {
    const { id } = await make()
    const changed = await ground.store.silences.update(id, { until: 200, reason: 'longer' }, 20, 1)
    assert.deepEqual([changed?.until, changed?.reason, changed?.revision, changed?.from], [200, 'longer', 2, 10])
    await assert.rejects(ground.store.silences.update(id, { until: 300 }, 21, 1), Conflict)
    assert.equal(await ground.store.silences.update(id + 1, { until: 300 }, 21), null)
  })

  test('one is ended once, one to come before it began, and one that is over stays as it was', async () => {
    const [active, coming] = [await make(), await make({ from: 60 })]
    const end = (id: number, at: number) => ground.store.as(ada, () => ground.store.silences.end(id, at))
    const ended = await end(active.id, 50)
    assert.deepEqual([ended?.until, ended?.endedBy], [50, 'ada'])
    assert.deepEqual(await end(active.id, 70), ended)
    const never = await end(coming.id, 50)
    assert.deepEqual([never?.from, never?.until], [50, 50])
    assert.equal(await end(4711, 50), null)
    assert.equal(await ground.store.silences.forget(50), 0)
    assert.equal(await ground.store.silences.forget(51), 2)
  })

  test('a list goes on where it ended, also for those who see only some', async () => {
    const made: number[] = []
    for (let at = 0; at < 7; at += 1) {
      const labels = { team: at % 2 === 0 ? 'shop' : 'pay' }
      made.unshift((await make({ selector: { keys: null, labels } })).id)
    }
    const all = async (silences: Silences) => {
      const found: number[] = []
      for (let cursor: string | null | undefined; cursor !== null;) {
        const page = await silences.list({ limit: 2, now: 20, ...(cursor ? { cursor } : {}) })
        assert.ok(page.items.length <= 2)
        found.push(...page.items.map(({ id }) => id))
        cursor = page.next
      }
      return found
    }
    assert.deepEqual(await all(ground.store.silences), made)
    const shop = limited(ground.store, { team: ['shop'] }).silences
    assert.deepEqual(
      await all(shop),
      made.filter((_, at) => at % 2 === 0),
    )
    assert.equal((await shop.current(20)).length, 4)
    const theirs = made[1] ?? 0
    assert.deepEqual(
      [await shop.get(theirs), await shop.end(theirs, 20), await shop.update(theirs, {}, 20)],
      [null, null, null],
    )
  })
})
