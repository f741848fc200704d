// Tests of the API over real sockets and a real store: resources, bad input, concurrent edits, ownership, secrets.
// Promises that no answer carries a stack or a secret.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { storeFile } from '#commands/apply-file.ts'
import { apiRoutes } from './api.ts'
import { openTestServer, type TestServer } from './testing.ts'

let server: TestServer
before(async () => {
  server = await openTestServer()
})
after(() => server.close())

const web = { http: { url: 'https://web.example.test' }, interval: '10s' }
const hook = { webhook: { url: 'https://hook.example.test', secret: 'shared-secret', headers: { 'X-Any': 'private' } } }

type Json = Record<string, unknown>
interface ProblemBody {
  readonly type: string
  readonly status: number
  readonly detail: string
  readonly instance: string
  readonly errors?: readonly { readonly path: string; readonly message: string }[]
}

async function create(plural: string, body: Json): Promise<Json> {
  const { status, json, text } = await server.ask('POST', `/api/v2/${plural}`, { body })
  assert.equal(status, 201, text)
  return json
}

async function problem(method: string, path: string, ask = {}): Promise<ProblemBody> {
  const { status, headers, json, text } = await server.ask(method, path, ask)
  assert.equal(headers.get('content-type'), 'application/problem+json', text)
  const body = json as ProblemBody
  assert.equal(body.status, status)
  assert.equal(body.instance, path.split('?')[0])
  assert.doesNotMatch(text, /\bat .*\.ts:\d|node_modules/)
  return body
}

test('a created monitor is answered with what is known of it, and where it is', async () => {
  const body = { key: 'shop', name: 'Web shop', ...web, labels: { customer: 'acme' } }
  const { status, headers, json } = await server.ask('POST', '/api/v2/monitors', { body })
  assert.deepEqual([status, headers.get('location'), headers.get('etag')], [201, '/api/v2/monitors/shop', '"1"'])
  const { createdAt, updatedAt, since, ...rest } = json as Json
  for (const time of [createdAt, updatedAt, since]) assert.match(String(time), /^\d{4}-\d\d-\d\dT.*Z$/)
  assert.deepEqual(rest, {
    key: 'shop',
    name: 'Web shop',
    kind: 'http',
    status: 'unknown',
    reason: 'no_data',
    sentence: 'Nothing has been observed yet.',
    labels: { customer: 'acme' },
    target: 'https://web.example.test',
    paused: false,
    policy: {
      interval: '10s',
      timeout: '10s',
      fail_after: 2,
      recover_after: 1,
      retry_every: '2s500ms',
      quorum: 'majority',
      stale_after: '40s',
      beat: null,
    },
    outage: null,
    lastAt: null,
    beats: null,
    locations: [],
    identity: null,
    acknowledged: null,
    snoozedUntil: null,
    snoozedBy: null,
    owner: 'api',
    spec: { name: 'Web shop', ...web, labels: { customer: 'acme' } },
    revision: 1,
    problem: null,
  })
})

test('the spec that was read can be put back, and is then no change', async () => {
  await create('monitors', { key: 'round', ...web })
  const { json, headers } = await server.ask('GET', '/api/v2/monitors/round')
  const put = await server.ask('PUT', '/api/v2/monitors/round', {
    body: (json as { spec: Json }).spec,
    headers: { 'if-match': headers.get('etag') ?? '' },
  })
  assert.deepEqual([put.status, (put.json as Json).revision], [200, 1])
})

test('a list is filtered by kind, status, owner, label and text, and paged by its cursor', async () => {
  for (const n of [1, 2, 3])
    await create('monitors', { key: `paged-${n}`, ...web, labels: { tier: 'gold', n: `${n}` } })
  await create('monitors', { key: 'paged-beat', heartbeat: {}, labels: { tier: 'gold' } })
  await server.ask('POST', '/api/v2/monitors/paged-2/run')
  await server.ask('POST', '/api/v2/monitors/paged-3/pause')
  const keys = async (query: string) => {
    const { json, text } = await server.ask('GET', `/api/v2/monitors?label=tier:gold&${query}`)
    assert.ok(Array.isArray((json as Json).items), text)
    return (json as { items: { key: string }[] }).items.map(({ key }) => key)
  }
  assert.deepEqual(await keys('kind=heartbeat'), ['paged-beat'])
  assert.deepEqual(await keys('status=up'), ['paged-2'])
  assert.deepEqual(await keys('status=paused'), ['paged-3'])
  assert.deepEqual(await keys('status=unknown'), ['paged-1', 'paged-beat'])
  assert.deepEqual(await keys('label=n:1'), ['paged-1'])
  assert.deepEqual(await keys('search=GED-2'), ['paged-2'])
  assert.deepEqual(await keys('owner=beat'), [])
  const first = await server.ask('GET', '/api/v2/monitors?label=tier:gold&limit=3')
  const { items, next } = first.json as { items: unknown[]; next: string }
  assert.equal(items.length, 3)
  assert.deepEqual(await keys(`limit=3&cursor=${next}`), ['paged-beat'].slice(items.length - 3))
})

