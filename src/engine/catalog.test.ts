// Tests of taking single monitors in: what is alike is there once, and what is a monitor's own stays its own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { channelKinds } from '#channels/index.ts'
import { kinds } from '#checks/index.ts'
import { openManifest } from '#manifest/read.ts'
import type { StoredObject } from '#store/store.ts'
import { Catalog } from './catalog.ts'

const stored = (id: number, spec: object, more: Partial<StoredObject> = {}): StoredObject => ({
  id,
  type: 'monitor',
  key: `app-${id}`,
  name: `app-${id}`,
  kind: 'heartbeat',
  labels: {},
  spec,
  owner: 'beats',
  createdAt: id,
  updatedAt: id,
  deletedAt: null,
  revision: 1,
  applied: null,
  ...more,
})
const every = (duration: string) => ({ heartbeat: { every: duration, grace: '10s' } })

test('monitors taken in one by one share their settings where these are the same', () => {
  const catalog = new Catalog(openManifest({ kinds, channelKinds }))
  const one = catalog.take(stored(1, every('1m')))
  const other = catalog.take(stored(2, { name: 'The other', ...every('1m') }, { revision: 3 }))
  assert.ok(one && other)
  assert.equal(other.policy, one.policy)
  const { id, key, name, createdAt, revision } = other
  assert.deepEqual(
    { id, key, name, createdAt, revision },
    { id: 2, key: 'app-2', name: 'The other', createdAt: 2, revision: 3 },
  )
  assert.equal(catalog.byKey.get('app-2'), other)
  assert.equal(one.name, 'app-1')
})

test('a monitor taken in with other settings, or of another owner, has them for itself', () => {
  const catalog = new Catalog(openManifest({ kinds, channelKinds }))
  const one = catalog.take(stored(1, every('1m')))
  const slower = catalog.take(stored(1, every('5m'), { revision: 2 }))
  const owned = catalog.take(stored(2, every('1m'), { owner: 'people' }))
  assert.ok(one && slower && owned)
  assert.notDeepEqual(slower.config, one.config)
  assert.notEqual(slower.follows, one.follows)
  assert.equal(owned.owner, 'people')
  assert.equal(catalog.monitors.get(1), slower)
})

test('one that cannot be read is not taken, though one like it was', () => {
  const catalog = new Catalog(openManifest({ kinds, channelKinds }))
  assert.ok(catalog.take(stored(1, every('1m'))))
  assert.equal(catalog.take(stored(2, { heartbeat: { every: 'soon' } })), null)
  assert.equal(catalog.monitors.size, 1)
})
