// Another certificate, from the check to the message: an event, kept in the state, told by rules that ask for it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refused, openEngine, provision, up } from '#test/engine-house.ts'
import { onEachStore } from '#test/stores.ts'
import { VirtualClock } from '#test/virtual-clock.ts'

const one = (id: string) => ({ what: 'certificate', id, words: `one called ${id}`, facts: { issuer: `CA ${id}` } })

onEachStore(
  'what answers',
  (ground) => {
    test('is kept, and another one is an event that only rules with "changed" tell', async () => {
      const clock = new VirtualClock()
      const put = (type: 'channel' | 'rule', key: string, kind: string, spec: object) =>
        provision(ground.store, type, key, kind, spec, clock.now())
      const spec = { played: { key: 'web' }, interval: '10s', fail_after: 1 }
      const id = await provision(ground.store, 'monitor', 'web', 'played', spec, clock.now())
      for (const key of ['usual', 'curious']) await put('channel', key, 'receiver', { receiver: { key } })
      await put('rule', 'usual', '', { monitors: '*', tell: 'usual' })
      await put('rule', 'curious', '', { monitors: '*', tell: 'curious', on: ['changed'] })
      const { engine, targets, received } = await clock.pump(openEngine(ground.store, clock))
      await clock.pump(engine.start())
      targets.set('web', () => ({ ...up, identity: one('a') }))
      await clock.advance(25_000)
      targets.set('web', () => refused)
      await clock.advance(20_000)
      targets.set('web', () => ({ ...refused, identity: one('b') }))
      await clock.advance(20_000)
      const state = (await ground.store.states.get([id])).get(id)
      assert.deepEqual(state?.identity?.now, one('b'))
      const { items } = await ground.store.events.list({ limit: 10 })
      assert.deepEqual(
        items.map(({ type }) => type),
        ['monitor.identity_changed', 'monitor.down', 'monitor.up'],
      )
      assert.deepEqual(items[0]?.identity, { before: one('a'), now: one('b') })
      assert.deepEqual(
        received.map(({ channel, message }) => `${channel} ${message.event} ${message.status}`),
        ['usual monitor.down down', 'curious monitor.identity_changed down'],
      )
      assert.match(received[1]?.message.sentence ?? '', /^The certificate changed: now it is one called b;/)
      await clock.pump(engine.close())
    })
  },
  ['sqlite'],
)
