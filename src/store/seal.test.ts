// What is promised of sealed secrets in the store, on both databases: nothing in clear, one key, and rotation.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { KeyRing, newKey } from '#platform/seal.ts'
import { aMonitor, type Ground, onEachStore, onServer } from '#test/stores.ts'
import { DatabaseSync } from 'node:sqlite'
import type { Sealing } from './sealer.ts'

const [one, two] = [newKey(), newKey()]
/** As a program has it that is given these keys. */
const sealing = (keys = [one], first = keys[0]): Sealing => ({
  choose(known) {
    const current = keys.find(({ id }) => id === known) ?? (known === null ? first : undefined)
    if (current === undefined) throw new Error(`the key ${known} is not here`)
    return { id: current.id, sealer: new KeyRing(keys, current) }
  },
})
const rotating = (keys: (typeof one)[]): Sealing => ({
  choose: () => ({ id: keys[0]?.id ?? '', sealer: new KeyRing(keys, keys[0] ?? one) }),
})

const secret = 'a-secret-that-nobody-may-read'
const spec = { webhook: { url: `https://hook.test/${secret}` } }
const channel = { ...aMonitor('hook'), type: 'channel' as const, spec }

/** Everything in the tables as text. */
async function dump({ dialect, url }: Ground): Promise<string> {
  const tables = ['objects', 'users', 'tickets', 'audit', 'meta']
  if (dialect === 'postgres') {
    const rows = await Promise.all(tables.map((table) => onServer(url, `select * from ${table}`)))
    return JSON.stringify(rows)
  }
  const database = new DatabaseSync(url.slice('sqlite:'.length), { readOnly: true })
  const rows = tables.map((table) => database.prepare(`select * from ${table}`).all())
  database.close()
  return JSON.stringify(rows)
}

onEachStore('sealed secrets', (ground) => {
  test('specs of monitors and channels, authenticator apps and tickets lie sealed, and are read in clear', async () => {
    const store = await ground.open({ sealing: sealing() })
    await store.objects.put(channel, 1)
    await store.objects.put(aMonitor('web', { spec: { http: { url: 'https://x.test', token: secret } } }), 1)
    const ann = { email: 'a@x.test', name: 'A', role: 'owner', labels: null, external: null, password: null } as const
    const user = await store.users.insert(ann, 1)
    await store.users.update(user.id, { totp: secret }, 1)
    await store.tickets.insert({ kind: 'totp', hash: 'h', user: 1, data: { secret }, createdAt: 1, expiresAt: 9 })
    assert.deepEqual((await store.objects.get('channel', 'hook'))?.spec, spec)
    assert.equal((await store.users.proofs(user.id)).totp, secret)
    assert.deepEqual((await store.tickets.look('totp', 'h', 2))?.data, { secret })
    assert.ok(!(await dump(ground)).includes(secret))
  })

  test('what lies in clear, deleted objects too, is sealed when the store is opened with a key', async () => {
    await ground.store.objects.put(channel, 1)
    await ground.store.objects.put({ ...channel, key: 'gone' }, 1)
    await ground.store.objects.remove('channel', 'gone', 2)
    assert.ok((await dump(ground)).includes(secret))
    const store = await ground.open({ sealing: sealing() })
    assert.ok(!(await dump(ground)).includes(secret))
    assert.deepEqual((await store.objects.get('channel', 'hook'))?.spec, spec)
    assert.equal((await store.objects.get('channel', 'hook'))?.revision, 1)
  })

  test('an unchanged object stays unchanged, though each sealing looks different', async () => {
    const store = await ground.open({ sealing: sealing() })
    await store.objects.put(channel, 1)
    assert.equal((await store.objects.put(channel, 2)).change, 'none')
  })

  test('a server with another key is refused before it writes anything', async () => {
    const store = await ground.open({ sealing: sealing() })
    await store.objects.put(channel, 1)
    await assert.rejects(ground.open({ sealing: sealing([two]) }), new RegExp(`the key ${one.id} is not here`))
    assert.deepEqual((await store.objects.get('channel', 'hook'))?.spec, spec)
  })

  test('without a key what is sealed cannot be read', async () => {
    await (await ground.open({ sealing: sealing() })).objects.put(channel, 1)
    await assert.rejects(ground.store.objects.get('channel', 'hook'))
  })

  test('a rotation seals everything anew, and the old key is needed no more', async () => {
    const before = await ground.open({ sealing: sealing() })
    for (let at = 0; at < 1_100; at += 1) await before.objects.put({ ...channel, key: `hook${at}` }, 1)
    await ground.open({ sealing: rotating([two, one]) })
    const after = await ground.open({ sealing: sealing([two]) })
    assert.deepEqual((await after.objects.get('channel', 'hook1099'))?.spec, spec)
    assert.ok(!(await dump(ground)).includes(`sealed:1:${one.id}`))
  })

  test('a server that knows a newer key seals with the one of the database until it is rotated', async () => {
    await (await ground.open({ sealing: sealing() })).objects.put(channel, 1)
    const store = await ground.open({ sealing: sealing([two, one]) })
    await store.objects.put({ ...channel, key: 'next' }, 1)
    assert.ok(!(await dump(ground)).includes(`sealed:1:${two.id}`))
  })
})

onEachStore(
  'sealed secrets in a file',
  (ground) => {
    test('nothing of what lay in clear is left in the file', async () => {
      await ground.store.objects.put(channel, 1)
      await ground.store.close()
      const store = await ground.open({ sealing: sealing() })
      await store.close()
      const path = ground.url.slice('sqlite:'.length)
      assert.ok(!readFileSync(path).includes(secret))
    })
  },
  ['sqlite'],
)
