// Planning and applying documents, on SQLite and on a real PostgreSQL.
// Promises that whatever is refused leaves everything as it was.
import assert from 'node:assert/strict'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import fc from 'fast-check'
import { freshDatabase, type TestDatabase } from '#test/postgres.ts'
import { storeFile } from '../apply-file.ts'
import { createObject, deleteObject, patchObject } from '../objects.ts'
import { Refused, type Trouble } from '../refused.ts'
import { type CommandRig, openRig } from '../testing.ts'
import { applyDocument, planDocument } from './apply.ts'
import type { ApplyTerms, Document, Entries } from './document.ts'
import { exportDocument } from './export.ts'
import type { Plan } from './plan.ts'

const plain: ApplyTerms = { prune: false, overwriteDrift: false, takeOver: false }
const pruning = { ...plain, prune: true }
const web = { http: { url: 'https://web.example.test' } }
const slow = { ...web, interval: '5m' }
const hook = { webhook: { url: 'https://hook.example.test', secret: 'shared' } }
const of = (more: Partial<Document>): Document => ({ scope: 'shop', ...more })

async function refusal(work: Promise<unknown>): Promise<Trouble> {
  const error = await work.then(
    () => assert.fail('it was done'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Refused, String(error))
  return error.trouble
}
async function faults(work: Promise<unknown>): Promise<string[]> {
  const trouble = await refusal(work)
  assert.equal(trouble.kind, 'invalid')
  return trouble.kind === 'invalid' ? trouble.faults.map(({ path, message }) => `${path.join('.')}: ${message}`) : []
}
const actions = ({ changes }: Plan) => changes.map(({ type, key, action }) => `${action} ${type} ${key}`)

for (const dialect of ['SQLite', 'PostgreSQL'] as const) {
  describe(`documents on ${dialect}`, () => {
    let rig: CommandRig
    let database: TestDatabase | null = null
    beforeEach(async () => {
      database = dialect === 'PostgreSQL' ? await freshDatabase() : null
      rig = await openRig(database ? { url: database.url } : {})
    })
    afterEach(async () => {
      await rig.close()
      await database?.drop()
    })
    const apply = (document: Partial<Document>, terms: ApplyTerms = plain, fingerprint?: string) =>
      applyDocument(rig, of(document), terms, fingerprint)
    const plan = (document: Partial<Document>, terms: ApplyTerms = plain) => planDocument(rig, of(document), terms)
    const at = (key: string) => ({ type: 'monitor', key }) as const
    const owners = async () =>
      Object.fromEntries((await rig.store.objects.all('monitor')).map(({ key, owner }) => [key, owner]))

    test('what is applied is there, and planning it again finds nothing to do', async () => {
      const document = {
        monitors: { web, slow },
        channels: { hook },
        rules: { all: { monitors: '*', tell: 'hook' } },
      }
      const planned = await plan(document)
      assert.deepEqual(actions(planned), [
        'create monitor web',
        'create monitor slow',
        'create channel hook',
        'create rule all',
      ])
      assert.deepEqual(await owners(), {}, 'a plan changes nothing')
      await apply(document, plain, planned.fingerprint)
      assert.deepEqual(await owners(), { web: 'scope:shop', slow: 'scope:shop' })
      assert.equal(rig.engine.reloads, 1)
      const again = await plan(document)
      assert.deepEqual([again.changes, again.unchanged, again.obstacles], [[], 4, []])
      await apply(document)
      assert.equal(rig.engine.reloads, 1, 'nothing changed, and nothing was read anew')
    })

    test('a change is shown setting by setting, a changed secret without being told', async () => {
      await apply({ monitors: { web }, channels: { hook } })
      const changed = { webhook: { ...hook.webhook, secret: 'another' } }
      const { changes } = await plan({ monitors: { web: slow }, channels: { hook: changed } })
      assert.deepEqual(
        changes.map(({ key, differences }) => [key, differences]),
        [
          ['web', [{ path: 'interval', after: '5m' }]],
          ['hook', [{ path: 'webhook.secret', before: '***', after: '***' }]],
        ],
      )
    })

    test('all faults of a document are told at once, each with its place', async () => {
      const document = {
        monitors: { web: { http: { url: 'nonsense' } }, 'a b': web },
        rules: { all: { monitors: '*', tell: ['hok'] } },
        channels: { hook },
      }
      const told = await faults(plan(document))
      assert.equal(told.length, 3)
      assert.match(told[0] ?? '', /^monitors\.web\.http\.url: /)
      assert.match(told[1] ?? '', /^monitors\.a b: .* is not a key/)
      assert.match(told[2] ?? '', /^rules\.all\.tell\.0: there is no channel "hok"; did you mean "hook"\?$/)
    })

    test('only with prune is deleted what the document does not name, and only of its own scope', async () => {
      await createObject(rig, at('by-hand'), web)
      await applyDocument(rig, { scope: 'other', monitors: { theirs: web } }, plain)
      await apply({ monitors: { a: web, b: web } })
      const kept = await apply({ monitors: { a: web } })
      assert.deepEqual(kept.left, [{ type: 'monitor', key: 'b', protected: false }])
      assert.deepEqual(actions(await apply({ monitors: { a: web } }, pruning)), ['delete monitor b'])
      assert.deepEqual(Object.keys(await owners()), ['a', 'by-hand', 'theirs'])
    })

    test('what must not be there is removed, whoever made it, and only once', async () => {
      await createObject(rig, at('by-hand'), web)
      await applyDocument(rig, { scope: 'other', monitors: { theirs: web } }, plain)
      await apply({ monitors: { a: web } })
      const removed = { monitors: ['by-hand', 'a', 'never'] }
      assert.deepEqual(actions(await apply({ removed })), ['delete monitor a', 'delete monitor by-hand'])
      assert.deepEqual((await apply({ removed })).changes, [])
      const { obstacles } = await plan({ removed: { monitors: ['theirs'] } })
      assert.match(obstacles[0]?.why ?? '', /belongs to the scope "other"/)
      const told = await faults(plan({ monitors: { b: web }, removed: { monitors: ['b'] } }))
      assert.deepEqual(told, ['monitors.b: stands in the document and among what is removed'])
    })

    test('what is protected is not deleted, neither by prune nor by hand', async () => {
      await apply({ monitors: { a: { ...web, protect: true }, b: web } })
      const { changes, left } = await apply({ monitors: { b: web } }, pruning)
      assert.deepEqual([changes, left], [[], [{ type: 'monitor', key: 'a', protected: true }]])
      assert.equal((await refusal(deleteObject(rig, at('a'), {}))).kind, 'impossible')
      await patchObject(rig, at('a'), { protect: false }, {})
      await deleteObject(rig, at('a'), {})
    })

    test('an empty document and one that would delete many are refused until that is allowed', async () => {
      const many = Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`m${n}`, web]))
      await apply({ monitors: many })
      for (const monitors of [{}, { m1: web }] as Entries[]) {
        const { obstacles } = await plan({ monitors }, pruning)
        assert.match(obstacles[0]?.why ?? '', /--allow-mass-delete (30|29) allows it$/)
        assert.equal((await refusal(apply({ monitors }, pruning))).kind, 'obstructed')
      }
      await apply({ monitors: {} }, { ...pruning, deleteMost: 30 })
      assert.deepEqual(await owners(), {})
    })

    test('what somebody changed since is told, and changed back only when that is wanted', async () => {
      await apply({ monitors: { web } })
      await patchObject(rig, at('web'), { interval: '1h' }, {})
      const { changes, obstacles } = await plan({ monitors: { web } })
      assert.deepEqual(changes[0]?.drifted, true)
      assert.match(obstacles[0]?.why ?? '', /changed it since the last apply \(interval\)/)
      assert.equal((await refusal(apply({ monitors: { web } }))).kind, 'obstructed')
      await apply({ monitors: { web } }, { ...plain, overwriteDrift: true })
      assert.deepEqual((await plan({ monitors: { web } })).changes, [])
    })

    test('a change by hand that the document then says too is no drift any more', async () => {
      await apply({ monitors: { web } })
      await patchObject(rig, at('web'), { interval: '5m' }, {})
      assert.deepEqual((await apply({ monitors: { web: slow } })).changes, [])
      assert.deepEqual((await apply({ monitors: { web } })).obstacles, [])
    })

    test('what people made is adopted; what a file or another scope owns only when that is wanted', async () => {
      await createObject(rig, at('mine'), web)
      await applyDocument(rig, { scope: 'other', monitors: { theirs: web } }, plain)
      const fileObject = { type: 'monitor', key: 'filed', name: 'filed', kind: 'http', labels: {}, spec: web } as const
      await storeFile(rig.store, '/etc/a.yaml', [fileObject], 1)
      assert.deepEqual(actions(await apply({ monitors: { mine: web } })), ['adopt monitor mine'])
      for (const key of ['theirs', 'filed']) {
        const { obstacles } = await plan({ monitors: { [key]: web } })
        assert.match(obstacles[0]?.why ?? '', /^it belongs to the (scope "other"|file \/etc\/a\.yaml, .*); --take-over/)
        await apply({ monitors: { [key]: web } }, { ...plain, takeOver: true })
      }
      assert.deepEqual(new Set(Object.values(await owners())), new Set(['scope:shop']))
      rig.loaded = 'file:/etc/b.yaml'
      await storeFile(rig.store, '/etc/b.yaml', [{ ...fileObject, key: 'loaded' }], 1)
      const { obstacles } = await plan({ monitors: { loaded: web } }, { ...plain, takeOver: true })
      assert.match(obstacles[0]?.why ?? '', /which the server has loaded; take it out of there first$/)
    })

    test('a renamed monitor is the same one under another key', async () => {
      await apply({ monitors: { old: web } })
      const before = await rig.store.objects.get('monitor', 'old')
      const document = { monitors: { new: slow }, moved: { new: 'old' } }
      const { changes } = await plan(document, pruning)
      assert.deepEqual(
        changes.map(({ key, from, action }) => [key, from, action]),
        [['new', 'old', 'change']],
      )
      await apply(document, pruning)
      const now = await rig.store.objects.get('monitor', 'new')
      assert.deepEqual([now?.id, now?.spec], [before?.id, slow])
      assert.equal(await rig.store.objects.get('monitor', 'old'), null)
      assert.deepEqual((await plan(document, pruning)).changes, [], 'who was renamed is not renamed again')
    })

    test('a rename that collides is refused', async () => {
      await apply({ monitors: { a: web, b: web } })
      assert.match(
        (await faults(plan({ monitors: { b: web }, moved: { b: 'a' } })))[0] ?? '',
        /there are both "a" and "b"/,
      )
      const twice = { monitors: { c: web, d: web }, moved: { c: 'a', d: 'a' } }
      assert.match((await faults(plan(twice)))[0] ?? '', /two monitors were called "a"/)
      const still = { monitors: { a: web, c: web }, moved: { c: 'a' } }
      assert.match((await faults(plan(still)))[0] ?? '', /"a" is still a monitor of this document/)
    })

    test('a plan is carried out as it was agreed to, or not at all', async () => {
      await apply({ monitors: { web } })
      const { fingerprint } = await plan({ monitors: { web: slow } })
      await patchObject(rig, at('web'), { name: 'Meanwhile' }, {})
      assert.equal((await refusal(apply({ monitors: { web: slow } }, plain, fingerprint))).kind, 'replan')
      assert.equal((await refusal(apply({ monitors: { web } }, plain, fingerprint))).kind, 'replan')
    })

    test('a channel that others tell is not deleted, and a circle of groups is found', async () => {
      await apply({ channels: { hook } })
      await createObject(rig, { type: 'rule', key: 'theirs' }, { monitors: '*', tell: ['hook'] })
      const told = await faults(plan({ monitors: { a: web } }, pruning))
      assert.deepEqual(told, ['channels.hook: cannot be deleted: the rule "theirs" tells it'])
      const circle = { a: { crowd: { monitors: 'b' } }, b: { crowd: { monitors: 'a' } } }
      assert.match((await faults(plan({ monitors: circle })))[0] ?? '', /would follow from itself/)
    })

    test('of two applies at once both are done, one after the other, or one is refused whole', async () => {
      const names = (mark: string) => Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`${mark}${n}`, web]))
      const results = await Promise.allSettled([
        apply({ monitors: { ...names('a'), shared: web } }),
        apply({ monitors: { ...names('b'), shared: slow } }),
      ])
      const done = results.filter(({ status }) => status === 'fulfilled').length
      assert.ok(done >= 1)
      const keys = Object.keys(await owners())
      assert.equal(keys.length, 60 * done + 1)
    })
  })
}

describe('export', () => {
  let rig: CommandRig
  before(async () => {
    rig = await openRig()
  })
  after(() => rig.close())

  test('whatever was applied, planning its export finds nothing to do', async () => {
    const names = fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/)
    const text = fc.string({ minLength: 1, maxLength: 20 })
    const monitor = fc.record(
      {
        http: fc.record({ url: fc.webUrl(), headers: fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,8}$/), text) }),
        interval: fc.constantFrom('10s', '1m', '1h30m'),
        labels: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.stringMatching(/^[a-z0-9]{1,8}$/)),
        name: text,
      },
      { requiredKeys: ['http'] },
    )
    const document = fc.record({ monitors: fc.dictionary(names, monitor, { maxKeys: 4 }) })
    await fc.assert(
      fc.asyncProperty(document, async ({ monitors }) => {
        const terms = { ...pruning, deleteMost: 100 }
        await applyDocument(rig, of({ monitors }), terms)
        const exported = await exportDocument(rig, { owner: 'scope:shop', labels: null })
        assert.deepEqual(Object.keys(exported.monitors).sort(), Object.keys(monitors).sort())
        assert.deepEqual((await planDocument(rig, of(exported), terms)).changes, [])
      }),
      { numRuns: 60 },
    )
  })
})