test('pausing shows at once, checking now counts, and what cannot be checked says so', async () => {
  await create('monitors', { key: 'acted', ...web })
  const paused = await server.ask('POST', '/api/v2/monitors/acted/pause')
  assert.deepEqual([(paused.json as Json).status, (paused.json as Json).paused], ['paused', true])
  const resumed = await server.ask('POST', '/api/v2/monitors/acted/resume')
  assert.equal((resumed.json as Json).status, 'unknown')
  server.engine.finding = { outcome: 'down', latency: 5, reason: 'refused', sentence: 'It refused.' }
  const ran = await server.ask('POST', '/api/v2/monitors/acted/run')
  server.engine.finding = { outcome: 'up', latency: 1, reason: null, sentence: null }
  assert.deepEqual((ran.json as Json).found, {
    outcome: 'down',
    latency: 5,
    reason: 'refused',
    sentence: 'It refused.',
    facts: {},
    identity: null,
  })
  await create('monitors', { key: 'quiet', heartbeat: {} })
  assert.equal((await problem('POST', '/api/v2/monitors/quiet/run')).status, 409)
})

test('all faults of a body come at once, each with its place and the nearest known word', async () => {
  const body = { key: 'bad', http: { ulr: 'https://x.test' }, intervall: '1s', timeout: 5, fail_after: 'two' }
  const { status, errors } = await problem('POST', '/api/v2/monitors', { body })
  assert.equal(status, 422)
  const said = new Map(errors?.map(({ path, message }) => [path, message]))
  assert.match(said.get('intervall') ?? '', /did you mean "interval"\?/)
  const more = await problem('POST', '/api/v2/monitors', { body: { ...body, intervall: undefined } })
  const places = more.errors?.map(({ path }) => path) ?? []
  for (const place of ['http.ulr', 'http.url', 'timeout', 'fail_after']) assert.ok(places.includes(place), place)
})

test('a key of a wrong form is a fault of the key', async () => {
  for (const [method, path] of [
    ['POST', 'monitors'],
    ['PUT', 'monitors/not%20a%20key'],
  ] as const) {
    const body = method === 'POST' ? { key: 'not a key', ...web } : web
    const { status, errors } = await problem(method, `/api/v2/${path}`, { body })
    assert.deepEqual([status, errors?.[0]?.path], [422, 'key'])
  }
})

test('the description says what a monitor may have, and leads nowhere else', async () => {
  const { text, json } = await server.ask('GET', '/api/v2/openapi.json', { token: null })
  const { openapi, paths } = json as { openapi: string; paths: Record<string, { put?: Json }> }
  assert.equal(openapi, '3.1.0')
  assert.match(JSON.stringify(paths['/api/v2/monitors/{key}']?.put ?? null), /"fail_after"/)
  assert.doesNotMatch(text, /\$schema|\$defs/)
  for (const [, ref] of text.matchAll(/"\$ref":"([^"]+)"/g)) {
    const steps = ref?.split('/').slice(1) ?? []
    let at: unknown = json
    for (const step of steps) at = (at as Json)[step]
    assert.equal(typeof at, 'object', ref ?? '')
  }
})

test('the description is written out once, and the same bytes go to everybody', async () => {
  const description = apiRoutes(server).find(({ path }) => path.endsWith('openapi.json'))
  const nothing = {
    params: {},
    query: {},
    body: undefined,
    ifMatch: null,
    ifNoneMatch: null,
    who: null,
    visitor: null as never,
  }
  const first = await description?.answerTo(nothing)
  assert.ok(first?.body instanceof Uint8Array)
  assert.equal((await description?.answerTo(nothing))?.body, first.body)
  const { headers, text } = await server.ask('GET', '/api/v2/openapi.json', { token: null })
  assert.equal(headers.get('content-length'), String(Buffer.byteLength(text)))
})

