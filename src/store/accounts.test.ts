// What is promised of people, sessions, tickets and the record of changes, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aMonitor, onEachStore } from '#test/stores.ts'
import type { NewUser } from './store.ts'
import { Conflict } from './store.ts'

const ann: NewUser = { email: 'ann@x.test', name: 'Ann', role: 'owner', labels: null, external: null, password: 'h' }
const bob: NewUser = { ...ann, email: 'bob@x.test', name: 'Bob', role: 'viewer', labels: { team: ['shop'] } }

onEachStore('users', (ground) => {
  test('a user is found by number, address and provider, and their hash only where it is asked for', async () => {
    const { users } = ground.store
    const made = await users.insert({ ...ann, external: 'https://idp one' }, 5)
    assert.deepEqual(await users.get(made.id), made)
    assert.deepEqual(await users.byEmail('ann@x.test'), made)
    assert.deepEqual(await users.byExternal('https://idp one'), made)
    assert.equal(JSON.stringify(made).includes('"h"'), false)
    assert.deepEqual(await users.proofs(made.id), { password: 'h', totp: null })
    assert.deepEqual((await users.insert(bob, 5)).labels, { team: ['shop'] })
    assert.equal(await users.count(), 2)
    assert.equal(await users.count('owner'), 1)
  })

  test('an address is taken once', async () => {
    await ground.store.users.insert(ann, 1)
    await assert.rejects(ground.store.users.insert({ ...bob, email: ann.email }, 1), Conflict)
  })

  test('a change made from an old revision is a conflict', async () => {
    const { id } = await ground.store.users.insert(ann, 1)
    const changed = await ground.store.users.update(id, { name: 'Anna' }, 2, 1)
    assert.deepEqual([changed?.name, changed?.revision], ['Anna', 2])
    await assert.rejects(ground.store.users.update(id, { name: 'Annie' }, 3, 1), Conflict)
    assert.equal(await ground.store.users.update(id + 1, { name: 'x' }, 3), null)
  })

  test('a time step and a code are taken once, also by many at once', async () => {
    const { users } = ground.store
    const { id } = await users.insert(ann, 1)
    const steps = await Promise.all([1, 2, 3, 4].map(() => users.takeStep(id, 100)))
    assert.equal(steps.filter(Boolean).length, 1)
    assert.equal(await users.takeStep(id, 99), false)
    assert.equal(await users.takeStep(id, 101), true)
    await users.setCodes(id, ['a', 'b'])
    const codes = await Promise.all([1, 2, 3, 4].map(() => users.takeCode(id, 'a')))
    assert.equal(codes.filter(Boolean).length, 1)
    assert.equal(await users.countCodes(id), 1)
    assert.equal(await users.takeCode(id + 1, 'b'), false)
  })

  test('a removed user takes along all that was theirs, and nothing of others', async () => {
    const { users, sessions, passkeys, tickets } = ground.store
    const { id } = await users.insert(ann, 1)
    const other = (await users.insert(bob, 1)).id
    for (const user of [id, other]) {
      const session = {
        user,
        hash: `s${user}`,
        method: 'link',
        address: null,
        agent: null,
        createdAt: 1,
        expiresAt: 99,
      }
      await sessions.insert(session)
      const key = { user, credential: `c${user}`, publicKey: {}, counter: 0, name: 'k', transports: [], createdAt: 1 }
      await passkeys.insert(key)
      await tickets.insert({ kind: 'reset', hash: `t${user}`, user, data: null, createdAt: 1, expiresAt: 99 })
      await users.setCodes(user, ['x'])
    }
    assert.equal(await users.remove(id, 2), true)
    assert.equal(await users.remove(id, 2), false)
    assert.deepEqual([await sessions.byHash(`s${id}`, 2, 0), (await passkeys.of(id)).length], [null, 0])
    assert.deepEqual([await tickets.look('reset', `t${id}`, 2), await users.countCodes(id)], [null, 0])
    assert.equal((await sessions.of(other, 2, 0)).length, 1)
    assert.equal((await passkeys.of(other)).length, 1)
  })
})

