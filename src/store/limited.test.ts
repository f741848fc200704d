// What is promised of a store that somebody sees through a limit, on both databases: the same judgement in SQL as in
// the core, for lists of any kind.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isWithin, type LabelLimit } from '#core/rights.ts'
import { aMonitor, onEachStore } from '#test/stores.ts'
import { limited } from './limited.ts'
import { Hidden, Outside } from './store.ts'

const event = (monitor: number, seq: number) =>
  ({
    monitor,
    seq,
    at: seq,
    type: 'monitor.down',
    status: 'down',
    previous: 'up',
    lasted: 1,
    reason: null,
    sentence: null,
    alert: true,
    outageAt: null,
    confirmations: 1,
    locations: [],
    facts: {},
    explanation: [],
  }) as never

onEachStore('a store with a limit', (ground) => {
  test('lists what the core says lies within it, whatever the names and values', async () => {
    const word = fc.constantFrom('team', 'region', '__proto__', 'a.b', "it's", '"', '%', 'ü', '')
    const pairs = fc.array(fc.tuple(word, word), { maxLength: 3 })
    const some = fc.sample(pairs, { numRuns: 40, seed: 7 }).map((all) => Object.fromEntries(all))
    for (const [at, labels] of some.entries()) await ground.store.objects.put(aMonitor(`m${at}`, { labels }), 1)
    const all = await ground.store.objects.all('monitor')
    const wanted = fc.array(fc.tuple(word, fc.array(word, { minLength: 1, maxLength: 3 })), {
      minLength: 1,
      maxLength: 2,
    })
    for (const entries of fc.sample(wanted, { numRuns: 40, seed: 9 })) {
      const limit: LabelLimit = Object.fromEntries(entries)
      const { items } = await limited(ground.store, limit).objects.list({ type: 'monitor', limit: 100 })
      const expected = all.filter((object) => isWithin(limit, object.labels)).map(({ key }) => key)
      assert.deepEqual(
        items.map(({ key }) => key),
        expected,
        JSON.stringify(limit),
      )
    }
  })

  test('shows events and deliveries of its monitors alone, deleted ones too', async () => {
    const { objects, events, deliveries } = ground.store
    const mine = (await objects.put(aMonitor('mine', { labels: { team: 'shop' } }), 1)).object.id
    const theirs = (await objects.put(aMonitor('theirs', { labels: { team: 'pay' } }), 1)).object.id
    const ids = await events.insert([event(mine, 1), event(theirs, 1), event(mine, 2)])
    for (const [at, eventId] of ids.entries()) {
      const row = { eventId, monitorId: at === 1 ? theirs : mine, channel: 'c', rule: 'r', idempotencyKey: `${at}`, at }
      await deliveries.insert([row])
    }
    await objects.remove('monitor', 'mine', 2)
    const limit: LabelLimit = { team: ['shop'] }
    const seen = limited(ground.store, limit)
    assert.deepEqual(
      (await seen.events.list({ limit: 10 })).items.map(({ id }) => id),
      [ids[2], ids[0]],
    )
    assert.deepEqual(
      (await seen.events.byIds(ids)).map(({ id }) => id),
      [ids[0], ids[2]],
    )
    assert.equal(await seen.events.get(ids[1] ?? 0), null)
    const sent = (await seen.deliveries.list({ limit: 10 })).items
    assert.deepEqual(
      sent.map(({ monitorId }) => monitorId),
      [mine, mine],
    )
    const [other] = (await deliveries.list({ limit: 10, monitor: theirs })).items
    assert.equal(await seen.deliveries.get(other?.id ?? 0), null)
    assert.equal(await seen.deliveries.resend(other?.id ?? 0, 3), false)
  })

  test('makes and changes nothing outside, also within a transaction', async () => {
    await ground.store.objects.put(aMonitor('theirs', { labels: { team: 'pay' } }), 1)
    await ground.store.objects.put(aMonitor('past', { labels: { team: 'pay' } }), 1)
    await ground.store.objects.remove('monitor', 'past', 2)
    const seen = limited(ground.store, { team: ['shop'] })
    const within = { labels: { team: 'shop' } }
    await seen.transaction(async (tx) => {
      for (const objects of [seen.objects, tx.objects]) {
        await assert.rejects(objects.put(aMonitor('theirs', within), 3), Hidden)
        await assert.rejects(objects.put(aMonitor('past', within), 3), Hidden)
        await assert.rejects(objects.put(aMonitor('new'), 3), Outside)
        assert.equal(await objects.remove('monitor', 'theirs', 3), false)
        assert.equal(await objects.get('monitor', 'theirs'), null)
      }
      await tx.objects.put(aMonitor('new', within), 3)
    })
    assert.equal((await ground.store.objects.get('monitor', 'theirs'))?.revision, 1)
    assert.equal((await ground.store.objects.get('monitor', 'new'))?.revision, 1)
  })
})
