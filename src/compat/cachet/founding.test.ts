// The calls by which status pages were driven in 2015, word for word but the address.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openCachetHouse, usualPage } from '#test/cachet-house.ts'

type Data<Shape> = { readonly data: Shape }
type Old = Data<Readonly<Record<string, unknown>>>

test('Monit sets a component by curl -u user:pass -XPUT -d status=3 with an update-only account', async (t) => {
  const house = await openCachetHouse(t)
  await house.page('status', usualPage)
  const secret = await house.token({ name: 'monit', scopes: ['report'], components: ['status/db-cluster'] })
  const put = await house.ask('PUT', '/api/components/2', { basic: `user:${secret}`, body: 'status=3' })
  assert.equal(put.status, 200, put.text)
  const { data } = put.json as Old
  assert.deepEqual(
    { ...data, created_at: typeof data['created_at'], updated_at: typeof data['updated_at'] },
    {
      created_at: 'number',
      description: 'MariaDB database cluster nodes',
      id: 2,
      incident_count: 0,
      name: 'db cluster',
      status: 'Partial Outage',
      status_id: 3,
      updated_at: 'number',
    },
  )
  // What it said is history, state and event like any other.
  const monitor = await house.store.objects.get('monitor', 'component.status.db-cluster')
  const { items } = await house.store.events.list({ limit: 10, monitor: monitor?.id })
  assert.deepEqual(
    items.map(({ type, reason, sentence }) => [type, reason, sentence]),
    [['monitor.down', 'set_partial', 'monit set it to partial outage.']],
  )
  assert.match((await house.ask('GET', '/')).text, /1 of 2 components has a problem/)
  // Saying it again changes nothing and tells nobody.
  assert.equal((await house.ask('PUT', '/api/components/2', { basic: `user:${secret}`, body: 'status=3' })).status, 200)
  assert.equal((await house.store.events.list({ limit: 10, monitor: monitor?.id })).items.length, 1)
  // The account does nothing else.
  for (const [method, path, body] of [
    ['PUT', '/api/components/1', 'status=4'],
    ['PUT', '/api/components/2', 'name=mine'],
    ['POST', '/api/components', 'name=x&status=1'],
    ['DELETE', '/api/components/2', ''],
    ['POST', '/api/incidents', 'name=x&status=1&message=x'],
    ['POST', '/api/v1/components/groups', 'name=x'],
    ['POST', '/api/v1/metrics', 'name=x&suffix=y&default_value=0'],
  ] as const)
    assert.equal((await house.ask(method, path, { basic: `user:${secret}`, body })).status, 403, `${method} ${path}`)
})

test('a program reads a component, sets it by JSON texts, and posts an incident', async (t) => {
  const house = await openCachetHouse(t)
  await house.page('status', usualPage)
  const scopes = ['report', 'respond'] as const
  const token = await house.token({ scopes, stringNumbers: true })
  const before = await house.ask('GET', '/api/v1/components/2', { token })
  assert.equal((before.json as Old).data['status'], '0')
  const set = await house.ask('PUT', '/api/v1/components/2', { token, body: { id: '2', status: '3' } })
  assert.deepEqual([set.status, (set.json as Old).data['status']], [200, '3'])
  const after = await house.ask('GET', '/api/v1/components/2', { token })
  assert.equal((after.json as Old).data['status_name'], 'Partial Outage')
  const incident = await house.ask('POST', '/api/v1/incidents', {
    token,
    body: { name: 'db is down', message: 'LastErrorTime: 1', status: '2', component_id: '2', component_status: '3' },
  })
  assert.equal(incident.status, 200, incident.text)
  assert.match((await house.ask('GET', '/')).text, /db is down/)
  // Without the switch numbers are numbers.
  const plain = await house.token({ scopes })
  assert.equal(((await house.ask('GET', '/api/v1/components/2', { token: plain })).json as Old).data['status'], 3)
})

test('integers stay with their components for ever, and are never given again', async (t) => {
  const house = await openCachetHouse(t)
  await house.page('status', usualPage)
  const make = async (name: string) =>
    ((await house.ask('POST', '/api/v1/components', { body: { name, status: 1 } })).json as Data<{ id: number }>).data
      .id
  assert.equal(await make('api'), 4)
  assert.equal(await make('mail'), 5)
  assert.equal((await house.ask('DELETE', '/api/v1/components/5')).status, 204)
  assert.equal((await house.ask('PUT', '/api/v1/components/4', { body: 'name=Another+name' })).status, 200)
  assert.equal(await make('search'), 6)
  const shown = await house.ask('GET', '/api/v1/components/4')
  assert.equal((shown.json as Old).data['name'], 'Another name')
  assert.equal((await house.ask('GET', '/api/v1/components/5')).status, 404)
})

test('where there is nothing yet, the first component makes the page on which it stands', async (t) => {
  const house = await openCachetHouse(t)
  const made = await house.ask('POST', '/api/v1/components?name=API&status=4')
  assert.deepEqual([made.status, (made.json as Old).data['id'], (made.json as Old).data['status']], [200, 1, 4])
  assert.match((await house.ask('GET', '/')).text, /The component has a problem/)
})
