// Schedules: maintenance in the words of Cachet's clients, of the second and third generation.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { type CachetHouse, openCachetHouse, type Told, usualPage } from '#test/cachet-house.ts'

const hour = 3_600_000
const day = 24 * hour
type Row = Readonly<Record<string, unknown>>
const row = ({ json }: Told): Row => (json as { data: Row }).data
const rows = ({ json }: Told): Row[] => (json as { data: Row[] }).data
const stamp = (at: number) => new Date(at).toISOString().slice(0, 16).replace('T', ' ')
const path = '/api/v1/schedules'

async function usual(t: Parameters<typeof openCachetHouse>[0]) {
  const house = await openCachetHouse(t)
  await house.page('status', usualPage)
  const all = rows(await house.ask('GET', '/api/v1/components?per_page=100'))
  const idOf = (name: string) => Number(all.find((one) => one['name'] === name)?.['id'])
  return { house, db: idOf('db cluster'), vault: idOf('secret vault') }
}
const inHours = (hours: number) => stamp(systemClock.now() + hours * hour)
const wish = (id: number, more = {}) => {
  const times = { scheduled_at: inHours(1), completed_at: inHours(3) }
  return { name: 'New disks', message: 'We **swap** disks.', status: 0, ...times, components: [id], ...more }
}
const statusOf = async (house: CachetHouse, id: unknown) =>
  row(await house.ask('GET', `${path}/${String(id)}`))['human_status']

