// What is promised of tokens, beat logs, meta and leases, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachStore } from '#test/stores.ts'
import { Conflict } from './store.ts'

onEachStore('tokens', (ground) => {
  const token = { name: 'ci', hash: 'ab12', scopes: ['read', 'report'], at: 10, expiresAt: 100 }

  test('a token is found by its hash until it expires', async () => {
    const stored = await ground.store.tokens.insert(token)
    const { name, scopes } = token
    const limits = { labels: null, components: null, stringNumbers: false }
    const rest = { ...limits, lastUsedAt: null, madeBy: 'Allswell', maker: null }
    assert.deepEqual(stored, { id: 1, name, scopes, createdAt: 10, expiresAt: 100, ...rest })
    assert.deepEqual(await ground.store.tokens.byHash('ab12', 99), stored)
    assert.equal(await ground.store.tokens.byHash('ab12', 100), null)
    assert.equal(await ground.store.tokens.byHash('other', 99), null)
  })

  test('a token without end or scopes is kept so', async () => {
    await ground.store.tokens.insert({ ...token, scopes: [], expiresAt: null })
    const found = await ground.store.tokens.byHash('ab12', Number.MAX_SAFE_INTEGER)
    assert.deepEqual([found?.scopes, found?.expiresAt], [[], null])
  })

  test('a revoked token is found no more, and revoked once', async () => {
    await ground.store.tokens.insert(token)
    assert.equal(await ground.store.tokens.revoke(1, 20), true)
    assert.equal(await ground.store.tokens.revoke(1, 21), false)
    assert.equal(await ground.store.tokens.revoke(2, 21), false)
    assert.equal(await ground.store.tokens.byHash('ab12', 30), null)
    assert.deepEqual(await ground.store.tokens.list(30), [])
  })

  test('the last use is kept', async () => {
    await ground.store.tokens.insert(token)
    await ground.store.tokens.used(1, 55)
    assert.equal((await ground.store.tokens.list(60))[0]?.lastUsedAt, 55)
  })

  test('the same secret twice is a conflict', async () => {
    await ground.store.tokens.insert(token)
    await assert.rejects(ground.store.tokens.insert(token), Conflict)
  })
})

onEachStore('beat logs', (ground) => {
  const bodies = async (monitor: number, limit = 10) =>
    (await ground.store.beatLogs.list(monitor, limit)).map(({ body }) => [...body])

  test('the newest few of each monitor are kept, newest first, bytes as they came', async () => {
    for (const byte of [0, 1, 2, 255])
      await ground.store.beatLogs.insert({
        monitor: 1,
        at: byte,
        signal: 'beat',
        body: Uint8Array.of(byte, 0),
        keep: 2,
      })
    await ground.store.beatLogs.insert({ monitor: 2, at: 9, signal: 'fail', body: Uint8Array.of(), keep: 2 })
    assert.deepEqual(await bodies(1), [
      [255, 0],
      [2, 0],
    ])
    assert.deepEqual(await bodies(1, 1), [[255, 0]])
    const [log] = await ground.store.beatLogs.list(2, 1)
    assert.deepEqual([log?.at, log?.signal, log?.body.length, log?.size], [9, 'fail', 0, 0])
    const cut = { monitor: 3, at: 1, signal: 'beat', body: Uint8Array.of(7), size: 9, keep: 2 } as const
    await ground.store.beatLogs.insert(cut)
    assert.equal((await ground.store.beatLogs.list(3, 1))[0]?.size, 9)
  })

  test('failures are kept apart, with their run and exit status: good runs push none of them out', async () => {
    const insert = (at: number, signal: 'beat' | 'fail') => {
      const body = Uint8Array.of(at)
      return ground.store.beatLogs.insert({ monitor: 1, at, signal, body, run: `r${at}`, exit: at, keep: 2 })
    }
    for (const at of [1, 2, 3]) await insert(at, 'fail')
    for (const at of [4, 5, 6, 7]) await insert(at, 'beat')
    const logs = await ground.store.beatLogs.list(1, 10)
    assert.deepEqual(
      logs.map(({ run, exit }) => [run, exit]),
      [7, 6, 3, 2].map((at) => [`r${at}`, at]),
    )
  })
})

onEachStore('meta', (ground) => {
  test('a fact is null before it is set, and the last value afterwards', async () => {
    assert.equal(await ground.store.meta.get('id'), null)
    await ground.store.meta.set('id', 'a')
    await ground.store.meta.set('id', 'b')
    assert.equal(await ground.store.meta.get('id'), 'b')
  })
})

onEachStore('leases', (ground) => {
  test('a lease is taken, renewed by its holder and refused to others', async () => {
    assert.equal(await ground.store.leases.take('roll-up', 'one', 0, 100), true)
    assert.equal(await ground.store.leases.take('roll-up', 'two', 99, 200), false)
    assert.equal(await ground.store.leases.take('roll-up', 'one', 99, 200), true)
    assert.equal(await ground.store.leases.take('roll-up', 'two', 150, 300), false)
  })

  test('a lease that ran out goes to the next', async () => {
    await ground.store.leases.take('roll-up', 'one', 0, 100)
    assert.equal(await ground.store.leases.take('roll-up', 'two', 100, 200), true)
    assert.equal(await ground.store.leases.take('roll-up', 'one', 101, 200), false)
  })

  test('those that hold are found by how their names begin, and those that ended long ago are forgotten', async () => {
    const { leases } = ground.store
    await leases.take('watch a', 'a', 0, 100)
    await leases.take('watch b', 'b', 0, 200)
    await leases.take('keeper', 'a', 0, 300)
    assert.deepEqual(await leases.held('watch ', 100), [{ holder: 'b', until: 200 }])
    assert.equal(await leases.forget(200), 1)
    assert.deepEqual(
      (await leases.held('watch ', 0)).map(({ holder }) => holder),
      ['b'],
    )
  })

  test('a released lease is free, and only its holder releases it', async () => {
    await ground.store.leases.take('roll-up', 'one', 0, 100)
    await ground.store.leases.release('roll-up', 'two')
    assert.equal(await ground.store.leases.take('roll-up', 'two', 1, 100), false)
    await ground.store.leases.release('roll-up', 'one')
    assert.equal(await ground.store.leases.take('roll-up', 'two', 1, 100), true)
  })

  test('of many that take a lease at once one gets it', async () => {
    const holders = Array.from({ length: 8 }, (_, index) => `node-${index}`)
    const taken = await Promise.all(holders.map((holder) => ground.store.leases.take('roll-up', holder, 0, 100)))
    assert.equal(taken.filter(Boolean).length, 1)
  })
})
