// One view for each match: made with the first monitor that belongs to it, followed, and gone with what made it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { openEngine, provision } from '#test/engine-house.ts'
import { onEachStore } from '#test/stores.ts'
import { until } from '#test/until.ts'

onEachStore('views for each match', (ground) => {
  const at = () => systemClock.now()
  const put = (key: string, spec: object) =>
    provision(ground.store, 'monitor', key, Object.keys(spec)[0] ?? '', spec, at())
  const house = async (spec: object) => {
    await put('backups', { view: spec })
    const opened = await openEngine(ground.store, systemClock)
    await opened.engine.start()
    opened.engine.scheduler.close()
    const { engine } = opened
    const views = () => [...engine.catalog.members.derived.keys()].map((id) => engine.catalog.monitors.get(id)?.key)
    const beat = async (key: string) => {
      const made = await engine.beats.create(key)
      assert.ok(typeof made === 'object')
      const observation = { monitor: made.id, at: at(), location: 'local', outcome: 'up', signal: 'beat' } as const
      await engine.beats.commit({ ...observation, latency: null, reason: null, sentence: null })
      return made.id
    }
    const states = await engine.states()
    const status = (key: string) => states.get(engine.catalog.byKey.get(key)?.id ?? 0)?.status
    return { ...opened, views, beat, status }
  }
  const spec = { match: '^backup\\.([a-z ]+)\\.', each: 'backup-$1' }

  test('come with the first beat that belongs to them, and follow their own members', async () => {
    const { engine, views, beat, status } = await house(spec)
    await beat('backup.db.one')
    await beat('backup.web.one')
    await beat('mail')
    await until('both are there', () => views().length === 3)
    assert.deepEqual(new Set(views()), new Set(['backup-db', 'backup-web', 'backups']))
    await until('it is well', () => status('backup-db') === 'up')
    const id = await beat('backup.db.two')
    await engine.input(id, {
      type: 'observation',
      observation: {
        monitor: id,
        at: at() + 1,
        location: 'local',
        outcome: 'down',
        signal: 'fail',
        latency: null,
        reason: 'failed',
        sentence: null,
      },
    })
    assert.deepEqual(['backup-db', 'backup-web', 'backups'].map(status), ['down', 'up', 'down'])
    await engine.close()
  })

  test('go when the one that made them goes or asks for others, and stay when somebody else has the key', async () => {
    await put('backup-web', { played: { key: 'mine' } })
    const { engine, views, beat } = await house(spec)
    await beat('backup.db.one')
    await beat('backup.web.one')
    await until('one is there', () => views().includes('backup-db'))
    assert.equal(engine.catalog.byKey.get('backup-web')?.kind, 'played')
    const stored = await ground.store.objects.get('monitor', 'backups')
    assert.ok(stored)
    const other = { view: { ...spec, each: 'saved-$1' } }
    await ground.store.objects.put({ ...stored, spec: other }, at(), stored.revision)
    await engine.catalogChanged()
    await until('others are there', () => views().includes('saved-web') && !views().includes('backup-db'))
    assert.deepEqual(new Set(views()), new Set(['backups', 'saved-db', 'saved-web']))
    await ground.store.objects.remove('monitor', 'backups', at())
    await engine.catalogChanged()
    await until('all are gone', () => views().length === 0)
    await engine.close()
  })

  test('keep what people changed beside their settings, and are made anew where they were deleted', async () => {
    const { engine, views, beat } = await house(spec)
    await beat('backup.db.one')
    await until('it is there', () => views().includes('backup-db'))
    const made = await ground.store.objects.get('monitor', 'backup-db')
    assert.ok(made)
    const mine = { ...(made.spec as object), name: 'Mine', view: { match: 'other' } }
    await ground.store.objects.put({ ...made, spec: mine }, at(), made.revision)
    await engine.catalogChanged()
    const now = () => engine.catalog.byKey.get('backup-db')
    await until('its settings are back', () => JSON.stringify(now()?.config).includes('"only":"backup-db"'))
    assert.equal(now()?.name, 'Mine')
    await ground.store.objects.remove('monitor', 'backup-db', at())
    await engine.catalogChanged()
    await until('it is there again', () => views().includes('backup-db'))
    await engine.close()
  })
})