test('bodies that are no JSON object are refused with what is wrong', async () => {
  const cases: [unknown, number, RegExp][] = [
    ['', 400, /empty/],
    ['{"key": "x",', 400, /not JSON/],
    ['{key: x}', 400, /not JSON/],
    ['[]', 422, /mapping/],
    ['null', 422, /mapping/],
    ['"text"', 422, /mapping/],
    ['{}', 422, /"key" is missing/],
    ['{"key": 5}', 422, /"key" expected text/],
    ['['.repeat(100_000), 400, /levels deep/],
    [`{"key":${'['.repeat(65)}${']'.repeat(65)}}`, 400, /levels deep/],
  ]
  for (const [body, status, detail] of cases) {
    const found = await problem('POST', '/api/v2/monitors', { body })
    assert.equal(found.status, status, String(body).slice(0, 20))
    assert.match(found.detail, detail)
  }
})

test('a body in another encoding is refused', async () => {
  const response = await fetch(`${server.base}/api/v2/monitors`, {
    method: 'POST',
    headers: { authorization: 'Bearer an-administrators-token' },
    body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
  })
  assert.equal(response.status, 400)
  assert.match(await response.text(), /not UTF-8/)
})

test('names that mean something to JavaScript are only names', async () => {
  const labels = '"labels":{"constructor":"a","toString":"b"}'
  const body = `{"key":"proto",${labels},"http":{"url":"https://x.test"},"__proto__":{"paused":true}}`
  const made = await server.ask('POST', '/api/v2/monitors', { body })
  assert.deepEqual([made.status, (made.json as Json).paused], [201, false])
  assert.deepEqual((made.json as Json).labels, { constructor: 'a', toString: 'b' })
  await server.ask('PATCH', '/api/v2/monitors/proto', {
    body: '{"__proto__":{"paused":true},"labels":{"toString":null}}',
  })
  const { json } = await server.ask('GET', '/api/v2/monitors/proto')
  assert.deepEqual((json as Json).labels, { constructor: 'a' })
  assert.equal(({} as Json).paused, undefined)
  assert.equal((await problem('GET', '/api/v2/monitors/__proto__')).status, 404)
})

