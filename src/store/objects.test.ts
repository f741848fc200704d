// What is promised of stored objects, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { aMonitor, onEachStore } from '#test/stores.ts'
import { BadCursor, Conflict, type ObjectQuery } from './store.ts'

onEachStore('objects', (ground) => {
  const keysOf = async (query: Omit<ObjectQuery, 'type' | 'limit'>) => {
    const { items } = await ground.store.objects.list({ type: 'monitor', limit: 100, ...query })
    return items.map(({ key }) => key)
  }
  const put = async (...keys: string[]) => {
    for (const key of keys) await ground.store.objects.put(aMonitor(key), 1)
  }

  test('what was put can be got with all its fields', async () => {
    const object = aMonitor('web', { name: 'Web shop', labels: { customer: 'acme' }, spec: { http: { url: 'x' } } })
    const { object: stored, change } = await ground.store.objects.put(object, 1_700_000_000_000)
    assert.equal(change, 'created')
    assert.deepEqual(stored, {
      ...object,
      id: 1,
      createdAt: 1_700_000_000_000,
      updatedAt: 1_700_000_000_000,
      deletedAt: null,
      revision: 1,
      applied: null,
    })
    assert.deepEqual(await ground.store.objects.get('monitor', 'web'), stored)
  })

  test('a renamed object keeps its id and its secrets, and frees the key of a deleted one', async () => {
    const { objects } = ground.store
    await objects.put(aMonitor('old', { spec: { http: { url: 'x', password: 'hidden' } } }), 1)
    await objects.put(aMonitor('gone', { spec: { tcp: {} } }), 1)
    await objects.remove('monitor', 'gone', 2)
    const renamed = await objects.rename('monitor', 'old', 'gone', 3)
    assert.deepEqual([renamed.id, renamed.key, renamed.revision, renamed.updatedAt], [1, 'gone', 2, 3])
    assert.deepEqual((await objects.get('monitor', 'gone'))?.spec, { http: { url: 'x', password: 'hidden' } })
    assert.equal(await objects.get('monitor', 'old'), null)
    assert.deepEqual((await objects.past('monitor', 'old'))?.spec, { tcp: {} })
    assert.deepEqual(await keysOf({ search: 'gone' }), ['gone'])
  })

  test('an object is not renamed over a living one, nor one that is not there', async () => {
    await put('one', 'two')
    await assert.rejects(ground.store.objects.rename('monitor', 'one', 'two', 2), Conflict)
    await assert.rejects(ground.store.objects.rename('monitor', 'three', 'four', 2), Conflict)
    assert.deepEqual(await keysOf({}), ['one', 'two'])
  })

  test('those named are found, whatever their number, and what was applied is remembered', async () => {
    await put('a', 'b "c"', 'd')
    const { objects } = ground.store
    const found = await objects.named('monitor', ['d', 'b "c"', 'none'])
    assert.deepEqual(found.map(({ key }) => key).sort(), ['b "c"', 'd'])
    assert.deepEqual(await objects.named('monitor', []), [])
    await objects.markApplied([1])
    await objects.put(aMonitor('a', { name: 'changed' }), 2)
    const applied = (await objects.all('monitor')).map((one) => [one.revision, one.applied])
    assert.deepEqual(applied, [
      [2, 1],
      [1, null],
      [1, null],
    ])
  })

  test('an object is got by its type too', async () => {
    await put('web')
    assert.equal(await ground.store.objects.get('channel', 'web'), null)
  })

  test('an unchanged object is left alone, whatever the order of its names', async () => {
    await ground.store.objects.put(aMonitor('web', { spec: { a: 1, b: [{ c: 2, d: 3 }] } }), 1)
    const again = await ground.store.objects.put(aMonitor('web', { spec: { b: [{ d: 3, c: 2 }], a: 1 } }), 2)
    assert.equal(again.change, 'none')
    assert.equal(again.object.updatedAt, 1)
    assert.equal(again.object.revision, 1)
  })

  test('a changed object keeps its id and gets the next revision', async () => {
    await put('web')
    const { object, change } = await ground.store.objects.put(aMonitor('web', { name: 'Shop' }), 2)
    assert.equal(change, 'changed')
    assert.deepEqual(
      [object.id, object.name, object.revision, object.createdAt, object.updatedAt],
      [1, 'Shop', 2, 1, 2],
    )
  })

  test('a change of the owner alone is a change', async () => {
    await put('web')
    const { change } = await ground.store.objects.put(aMonitor('web', { owner: 'file:a.yaml' }), 2)
    assert.equal(change, 'changed')
  })

  test('a put with a revision that is not the stored one is a conflict and changes nothing', async () => {
    await put('web')
    await assert.rejects(ground.store.objects.put(aMonitor('web', { name: 'Mine' }), 2, 7), Conflict)
    await assert.rejects(ground.store.objects.put(aMonitor('other'), 2, 1), Conflict)
    assert.equal((await ground.store.objects.get('monitor', 'web'))?.name, 'web')
  })

  test('a put with the stored revision succeeds', async () => {
    await put('web')
    const { object } = await ground.store.objects.put(aMonitor('web', { name: 'Mine' }), 2, 1)
    assert.equal(object.revision, 2)
  })

  test('a removed object is gone for get, list, all and count', async () => {
    await put('web')
    assert.equal(await ground.store.objects.remove('monitor', 'web', 5), true)
    assert.equal(await ground.store.objects.get('monitor', 'web'), null)
    assert.deepEqual(await keysOf({}), [])
    assert.deepEqual(await ground.store.objects.all('monitor'), [])
    assert.equal(await ground.store.objects.countBy('api', 'monitor'), 0)
  })

  test('removing what is not there says so', async () => {
    assert.equal(await ground.store.objects.remove('monitor', 'web', 5), false)
    await put('web')
    await ground.store.objects.remove('monitor', 'web', 5)
    assert.equal(await ground.store.objects.remove('monitor', 'web', 6), false)
  })

  test('putting a removed object revives it with the same id', async () => {
    await put('web')
    await ground.store.objects.remove('monitor', 'web', 5)
    const { object, change } = await ground.store.objects.put(aMonitor('web'), 6)
    assert.equal(change, 'created')
    assert.deepEqual([object.id, object.deletedAt], [1, null])
  })

  test('byIds gives removed objects too, for the events that still name them', async () => {
    await put('a', 'b', 'c')
    await ground.store.objects.remove('monitor', 'c', 5)
    const found = await ground.store.objects.byIds([3, 1, 99])
    assert.deepEqual(
      found.map(({ key, deletedAt }) => [key, deletedAt]),
      [
        ['a', null],
        ['c', 5],
      ],
    )
  })

  test('all gives objects of one type by key, byte by byte', async () => {
    await put('b', 'B', 'ä', 'a-1', 'a')
    await ground.store.objects.put(aMonitor('hook', { type: 'channel' }), 1)
    const keys = (await ground.store.objects.all('monitor')).map(({ key }) => key)
    assert.deepEqual(keys, ['B', 'a', 'a-1', 'b', 'ä'])
  })

  test('countBy counts the living objects of an owner', async () => {
    await put('a', 'b')
    await ground.store.objects.put(aMonitor('c', { owner: 'beat' }), 1)
    assert.equal(await ground.store.objects.countBy('beat', 'monitor'), 1)
    assert.equal(await ground.store.objects.countBy('api', 'monitor'), 2)
  })

  test('a list goes on from its cursor until it has given everything once', async () => {
    await put('a', 'b', 'c', 'd', 'e')
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const { items, next } = await ground.store.objects.list({ type: 'monitor', limit: 2, cursor })
      seen.push(...items.map(({ key }) => key))
      cursor = next ?? undefined
    } while (cursor !== undefined)
    assert.deepEqual(seen, ['a', 'b', 'c', 'd', 'e'])
  })

  test('a list that ends exactly at its limit has no next page', async () => {
    await put('a', 'b')
    assert.equal((await ground.store.objects.list({ type: 'monitor', limit: 2 })).next, null)
  })

  for (const cursor of ['x', '', 'WzEsMl0', '9'.repeat(5_000), Buffer.from('["events",1,2]').toString('base64url')]) {
    test(`the cursor ${cursor.slice(0, 20)} is refused`, async () => {
      await assert.rejects(ground.store.objects.list({ type: 'monitor', limit: 2, cursor }), BadCursor)
    })
  }

  test('a search finds parts of key and name in any case', async () => {
    await ground.store.objects.put(aMonitor('web-1', { name: 'Web Shop ÄRGER' }), 1)
    await put('other')
    for (const search of ['WEB', 'shop', 'eb-1', 'ärger', 'Ärger'])
      assert.deepEqual(await keysOf({ search }), ['web-1'])
    assert.deepEqual(await keysOf({ search: 'nothing' }), [])
  })

  test('a search takes wildcards and quotes literally', async () => {
    await put('a_b', 'axb', 'a%b', String.raw`a\b`, "a'b")
    assert.deepEqual(await keysOf({ search: 'a_b' }), ['a_b'])
    assert.deepEqual(await keysOf({ search: '%' }), ['a%b'])
    assert.deepEqual(await keysOf({ search: '\\' }), [String.raw`a\b`])
    assert.deepEqual(await keysOf({ search: "'" }), ["a'b"])
  })

  test('a list is filtered by kind and owner', async () => {
    await put('a')
    await ground.store.objects.put(aMonitor('b', { kind: 'tcp', owner: 'file:x' }), 1)
    assert.deepEqual(await keysOf({ kind: 'tcp' }), ['b'])
    assert.deepEqual(await keysOf({ owner: 'api' }), ['a'])
  })

  test('what was changed since a moment is named, deleted ones too, and nothing of another type', async () => {
    const { objects } = ground.store
    await objects.put(aMonitor('old'), 10)
    await objects.put(aMonitor('new'), 20)
    await objects.put(aMonitor('gone'), 20)
    await objects.put(aMonitor('hook', { type: 'channel' }), 20)
    await objects.remove('monitor', 'gone', 30)
    const changed = await objects.changedSince('monitor', 20)
    assert.deepEqual(
      changed.sort((one, other) => one.id - other.id),
      [
        { id: 2, revision: 1, at: 20, deleted: false },
        { id: 3, revision: 2, at: 30, deleted: true },
      ],
    )
  })

  test('text that one of the databases could not hold is stored with a mark in its place', async () => {
    const odd = 'a\0b\ud800c\\u0000'
    const { object } = await ground.store.objects.put(aMonitor('odd', { name: odd, spec: { odd }, labels: { odd } }), 1)
    const held = 'a\ufffdb\ufffdc\\u0000'
    assert.deepEqual(object.spec, { odd: held })
    const read = await ground.store.objects.get('monitor', 'odd')
    assert.deepEqual([read?.name, read?.spec, read?.labels], [held, { odd: held }, { odd: held }])
    const again = await ground.store.objects.put(aMonitor('odd', { name: held, spec: { odd }, labels: { odd } }), 1)
    assert.equal(again.change, 'none')
  })

  // SQLite has one process; PostgreSQL many.
  if (ground.dialect === 'postgres') {
    test('two that put the same new key at once make one object', async () => {
      const other = await ground.open()
      const puts = await Promise.allSettled([
        ground.store.objects.put(aMonitor('web', { name: 'one' }), 1),
        other.objects.put(aMonitor('web', { name: 'two' }), 1),
      ])
      for (const put of puts) assert.ok(put.status === 'fulfilled' || put.reason instanceof Conflict)
      assert.deepEqual(await keysOf({}), ['web'])
    })
  }
})