onEachStore('sessions', (ground) => {
  const session = { user: 1, hash: 'h', method: 'link', address: 'a', agent: 'b', createdAt: 10, expiresAt: 100 }

  test('a session is found until it expires or was not seen for too long', async () => {
    const { sessions } = ground.store
    const made = await sessions.insert(session)
    assert.deepEqual(await sessions.byHash('h', 99, 9), made)
    assert.equal(await sessions.byHash('h', 100, 9), null)
    assert.equal(await sessions.byHash('h', 99, 10), null)
    await sessions.seen(made.id, 50, 'elsewhere')
    assert.deepEqual((await sessions.byHash('h', 99, 40))?.address, 'elsewhere')
    assert.equal(await sessions.forget(99, 49), 0)
    assert.equal(await sessions.forget(99, 50), 1)
  })

  test('a session is ended by its own user alone, and a rotated one has another secret', async () => {
    const { sessions } = ground.store
    const { id } = await sessions.insert(session)
    await sessions.rotate(id, 'new', 20)
    assert.equal(await sessions.byHash('h', 30, 9), null)
    assert.equal((await sessions.byHash('new', 30, 9))?.confirmedAt, 20)
    assert.equal(await sessions.remove(2, id), false)
    assert.equal(await sessions.remove(1, id), true)
  })
})

onEachStore('tickets', (ground) => {
  test('a ticket is taken once, by one of many, and only as what it is', async () => {
    const { tickets } = ground.store
    await tickets.insert({ kind: 'reset', hash: 'h', user: 1, data: { a: 1 }, createdAt: 1, expiresAt: 10 })
    assert.equal(await tickets.take('invitation', 'h', 2), null)
    assert.equal(await tickets.take('reset', 'h', 10), null)
    assert.deepEqual((await tickets.look('reset', 'h', 9))?.data, { a: 1 })
    const taken = await Promise.all([1, 2, 3, 4].map(() => tickets.take('reset', 'h', 2)))
    assert.equal(taken.filter((one) => one !== null).length, 1)
  })

  test('tickets are counted, cleared by user and forgotten when they are over', async () => {
    const { tickets } = ground.store
    for (const [at, user] of [1, 1, 2].entries())
      await tickets.insert({ kind: 'reset', hash: `${at}`, user, data: null, createdAt: 1, expiresAt: 10 + at })
    assert.equal(await tickets.count('reset', 11), 1)
    assert.equal(await tickets.clear('reset', 1), 2)
    assert.equal(await tickets.forget(12), 1)
  })
})

onEachStore('the record of changes', (ground) => {
  const list = async (query = {}) => (await ground.store.audit.list({ limit: 100, ...query })).items

  test('a change is recorded with it or not at all, by whoever acts', async () => {
    const { store } = ground
    const actor = { kind: 'user', id: 7, name: 'ann', address: '::1' } as const
    await store.as(actor, () => store.objects.put(aMonitor('kept'), 1))
    const undone = store.transaction(async (tx) => {
      await tx.objects.put(aMonitor('undone'), 2)
      throw new Error('undone')
    })
    await assert.rejects(undone, /undone/)
    const found = await list()
    assert.deepEqual(
      found.map((one) => [one.subject, one.action, one.actor]),
      [['kept', 'created', actor]],
    )
  })

  test('work of two people at once is not mixed up', async () => {
    const { store } = ground
    const by = (name: string) => ({ kind: 'user', id: 1, name, address: null }) as const
    await Promise.all(
      ['ann', 'bob', 'cleo'].map((name) => store.as(by(name), () => store.objects.put(aMonitor(`of-${name}`), 1))),
    )
    for (const { actor, subject } of await list()) assert.equal(subject, `of-${actor.name}`)
  })

  test('a thousand changes of one transaction are all recorded, however odd the texts', async () => {
    const odd = 'a\u0000b\uD800"\\\u2028 %s $1'
    await ground.store.transaction(async (tx) => {
      for (let at = 0; at < 1_000; at += 1)
        await tx.audit.record({
          at,
          action: 'changed',
          type: 'x',
          subject: `${at}`,
          changes: [{ path: odd, after: odd }],
        })
    })
    const { items, next } = await ground.store.audit.list({ limit: 500 })
    assert.equal(items.length, 500)
    assert.equal((await ground.store.audit.list({ limit: 500, cursor: next ?? '' })).items.at(-1)?.subject, '0')
    assert.match(String(items[0]?.changes[0]?.after), /^a.b."\\\u2028 %s \$1$/u)
  })

  test('what fills too much is cut, and what is older than it is kept is forgotten', async () => {
    const changes = Array.from({ length: 300 }, (_, at) => ({ path: `p${at}`, after: 'x'.repeat(900) }))
    await ground.store.audit.record({ at: 1, action: 'changed', type: 'x', subject: 'big', changes })
    const [big] = await list()
    assert.ok(JSON.stringify(big).length < 60_000)
    assert.match(String(big?.changes.at(-1)?.after), /^\d+ more$/)
    assert.equal(await ground.store.audit.forget(1), 0)
    assert.equal(await ground.store.audit.forget(2), 1)
  })
})
