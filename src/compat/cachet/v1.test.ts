// /api/v1 as its clients know it: shapes, parameters from everywhere, paging, times, sorting, faults.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { type CachetHouse, openCachetHouse, usualPage } from '#test/cachet-house.ts'

type Row = Readonly<Record<string, unknown>>
interface One {
  readonly data: Row
}
interface Many {
  readonly data: readonly Row[]
  readonly meta: { readonly pagination: Row & { readonly links: Row } }
}
interface Faults {
  readonly errors: readonly { readonly id: string; readonly detail: string; readonly meta?: { details: string[] } }[]
}

const golden = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../test/golden/cachet/${name}.json`, import.meta.url), 'utf8'))

/** What a value is made of: names, and the types of what stands there. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return 'list'
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, shapeOf(inner)] as const)
      .toSorted(([one], [other]) => (one < other ? -1 : 1)),
  )
}
const alike = (answer: unknown, name: string) => assert.deepEqual(shapeOf(answer), shapeOf(golden(name)), name)

async function usual(t: Parameters<typeof openCachetHouse>[0]): Promise<CachetHouse> {
  const house = await openCachetHouse(t)
  await house.page('status', usualPage)
  return house
}
const idOf = (told: { readonly json: never }): number => Number((told.json as One).data['id'])

describe('the second generation of Cachet', () => {
  test('every resource looks as its clients know it', async (t) => {
    const house = await usual(t)
    const make = async (path: string, body: object, name: string) => {
      const told = await house.ask('POST', `/api/v1/${path}`, { body })
      assert.equal(told.status, 200, told.text)
      alike(told.json, name)
      return idOf(told)
    }
    const component = await make('components', { name: 'API', status: 1, description: 'x' }, 'v1-component')
    await make('components/groups', { name: 'Websites' }, 'v1-group')
    const incident = await make('incidents', { name: 'a', message: 'b', status: 4 }, 'v1-incident')
    await make(`incidents/${incident}/updates`, { message: 'b', status: 4 }, 'v1-update')
    const metric = await make('metrics', { name: 'a', suffix: 'ms', default_value: 0, description: 'b' }, 'v1-metric')
    await make(`metrics/${metric}/points`, { value: 4 }, 'v1-point')
    alike((await house.ask('GET', '/api/v1/version')).json, 'v1-version')
    assert.deepEqual((await house.ask('GET', '/api/v1/ping', { token: null })).json, { data: 'Pong!' })
    alike((await house.ask('GET', '/api/v1/components/999')).json, 'v1-404')
    alike((await house.ask('PUT', `/api/v1/components/${component}`, { token: null, body: 'status=1' })).json, 'v1-401')
    alike((await house.ask('POST', '/api/v1/components', { body: {} })).json, 'v1-400')
    const wrong = (await house.ask('POST', '/api/v1/components', { body: {} })).json as Faults
    assert.deepEqual(wrong.errors[0]?.meta?.details, ['The name field is required.', 'The status field is required.'])
  })

  test('the first generation at its own address looks as its clients know it', async (t) => {
    const house = await usual(t)
    alike((await house.ask('GET', '/api/components/2')).json, '2015-component')
    alike((await house.ask('POST', '/api/incidents', { body: 'name=a&message=b&status=1' })).json, '2015-incident')
    alike((await house.ask('POST', '/api/metrics', { body: 'name=a&suffix=ms&description=b' })).json, '2015-metric')
    const first = await house.ask('GET', '/api/components/2')
    const etag = first.headers.get('etag') ?? ''
    assert.equal((await house.ask('GET', '/api/components/2', { headers: { 'if-none-match': etag } })).status, 304)
    const list = (await house.ask('GET', '/api/components', { token: null })).json as { data: Row[]; meta?: unknown }
    assert.deepEqual([list.data.length, list.meta], [2, undefined])
    for (const [asking, message] of [
      [{ token: null }, 'You are not authorized to view this content.'],
      [{ basic: 'me:nonsense' }, 'Invalid authentication credentials.'],
      [{ token: 'nonsense' }, 'The API token you provided was not correct.'],
    ] as const) {
      const { status, json } = await house.ask('PUT', '/api/components/2', { ...asking, body: 'status=1' })
      assert.deepEqual([status, json], [401, { message, status_code: 401 }])
    }
  })

  test('parameters are taken from the query, a form and JSON on every verb', async (t) => {
    const house = await usual(t)
    const status = async () => ((await house.ask('GET', '/api/v1/components/2')).json as One).data['status']
    for (const [path, body, headers] of [
      ['?status=4', undefined, {}],
      ['', 'status=3', {}],
      ['', { status: 2 }, {}],
      ['', { status: '1' }, {}],
      ['', { id: 99, status: 4, Visible: true, notify: '1', nonsense: { a: [1] } }, {}],
      ['', '{"status":3}', { 'content-type': 'application/vnd.any+json' }],
    ] as [string, string | object | undefined, Record<string, string>][]) {
      const asking = { headers, ...(body === undefined ? {} : { body }) }
      const told = await house.ask('PUT', `/api/v1/components/2${path}`, asking)
      assert.equal(told.status, 200, told.text)
    }
    assert.equal(await status(), 3)
    await house.ask('POST', '/api/v1/components/2', { body: '_method=PUT&status=2' })
    assert.equal(await status(), 2)
    await house.ask('POST', '/api/v1/components/2', { body: 'status=4', headers: { 'x-http-method-override': 'PUT' } })
    assert.equal(await status(), 4)
    // What nobody can read says nothing, and so changes nothing.
    const told = await house.ask('PUT', '/api/v1/components/2', {
      body: '{"status":1}',
      headers: { 'content-type': '' },
    })
    assert.deepEqual([told.status, await status()], [200, 4])
  })

  test('a component that is sent back whole changes nothing else', async (t) => {
    const house = await usual(t)
    const body = { name: 'API', status: 1, link: 'https://api.test', order: 3, tags: 'Foo,Bar', enabled: false }
    const made = (await house.ask('POST', '/api/v1/components', { body })).json as One
    assert.deepEqual(made.data['tags'], { foo: 'Foo', bar: 'Bar' })
    const again = await house.ask('PUT', `/api/v1/components/${made.data['id'] as number}`, {
      body: { ...made.data, status: 2 },
    })
    assert.equal(again.status, 200, again.text)
    const { updated_at: _, ...rest } = (again.json as One).data
    const { updated_at: __, ...before } = made.data
    assert.deepEqual(rest, { ...before, status: 2, status_name: 'Performance Issues' })
    const report = await house.token({ scopes: ['report'] })
    const echoed = await house.ask('PUT', `/api/v1/components/${made.data['id'] as number}`, {
      token: report,
      body: { ...rest, status: 1 },
    })
    assert.equal(echoed.status, 404, 'a reporter does not see what is hidden')
  })

  test('lists come page by page, filtered and sorted', async (t) => {
    const house = await usual(t)
    for (let at = 1; at <= 22; at += 1)
      await house.ask('POST', '/api/v1/incidents', {
        body: { name: `n${at}`, message: 'm', status: at % 2 === 0 ? 4 : 1 },
      })
    const list = async (query: string) => (await house.ask('GET', `/api/v1/incidents${query}`)).json as Many
    const first = await list('')
    alike({ ...first, data: [] }, 'v1-list')
    const { total, count, total_pages: pages } = first.meta.pagination
    assert.deepEqual([total, count, pages], [22, 20, 2])
    const second = await list('?page=2&status=1')
    assert.deepEqual([second.meta.pagination['total'], second.data.length], [11, 0])
    const next = String(first.meta.pagination.links['next_page'])
    assert.equal(((await house.ask('GET', next.replace(house.base, ''))).json as Many).data.length, 2)
    assert.equal((await list('?per_page=10000')).data.length, 22)
    assert.equal((await list('?sort=id')).data[0]?.['id'], 22)
    assert.equal((await list('?sort=id&order=asc')).data[0]?.['id'], 1)
    assert.equal((await list('?sort=nonsense')).data[0]?.['id'], 1)
    assert.deepEqual(
      (await list('?name=n7')).data.map(({ name }) => name),
      ['n7'],
    )
    for (const strange of ['?page=-1', '?page=x&per_page=0', '?per_page[]=1', '?page=999999999'])
      assert.equal((await house.ask('GET', `/api/v1/incidents${strange}`)).status, 200, strange)
  })

  test('times are written and read in the zone of the page, or the one that is asked for', async (t) => {
    const house = await openCachetHouse(t)
    await house.page('status', { ...usualPage, zone: 'Europe/Berlin' })
    const body = { name: 'n', message: 'm', status: 1, occurred_at: '2026-07-01 12:00' }
    const made = (await house.ask('POST', '/api/v1/incidents', { body })).json as One
    assert.equal(made.data['occurred_at'], '2026-07-01 12:00:00')
    const path = `/api/v1/incidents/${made.data['id'] as number}`
    const at = async (zone: string) =>
      ((await house.ask('GET', path, { headers: { 'time-zone': zone } })).json as One).data['occurred_at']
    assert.equal(await at('UTC'), '2026-07-01 10:00:00')
    assert.equal(await at('Europe/Helsinki'), '2026-07-01 13:00:00')
    assert.equal(await at('Not/AZone'), '2026-07-01 12:00:00')
    for (const [given, read] of [
      ['31/12/2025 23:30', '2025-12-31 23:30:00'],
      ['2025-12-31T23:30:00Z', '2026-01-01 00:30:00'],
      ['2025-03-30 02:30', '2025-03-30 03:30:00'],
    ] as const) {
      await house.ask('PUT', path, { body: { occurred_at: given } })
      assert.equal(await at('Europe/Berlin'), read, given)
    }
    const wrong = await house.ask('PUT', path, { body: { occurred_at: 'yesterday' } })
    assert.equal(wrong.status, 400)
  })

  test('incidents: their component is set, updates move them, and what is not named stays', async (t) => {
    const house = await usual(t)
    const body = {
      name: 'n',
      message: 'm',
      status: 1,
      component_id: 2,
      component_status: 4,
      visible: 0,
      stickied: 'true',
    }
    const made = (await house.ask('POST', '/api/v1/incidents', { body })).json as One
    const path = `/api/v1/incidents/${made.data['id'] as number}`
    const component = async () => ((await house.ask('GET', '/api/v1/components/2')).json as One).data['status']
    assert.deepEqual([made.data['visible'], made.data['stickied'], await component()], [0, true, 4])
    assert.equal((await house.ask('GET', path, { token: null })).status, 404)
    const put = (
      await house.ask('PUT', path, { body: { status: 4, message: 'over', component_id: 2, component_status: 1 } })
    ).json as One
    assert.deepEqual(
      [put.data['visible'], put.data['stickied'], put.data['message'], put.data['is_resolved']],
      [0, true, 'over', true],
    )
    assert.equal(await component(), 1)
    const update = { status: 2, message: 'again', component_id: 2, component_status: 3 }
    await house.ask('POST', `${path}/updates`, { body: update })
    const after = (await house.ask('GET', path)).json as One
    assert.deepEqual([after.data['status'], after.data['latest_human_status'], await component()], [2, 'Identified', 3])
    const other = idOf(await house.ask('POST', '/api/v1/incidents', { body: { name: 'o', message: 'm', status: 1 } }))
    const [first] = after.data['updates'] as Row[]
    assert.equal((await house.ask('GET', `/api/v1/incidents/${other}/updates/${Number(first?.['id'])}`)).status, 404)
    const lonely = await house.ask('POST', '/api/v1/incidents', {
      body: { name: 'o', message: 'm', status: 1, component_status: 1 },
    })
    const { errors } = lonely.json as Faults
    assert.deepEqual(errors[0]?.meta?.details, ['The component id field is required when component status is present.'])
    assert.equal((await house.ask('DELETE', path)).status, 204)
    assert.equal((await house.ask('GET', path)).status, 404)
  })

  test('groups: components move into them, and stay when they go', async (t) => {
    const house = await usual(t)
    const group = idOf(
      await house.ask('POST', '/api/v1/components/groups', { body: { name: 'New', collapsed: 1, visible: 1 } }),
    )
    const moved = (await house.ask('PUT', '/api/v1/components/2', { body: { group_id: group } })).json as One
    assert.equal(moved.data['group_id'], group)
    const shown = (await house.ask('GET', `/api/v1/components/groups/${group}`)).json as One
    assert.deepEqual(
      (shown.data['enabled_components'] as Row[]).map(({ id }) => id),
      [2],
    )
    await house.ask('PUT', `/api/v1/components/groups/${group}`, { body: { name: 'Newer' } })
    assert.equal(((await house.ask('GET', `/api/v1/components/groups/${group}`)).json as One).data['name'], 'Newer')
    assert.equal((await house.ask('DELETE', `/api/v1/components/groups/${group}`)).status, 204)
    const left = (await house.ask('GET', '/api/v1/components/2')).json as One
    assert.deepEqual([left.data['group_id'], left.data['name']], [0, 'db cluster'])
  })

  test('metrics: a point that comes again is counted', async (t) => {
    const house = await usual(t)
    const metric = idOf(await house.ask('POST', '/api/v1/metrics?name=a&suffix=ms&default_value=0'))
    const push = async (value: number) =>
      (await house.ask('POST', `/api/v1/metrics/${metric}/points?value=${value}`)).json as One
    const [first, again, other] = [await push(4), await push(4), await push(5)]
    assert.deepEqual(
      [again.data['id'], again.data['counter'], again.data['calculated_value']],
      [first.data['id'], 2, 8],
    )
    assert.notEqual(other.data['id'], first.data['id'])
    const odd = await house.ask('PUT', `/api/v1/metrics/${metric}`, { body: { threshold: 7 } })
    assert.match(odd.text, /Threshold must divide by 60\./)
    const elsewhere = idOf(await house.ask('POST', '/api/v1/metrics?name=b&suffix=ms&default_value=0'))
    const point = Number(first.data['id'])
    assert.equal((await house.ask('DELETE', `/api/v1/metrics/${elsewhere}/points/${point}`)).status, 404)
    assert.equal((await house.ask('DELETE', `/api/v1/metrics/${metric}/points/${point}`)).status, 204)
  })

  test('other methods, other media and other addresses are refused in its own words', async (t) => {
    const house = await usual(t)
    const told = await house.ask('PATCH', '/api/v1/components/2', { body: {} })
    assert.deepEqual([told.status, told.headers.get('allow')], [405, 'GET, PUT, DELETE'])
    assert.equal((await house.ask('GET', '/api/v1/components', { headers: { accept: 'text/html' } })).status, 406)
    for (const accept of ['*/*', 'application/json; indent=4', 'application/*'])
      assert.equal((await house.ask('GET', '/api/v1/components', { headers: { accept } })).status, 200, accept)
    for (const path of ['/api/v1', '/api/v1/nothing', '/api/v1/components/x', '/api/v1/components/1/2/3'])
      assert.equal((await house.ask('GET', path)).status, 404, path)
    // What belongs to others is left to them.
    for (const path of ['/api/v2/monitors', '/api/services', '/api/views', '/api/alarms', '/api/status'])
      assert.equal((await house.ask('GET', path, { token: null })).text, 'somebody else', path)
  })

  test('the whole is well, impaired or in a major outage', async (t) => {
    const house = await usual(t)
    const status = async () => ((await house.ask('GET', '/api/v1/status', { token: null })).json as One).data['status']
    const set = (id: number, code: number) => house.ask('PUT', `/api/v1/components/${id}`, { body: { status: code } })
    await set(1, 1)
    await set(2, 1)
    assert.equal(await status(), 'success')
    await set(2, 2)
    assert.equal(await status(), 'info')
    await set(2, 4)
    assert.equal(await status(), 'danger')
  })
})

describe('the third generation of Cachet', () => {
  test('components and incidents are JSON:API, made with 201, and faults are 422', async (t) => {
    const house = await usual(t)
    const bearer = await house.token({ scopes: ['edit', 'report'] })
    const made = await house.ask('POST', '/api/components', { bearer, body: { name: 'API', status: 1 } })
    assert.deepEqual([made.status, made.headers.get('content-type')], [201, 'application/vnd.api+json'])
    const { data } = made.json as { data: { id: string; type: string; attributes: Row } }
    assert.deepEqual(
      [data.id, data.type, data.attributes['id'], data.attributes['status']],
      ['4', 'components', 4, { human: 'Operational', value: 1 }],
    )
    const wrong = await house.ask('POST', '/api/components', { bearer, body: { status: 9 } })
    assert.equal(wrong.status, 422)
    assert.deepEqual(Object.keys((wrong.json as { errors: object }).errors), ['name', 'status'])
    const body = { name: 'n', message: 'm', status: 1, visible: true, components: [{ id: 4, status: 4 }] }
    const incident = await house.ask('POST', '/api/incidents', { bearer, body })
    assert.equal(incident.status, 201, incident.text)
    const now = (await house.ask('GET', '/api/v1/components/4')).json as One
    assert.equal(now.data['status'], 4, 'a component is what a running incident says')
    const { id } = (incident.json as { data: { id: string } }).data
    assert.equal(
      (await house.ask('POST', `/api/incidents/${id}/updates`, { bearer, body: { status: 4, message: 'over' } }))
        .status,
      201,
    )
    const after = (await house.ask('GET', '/api/v1/components/4')).json as One
    assert.equal(after.data['status'], 1, 'and what its monitors say when that is over')
    const list = await house.ask('GET', '/api/components?filter[name]=ap&sort=-id&include=group&per_page=1', { bearer })
    const page = list.json as { data: unknown[]; meta: Row; links: Row }
    assert.deepEqual([page.data.length, page.meta['per_page'], Object.keys(page.links)], [1, 1, ['first']])
    for (const query of ['filter[nope]=1', 'sort=nope', 'include=nope'])
      assert.equal((await house.ask('GET', `/api/components?${query}`, { bearer })).status, 400, query)
    assert.equal((await house.ask('POST', '/api/component-groups', { token: null, body: { name: 'x' } })).status, 401)
    assert.equal((await house.ask('DELETE', '/api/components/4', { bearer })).status, 204)
  })

  test('the same addresses belong to the first generation unless something else is asked for', async (t) => {
    const house = await usual(t)
    const isThird = async (path: string, headers: Record<string, string> = {}) =>
      Array.isArray(((await house.ask('GET', path, { token: null, headers })).json as { data: Row[] }).data) &&
      'attributes' in (((await house.ask('GET', path, { token: null, headers })).json as { data: Row[] }).data[0] ?? {})
    assert.equal(await isThird('/api/components'), false)
    assert.equal(await isThird('/api/components', { accept: 'application/vnd.api+json' }), true)
    assert.equal(await isThird('/api/components?filter[name]=d'), true)
    assert.equal(await isThird('/api/components?include=group'), true)
    assert.equal(await isThird('/api/component-groups'), true)
  })
})
