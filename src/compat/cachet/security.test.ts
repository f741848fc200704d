// What went wrong in Cachet over the years, each line of that history tried here as an attacker would.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type CachetHouse, openCachetHouse, usualPage } from '#test/cachet-house.ts'

interface One {
  readonly data: Readonly<Record<string, unknown>>
}

async function usual(t: TestContext): Promise<CachetHouse> {
  const house = await openCachetHouse(t)
  await house.page('status', usualPage)
  return house
}
const idOf = (told: { readonly json: never }): number => Number((told.json as One).data['id'])

const sql = "x' or 1=1; drop table incidents; --"

test('SQL in the names and values of filters finds nothing, breaks nothing, and is no error', async (t) => {
  const house = await usual(t)
  const queries = [
    'name=x&1[0]=name&1[1]=%3D&1[3]=or+1%3D1',
    `name=${encodeURIComponent(sql)}`,
    `${encodeURIComponent(sql)}=1&name=web`,
    'name[]=a&name[][b]=c&status[0][0][0][0][0][0][0]=1',
    'sort=name;drop+table+incidents&order=asc;--',
    'sort[]=name&order[]=asc',
    'id=1+or+1%3D1',
    'per_page=1;--&page=1%27',
    '__proto__[polluted]=1&constructor[prototype][polluted]=1',
    `tags[]=${encodeURIComponent(sql)}`,
    Array.from({ length: 3_000 }, (_, at) => `a${at}[]=1`)
      .join('&')
      .slice(0, 12_000),
  ]
  for (const path of ['components', 'components/groups', 'incidents', 'metrics']) {
    for (const query of queries) {
      const { status } = await house.ask('GET', `/api/v1/${path}?${query}`, { token: null })
      assert.ok(status === 200 || status === 400, `${path} ${query}: ${status}`)
    }
  }
  for (const query of [`filter[name]=${encodeURIComponent(sql)}`, 'filter[x%27]=1', 'filter=1', 'filter[name][a]=1'])
    assert.ok([200, 400].includes((await house.ask('GET', `/api/components?${query}`, { token: null })).status), query)
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
  assert.equal((await house.store.incidents.all('status', 10)).length, 0)
})

test('line breaks and ${…} in texts stay texts: no setting, no header and no secret comes of them', async (t) => {
  const house = await usual(t)
  const text = 'a\r\nX-Evil: 1\r\nAPP_KEY=${ALLSWELL_ADMIN_TOKEN}${env:PATH}'
  const made = await house.ask('POST', '/api/v1/components', { body: { name: text, status: 1, description: text } })
  assert.equal(made.status, 200, made.text)
  assert.equal(made.headers.get('x-evil'), null)
  assert.equal((made.json as One).data['description'], text)
  const page = await house.ask('GET', '/', { token: null })
  assert.ok(page.text.includes('${env:PATH}') && page.headers.get('x-evil') === null)
  for (const method of ['GET', 'POST', 'PUT'] as const)
    assert.equal((await house.ask(method, '/api/v1/setup', { token: null })).status, 404)
})

test('a template runs nothing', async (t) => {
  const house = await usual(t)
  const text =
    "{{ ['id']|filter('system') }}{% for i in range(0,9) %}x{% endfor %}{{ incident.constructor.constructor }}<?= 1 ?>"
  await house.store.meta.set('incident_templates', JSON.stringify([{ slug: 'evil', name: 'Evil', text }]))
  const began = house.engine.ingest.stored
  const body = {
    name: '{{ 7*7 }}',
    status: 1,
    template: 'evil',
    vars: { incident: { constructor: 'x' }, a: '{{ name }}' },
  }
  const made = await house.ask('POST', '/api/v1/incidents', { body })
  const { name, message } = (made.json as One).data
  assert.equal(name, '{{ 7*7 }}')
  assert.equal(message, "{{ ['id']|filter('system') }}{% for i in range(0,9) %}x{% endfor %}<?= 1 ?>")
  assert.equal(house.engine.ingest.stored, began)
  for (const path of ['/api/v1/incidents/templates', '/api/v1/incidents/templates/1', '/api/incident-templates'])
    assert.equal((await house.ask('GET', path, { token: null })).status, 401, path)
})

