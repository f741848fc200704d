// Tests of explained alerts over real sockets: an event from its results to its messages, and who would be told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Event } from '#core/event.ts'
import { fresh } from '#core/state.ts'
import { createToken } from '#commands/tokens.ts'
import type { Explanation } from '#store/store.ts'
import { onEachStore } from '#test/stores.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { openTestServer, type TestServer } from './testing.ts'

const minute = 60_000
const now = Date.UTC(2026, 5, 15, 12, 30)

interface Explained {
  readonly sentences: readonly string[]
  readonly seen: readonly { at: string; location: string; outcome: string; agrees: boolean }[]
  readonly told: readonly {
    channel: string
    told: boolean
    message: { id: number; state: string; attempts: readonly { ok: boolean; detail: string }[] } | null
  }[]
}
interface Whom {
  readonly sentences: readonly string[]
  readonly held: { words: string } | null
  readonly rules: readonly { key: string; about: boolean; why: string | null }[] | null
  readonly when: Record<string, readonly Explanation[]> | null
}

onEachStore('explaining', (ground) => {
  const within = async (work: (server: TestServer, monitor: number) => Promise<void>) => {
    const clock = new VirtualClock(now, () => Promise.resolve())
    const server = await openTestServer({ clock, store: ground.store })
    const spec = { http: { url: 'https://web.example.test' }, interval: '30s', fail_after: 2, labels: { team: 'shop' } }
    const about = { type: 'monitor', key: 'web', name: 'Web shop', kind: 'http', owner: 'api', spec } as const
    try {
      const { object } = await ground.store.objects.put({ ...about, labels: { team: 'shop' } }, now - 1_000 * minute)
      await ground.store.states.save([
        { id: object.id, from: 0, state: { ...fresh(now - 90 * minute), version: 1, status: 'up', accountedAt: now } },
      ])
      await work(server, object.id)
    } finally {
      await server.close()
    }
  }
  const create = async (server: TestServer, plural: string, body: object) => {
    const { status, text } = await server.ask('POST', `/api/v2/${plural}`, { body })
    assert.equal(status, 201, text)
  }
  const wentDown = async (monitor: number, explanation: readonly Explanation[], more: Partial<Event> = {}) => {
    const event: Event = {
      type: 'monitor.down',
      monitor,
      seq: 7,
      at: now,
      status: 'down',
      previous: 'up',
      lasted: 80 * minute,
      reason: 'timeout',
      sentence: 'No answer within 10 s.',
      alert: true,
      outage: 7,
      outageAt: now,
      worst: 'down',
      silence: false,
      confirmations: 2,
      locations: ['local'],
      ...more,
    }
    return (await ground.store.events.insert([{ ...event, explanation }]))[0] ?? 0
  }
  const seen = (monitor: number, at: number, outcome: 'up' | 'down', location = 'local') => {
    const reason = outcome === 'up' ? null : ('timeout' as const)
    return { monitor, location, at, outcome, signal: 'check' as const, latency: 10, reason, sentence: null }
  }

  test('an event is told from the results that confirmed it to each attempt of each message', () =>
    within(async (server, monitor) => {
      await ground.store.history.append([
        seen(monitor, now - minute, 'up'),
        seen(monitor, now - 30_000, 'down'),
        seen(monitor, now, 'down'),
        seen(monitor, now + 30_000, 'up'),
        seen(monitor, now - 20_000, 'up', 'berlin'),
      ])
      const id = await wentDown(monitor, [
        { rule: 'all', channel: 'pager', told: true, why: 'It was seen 2 times in a row from local.' },
        { rule: 'all', channel: 'mail', told: true, why: 'It was seen 2 times in a row from local.' },
        { rule: 'night', channel: 'pager', told: false, why: 'Already told by the rule "all".' },
      ])
      const row = { eventId: id, monitorId: monitor, rule: 'all', at: now }
      await ground.store.deliveries.insert([
        { ...row, channel: 'pager', idempotencyKey: 'a' },
        { ...row, channel: 'mail', idempotencyKey: 'b' },
        { ...row, eventId: id + 1, channel: 'pager', idempotencyKey: 'c' },
      ])
      const query = { now, leaseUntil: now + minute, limit: 10, room: () => 10 }
      for (const { id: delivery, channel } of await ground.store.deliveries.claim(query)) {
        const attempt = { attempt: 1, at: now + 5_000, ms: 12, ok: channel === 'pager', detail: 'It said 500.' }
        const outcome =
          channel === 'pager' ? { state: 'delivered' as const } : { state: 'pending' as const, nextAt: now + minute }
        await ground.store.deliveries.finish([{ id: delivery, attempt, outcome }])
      }
      const { json, status, text } = await server.ask('GET', `/api/v2/events/${id}/explain`)
      assert.equal(status, 200, text)
      const story = json as Explained
      assert.deepEqual(
        story.seen.map(({ location, outcome, agrees }) => `${location} ${outcome} ${agrees}`),
        ['local up false', 'local down true', 'berlin up false', 'local down true'],
      )
      assert.deepEqual(
        story.told.map(({ channel, message }) => [channel, message?.state, message?.attempts.length]),
        [
          ['pager', 'delivered', 1],
          ['mail', 'pending', 1],
          ['pager', undefined, undefined],
        ],
      )
      for (const said of [
        /^Web shop became down, after 1 h 20 min of being up, at 2026-06-15 12:30 UTC: .* No answer within 10 s\.$/,
        /^2 results in a row from local confirmed it\.$/,
        /^The rule "all" told pager: It was seen 2 times/,
        /^The rule "night" did not tell pager: Already told/,
        /^The message to pager was delivered at the first attempt, 5 ?s.* after the event was stored\.$/,
        /^The message to mail waits to be tried at 2026-06-15 12:31 UTC; the last .* failed: It said 500\.$/,
      ])
        assert.ok(
          story.sentences.some((sentence) => said.test(sentence)),
          `${said}\n${story.sentences.join('\n')}`,
        )
      const of = await server.ask('GET', `/api/v2/deliveries?event=${id}`)
      assert.equal((of.json as { items: unknown[] }).items.length, 2)
    }))

  test('an event of which nobody was told says so, and what is not kept any more, too', () =>
    within(async (server, monitor) => {
      const id = await wentDown(monitor, [])
      const { sentences, seen } = (await server.ask('GET', `/api/v2/events/${id}/explain`)).json as Explained
      assert.deepEqual(seen, [])
      assert.match(sentences.join('\n'), /not kept any more/)
      assert.match(sentences.join('\n'), /Nobody was told: no rule was about this monitor\./)
      assert.equal((await server.ask('GET', '/api/v2/events/4711/explain')).status, 404)
    }))

  test('who would be told of a monitor is told with the rules that are not about it, and why', () =>
    within(async (server) => {
      const whom = async () => (await server.ask('GET', '/api/v2/monitors/web/told')).json as Whom
      assert.match((await whom()).sentences.join(' '), /There are no rules at all/)
      await create(server, 'channels', { key: 'pager', webhook: { url: 'https://hook.example.test' } })
      await create(server, 'rules', { key: 'pay', monitors: { labels: { team: 'pay' } }, tell: 'pager' })
      assert.match((await whom()).sentences.join(' '), /The one rule is not about this monitor/)
      await create(server, 'rules', { key: 'shop', monitors: { labels: { team: 'shop' } }, tell: 'pager', on: 'down' })
      const { sentences, rules, when } = await whom()
      assert.deepEqual(
        rules?.map(({ key, about, why }) => [key, about, why]),
        [
          ['pay', false, 'It wants the label team to be "pay", and its team is "shop".'],
          ['shop', true, null],
        ],
      )
      assert.deepEqual(
        when?.['down']?.map(({ channel, told }) => [channel, told]),
        [['pager', true]],
      )
      assert.ok(sentences.includes('When it goes down, pager (by the rule "shop") is told.'), sentences.join('\n'))
      assert.ok(
        sentences.includes('When it is degraded, nobody is told: The rule does not tell of "degraded".'),
        sentences.join('\n'),
      )
    }))

  test('a pause and a silence say themselves', () =>
    within(async (server) => {
      await create(server, 'channels', { key: 'pager', webhook: { url: 'https://hook.example.test' } })
      await create(server, 'rules', { key: 'all', monitors: '*', tell: 'pager' })
      const made = await server.ask('POST', '/api/v2/silences', {
        body: { monitors: 'w*', until: new Date(now + 60 * minute).toISOString(), reason: 'We move house.' },
      })
      assert.equal(made.status, 201, made.text)
      await server.ask('POST', '/api/v2/monitors/web/pause')
      const { sentences, held, when } = (await server.ask('GET', '/api/v2/monitors/web/told')).json as Whom
      assert.match(held?.words ?? '', /We move house/)
      assert.match(sentences.join('\n'), /^It is paused/)
      assert.match(sentences.join('\n'), /When it goes down, nobody is told: Held: silence 1/)
      assert.equal(when?.['up']?.[0]?.told, true)
    }))

  test('whoever is limited to labels is not shown the rules', () =>
    within(async (server) => {
      await create(server, 'channels', { key: 'secret-pager', webhook: { url: 'https://hook.example.test' } })
      await create(server, 'rules', { key: 'secret-rule', monitors: '*', tell: 'secret-pager' })
      const wish = { name: 'x', scopes: ['read' as const], expiresAt: null, labels: { team: ['shop'] } }
      const { secret: token } = await createToken(server, wish)
      const { text, status } = await server.ask('GET', '/api/v2/monitors/web/told', { token })
      assert.equal(status, 200)
      assert.ok(!text.includes('secret-'), text)
      assert.match(text, /not shown to those who are limited/)
    }))
})
