// Tests of changing many monitors at once, on SQLite and on a real PostgreSQL.
// Promises that nothing is changed that a preview has not shown.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { freshDatabase, type TestDatabase } from '#test/postgres.ts'
import { createObject, patchObject } from '../objects.ts'
import { pauseMonitor } from '../monitors.ts'
import { Refused, type Trouble } from '../refused.ts'
import { type CommandRig, openRig } from '../testing.ts'
import { type AnyWish, changeMany, previewBulk } from './bulk.ts'
import { readFingerprint, writeFingerprint } from './fingerprint.ts'

const http = { url: 'https://web.example.test' }
const free = { limit: null }

async function refusal(work: Promise<unknown>): Promise<Trouble> {
  const error = await work.then(
    () => assert.fail('it was done'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof Refused, String(error))
  return error.trouble
}

for (const dialect of ['SQLite', 'PostgreSQL'] as const) {
  describe(`a change of many on ${dialect}`, () => {
    let rig: CommandRig
    let database: TestDatabase | null = null
    let made = 0

    before(async () => {
      database = dialect === 'PostgreSQL' ? await freshDatabase() : null
      rig = await openRig(database ? { url: database.url } : {})
    })
    after(async () => {
      await rig.close()
      await database?.drop()
    })

    /** New monitors, of these settings each. */
    const monitors = async (...specs: object[]) => {
      const all = []
      for (const spec of specs)
        all.push(await createObject(rig, { type: 'monitor', key: `m${(made += 1)}` }, { http, ...spec }))
      return all
    }
    const stored = async (key: string) => (await rig.store.objects.get('monitor', key))?.spec as Record<string, unknown>
    const done = async (chosen: readonly { id: number; key: string }[], wish: AnyWish) => {
      const { fingerprint } = await previewBulk(rig, chosen, wish, free)
      return await changeMany(rig, chosen, wish, { ...free, fingerprint })
    }

    test('the preview tells what would be different and changes nothing; the change does just that', async () => {
      const chosen = await monitors({ interval: '10s' }, { interval: '30s', labels: { a: '1', b: '2' } })
      const wish = { set: { interval: '30s', labels: { a: null, team: 'shop' } } }
      const seen = await previewBulk(rig, chosen, wish, free)
      assert.deepEqual([seen.changed, seen.unchanged, seen.leftOut], [2, 0, []])
      assert.deepEqual(seen.shown[0]?.changes, [
        { path: 'interval', before: '10s', after: '30s' },
        { path: 'labels.team', after: 'shop' },
      ])
      assert.equal((await stored(chosen[0]?.key ?? '')).interval, '10s')
      const reloads = rig.engine.reloads
      const { fingerprint } = seen
      assert.equal((await changeMany(rig, chosen, wish, { ...free, fingerprint })).changed, 2)
      assert.deepEqual(await stored(chosen[1]?.key ?? ''), { http, interval: '30s', labels: { b: '2', team: 'shop' } })
      assert.equal(rig.engine.reloads, reloads + 1)
      assert.deepEqual((await previewBulk(rig, chosen, wish, free)).unchanged, 2)
    })

    test('what a file owns and what it does not fit is left out, with the reason', async () => {
      const chosen = await monitors({}, {})
      const beat = await createObject(rig, { type: 'monitor', key: `b${(made += 1)}` }, { heartbeat: {} })
      const owned = { type: 'monitor', key: 'owned', name: 'owned', kind: 'http', labels: {}, spec: { http } } as const
      const { object } = await rig.store.objects.put({ ...owned, owner: 'file:/etc/all.yaml' }, 1)
      const wish = { set: { http: { url: 'https://other.example.test' } } }
      const { changed, leftOut } = await done([...chosen, beat, object], wish)
      assert.equal(changed, 2)
      assert.deepEqual(
        leftOut.map(({ key, why }) => [key, why]),
        [
          [beat.key, 'invalid'],
          ['owned', 'owned'],
        ],
      )
      assert.match(leftOut[1]?.sentence ?? '', /the file \/etc\/all\.yaml/)
      const terms = { limit: null, takeOver: true }
      assert.equal((await previewBulk(rig, [object], wish, terms)).changed, 1)
      rig.loaded = 'file:/etc/all.yaml'
      assert.equal((await previewBulk(rig, [object], wish, terms)).changed, 0)
      rig.loaded = null
    })

    test('it is refused when others came, went or were changed since, and says which and by whom', async () => {
      const chosen = await monitors({}, {}, {}, {})
      const [first, second, third, fourth] = chosen.map(({ key }) => key)
      const wish = { set: { interval: '45s' } }
      const { fingerprint } = await previewBulk(rig, chosen.slice(0, 3), wish, free)
      const ann = { kind: 'user', id: 7, name: 'ann@corp.test', address: null } as const
      const target = { type: 'monitor', key: first ?? '' } as const
      await rig.store.as(ann, () => patchObject(rig, target, { name: 'Mine' }, {}))
      await rig.store.objects.remove('monitor', second ?? '', 5)
      const trouble = await refusal(changeMany(rig, chosen, wish, { ...free, fingerprint }))
      assert.ok(trouble.kind === 'moved')
      const told = Object.fromEntries(trouble.differs.map(({ path, message }) => [path[0], message]))
      assert.deepEqual(new Set(Object.keys(told)), new Set([first, second, fourth]))
      assert.match(told[first ?? ''] ?? '', /^was changed by ann@corp\.test at .*: name$/)
      assert.equal(told[second ?? ''], 'was deleted')
      assert.equal((await stored(third ?? '')).interval, undefined)
    })

    test('a preview of one change is none of another, and a made-up fingerprint none at all', async () => {
      const chosen = await monitors({})
      const { fingerprint } = await previewBulk(rig, chosen, { set: { interval: '20s' } }, free)
      for (const bad of [fingerprint, 'x', '', '💥', 'q'.repeat(10_000)]) {
        const trouble = await refusal(changeMany(rig, chosen, { do: 'delete' }, { ...free, fingerprint: bad }))
        assert.equal(trouble.kind, 'invalid')
      }
      assert.notEqual(await stored(chosen[0]?.key ?? ''), undefined)
    })

    test('a fingerprint holds thousands of monitors in few bytes and is read as it was written', () => {
      const revisions = new Map(Array.from({ length: 5_000 }, (_, index) => [index * 3 + 7, (index % 4) + 1]))
      const text = writeFingerprint({ wish: 'abc', revisions })
      assert.ok(text.length < 5_000, `${text.length}`)
      assert.deepEqual(readFingerprint(text), { wish: 'abc', revisions })
    })

    test('pausing and resuming leave alone what is so already, and are recorded', async () => {
      const chosen = await monitors({}, {}, {})
      const [first] = chosen
      await pauseMonitor(rig, first?.key ?? '', true)
      const paused = await done(chosen, { do: 'pause' })
      assert.deepEqual([paused.changed, paused.unchanged], [2, 1])
      const states = await rig.store.states.get(chosen.map(({ id }) => id))
      assert.deepEqual(
        [...states.values()].map((state) => state.paused),
        [true, true, true],
      )
      const { items } = await rig.store.audit.list({ type: 'monitor', subject: chosen[2]?.key, limit: 1 })
      assert.equal(items[0]?.action, 'paused')
      assert.equal((await done(chosen, { do: 'resume' })).changed, 3)
    })

    test('deleting takes away those that were shown', async () => {
      const chosen = await monitors({}, {})
      assert.equal((await done(chosen, { do: 'delete' })).changed, 2)
      for (const { key } of chosen) assert.equal(await rig.store.objects.get('monitor', key), null)
    })

    test('a rule is made to be about monitors, or not, unless a pattern or labels of it say otherwise', async () => {
      const [one, two] = await monitors({}, {})
      assert.ok(one && two)
      await createObject(rig, { type: 'channel', key: 'pager' }, { webhook: { url: 'https://hook.example.test' } })
      await createObject(rig, { type: 'rule', key: 'night' }, { monitors: [one.key, 'shop-*'], tell: 'pager' })
      const rule = async () => (await rig.store.objects.get('rule', 'night'))?.spec as { monitors: unknown }
      const about = await done([one, two], { rule: 'night', about: true })
      assert.deepEqual([about.changed, about.unchanged], [1, 1])
      assert.deepEqual((await rule()).monitors, [one.key, 'shop-*', two.key])
      const shop = await createObject(rig, { type: 'monitor', key: 'shop-1' }, { http })
      const gone = await done([one, shop], { rule: 'night', about: false })
      assert.deepEqual([gone.changed, gone.leftOut[0]?.why, gone.leftOut[0]?.key], [1, 'fixed', 'shop-1'])
      assert.deepEqual((await rule()).monitors, ['shop-*', two.key])
      const all = await previewBulk(rig, [two], { rule: 'night', about: false }, free)
      await patchObject(rig, { type: 'rule', key: 'night' }, { on: ['down'] }, {})
      const late = changeMany(rig, [two], { rule: 'night', about: false }, { ...free, fingerprint: all.fingerprint })
      assert.equal((await refusal(late)).kind, 'moved')
    })

    test('who is limited to labels neither takes them away from what is theirs nor gives them up', async () => {
      const chosen = await monitors({ labels: { team: 'shop' } })
      const limit = { team: ['shop'] }
      const { changed, leftOut } = await previewBulk(rig, chosen, { set: { labels: { team: 'pay' } } }, { limit })
      assert.deepEqual([changed, leftOut[0]?.why], [0, 'outside'])
      assert.match(leftOut[0]?.sentence ?? '', /team=shop/)
    })
  })
}
