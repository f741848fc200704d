// Incidents of people through the API: a whole life, what is refused, and what nobody else reads.
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { openTestServer, type TestServer } from './testing.ts'

interface Shown {
  readonly id: number
  readonly title: string
  readonly stage: string
  readonly phase: string
  readonly visible: boolean
  readonly startedAt: string
  readonly resolvedAt: string | null
  readonly postmortem: string | null
  readonly by: string | null
  readonly affected: readonly unknown[]
  readonly updates: readonly { readonly id: number; readonly stage: string; readonly message: string }[]
}

describe('incidents that people tell', () => {
  let server: TestServer
  let made = 0
  let page = ''
  before(async () => {
    server = await openTestServer()
  })
  after(() => server.close())
  beforeEach(async () => {
    page = `page${(made += 1)}`
    const groups = [
      {
        components: [
          { name: 'Shop', key: 'shop' },
          { name: 'Mail', key: 'mail' },
        ],
      },
    ]
    await server.ask('POST', '/api/v2/pages', { body: { key: page, title: 'P', groups } })
  })
  const open = async (more: object = {}) => {
    const body = { page, title: 'Slow', message: 'We look.', ...more }
    const { status, text, json } = await server.ask('POST', '/api/v2/incidents', { body })
    assert.equal(status, 201, text)
    return json as Shown
  }
  const read = async (id: number) => (await server.ask('GET', `/api/v2/incidents/${id}`)).json as Shown
  const readers = async () =>
    ((await server.ask('GET', `/api/v2/pages/${page}/incidents`, { token: null })).json as { items: Shown[] }).items

  test('an incident lives from its opening to its postmortem', async () => {
    const components = [{ component: 'shop', status: 'degraded' }, { component: 'mail' }]
    const { id, by, affected } = await open({ components })
    assert.deepEqual([by, affected], ['admin', [components[0], { component: 'mail', status: null }]])
    const say = (stage: string, message: string, more: object = {}) =>
      server.ask('POST', `/api/v2/incidents/${id}/updates`, { body: { stage, message, ...more } })
    assert.equal(
      (await say('identified', 'The **cache**.', { components: [{ component: 'shop', status: 'major_outage' }] }))
        .status,
      201,
    )
    await say('watching', 'Mended.')
    const fixed = (await say('fixed', 'All is well.')).json as Shown
    assert.deepEqual([fixed.phase, fixed.stage, fixed.updates.length], ['resolved', 'fixed', 4])
    assert.deepEqual(
      (await readers())[0]?.updates.map(({ stage }) => stage),
      ['fixed', 'watching', 'identified', 'investigating'],
    )
    await server.ask('PATCH', `/api/v2/incidents/${id}`, { body: { postmortem: 'It was the *cache*.' } })
    assert.equal((await readers())[0]?.postmortem, 'It was the *cache*.')
    const { items } = (await server.ask('GET', '/api/v2/audit?type=incident')).json as { items: { action: string }[] }
    assert.ok(items.some(({ action }) => action === 'created') && items.some(({ action }) => action === 'changed'))
    assert.equal((await server.ask('DELETE', `/api/v2/incidents/${id}`)).status, 204)
    assert.deepEqual(await readers(), [])
    assert.equal((await server.ask('GET', `/api/v2/incidents/${id}`)).status, 404)
  })

  test('saying the same again changes nothing and tells nobody', async () => {
    const { id } = await open()
    const again = { stage: 'identified', message: 'It is the disk.' }
    await server.ask('POST', `/api/v2/incidents/${id}/updates`, { body: again })
    const known = async () => [await read(id), (await server.ask('GET', '/api/v2/audit?type=incident')).json]
    const before = await known()
    const { updates } = (await server.ask('POST', `/api/v2/incidents/${id}/updates`, { body: again })).json as Shown
    assert.equal(updates.length, 2)
    assert.deepEqual(await known(), before)
  })

  test('a draft is read by those with a token alone, until it is published', async () => {
    const { id } = await open({ visible: false })
    assert.deepEqual(await readers(), [])
    assert.equal((await read(id)).visible, false)
    assert.equal((await server.ask('GET', `/api/v2/incidents/${id}`, { token: null })).status, 401)
    await server.ask('PATCH', `/api/v2/incidents/${id}`, { body: { visible: true } })
    assert.equal((await readers()).length, 1)
  })

  test('one may have begun long ago, and its updates may, too', async () => {
    const { id, startedAt } = await open({ startedAt: '2026-01-02T03:04:05Z' })
    assert.equal(startedAt, '2026-01-02T03:04:05.000Z')
    const body = { stage: 'fixed', message: 'Over.', at: '2026-01-02T04:04:05Z' }
    const { resolvedAt } = (await server.ask('POST', `/api/v2/incidents/${id}/updates`, { body })).json as Shown
    assert.equal(resolvedAt, '2026-01-02T04:04:05.000Z')
  })

  test('what opened by itself is the person’s from their first touch on', async () => {
    const state = {
      phase: 'open',
      impact: 'major_outage',
      status: 'major_outage',
      startedAt: 5,
      phaseAt: 5,
      wakeAt: null,
    } as const
    const updates = [{ at: 5, kind: 'opened', status: 'major_outage' }] as const
    const id = await server.store.incidents.insert({ ...state, page, component: 'shop', name: 'Shop', updates })
    assert.equal((await server.store.incidents.running()).filter((one) => one.id === id).length, 1)
    await server.ask('PATCH', `/api/v2/incidents/${id}`, { body: { title: 'Shop is gone' } })
    const taken = await read(id)
    assert.deepEqual(
      [taken.title, taken.stage, taken.affected],
      ['Shop is gone', 'investigating', [{ component: 'shop', status: null }]],
    )
    assert.equal((await server.store.incidents.running()).filter((one) => one.id === id).length, 0)
    assert.equal(taken.updates.length, 1)
  })

  test('templates fill places in, and run nothing', async () => {
    const text =
      '{{ what }} of {{ incident.name }} {{ constructor }} {{ what.length }} {% for x in y %}{{ 7*7 }} ${1+1}'
    const items = [{ slug: 'down', name: 'Down', text }]
    assert.equal((await server.ask('PUT', '/api/v2/incident-templates', { body: { items } })).status, 200)
    const { updates } = await open({ message: undefined, template: 'down', vars: { what: '<b>disk</b>' } })
    assert.equal(updates[0]?.message, '<b>disk</b> of Slow   {% for x in y %}{{ 7*7 }} ${1+1}')
    const body = { page, title: 'x', template: 'up' }
    const refused = await server.ask('POST', '/api/v2/incidents', { body })
    assert.match(refused.text, /there is no template \\"up\\"; there are down/)
  })

  test('what is wrong is told with where and how to mend it, and nothing is stored', async () => {
    for (const [body, says] of [
      [{ page, title: 'x' }, /needs either a message or a template/],
      [{ page: 'none', title: 'x', message: 'x' }, /There is no page/],
      [{ page, title: '', message: 'x' }, /title/],
      [{ page, title: 'x', message: 'x', stage: 'over' }, /stage/],
      [{ page, title: 'x', message: 'x', components: [{ component: 'nope' }] }, /has no component/],
      [{ page, title: 'x', message: 'x'.repeat(20_001) }, /message/],
    ] as const) {
      const { status, text } = await server.ask('POST', '/api/v2/incidents', { body })
      assert.ok(status === 422 || status === 404, text)
      assert.match(text, says)
    }
    assert.deepEqual(await readers(), [])
    const { id } = await open()
    for (const path of [`/api/v2/incidents/${id}/updates/99999`, '/api/v2/incidents/99999/updates/1'])
      assert.equal((await server.ask('PATCH', path, { body: { message: 'x' } })).status, 404)
  })

  test('an update is found under its own incident alone', async () => {
    const [one, other] = [await open(), await open()]
    const path = `/api/v2/incidents/${one.id}/updates/${other.updates[0]?.id}`
    assert.equal((await server.ask('PATCH', path, { body: { message: 'x' } })).status, 404)
    assert.equal((await server.ask('DELETE', path)).status, 404)
    assert.equal((await read(other.id)).updates.length, 1)
  })
})
