// Maintenance through the API: one call of a script, what is refused, and the end of it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openTestServer, type TestServer } from './testing.ts'

interface Shown {
  readonly id: number
  readonly from: string
  readonly until: string
  readonly endedAt: string | null
  readonly monitors: { readonly keys: readonly string[] | null; readonly labels: object | null }
  readonly components: readonly string[]
  readonly recurs: object | null
}

describe('maintenance', () => {
  let server: TestServer
  before(async () => {
    server = await openTestServer()
    const http = { url: 'https://web.example.test' }
    await server.ask('POST', '/api/v2/monitors', { body: { key: 'web', http } })
    const groups = [{ components: [{ name: 'Shop', key: 'shop' }] }]
    await server.ask('POST', '/api/v2/pages', { body: { key: 'main', title: 'P', groups } })
  })
  after(() => server.close())
  const plan = (query: string) => server.ask('POST', `/api/v2/maintenance?${query}`)

  test('a script plans it by one call without a body, and it ends by itself or before its time', async () => {
    const made = await plan('for=15m&monitors=web&title=Deploy')
    assert.equal(made.status, 201, made.text)
    const { id, from, until, monitors } = made.json as Shown
    assert.equal(Date.parse(until) - Date.parse(from), 900_000)
    assert.deepEqual(monitors, { keys: ['web'], labels: null })
    assert.equal(made.headers.get('location'), `/api/v2/maintenance/${id}`)
    assert.ok(server.engine.published > 0)
    assert.equal((await server.ask('DELETE', `/api/v2/maintenance/${id}`)).status, 204)
    const ended = (await server.ask('GET', `/api/v2/maintenance/${id}`)).json as Shown
    assert.notEqual(ended.endedAt, null)
    assert.equal((await server.ask('DELETE', `/api/v2/maintenance/${id}`)).status, 204)
  })

  test('it may be for patterns, labels and components, ahead, and again and again', async () => {
    const query = 'for=2h&monitors=web-*&label=team:shop&components=main/shop&cron=0+3+*+*+0&zone=Europe/Berlin'
    const { monitors, components, recurs } = (await plan(query)).json as Shown
    assert.deepEqual(monitors, { keys: ['web-*'], labels: { team: 'shop' } })
    assert.deepEqual(components, ['main/shop'])
    assert.deepEqual(recurs, { cron: '0 3 * * 0', zone: 'Europe/Berlin', for: 7_200_000 })
    const { id } = (await plan('until=2099-01-01T12:00:00Z&from=2099-01-01T10:00:00Z&components=main/shop'))
      .json as Shown
    const changed = await server.ask('PATCH', `/api/v2/maintenance/${id}`, { body: { until: '2099-01-01T13:00:00Z' } })
    assert.equal((changed.json as Shown).until, '2099-01-01T13:00:00.000Z')
  })

  test('what cannot be meant is refused with how to mend it', async () => {
    for (const [query, says] of [
      ['for=15m', /concerns nothing; name monitors or components/],
      ['for=15m&monitors=wbe', /there is no monitor \\"wbe\\"; did you mean \\"web\\"/],
      ['monitors=web', /needs for: 15m/],
      ['for=15m&components=shop', /is not a component such as main\/web/],
      ['for=15m&components=main/nope', /has no component/],
      ['for=15m&components=nope/shop', /There is no page/],
      ['until=2001-01-01T00:00:00Z&monitors=web', /has passed already/],
      ['for=15m&from=2099-01-01T00:00:00Z&until=2098-01-01T00:00:00Z&monitors=web', /must be after/],
      ['for=2h&monitors=web&cron=0+*+*+*+*', /each window lasts longer/],
      ['for=5m&monitors=web&cron=often', /often/],
      ['for=5m&monitors=web&cron=0+*+*+*+*&zone=Nowhere', /Nowhere|zone/],
    ] as const) {
      const { status, text } = await plan(query)
      assert.ok([400, 404, 422].includes(status), `${query}: ${status} ${text}`)
      assert.match(text, says)
    }
  })
})