test('a guest finds nothing that is hidden, in lists, by number, on the page or in the sum', async (t) => {
  const house = await usual(t)
  await house.ask('PUT', '/api/v1/components/3', { body: 'status=4' })
  await house.ask('PUT', '/api/v1/components/2', { body: 'status=1' })
  const hidden = { message: 'top secret plan', status: 1, visible: 0 }
  const draft = idOf(await house.ask('POST', '/api/v1/incidents', { body: { ...hidden, name: 'secret draft' } }))
  const about = {
    name: 'secret about vault',
    message: 'top secret plan',
    status: 1,
    component_id: 3,
    component_status: 4,
  }
  const inside = idOf(await house.ask('POST', '/api/v1/incidents', { body: about }))
  const update = idOf(
    await house.ask('POST', `/api/v1/incidents/${draft}/updates`, { body: { status: 2, message: 'top secret' } }),
  )
  const metric = idOf(
    await house.ask('POST', '/api/v1/metrics', {
      body: { name: 'secret metric', suffix: 's', default_value: 0, visible: 0 },
    }),
  )
  await house.ask('POST', `/api/v1/metrics/${metric}/points?value=42`)
  const known = [
    'components/3',
    `incidents/${draft}`,
    `incidents/${draft}/updates`,
    `incidents/${draft}/updates/${update}`,
  ]
  const more = [`incidents/${inside}`, `incidents/${inside}/updates`, `metrics/${metric}`, `metrics/${metric}/points`]
  const reporter = await house.token({ scopes: ['report'], components: ['status/db-cluster'] })
  for (const who of [{ token: null }, { token: reporter }]) {
    for (const path of [...known, ...more, 'components/groups/2']) {
      assert.equal((await house.ask('GET', `/api/v1/${path}`, who)).status, 404, path)
      const third = path.replace('components/groups', 'component-groups')
      assert.equal(
        (await house.ask('GET', `/api/${third}`, { ...who, headers: { accept: 'application/vnd.api+json' } })).status,
        404,
        third,
      )
    }
    const open = [
      '/',
      '/p/status',
      '/api/v1/components',
      '/api/v1/components/groups',
      '/api/v1/incidents',
      '/api/v1/metrics',
    ]
    const others = [
      '/api/components',
      '/api/incidents',
      '/api/metrics',
      '/api/component-groups',
      '/api/components?include=group,incidents',
    ]
    for (const path of [...open, ...others]) {
      const { text } = await house.ask('GET', path, who)
      assert.doesNotMatch(text, /secret/, path)
    }
    for (const path of [`/p/status/incidents/${draft}`, `/p/status/incidents/${inside}`, '/p/status/days/secret-vault'])
      assert.equal((await house.ask('GET', path, who)).status, 404, path)
  }
  await house.ask('PUT', '/api/v1/components/1', { body: 'status=1' })
  const { data } = (await house.ask('GET', '/api/v1/status', { token: null })).json as One
  assert.equal(data['status'], 'success')
})

