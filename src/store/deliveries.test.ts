// What is promised of stored deliveries, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachStore } from '#test/stores.ts'
import type { Attempt, Deliveries, Delivery, Tried } from './store.ts'

onEachStore('deliveries', (ground) => {
  const row = (monitorId: number, channel: string, at = 10) => ({
    eventId: 1,
    monitorId,
    channel,
    rule: 'everything',
    idempotencyKey: `${monitorId}-${channel}-${at}`,
    at,
  })
  const insert = (...rows: ReturnType<typeof row>[]) => ground.store.deliveries.insert(rows)
  const claim = (more: Partial<Parameters<Deliveries['claim']>[0]> = {}, deliveries = ground.store.deliveries) =>
    deliveries.claim({ now: 100, leaseUntil: 200, limit: 100, room: () => 100, ...more })
  const ids = (list: readonly Delivery[]) => list.map(({ id }) => id)
  const attempt = (number: number, ok: boolean): Attempt => ({
    attempt: number,
    at: 110,
    ms: 12,
    ok,
    detail: 'HTTP 200',
  })
  const finish = (id: number, attempt: Attempt, outcome: Tried['outcome']) =>
    ground.store.deliveries.finish([{ id, attempt, outcome }])
  const failed = (id: number, number: number, nextAt: number) =>
    finish(id, attempt(number, false), { state: 'pending', nextAt })

  test('a new delivery waits and is due at once', async () => {
    await insert(row(7, 'ops', 10))
    assert.equal(await ground.store.deliveries.nextDue(), 10)
    assert.deepEqual(await ground.store.deliveries.get(1), {
      id: 1,
      eventId: 1,
      monitorId: 7,
      channel: 'ops',
      rule: 'everything',
      state: 'pending',
      idempotencyKey: '7-ops-10',
      attempts: 0,
      nextAt: 10,
      createdAt: 10,
      finishedAt: null,
      detail: null,
      log: [],
    })
  })

  test('with none waiting nothing is due or claimed', async () => {
    await insert()
    assert.equal(await ground.store.deliveries.nextDue(), null)
    assert.deepEqual(await claim(), [])
    assert.equal(await ground.store.deliveries.get(1), null)
  })

  test('a claimed one is being sent, with its attempt counted, and is not claimed again', async () => {
    await insert(row(1, 'ops'))
    const [delivery] = await claim()
    assert.deepEqual([delivery?.state, delivery?.attempts, delivery?.nextAt], ['sending', 1, 200])
    assert.deepEqual(await claim(), [])
    assert.equal(await ground.store.deliveries.nextDue(), 200)
  })

  test('one whose time has not come is left', async () => {
    await insert(row(1, 'ops', 101), row(2, 'ops', 100))
    assert.deepEqual(ids(await claim()), [2])
  })

  test('a claim whose lease has run out is claimed anew', async () => {
    await insert(row(1, 'ops'))
    await claim()
    const [delivery] = await claim({ now: 200, leaseUntil: 300 })
    assert.deepEqual([delivery?.id, delivery?.attempts], [1, 2])
  })

  test('a claim that is renewed holds on, a finished one stays finished', async () => {
    await insert(row(1, 'ops'))
    const [id = 0] = ids(await claim({ now: 100, leaseUntil: 200 }))
    await ground.store.deliveries.renew([id], 400)
    assert.deepEqual(await claim({ now: 300, leaseUntil: 500 }), [])
    await finish(id, attempt(1, true), { state: 'delivered' })
    await ground.store.deliveries.renew([id, 999], 600)
    await ground.store.deliveries.renew([], 600)
    assert.equal((await ground.store.deliveries.get(id))?.state, 'delivered')
  })

  test('finished ones are forgotten in time with their attempts, the others never', async () => {
    await insert(row(1, 'ops'), row(2, 'ops'), row(3, 'ops'))
    for (const id of ids(await claim({ room: () => 2 }))) {
      await finish(id, { ...attempt(1, true), at: 100 + id }, { state: 'delivered' })
    }
    assert.equal(await ground.store.deliveries.forget(114), 1)
    assert.deepEqual(ids((await ground.store.deliveries.list({ limit: 10 })).items), [3, 2])
    assert.equal((await ground.store.deliveries.get(2))?.log.length, 1)
    assert.equal(await ground.store.deliveries.get(1), null)
  })

  test('of one monitor on one channel only the oldest unfinished is claimed', async () => {
    await insert(row(1, 'ops', 10), row(1, 'ops', 20), row(1, 'hook', 20), row(2, 'ops', 30))
    assert.deepEqual(ids(await claim()), [1, 3, 4])
    await finish(1, attempt(1, true), { state: 'delivered' })
    assert.deepEqual(ids(await claim()), [2])
  })

  test('one that waits to be tried again holds back what follows it, and the due time says so', async () => {
    await insert(row(1, 'ops', 10), row(1, 'ops', 20))
    await claim()
    await failed(1, 1, 500)
    assert.deepEqual(await claim(), [])
    assert.equal(await ground.store.deliveries.nextDue(), 500)
  })

  test('a dead one lets the next go', async () => {
    await insert(row(1, 'ops', 10), row(1, 'ops', 20))
    await claim()
    await finish(1, attempt(1, false), { state: 'dead' })
    assert.deepEqual(ids(await claim()), [2])
  })

  test('a busy channel gets only what it has room for, and the others all the same', async () => {
    await insert(...[1, 2, 3, 4, 5].map((monitor) => row(monitor, 'slow')), row(6, 'quick'), row(7, 'quick'))
    const claimed = await claim({ room: (channel) => (channel === 'slow' ? 2 : 3) })
    assert.deepEqual(ids(claimed), [1, 2, 6, 7])
    assert.deepEqual(ids(await claim({ room: (channel) => (channel === 'slow' ? 0 : 3) })), [])
  })

  test('no more are claimed than the limit', async () => {
    await insert(...[1, 2, 3].map((monitor) => row(monitor, 'a')), ...[1, 2, 3].map((monitor) => row(monitor, 'b')))
    assert.equal((await claim({ limit: 4 })).length, 4)
    assert.equal((await claim({ limit: 4 })).length, 2)
  })

  test('a delivered one is finished, with its attempts in order', async () => {
    await insert(row(1, 'ops'))
    await claim()
    await failed(1, 1, 150)
    await claim({ now: 150, leaseUntil: 250 })
    await finish(1, attempt(2, true), { state: 'delivered' })
    const delivery = await ground.store.deliveries.get(1)
    assert.deepEqual([delivery?.state, delivery?.attempts, delivery?.finishedAt], ['delivered', 2, 122])
    assert.deepEqual(delivery?.log, [attempt(1, false), attempt(2, true)])
    assert.equal(await ground.store.deliveries.nextDue(), null)
  })

  test('a late failure of an attempt whose lease ran out does not undo the new claim', async () => {
    await insert(row(1, 'ops'))
    await claim()
    await claim({ now: 200, leaseUntil: 300 })
    await failed(1, 1, 210)
    assert.equal((await ground.store.deliveries.get(1))?.state, 'sending')
  })

  test('a late success of an attempt whose lease ran out counts', async () => {
    await insert(row(1, 'ops'))
    await claim()
    await claim({ now: 200, leaseUntil: 300 })
    await finish(1, attempt(1, true), { state: 'delivered' })
    await failed(1, 2, 400)
    assert.equal((await ground.store.deliveries.get(1))?.state, 'delivered')
  })

  test('an attempt recorded twice is kept once', async () => {
    await insert(row(1, 'ops'))
    await claim()
    await finish(1, attempt(1, true), { state: 'delivered' })
    await finish(1, attempt(1, true), { state: 'delivered' })
    assert.equal((await ground.store.deliveries.get(1))?.log.length, 1)
  })

  test('a dead one that is sent again is due now and keeps its attempts', async () => {
    await insert(row(1, 'ops'))
    await claim()
    await finish(1, attempt(1, false), { state: 'dead' })
    assert.equal(await ground.store.deliveries.resend(1, 120), true)
    const [delivery] = await claim({ now: 120 })
    assert.deepEqual([delivery?.id, delivery?.attempts, delivery?.finishedAt], [1, 2, null])
  })

  test('what was given up after one that is sent again goes after it, and nothing else does', async () => {
    await insert(row(1, 'ops'), row(1, 'ops'), row(2, 'ops'), row(1, 'other'))
    await claim({ limit: 4 })
    for (const id of [1, 3, 4]) await finish(id, attempt(1, false), { state: 'dead' })
    await claim({ limit: 4 })
    await finish(2, attempt(1, false), { state: 'dead' })
    assert.equal(await ground.store.deliveries.resend(1, 150), true)
    assert.deepEqual(ids(await claim({ now: 150, leaseUntil: 250 })), [1])
    await finish(1, attempt(2, true), { state: 'delivered' })
    assert.deepEqual(ids(await claim({ now: 150, leaseUntil: 250 })), [2], 'the end of the fault is told as well')
    for (const id of [3, 4]) assert.equal((await ground.store.deliveries.get(id))?.state, 'dead')
  })

  test('one that waits is due now, and so is all that it waits behind, but nothing else', async () => {
    await insert(row(1, 'ops'), row(1, 'ops'), row(1, 'ops'), row(2, 'ops'))
    await claim({ limit: 2 })
    await failed(1, 1, 5_000)
    await failed(4, 1, 5_000)
    assert.deepEqual(
      [...(await ground.store.deliveries.behind([1, 2, 3, 4, 99]))],
      [
        [2, 1],
        [3, 2],
      ],
    )
    assert.equal(await ground.store.deliveries.resend(2, 150), true)
    assert.deepEqual(ids(await claim({ now: 150, leaseUntil: 250 })), [1], 'the order stays')
    await finish(1, attempt(2, true), { state: 'delivered' })
    assert.deepEqual(ids(await claim({ now: 150, leaseUntil: 250 })), [2])
    assert.equal((await ground.store.deliveries.get(4))?.nextAt, 5_000)
  })

  test('a channel that is woken has all that waits on it due now', async () => {
    await insert(row(1, 'ops'), row(2, 'ops'), row(3, 'other'))
    await claim({ limit: 3 })
    for (const id of [1, 2, 3]) await failed(id, 1, 5_000)
    assert.equal(await ground.store.deliveries.wake('ops', 150), 2)
    assert.deepEqual(ids(await claim({ now: 150, leaseUntil: 250 })), [1, 2])
    assert.equal(await ground.store.deliveries.wake('ops', 151), 0, 'what is being sent is left alone')
  })

  test('what is being sent, or not there, is not sent again', async () => {
    await insert(row(1, 'ops'))
    await claim()
    assert.equal(await ground.store.deliveries.resend(1, 5), false)
    assert.equal(await ground.store.deliveries.resend(99, 5), false)
  })

  test('released claims of a dead process are due at once', async () => {
    await insert(row(1, 'ops'), row(2, 'ops'), row(3, 'ops', 500))
    await claim()
    assert.equal(await ground.store.deliveries.release(120), 2)
    assert.equal(await ground.store.deliveries.nextDue(), 120)
    assert.deepEqual(ids(await claim({ now: 120 })), [1, 2])
  })

  test('counts are given for every state', async () => {
    await insert(row(1, 'a'), row(2, 'a'), row(3, 'a'))
    await claim({ limit: 2 })
    await finish(1, attempt(1, true), { state: 'delivered' })
    const none = { pending: 0, sending: 0, delivered: 0, dead: 0 }
    assert.deepEqual(await ground.store.deliveries.counts(), { ...none, pending: 1, sending: 1, delivered: 1 })
  })

  test('a list is newest first, filtered and paged', async () => {
    await insert(row(1, 'a'), row(2, 'b'), row(1, 'b'), row(3, 'a'))
    await claim({ limit: 1 })
    const list = (query: object) => ground.store.deliveries.list({ limit: 10, ...query })
    assert.deepEqual(ids((await list({})).items), [4, 3, 2, 1])
    assert.deepEqual(ids((await list({ state: 'sending' })).items), [1])
    assert.deepEqual(ids((await list({ channel: 'b' })).items), [3, 2])
    assert.deepEqual(ids((await list({ monitor: 1 })).items), [3, 1])
    const { items, next } = await list({ limit: 3 })
    assert.deepEqual(ids(items), [4, 3, 2])
    assert.deepEqual(ids((await list({ limit: 3, cursor: next })).items), [1])
  })

  if (ground.dialect === 'postgres') {
    test('two nodes that claim at the same time never get the same delivery', async () => {
      const nodes = [ground.store, await ground.open(), await ground.open()]
      await insert(...Array.from({ length: 120 }, (_, index) => row(index % 40, `c${index % 3}`)))
      const claimed: number[] = []
      for (let round = 0; round < 10; round += 1) {
        const got = await Promise.all(nodes.map((node) => claim({ limit: 7 }, node.deliveries)))
        claimed.push(...got.flatMap(ids))
      }
      assert.equal(new Set(claimed).size, claimed.length)
      assert.equal(claimed.length, 120)
    })

    test('what another node has claimed but not committed is passed over without waiting', async () => {
      const other = await ground.open()
      await insert(row(1, 'ops'), row(2, 'ops'), row(1, 'ops'))
      await ground.store.transaction(async (tx) => {
        assert.deepEqual(
          ids(
            await tx.deliveries.claim({
              now: 100,
              leaseUntil: 200,
              limit: 1,
              room: () => 9,
            }),
          ),
          [1],
        )
        assert.deepEqual(ids(await claim({}, other.deliveries)), [2])
      })
    })
  }
})
