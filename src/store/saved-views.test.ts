// What is promised of saved views, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { onEachStore } from '#test/stores.ts'
import { limited } from './limited.ts'
import { Conflict } from './store.ts'

onEachStore('saved views', (ground) => {
  const user = {
    email: 'a@corp.test',
    name: 'A',
    role: 'editor',
    labels: null,
    external: null,
    password: null,
  } as const

  test('people see their own and everybody’s, by name, and nobody else’s', async () => {
    const { savedViews } = ground.store
    await savedViews.insert({ user: 1, name: 'Mine', query: 'status=down' }, 5)
    await savedViews.insert({ user: 2, name: 'Yours', query: '' }, 5)
    await savedViews.insert({ user: null, name: 'All', query: 'kind=http' }, 5)
    const names = async (of: number | null) => (await savedViews.list(of)).map(({ name }) => name)
    assert.deepEqual([await names(1), await names(2), await names(null)], [['All', 'Mine'], ['All', 'Yours'], ['All']])
  })

  test('a name stands for one view of a person, and one of everybody’s', async () => {
    const { savedViews } = ground.store
    const first = await savedViews.insert({ user: 1, name: 'Down', query: 'status=down' }, 5)
    await assert.rejects(savedViews.insert({ user: 1, name: 'Down', query: '' }, 6), Conflict)
    const shared = await savedViews.insert({ user: null, name: 'Down', query: '' }, 6)
    await assert.rejects(savedViews.update(shared.id, { user: 1 }, 7), Conflict)
    const changed = await savedViews.update(first.id, { query: 'status=up', name: 'Up' }, 8)
    assert.deepEqual(changed, { ...first, name: 'Up', query: 'status=up', updatedAt: 8 })
    assert.equal((await savedViews.update(shared.id, { user: 1 }, 9))?.user, 1)
  })

  test('every change is recorded, and a view that is gone is gone once', async () => {
    const { savedViews, audit } = ground.store
    const { id } = await savedViews.insert({ user: null, name: 'Down', query: 'status=down' }, 5)
    await savedViews.update(id, { name: 'Broken' }, 6)
    assert.equal(await savedViews.remove(id, 7), true)
    assert.equal(await savedViews.remove(id, 8), false)
    assert.equal(await savedViews.update(id, { name: 'x' }, 9), null)
    const { items } = await audit.list({ limit: 10 })
    assert.deepEqual(
      items.map(({ action, subject }) => [action, subject]),
      [
        ['deleted', 'Broken'],
        ['changed', 'Broken'],
        ['created', 'Down'],
      ],
    )
  })

  test('of everybody’s views a limit shows those that were shared within the same', async () => {
    const shop = limited(ground.store, { team: ['shop', 'web'] })
    const same = limited(ground.store, { team: ['web', 'shop'] })
    const pay = limited(ground.store, { team: ['pay'] })
    const all = await ground.store.savedViews.insert({ user: null, name: 'Acme is down', query: '' }, 5)
    const { id } = await shop.savedViews.insert({ user: null, name: 'Shop', query: '' }, 5)
    const names = async (store: typeof shop) => (await store.savedViews.list(null)).map(({ name }) => name)
    assert.deepEqual(
      [await names(same), await names(pay), await names(ground.store)],
      [['Shop'], [], ['Acme is down', 'Shop']],
    )
    assert.equal(await pay.savedViews.remove(id, 6), false)
    assert.equal(await shop.savedViews.update(all.id, { name: 'Mine' }, 6), null)
    assert.equal((await same.savedViews.update(id, { name: 'Shops' }, 6))?.name, 'Shops')
    assert.deepEqual(await names(shop), ['Shops'])
  })

  test('they go with the person to whom they belong', async () => {
    const { id } = await ground.store.users.insert(user, 1)
    await ground.store.savedViews.insert({ user: id, name: 'Mine', query: '' }, 5)
    await ground.store.savedViews.insert({ user: null, name: 'All', query: '' }, 5)
    await ground.store.users.remove(id, 6)
    assert.deepEqual(
      (await ground.store.savedViews.list(id)).map(({ name }) => name),
      ['All'],
    )
  })
})
