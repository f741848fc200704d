// What is promised of stored events, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '#core/event.ts'
import { onEachStore } from '#test/stores.ts'
import { BadCursor, Conflict, type Explanation } from './store.ts'

onEachStore('events', (ground) => {
  const event = (monitor: number, seq: number, more: Partial<Event> = {}) => ({
    type: 'monitor.down' as const,
    monitor,
    seq,
    at: seq * 10,
    status: 'down' as const,
    previous: 'up' as const,
    lasted: 60_000,
    reason: 'timeout' as const,
    sentence: 'No answer within 5 s.',
    alert: true,
    outage: seq,
    outageAt: seq * 10,
    worst: 'down' as const,
    silence: false,
    confirmations: 2,
    locations: ['local'],
    explanation: [] as readonly Explanation[],
    ...more,
  })
  const seqs = (events: readonly Event[]) => events.map(({ monitor, seq }) => [monitor, seq])

  test('an event is read as it was stored, with facts and explanation', async () => {
    const explanation = [{ rule: 'everything', channel: 'ops', told: false, why: 'It was told an hour ago.' }]
    const whole = { ...event(1, 2, { facts: { request: 'GET /\u2028"\\', phases: { dns: 1.5 } } }), explanation }
    const [id] = await ground.store.events.insert([whole])
    assert.deepEqual(await ground.store.events.get(id!), { ...whole, id })
  })

  test('an event that is not there is null', async () => {
    assert.equal(await ground.store.events.get(1), null)
  })

  test('ids come in the order of the events given', async () => {
    const given = [event(3, 1), event(1, 1), event(2, 2), event(2, 1)]
    const ids = await ground.store.events.insert(given)
    const read = await Promise.all(ids.map((id) => ground.store.events.get(id)))
    assert.deepEqual(seqs(read.map((one) => one!)), seqs(given))
  })

  test('of no events there are no ids', async () => {
    assert.deepEqual(await ground.store.events.insert([]), [])
  })

  test('an event of the same monitor and seq is refused with all that came along', async () => {
    await ground.store.events.insert([event(1, 1)])
    await assert.rejects(ground.store.events.insert([event(1, 2), event(1, 1)]), Conflict)
    assert.equal((await ground.store.events.list({ limit: 10 })).items.length, 1)
  })

  test('a list is newest first by the time it happened', async () => {
    await ground.store.events.insert([event(1, 1, { at: 50 }), event(1, 2, { at: 70 }), event(2, 1, { at: 60 })])
    const { items } = await ground.store.events.list({ limit: 10 })
    assert.deepEqual(seqs(items), [
      [1, 2],
      [2, 1],
      [1, 1],
    ])
  })

  test('a list is filtered by monitor, type and time', async () => {
    await ground.store.events.insert([event(1, 1), event(1, 2, { type: 'monitor.up' }), event(2, 1, { at: 5 })])
    const list = async (query: object) => seqs((await ground.store.events.list({ limit: 10, ...query })).items)
    assert.deepEqual(await list({ monitor: 2 }), [[2, 1]])
    assert.deepEqual(await list({ type: ['monitor.up'] }), [[1, 2]])
    assert.deepEqual(await list({ type: ['monitor.up', 'monitor.paused'] }), [[1, 2]])
    assert.deepEqual(await list({ since: 20 }), [[1, 2]])
    assert.deepEqual(await list({ since: 6, until: 20 }), [[1, 1]])
    assert.deepEqual(await list({ monitor: 1, since: 10, type: ['monitor.down'] }), [[1, 1]])
  })

  test('a list goes on through events of the same moment without losing or repeating one', async () => {
    await ground.store.events.insert(Array.from({ length: 7 }, (_, index) => event(1, index + 1, { at: 5 })))
    const seen: number[] = []
    let cursor: string | undefined
    do {
      const { items, next } = await ground.store.events.list({ limit: 3, cursor })
      seen.push(...items.map(({ seq }) => seq))
      cursor = next ?? undefined
    } while (cursor !== undefined)
    assert.deepEqual(seen, [7, 6, 5, 4, 3, 2, 1])
  })

  test('a cursor of another list is refused', async () => {
    const cursor = Buffer.from('["deliveries",4]').toString('base64url')
    await assert.rejects(ground.store.events.list({ limit: 3, cursor }), BadCursor)
  })
})
