// The deliverer: at least once, in order, nobody held up by another, nothing sent inside a transaction.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sent } from '#channels/channel.ts'
import { systemClock } from '#platform/clock.ts'
import type { Store } from '#store/store.ts'
import { delivered, failed, openEngine, provision, provisionUsual } from '#test/engine-house.ts'
import { onEachStore } from '#test/stores.ts'
import { until } from '#test/until.ts'
import { after } from './deliverer.ts'

const many = { limit: 100 }

onEachStore('the deliverer', (ground) => {
  const open = async (store: Store = ground.store, one: object = {}) => {
    const id = await provisionUsual(ground.store, systemClock.now())
    const spec = { receiver: { key: 'one' }, retry: { first: '1s' }, ...one }
    await provision(ground.store, 'channel', 'one', 'receiver', spec, systemClock.now())
    const house = await openEngine(store, systemClock)
    const { engine } = house
    // Ahead of what the engine's own checks see, so that only these looks count.
    let at = systemClock.now() + 60_000
    const look = async (outcome: 'up' | 'down') => {
      at += 1
      const bad = outcome === 'down'
      const reason = bad ? ('refused' as const) : null
      const sentence = bad ? 'Nothing listens.' : null
      const said = {
        monitor: id,
        location: 'local',
        at,
        outcome,
        signal: 'check',
        latency: 1,
        reason,
        sentence,
      } as const
      await engine.ingest.input(id, { type: 'observation', observation: said })
    }
    const outage = async () => {
      for (const outcome of ['up', 'down', 'down'] as const) await look(outcome)
    }
    const got = (channel: string) =>
      house.received.filter((one) => one.channel === channel).map(({ message }) => message.event)
    return { ...house, id, look, outage, got }
  }

  test('a fault and its end reach every receiver once and in order', async () => {
    const { engine, look, outage, got } = await open()
    await engine.start()
    await outage()
    await look('up')
    await until('both are told', () => got('one').length === 2 && got('two').length === 2)
    assert.deepEqual(got('one'), ['monitor.down', 'monitor.up'])
    assert.deepEqual(got('two'), ['monitor.down', 'monitor.up'])
    await engine.close()
  })

  test('a receiver that hangs delays nobody else', async () => {
    const { engine, look, outage, got, answers } = await open()
    const hang = Promise.withResolvers<Sent>()
    answers.set('one', () => hang.promise)
    await engine.start()
    await outage()
    await look('up')
    await until('the other is told', () => got('two').length === 2)
    assert.deepEqual(got('one'), [])
    answers.delete('one')
    hang.resolve(delivered)
    await until('the first is told too', () => got('one').length === 2)
    assert.deepEqual(got('one'), ['monitor.down', 'monitor.up'])
    await engine.close()
  })

  test('what was refused is tried again with the same key, and the end never overtakes the fault', async () => {
    const { engine, look, outage, got, answers, received } = await open()
    answers.set('one', (attempt) => (attempt < 2 ? failed : delivered))
    await engine.start()
    await outage()
    await look('up')
    await until('all is told', () => got('one').length === 2)
    assert.deepEqual(got('one'), ['monitor.down', 'monitor.up'])
    const { items } = await ground.store.deliveries.list({ ...many, channel: 'one' })
    const first = await ground.store.deliveries.get(items.at(-1)?.id ?? 0)
    assert.deepEqual(
      first?.log.map((attempt) => [attempt.attempt, attempt.ok]),
      [
        [1, false],
        [2, true],
      ],
    )
    assert.equal(received.find((one) => one.channel === 'one')?.key, first?.idempotencyKey)
    await engine.close()
  })

  test('a message that arrives lets others of its channel be tried that wait for an hour', async () => {
    const spec = { played: { key: 'other' }, fail_after: 1 }
    const other = await provision(ground.store, 'monitor', 'other', 'played', spec, systemClock.now())
    const { engine, outage, got, answers, received } = await open(ground.store, { retry: { first: '1h' } })
    answers.set('one', () => failed)
    await engine.start()
    await outage()
    await until('the other channel is told', () => got('two').length === 1)
    const waits = async () => (await ground.store.deliveries.list({ ...many, channel: 'one' })).items[0]
    while ((await waits())?.state !== 'pending') await new Promise((resolve) => setImmediate(resolve))
    answers.delete('one')
    const down = { outcome: 'down', location: 'local', signal: 'check', latency: 1, reason: 'refused' } as const
    const observation = { ...down, monitor: other, at: systemClock.now() + 90_000, sentence: 'Nothing listens.' }
    await engine.ingest.input(other, { type: 'observation', observation })
    await until('both are told', () => got('one').length === 2)
    const told = received.filter(({ channel }) => channel === 'one').map(({ message }) => message.monitor.key)
    assert.deepEqual(told, ['other', 'web'])
    await engine.close()
  })

  test('a channel that works again by a test message has what waits for an hour tried at once', async () => {
    const { engine, outage, got, answers } = await open(ground.store, { retry: { first: '1h' } })
    answers.set('one', () => failed)
    await engine.start()
    await outage()
    await until('the other is told', () => got('two').length === 1)
    const waits = async () => (await ground.store.deliveries.list({ ...many, channel: 'one' })).items[0]
    while ((await waits())?.attempts !== 1 || (await waits())?.state !== 'pending')
      await new Promise((resolve) => setImmediate(resolve))
    answers.delete('one')
    const channel = engine.catalog.channels.get('one')
    assert.ok(channel)
    assert.equal((await engine.deliverer.test(channel, 'test-1')).ok, true)
    await until('what waited is told', () => got('one').includes('monitor.down'))
    await engine.close()
  })

  test('what is refused for good is dead, can be seen and sent again', async () => {
    const { engine, outage, got, answers } = await open()
    answers.set('one', () => ({ ok: false, retry: false, detail: '550 no such mailbox' }))
    await engine.start()
    await outage()
    const dead = async () => (await ground.store.deliveries.list({ ...many, state: 'dead' })).items
    await until('the other is told', () => got('two').length === 1)
    while ((await dead()).length === 0) await new Promise((resolve) => setImmediate(resolve))
    const [one] = await dead()
    assert.equal(one?.detail, '550 no such mailbox')
    answers.delete('one')
    assert.equal(await ground.store.deliveries.resend(one?.id ?? 0, systemClock.now()), true)
    engine.nudgeDeliveries()
    await until('it is told', () => got('one').length === 1)
    await engine.close()
  })

  test('what a dead process was sending is sent again under the same key', async () => {
    const first = await open()
    first.answers.set('one', () => new Promise<Sent>(() => {}))
    await first.engine.start()
    await first.outage()
    await until('the other is told', () => first.got('two').length === 1)
    await first.engine.close()
    if (ground.dialect === 'postgres') await ground.store.deliveries.release(systemClock.now())
    const second = await openEngine(ground.store, systemClock, 'second')
    await second.engine.start()
    await until('the new process tells', () => second.received.length === 1)
    assert.deepEqual(
      second.received.map(({ channel, message }) => [channel, message.event]),
      [['one', 'monitor.down']],
    )
    await second.engine.close()
  })

  test('nothing is sent inside a transaction', async () => {
    let depth = 0
    const watched: Store = {
      ...ground.store,
      transaction: async (work) => {
        depth += 1
        try {
          return await ground.store.transaction(work)
        } finally {
          depth -= 1
        }
      },
    }
    const { engine, outage, got, answers } = await open(watched)
    const depths: number[] = []
    answers.set('one', () => {
      depths.push(depth)
      return delivered
    })
    await engine.start()
    await outage()
    await until('it is told', () => got('one').length === 1)
    assert.deepEqual(depths, [0])
    await engine.close()
  })
})

const delivery = { attempts: 1, createdAt: 0 }
const retry = { first: 2_000, most: 60_000, giveUpAfter: 3_600_000 }
const no = { ok: false, retry: true, detail: '500' } as const

test('each wait is three times the last, up to the longest', () => {
  const waits = [1, 2, 3, 4, 5].map((attempts) => {
    const next = after({ ...delivery, attempts }, no, retry, 0)
    return next.state === 'pending' ? next.nextAt : null
  })
  assert.deepEqual(waits, [2_000, 6_000, 18_000, 54_000, 60_000])
})

test('a receiver that asks for more time gets it, within the longest wait', () => {
  assert.deepEqual(after(delivery, { ...no, retryAfter: 30_000 }, retry, 5), { state: 'pending', nextAt: 30_005 })
  assert.deepEqual(after(delivery, { ...no, retryAfter: 1e9 }, retry, 5), { state: 'pending', nextAt: 60_005 })
})

test('it gives up when told to, or after so long', () => {
  assert.deepEqual(after(delivery, { ...no, retry: false }, retry, 0), { state: 'dead' })
  assert.deepEqual(after(delivery, no, retry, 3_600_000), { state: 'dead' })
})
