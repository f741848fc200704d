// Tests of commands on objects, monitors, deliveries and files, on SQLite and on a real PostgreSQL.
// Promises that a refused command leaves everything as it was.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { freshDatabase, type TestDatabase } from '#test/postgres.ts'
import type { ObjectType } from '#store/store.ts'
import { type FileObject, leftBehind, storeFile } from './apply-file.ts'
import { resendDelivery } from './deliveries.ts'
import { pauseMonitor, runMonitor } from './monitors.ts'
import { createObject, deleteObject, patchObject, replaceObject } from './objects.ts'
import { Refused, type Trouble } from './refused.ts'
import { type CommandRig, openRig } from './testing.ts'

const web = { http: { url: 'https://web.example.test' }, interval: '10s' }
const hook = { webhook: { url: 'https://hook.example.test', secret: 'shared' } }
const at = (type: ObjectType, key: string) => ({ type, key })

/** The trouble that a command is refused for. */
async function refusal(work: Promise<unknown>): Promise<Trouble> {
  const error = await work.then(
    () => assert.fail('it was done'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Refused, String(error))
  return error.trouble
}

const fileObject = (type: ObjectType, key: string, spec: object): FileObject => ({
  type,
  key,
  name: key,
  labels: {},
  spec,
  kind: type === 'monitor' ? 'http' : type === 'channel' ? 'webhook' : '',
})

for (const dialect of ['SQLite', 'PostgreSQL'] as const) {
  describe(`commands on ${dialect}`, () => {
    let rig: CommandRig
    let database: TestDatabase | null = null

    before(async () => {
      database = dialect === 'PostgreSQL' ? await freshDatabase() : null
      rig = await openRig(database ? { url: database.url } : {})
    })
    after(async () => {
      await rig.close()
      await database?.drop()
    })

    test('a created object is stored with its name, kind and owner, and the engine hears of it', async () => {
      const reloads = rig.engine.reloads
      const made = await createObject(rig, at('monitor', 'made'), { ...web, name: 'Made', labels: { a: 'b' } })
      assert.deepEqual([made.name, made.kind, made.owner, made.labels], ['Made', 'http', 'api', { a: 'b' }])
      assert.equal(rig.engine.reloads, reloads + 1)
    })

    test('a taken key is refused, and of many who create one at once a single one succeeds', async () => {
      const tries = Array.from({ length: 5 }, () => createObject(rig, at('monitor', 'raced'), web))
      const results = await Promise.allSettled(tries)
      assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1)
      assert.equal((await refusal(createObject(rig, at('monitor', 'raced'), web))).kind, 'exists')
    })

    test('a spec with faults is refused with all of them and stores nothing', async () => {
      const trouble = await refusal(createObject(rig, at('monitor', 'bad'), { ...web, intervall: '1s', timeout: 5 }))
      assert.ok(trouble.kind === 'invalid')
      assert.deepEqual(trouble.faults.map((fault) => fault.path.join('.')).sort(), ['intervall', 'timeout'])
      assert.equal(await rig.store.objects.get('monitor', 'bad'), null)
    })

    test('a change made from an old revision is refused and says what is different now', async () => {
      const { revision } = await createObject(rig, at('monitor', 'edited'), web)
      await replaceObject(rig, at('monitor', 'edited'), { ...web, interval: '20s' }, { revision })
      const bob = { kind: 'user', id: 3, name: 'bob@corp.test', address: null } as const
      await rig.store.as(bob, () => patchObject(rig, at('monitor', 'edited'), { timeout: '3s', interval: '30s' }, {}))
      const late = replaceObject(rig, at('monitor', 'edited'), { ...web, name: 'Mine' }, { revision })
      const trouble = await refusal(late)
      assert.ok(trouble.kind === 'stale')
      assert.match(trouble.who ?? '', /^bob@corp\.test at /)
      assert.deepEqual(
        trouble.differs.map(({ path, message }) => [path.join('.'), message.replace(/ at .*/, '')]),
        [
          ['interval', 'was changed from "10s" to "30s" by bob@corp.test'],
          ['timeout', 'was changed from nothing to "3s" by bob@corp.test'],
        ],
      )
    })

    test('where nothing is recorded, an old revision is refused with what is other than sent', async () => {
      const { revision } = await createObject(rig, at('monitor', 'untold'), web)
      await replaceObject(rig, at('monitor', 'untold'), { ...web, interval: '20s' }, { revision })
      await rig.store.audit.forget(rig.clock.now() + 1_000)
      const trouble = await refusal(replaceObject(rig, at('monitor', 'untold'), { ...web, name: 'Mine' }, { revision }))
      assert.ok(trouble.kind === 'stale')
      assert.deepEqual(trouble.differs, [
        { path: ['interval'], message: 'is now "20s"' },
        { path: ['name'], message: 'is not set in what is stored now' },
      ])
    })

    test('of many who change one revision at once a single one succeeds', async () => {
      const { revision } = await createObject(rig, at('monitor', 'fought'), web)
      const results = await Promise.allSettled(
        [1, 2, 3, 4].map((n) => patchObject(rig, at('monitor', 'fought'), { interval: `${n}m` }, { revision })),
      )
      assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1)
    })

    test('a patch changes what it names, takes away what it sets to null, and keeps the rest', async () => {
      await createObject(rig, at('monitor', 'patched'), { ...web, name: 'Old', labels: { a: '1', b: '2' } })
      const { spec } = await patchObject(rig, at('monitor', 'patched'), { name: null, labels: { a: null, c: '3' } }, {})
      assert.deepEqual(spec, { ...web, labels: { b: '2', c: '3' } })
    })

    test('an unchanged replacement is no change', async () => {
      await createObject(rig, at('monitor', 'same'), web)
      const reloads = rig.engine.reloads
      const { object, created } = await replaceObject(rig, at('monitor', 'same'), web, {})
      assert.deepEqual([object.revision, created, rig.engine.reloads], [1, false, reloads])
    })

    test('a hidden secret that is sent back keeps the stored one', async () => {
      await createObject(rig, at('channel', 'signed'), hook)
      const sent = { webhook: { url: 'https://hook.example.test/new', secret: '***' } }
      const { object } = await replaceObject(rig, at('channel', 'signed'), sent, {})
      assert.deepEqual(object.spec, { webhook: { ...sent.webhook, secret: 'shared' } })
    })

    test('a stored secret goes to another server neither by a replacement nor by a patch', async () => {
      await createObject(rig, at('channel', 'steered'), hook)
      const webhook = { url: 'https://evil.example.test' }
      for (const work of [
        () => replaceObject(rig, at('channel', 'steered'), { webhook: { ...webhook, secret: '***' } }, {}),
        () => patchObject(rig, at('channel', 'steered'), { webhook }, {}),
      ]) {
        const trouble = await refusal(work())
        assert.ok(trouble.kind === 'invalid')
        assert.deepEqual(
          trouble.faults.map((fault) => fault.path.join('.')),
          ['webhook.secret'],
        )
      }
      const anew = { webhook: { ...webhook, secret: 'anew' } }
      assert.deepEqual((await patchObject(rig, at('channel', 'steered'), anew, {})).spec, anew)
    })

    test('a rule that tells an unknown channel is refused with the one that was perhaps meant', async () => {
      await createObject(rig, at('channel', 'pager'), hook)
      const trouble = await refusal(createObject(rig, at('rule', 'all'), { monitors: '*', tell: ['pagr'] }))
      assert.ok(trouble.kind === 'invalid')
      assert.match(trouble.faults[0]?.message ?? '', /did you mean "pager"/)
    })

    test('a channel that rules tell is not deleted, and the rules are named', async () => {
      await createObject(rig, at('channel', 'used'), hook)
      await createObject(rig, at('rule', 'uses'), { monitors: '*', tell: ['used'] })
      const trouble = await refusal(deleteObject(rig, at('channel', 'used'), {}))
      assert.ok(trouble.kind === 'in_use')
      assert.deepEqual(trouble.by, ['rule "uses"'])
      await deleteObject(rig, at('rule', 'uses'), {})
      await deleteObject(rig, at('channel', 'used'), {})
    })

    test('what does not exist is refused with the key that was perhaps meant', async () => {
      await createObject(rig, at('monitor', 'database'), web)
      const trouble = await refusal(deleteObject(rig, at('monitor', 'databse'), {}))
      assert.deepEqual(trouble, { kind: 'missing', what: 'monitor', key: 'databse', near: 'database' })
    })

    test('pausing and resuming move the state, and doing so twice changes nothing', async () => {
      await createObject(rig, at('monitor', 'rests'), web)
      const paused = await pauseMonitor(rig, 'rests', true)
      assert.equal(paused.paused, true)
      assert.equal((await pauseMonitor(rig, 'rests', true)).version, paused.version)
      assert.equal((await pauseMonitor(rig, 'rests', false)).paused, false)
    })

    test('a monitor that would follow from itself is refused with the way, whoever closes the circle', async () => {
      const crowd = (...monitors: string[]) => ({ crowd: { monitors } })
      await createObject(rig, at('monitor', 'inner'), crowd('made', 'outer-*'))
      await createObject(rig, at('monitor', 'middle'), crowd('inner', 'middle'))
      const trouble = await refusal(createObject(rig, at('monitor', 'outer-1'), crowd('middle')))
      assert.deepEqual(trouble, {
        kind: 'invalid',
        faults: [
          {
            path: ['crowd', 'monitors'],
            message:
              '"outer-1" would follow from itself: outer-1 → middle → inner → outer-1; ' +
              'choose its monitors so that one of these is left out',
          },
        ],
      })
      await createObject(rig, at('monitor', 'outer-2'), crowd('made'))
      const patch = { crowd: { monitors: ['middle'] } }
      assert.equal((await refusal(patchObject(rig, at('monitor', 'outer-2'), patch, {}))).kind, 'invalid')
      for (const key of ['inner', 'middle', 'outer-2']) await deleteObject(rig, at('monitor', key), {})
    })

    test('a monitor that is only listened to cannot be checked now', async () => {
      await createObject(rig, at('monitor', 'beats'), { heartbeat: {} })
      assert.equal((await refusal(runMonitor(rig, 'beats'))).kind, 'impossible')
      await createObject(rig, at('monitor', 'asked'), web)
      assert.equal((await runMonitor(rig, 'asked')).state.status, 'up')
    })

    test('a delivery that does not exist cannot be sent again', async () => {
      assert.equal((await refusal(resendDelivery(rig, 4711))).kind, 'missing')
      assert.equal(rig.engine.nudges, 0)
    })

    test('a file creates, changes and removes what it owns, and counts it', async () => {
      const now = rig.clock.now()
      const first = [
        fileObject('monitor', 'f1', web),
        fileObject('monitor', 'f2', web),
        fileObject('channel', 'f3', hook),
      ]
      const apply = (objects: readonly FileObject[]) => storeFile(rig.store, '/etc/watch.yaml', objects, now)
      assert.deepEqual(await apply(first), {
        created: 3,
        changed: 0,
        removed: 0,
        unchanged: 0,
        news: true,
        warnings: [],
      })
      assert.equal((await rig.store.objects.get('monitor', 'f1'))?.owner, 'file:/etc/watch.yaml')
      const second = [fileObject('monitor', 'f1', web), fileObject('monitor', 'f2', { ...web, interval: '1m' })]
      assert.deepEqual(await apply(second), {
        created: 0,
        changed: 1,
        removed: 1,
        unchanged: 1,
        news: true,
        warnings: [],
      })
      const again = { created: 0, changed: 0, removed: 0, unchanged: 2, news: false, warnings: [] }
      assert.deepEqual(await apply(second), again)
    })

    test('a file wins over who had the key before, keeps its history, and says so', async () => {
      const { id } = await createObject(rig, at('monitor', 'both'), web)
      const { warnings } = await storeFile(rig.store, '/etc/other.yaml', [fileObject('monitor', 'both', web)], 1)
      assert.equal(warnings.length, 1)
      assert.match(warnings[0] ?? '', /"both".*the API.*\/etc\/other\.yaml/)
      const now = await rig.store.objects.get('monitor', 'both')
      assert.deepEqual([now?.id, now?.owner], [id, 'file:/etc/other.yaml'])
    })

    test('of many objects that a file takes over from one owner one sentence tells', async () => {
      const keys = Array.from({ length: 30 }, (_, n) => `many-${n + 10}`)
      const objects = keys.map((key) => fileObject('monitor', key, web))
      await storeFile(rig.store, '/old/many.yaml', objects, 1)
      const { warnings } = await storeFile(rig.store, '/new/many.yaml', objects, 1)
      assert.equal(warnings.length, 1)
      const sentence = /^30 monitors were made by the file \/old\/many\.yaml; \/new\/many\.yaml .*: many-10, .*, …$/
      assert.match(warnings[0] ?? '', sentence)
      await storeFile(rig.store, '/new/many.yaml', [], 1)
    })

    test('a file owns nothing of another with the same name, but what older versions noted by that name', async () => {
      await storeFile(rig.store, '/a/same.yaml', [fileObject('monitor', 'same-a', web)], 1)
      const older = { ...fileObject('monitor', 'same-old', web), owner: 'file:same.yaml' }
      await rig.store.objects.put(older, 1)
      await rig.store.objects.put({ ...older, key: 'same-gone' }, 1)
      const objects = [fileObject('monitor', 'same-b', web), fileObject('monitor', 'same-old', web)]
      const { removed, warnings } = await storeFile(rig.store, '/b/same.yaml', objects, 1)
      assert.deepEqual([removed, warnings], [1, []])
      assert.equal((await rig.store.objects.get('monitor', 'same-old'))?.owner, 'file:/b/same.yaml')
      assert.equal((await rig.store.objects.get('monitor', 'same-a'))?.owner, 'file:/a/same.yaml')
      const left = await leftBehind(rig.store, 'file:/b/same.yaml')
      assert.deepEqual(
        left.filter(({ file }) => file.endsWith('same.yaml')),
        [{ file: '/a/same.yaml', type: 'monitor', count: 1, keys: ['same-a'] }],
      )
    })

    test('what a file owns is neither changed nor deleted, unless it is taken over', async () => {
      await storeFile(rig.store, '/etc/own.yaml', [fileObject('monitor', 'owned', web)], 1)
      const owned = { kind: 'owned', what: 'monitor', key: 'owned', file: '/etc/own.yaml', loaded: false }
      assert.deepEqual(await refusal(replaceObject(rig, at('monitor', 'owned'), web, {})), owned)
      assert.deepEqual(await refusal(patchObject(rig, at('monitor', 'owned'), { name: 'x' }, {})), owned)
      assert.deepEqual(await refusal(deleteObject(rig, at('monitor', 'owned'), {})), owned)
      const taken = await patchObject(rig, at('monitor', 'owned'), { name: 'x' }, { takeOver: true })
      assert.equal(taken.owner, 'api')
      await deleteObject(rig, at('monitor', 'owned'), {})
    })

    test('what the loaded file owns is not taken over', async () => {
      await storeFile(rig.store, '/etc/now.yaml', [fileObject('channel', 'kept', hook)], 1)
      rig.loaded = 'file:/etc/now.yaml'
      const owned = { kind: 'owned', what: 'channel', key: 'kept', file: '/etc/now.yaml', loaded: true }
      const terms = { takeOver: true }
      assert.deepEqual(await refusal(replaceObject(rig, at('channel', 'kept'), hook, terms)), owned)
      assert.deepEqual(await refusal(patchObject(rig, at('channel', 'kept'), { name: 'x' }, terms)), owned)
      assert.deepEqual(await refusal(deleteObject(rig, at('channel', 'kept'), terms)), owned)
      rig.loaded = null
      await deleteObject(rig, at('channel', 'kept'), terms)
    })

    test('a file that cannot be stored as a whole changes nothing', async () => {
      const broken = { ...fileObject('monitor', 'half', web), type: null as unknown as ObjectType }
      await assert.rejects(
        rig.store.transaction(async (tx) => {
          await storeFile(rig.store, 'half.yaml', [fileObject('monitor', 'whole', web)], 1)
          await tx.objects.put({ ...broken, owner: 'file:half.yaml' }, 1)
        }),
      )
      assert.equal(await rig.store.objects.get('monitor', 'whole'), null)
    })
  })
}