describe('schedules of Cachet', () => {
  test('what a client plans is maintenance, listed and shown to guests and on the page', async (t) => {
    const { house, db } = await usual(t)
    const body = wish(db)
    const told = await house.ask('POST', path, { body })
    assert.equal(told.status, 200, told.text)
    const { id, status, human_status: human, scheduled_at: at, components, deleted_at: deleted } = row(told)
    assert.deepEqual([status, human, at, deleted], [0, 'Upcoming', `${body.scheduled_at}:00`, null])
    assert.deepEqual(
      (components as Row[]).map((one) => one['component_id']),
      [db],
    )
    const list = await house.ask('GET', path, { token: null })
    assert.deepEqual(
      rows(list).map((one) => [one['id'], one['name']]),
      [[id, 'New disks']],
    )
    assert.match((await house.ask('GET', '/', { token: null })).text, /<strong>swap<\/strong>/)
    assert.equal((await house.ask('GET', '/api/v1/schedules/999')).status, 404)
  })

  test('the third generation has them in its own shape', async (t) => {
    const { house, db } = await usual(t)
    const body = wish(db, { components: [{ id: db, status: 6 }] })
    const told = await house.ask('POST', '/api/schedules', { bearer: 'an-administrators-token', body })
    assert.equal(told.status, 201, told.text)
    const { type, attributes } = row(told) as { type: string; attributes: Row }
    assert.equal(type, 'schedules')
    assert.deepEqual(attributes['status'], { human: 'Upcoming', value: 0 })
    assert.equal(rows(await house.ask('GET', '/api/schedules', { token: null })).length, 1)
  })

  test('one that lasts is in progress, its component under maintenance, until a client completes it', async (t) => {
    const { house, db } = await usual(t)
    const { id } = row(await house.ask('POST', path, { body: wish(db, { scheduled_at: inHours(-1) }) }))
    assert.equal(await statusOf(house, id), 'In Progress')
    const changed = await house.ask('PUT', `${path}/${String(id)}`, { body: { name: 'Newer disks' } })
    assert.deepEqual([row(changed)['name'], row(changed)['status']], ['Newer disks', 1])
    await house.ask('PUT', `${path}/${String(id)}`, { body: 'status=2' })
    assert.equal(await statusOf(house, id), 'Complete')
  })

  test('one that is deleted before it begins is there no more', async (t) => {
    const { house, db } = await usual(t)
    const { id } = row(await house.ask('POST', path, { body: wish(db) }))
    assert.equal((await house.ask('DELETE', `${path}/${String(id)}`)).status, 204)
    assert.equal((await house.ask('GET', `${path}/${String(id)}`)).status, 404)
    assert.deepEqual(rows(await house.ask('GET', path)), [])
  })

  test('guests see none of hidden components, and none that the page does not announce yet', async (t) => {
    const { house, db, vault } = await usual(t)
    const hidden = row(await house.ask('POST', path, { body: wish(vault) }))['id']
    const [from, until] = [stamp(systemClock.now() + 30 * day), stamp(systemClock.now() + 31 * day)]
    const far = wish(db, { scheduled_at: from, completed_at: until })
    assert.equal((await house.ask('POST', path, { body: far })).status, 200)
    assert.deepEqual(rows(await house.ask('GET', path, { token: null })), [])
    assert.equal((await house.ask('GET', `${path}/${String(hidden)}`, { token: null })).status, 404)
    assert.equal(rows(await house.ask('GET', path)).length, 2)
  })

  test('a client that sends back all that it read changes nothing, also of what comes again and again', async (t) => {
    const { house, db } = await usual(t)
    const { id } = row(await house.ask('POST', path, { body: wish(db, { scheduled_at: inHours(-1) }) }))
    const recurs = { cron: '0 3 * * *', zone: 'UTC', lasts: hour }
    const plan = await house.store.maintenances.get(Number(id))
    assert.ok(plan)
    const again = await house.store.maintenances.insert(
      { ...plan, recurs, until: systemClock.now() + 300 * day },
      systemClock.now(),
    )
    for (const one of [plan, again]) {
      const shown = row(await house.ask('GET', `${path}/${one.id}`))
      const components = [{ id: db }]
      const told = await house.ask('PUT', `${path}/${one.id}`, { body: { ...shown, components, name: 'Other' } })
      assert.equal(told.status, 200, told.text)
      const after = await house.store.maintenances.get(one.id)
      assert.deepEqual([after?.title, after?.from, after?.until], ['Other', one.from, one.until])
    }
    const moved = await house.ask('PUT', `${path}/${again.id}`, { body: { completed_at: inHours(50) } })
    assert.deepEqual([moved.status, /again and again/.test(moved.text)], [400, true])
  })

  test('what is missing or wrong is said, and nothing is planned', async (t) => {
    const { house, db } = await usual(t)
    for (const [body, fault] of [
      [{ name: 'x' }, /scheduled at field is required/],
      [wish(db, { completed_at: undefined }), /ends by itself/],
      [wish(db, { components: [] }), /name those that are worked on/],
      [wish(db, { components: [999] }), /components are invalid/],
      [wish(db, { components: 'x' }), /must be an array/],
      [wish(db, { scheduled_at: 'soon' }), /not a valid date/],
      [wish(db, { completed_at: inHours(-5), scheduled_at: inHours(-6) }), /passed already/],
      [wish(db, { completed_at: inHours(0.5) }), /after/],
    ] as const) {
      const told = await house.ask('POST', path, { body })
      assert.equal(told.status, 400, told.text)
      assert.match(told.text, fault)
    }
    assert.deepEqual(rows(await house.ask('GET', path)), [])
  })

  test('only who may write incidents plans', async (t) => {
    const { house, db } = await usual(t)
    const { id } = row(await house.ask('POST', path, { body: wish(db) }))
    const report = await house.token({ scopes: ['report'] })
    for (const [method, at] of [
      ['POST', path],
      ['PUT', `${path}/${String(id)}`],
      ['DELETE', `${path}/${String(id)}`],
    ] as const) {
      assert.equal((await house.ask(method, at, { token: null, body: wish(db) })).status, 401)
      assert.equal((await house.ask(method, at, { token: report, body: wish(db) })).status, 403)
    }
    assert.equal(await statusOf(house, id), 'Upcoming')
  })
})