test('scripts in any text are text on every page', async (t) => {
  const house = await usual(t)
  const evil = '<script>alert(1)</script><img src=x onerror=alert(2)>"onmouseover="alert(3)'
  const group = await house.ask('POST', '/api/v1/components/groups', { body: { name: evil, visible: 1 } })
  assert.equal(group.status, 200, group.text)
  const body = {
    name: evil,
    description: evil,
    status: 4,
    group_id: idOf(group),
    tags: evil,
    link: 'https://x.test/"><script>',
  }
  const component = await house.ask('POST', '/api/v1/components', { body })
  assert.equal(component.status, 200, component.text)
  const message = `${evil}\n\n[x](javascript:alert(4)) ![y](data:text/html,<script>) <a href=javascript:alert(5)>z</a>`
  const made = { name: evil, message, status: 1, component_id: idOf(component), component_status: 4, stickied: true }
  const incident = idOf(await house.ask('POST', '/api/v1/incidents', { body: made }))
  await house.ask('POST', `/api/v1/incidents/${incident}/updates`, { body: { status: 2, message } })
  for (const path of ['/', `/p/status/incidents/${incident}`]) {
    const { text, headers } = await house.ask('GET', path, { token: null })
    assert.match(text, /&lt;script&gt;/)
    assert.doesNotMatch(text, /<script|<img|<a [^>]*href="(?:javascript|data):/i)
    // Within quotes it is a value.
    assert.doesNotMatch(text.replaceAll(/"[^"]*"/g, '""'), /<[^>]*\son(?:error|mouseover)=/i)
    assert.match(headers.get('content-security-policy') ?? '', /default-src 'none'/)
  }
  const api = await house.ask('GET', '/api/v1/incidents')
  assert.deepEqual(
    [api.headers.get('content-type'), api.headers.get('x-content-type-options')],
    ['application/json', 'nosniff'],
  )
})

test('a link leads by http or https, or is refused', async (t) => {
  const house = await usual(t)
  for (const link of [
    'javascript:alert(1)',
    ' JaVaScRiPt:alert(1)',
    'data:text/html,x',
    'vbscript:x',
    '//evil.test',
    'file:///etc/passwd',
  ]) {
    const { status, text } = await house.ask('PUT', '/api/v1/components/2', { body: { link } })
    assert.equal(status, 400, link)
    assert.match(text, /The link format is invalid/)
  }
})

test('subscribers are for those who may edit, whatever token others have', async (t) => {
  const house = await usual(t)
  const reader = await house.token({ scopes: ['read'] })
  assert.equal((await house.ask('GET', '/api/v1/subscribers', { token: null })).status, 401)
  for (const path of ['subscribers', 'subscribers/1', 'subscriptions/1'])
    assert.equal(
      (await house.ask('DELETE', `/api/v1/${path}`, { token: null })).status,
      path === 'subscribers' ? 405 : 401,
      path,
    )
  assert.equal((await house.ask('GET', '/api/v1/subscribers', { token: reader })).status, 403)
  assert.deepEqual(((await house.ask('GET', '/api/v1/subscribers')).json as { data: unknown[] }).data, [])
})

test('a token does what its scopes say and nothing else, and one that is revoked does nothing', async (t) => {
  const house = await usual(t)
  const reader = await house.token({ scopes: ['read'] })
  const limited = await house.token({ scopes: ['edit', 'report'], labels: { team: ['shop'] } })
  for (const token of [reader, limited]) {
    for (const [method, path, body] of [
      ['PUT', 'components/2', 'status=4'],
      ['POST', 'components', 'name=x&status=1'],
      ['POST', 'incidents', 'name=x&status=1&message=x'],
      ['POST', 'metrics', 'name=x&suffix=y&default_value=0'],
      ['DELETE', 'components/2', ''],
    ] as const)
      assert.equal((await house.ask(method, `/api/v1/${path}`, { token, body })).status, 403, path)
  }
  assert.equal((await house.ask('GET', '/api/v1/components/3', { token: limited })).status, 404)
})

test('a page of another site cannot use a password that a browser remembers', async (t) => {
  const house = await usual(t)
  const secret = await house.token({ scopes: ['report'] })
  const asking = { basic: `me:${secret}`, body: 'status=4', headers: { 'sec-fetch-site': 'cross-site' } }
  assert.equal((await house.ask('PUT', '/api/components/2', asking)).status, 403)
  assert.equal(
    (await house.ask('GET', '/api/components/2', { token: null })).headers.get('access-control-allow-credentials'),
    null,
  )
})

test('whoever guesses tokens is told to wait, and learns nothing of those that exist', async (t) => {
  const house = await usual(t)
  const guess = (at: number) =>
    house.ask('PUT', '/api/v1/components/2', { token: `aw_${String(at).padStart(43, 'x')}`, body: 'status=4' })
  const statuses = new Set<number>()
  for (let at = 0; at < 130; at += 1) statuses.add((await guess(at)).status)
  assert.deepEqual(
    [...statuses].toSorted((one, other) => one - other),
    [401, 429],
  )
  assert.ok(Number((await guess(999)).headers.get('retry-after')) > 0)
})

test('huge and broken bodies are refused in bounded time and memory', async (t) => {
  const house = await usual(t)
  const big = `name=${'x'.repeat(2_000_000)}&status=1`
  assert.equal((await house.ask('POST', '/api/v1/components', { body: big })).status, 413)
  const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`
  const json = { 'content-type': 'application/json' }
  assert.equal((await house.ask('PUT', '/api/v1/components/2', { body: deep, headers: json })).status, 200)
  for (const body of [
    '{',
    'null',
    '[]',
    '"x"',
    '{"status":{"a":1}}',
    '{"status":[3]}',
    '{"status":1e999}',
    '{"name":{}}',
  ]) {
    const { status } = await house.ask('PUT', '/api/v1/components/2', { body, headers: json })
    assert.ok(status === 200 || status === 400, `${body}: ${status}`)
  }
  const endless = 'a'.repeat(20_001)
  const long = await house.ask('POST', '/api/v1/incidents', { body: { name: 'x', status: 1, message: endless } })
  assert.equal(long.status, 400)
})