test('bad queries are refused with their place', async () => {
  const cases: [string, string][] = [
    ['limit=0', 'limit'],
    ['limit=501', 'limit'],
    ['limit=1.5', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=made-up', 'cursor'],
    ['status=uup', 'status'],
    ['label=nolabel', 'label'],
    [Array.from({ length: 21 }, (_, n) => `label=a${n}:b`).join('&'), 'label'],
    ['lmit=5', 'lmit'],
  ]
  for (const [query, place] of cases) {
    const { status, errors } = await problem('GET', `/api/v2/monitors?${query}`)
    assert.deepEqual([status, errors?.[0]?.path], [400, place], query)
  }
})

test('an unknown address and a wrong method say what is known', async () => {
  const near = await problem('GET', '/api/v2/monitor')
  assert.deepEqual(
    [near.status, near.detail],
    [404, 'There is nothing at /api/v2/monitor. Did you mean /api/v2/monitors?'],
  )
  assert.equal((await problem('GET', '/nothing/like/this')).status, 404)
  const { headers } = await server.ask('PATCH', '/api/v2/monitors')
  assert.equal(headers.get('allow'), 'GET, HEAD, POST')
  assert.equal((await problem('DELETE', '/api/v2/events')).status, 405)
  assert.equal((await problem('GET', '/api/v2/monitors/%E0%A4%A')).status, 404)
})

test('a put that may only create, or only replace, does no other', async () => {
  const put = async (key: string, headers: Record<string, string>) =>
    await server.ask('PUT', `/api/v2/monitors/${key}`, { body: web, headers })
  assert.equal((await put('onlynew', { 'if-match': '*' })).status, 412)
  assert.equal((await put('onlynew', { 'if-none-match': '*' })).status, 201)
  const again = await put('onlynew', { 'if-none-match': ' * ' })
  assert.equal(again.status, 412)
  assert.match((again.json as ProblemBody).detail, /There is a monitor "onlynew" already/)
  assert.equal((await put('onlynew', { 'if-match': '*' })).status, 200)
  assert.equal((await put('onlynew', { 'if-none-match': '"1"' })).status, 400)
  assert.equal((await put('onlynew', { 'if-none-match': '*', 'if-match': '"1"' })).status, 400)
  const many = await Promise.all(Array.from({ length: 5 }, () => put('onlyone', { 'if-none-match': '*' })))
  assert.deepEqual(many.map(({ status }) => String(status)).sort(), ['201', '412', '412', '412', '412'])
})

test('a change from an old revision is refused and says what is different', async () => {
  await create('monitors', { key: 'edited', ...web })
  const change = async (interval: string, revision: string) =>
    await server.ask('PUT', '/api/v2/monitors/edited', {
      body: { ...web, interval },
      headers: { 'if-match': revision },
    })
  assert.equal((await change('20s', '"1"')).status, 200)
  const stale = await change('30s', '"1"')
  assert.equal(stale.status, 412)
  assert.match((stale.json as ProblemBody).detail ?? '', /was changed by admin at /)
  const [error, more] = (stale.json as ProblemBody).errors ?? []
  assert.deepEqual([error?.path, more], ['interval', undefined])
  assert.match(error?.message ?? '', /^was changed from "10s" to "20s" by admin at /)
  const results = await Promise.all([1, 2, 3, 4].map((n) => change(`${n}m`, '"2"')))
  assert.deepEqual(results.map(({ status }) => String(status)).sort(), ['200', '412', '412', '412'])
  assert.equal((await change('1m', 'yesterday')).status, 400)
  assert.equal((await change('1m', '*')).status, 200)
})

test('what a file owns is refused with the name of the file', async () => {
  const object = { type: 'monitor' as const, key: 'filed', name: 'filed', kind: 'http', labels: {}, spec: web }
  await storeFile(server.store, '/etc/allswell.yaml', [object], server.clock.now())
  for (const [method, body] of [
    ['PUT', web],
    ['PATCH', { name: 'x' }],
    ['DELETE', undefined],
  ] as const) {
    const { status, detail } = await problem(method, '/api/v2/monitors/filed', { body })
    assert.equal(status, 409, method)
    assert.match(detail, /belongs to the file \/etc\/allswell\.yaml/)
  }
  assert.equal((await server.ask('POST', '/api/v2/monitors/filed/pause')).status, 200)
  assert.equal((await server.ask('DELETE', '/api/v2/monitors/filed?take_over=true')).status, 204)
})

test('secrets are answered nowhere, kept when sent back hidden, and not resolved from references', async () => {
  await create('channels', { key: 'secretive', ...hook })
  const http = { url: 'https://ann:pass-word@x.test/', headers: { Authorization: 'Bearer hidden-one' } }
  await create('monitors', { key: 'secretive', http, interval: '1m' })
  for (const path of ['channels', 'channels/secretive', 'monitors?search=secretive', 'monitors/secretive']) {
    const { text } = await server.ask('GET', `/api/v2/${path}`)
    assert.doesNotMatch(text, /shared-secret|private|pass-word|hidden-one/, path)
  }
  const { json } = await server.ask('GET', '/api/v2/channels/secretive')
  const { spec } = json as { spec: { webhook: Json } }
  spec.webhook.url = `${hook.webhook.url}/new`
  assert.equal((await server.ask('PUT', '/api/v2/channels/secretive', { body: spec })).status, 200)
  const stored = await server.store.objects.get('channel', 'secretive')
  assert.deepEqual(stored?.spec, { webhook: { ...hook.webhook, url: spec.webhook.url } })
  await create('channels', { key: 'literal', webhook: { url: 'https://x.test', secret: '${env:PATH}' } })
  const literal = await server.store.objects.get('channel', 'literal')
  assert.deepEqual(literal?.spec, { webhook: { url: 'https://x.test', secret: '${env:PATH}' } })
  const hidden = { key: 'new', webhook: { url: 'https://x.test', secret: '***' } }
  assert.equal((await problem('POST', '/api/v2/channels', { body: hidden })).errors?.[0]?.path, 'webhook.secret')
})

test('a check for which there is no room is put off, with when to try again', async (t) => {
  await create('monitors', { key: 'crowded', ...web })
  const crowded = Object.assign(new Error('Too many checks are under way.'), { name: 'Overloaded' })
  t.mock.method(server.engine, 'runNow', () => Promise.reject(crowded))
  const { status, headers, text } = await server.ask('POST', '/api/v2/monitors/crowded/run')
  assert.deepEqual([status, headers.get('retry-after')], [503, '5'])
  assert.match(text, /Too many checks are under way/)
})

test('a test message is sent by the channel, and a failure is told', async () => {
  await create('channels', { key: 'tried', ...hook })
  const sent = await server.ask('POST', '/api/v2/channels/tried/test')
  assert.deepEqual(sent.json, { ok: true, detail: 'delivered' })
  server.knobs.sent = { ok: false, retry: true, detail: 'The server answered 500.' }
  const failed = await server.ask('POST', '/api/v2/channels/tried/test')
  assert.deepEqual([failed.status, failed.json], [200, { ok: false, detail: 'The server answered 500.' }])
  server.knobs.sent = { ok: true, detail: 'delivered' }
})

test('a rule needs its channels, and a channel in use stays', async () => {
  await create('channels', { key: 'told', ...hook })
  const wrong = { key: 'everything', monitors: '*', tell: ['tld'] }
  assert.match(
    (await problem('POST', '/api/v2/rules', { body: wrong })).errors?.[0]?.message ?? '',
    /did you mean "told"/,
  )
  await create('rules', { ...wrong, tell: ['told'] })
  const { status, detail } = await problem('DELETE', '/api/v2/channels/told')
  assert.equal(status, 409)
  assert.match(detail, /rule "everything"/)
})

test('published incidents of a page need no token, unpublished ones are not among them', async () => {
  const groups = [{ components: [{ name: 'Shop', monitors: '*' }] }]
  await create('pages', { key: 'main', title: 'Example status', groups })
  const now = server.clock.now()
  const incident = {
    page: 'main',
    component: 'shop',
    name: 'Shop',
    impact: 'major_outage',
    status: 'major_outage',
  } as const
  const times = { startedAt: now, phaseAt: now, wakeAt: null }
  const updates = [{ at: now, kind: 'opened', status: 'major_outage' }] as const
  await server.store.incidents.insert({ ...incident, ...times, phase: 'open', updates })
  await server.store.incidents.insert({ ...incident, ...times, component: 'other', phase: 'watching', updates: [] })
  const { status, json } = await server.ask('GET', '/api/v2/pages/main/incidents', { token: null })
  const { items } = json as { items: { component: Json; phase: string; resolvedAt: null }[] }
  assert.equal(status, 200)
  assert.deepEqual(
    items.map(({ component, phase, resolvedAt }) => ({ component, phase, resolvedAt })),
    [{ component: { key: 'shop', name: 'Shop' }, phase: 'open', resolvedAt: null }],
  )
  assert.equal((await problem('GET', '/api/v2/pages/main', { token: null })).status, 401)
})

test('who mistypes the page whose incidents they read is not told of another page', async () => {
  await create('pages', { key: 'private-board', title: 'For us', groups: [] })
  const { status, detail } = await problem('GET', '/api/v2/pages/private-bord/incidents', { token: null })
  assert.deepEqual([status, detail], [404, 'There is no page "private-bord".'])
})

test('the server tells how it does, also while its database is away', async () => {
  const own = await openTestServer()
  const well = await own.ask('GET', '/api/v2/health')
  assert.deepEqual((well.json as Json).status, 'ok')
  await own.store.close()
  const away = await own.ask('GET', '/api/v2/health')
  assert.deepEqual([away.status, (away.json as Json).status], [200, 'database_away'])
  const { status, text } = await own.ask('GET', '/api/v2/monitors')
  assert.ok(status >= 500)
  assert.doesNotMatch(text, /\.ts:\d/)
  await own.close()
})

test('a filter by something that there is not is refused with what was perhaps meant', async () => {
  const refused = async (path: string) => {
    const { status, text } = await server.ask('GET', `/api/v2/${path}`)
    return `${status} ${text}`
  }
  assert.match(await refused('monitors?kind=htp'), /^400 .*is not a kind of monitor; did you mean \\"http\\"\?/)
  assert.match(await refused('channels?kind=webhok'), /^400 .*did you mean \\"webhook\\"\?/)
  assert.match(await refused('monitors?owner=apo'), /^400 .*is not an owner; .*did you mean \\"api\\"\?/)
  assert.match(await refused('monitors?status=dwon'), /^400 .*did you mean \\"down\\"\?/)
  assert.match(await refused('events?type=monitor.dwon'), /^400 .*did you mean \\"monitor\.down\\"\?/)
  assert.match(await refused('deliveries?state=dropped'), /^400 /)
  assert.match(await refused('deliveries?channel=nowhere'), /^404 /)
  for (const path of ['monitors?owner=file:/etc/a.yaml', 'monitors?kind=heartbeat&owner=beat'])
    assert.match(await refused(path), /^200 /, path)
})

test('a PUT that may create is described with both of its answers', async () => {
  const { json } = await server.ask('GET', '/api/v2/openapi.json')
  const { paths } = json as { paths: Record<string, Record<string, { responses: Record<string, unknown> }>> }
  for (const path of ['monitors', 'channels', 'rules', 'pages']) {
    const responses = paths[`/api/v2/${path}/{key}`]?.['put']?.responses ?? {}
    assert.deepEqual(Object.keys(responses), ['200', '201', 'default'], path)
  }
})
