// Tests of checks in several steps: values and cookies carried along, the failing step named, nothing secret shown.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { look, type LookOptions, openTarget, page, type Target } from '#test/targets.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { httpConfig } from './config.ts'
import { http } from './http.ts'

const json = (value: unknown, head = 'HTTP/1.1 200 OK') => page(JSON.stringify(value), head)

/** A server that answers each path by what is given for it; a function sees the request. */
async function site(t: TestContext, paths: Record<string, string | ((request: string) => string)>): Promise<Target> {
  return openTarget(t, (socket) => {
    let text = ''
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0)
      if (end < 0 || text.length < end + 4 + length) return
      const path = text.split(' ')[1]?.split('?')[0] ?? ''
      const answer = paths[path] ?? page('', 'HTTP/1.1 404 Not Found')
      socket.end(typeof answer === 'string' ? answer : answer(text))
    })
  })
}

const at = (target: Target, path: string) => `http://127.0.0.1:${target.port}${path}`
const token = 'tok-5f0c-hush'
const logIn = json({ access_token: token, user: { id: 4711 } })

/** What steps against a server find, its port as PORT. */
async function walk(target: Target, steps: readonly Record<string, unknown>[], options: LookOptions = {}, spec = {}) {
  const finding = await look(http, { steps, ...spec }, options)
  await target.quiet()
  return { ...finding, words: (finding.sentence ?? '').replaceAll(String(target.port), 'PORT') }
}

test('a value from one step goes into URL, header, credentials and body of the next', async (t) => {
  const target = await site(t, { '/login': logIn, '/users/4711': page('OK'), '/basket': page('full') })
  const finding = await walk(target, [
    {
      name: 'log in',
      url: at(target, '/login'),
      body: 'user=me',
      extract: { token: { json: '/access_token' }, id: { json: 'user.id' } },
    },
    {
      url: at(target, '/users/{{id}}?t={{ token }}'),
      auth: { bearer: '{{token}}' },
      expect: { body: { equals: 'OK' } },
    },
    {
      name: 'fetch the basket',
      url: at(target, '/basket'),
      headers: { 'X-Token': 'T {{token}}', 'Content-Type': 'application/json' },
      body: '{"token": "{{token}}", "id": {{id}}, "plain": "\\"{{{{token}}"}',
      expect: { body: { contains: 'full' } },
    },
  ])
  assert.equal(finding.sentence, null)
  assert.match(target.received(), new RegExp(`GET /users/4711\\?t=${token} `))
  assert.match(target.received(), new RegExp(`Authorization: Bearer ${token}\r\n`))
  assert.match(target.received(), new RegExp(`X-Token: T ${token}\r\n`))
  assert.match(target.received(), new RegExp(`{"token": "${token}", "id": 4711, "plain": "\\\\"{{token}}"}`))
  const steps = finding.facts?.['steps'] as { step: unknown; status: number; phases: object }[]
  assert.deepEqual(
    steps.map(({ step, status }) => [step, status]),
    [
      ['log in', 200],
      [2, 200],
      ['fetch the basket', 200],
    ],
  )
  assert.ok(steps.every(({ phases }) => Object.hasOwn(phases, 'connect')))
})

test('values are taken from a header, by a pattern’s first group, or by the whole of it', async (t) => {
  const body = '<form><input name="csrf" value="abc-1234"></form>'
  const head = 'HTTP/1.1 200 OK\r\nX-Request-Id: req-99'
  const target = await site(t, { '/form': page(body, head), '/send': page('OK') })
  const finding = await walk(target, [
    {
      url: at(target, '/form'),
      extract: {
        csrf: { regex: 'name="csrf" value="([^"]+)"' },
        whole: { regex: 'abc-\\d+' },
        id: { header: 'x-request-id' },
      },
    },
    { url: at(target, '/send'), body: '{{csrf}}|{{whole}}|{{id}}' },
  ])
  assert.equal(finding.sentence, null)
  assert.match(target.received(), /abc-1234\|abc-1234\|req-99$/)
})

test('the step that is not well is named, and none after it is taken', async (t) => {
  const target = await site(t, { '/a': page('OK'), '/b': page('', 'HTTP/1.1 500 No'), '/c': page('OK') })
  const steps = [
    { url: at(target, '/a') },
    { name: 'fetch the basket', url: at(target, '/b') },
    { url: at(target, '/c') },
  ]
  const finding = await walk(target, steps)
  assert.equal(finding.reason, 'status')
  assert.equal(finding.words, 'Step 2 (fetch the basket): it answered 500 Internal Server Error; 200–399 was expected.')
  assert.equal(target.count(), 2)
  assert.equal(
    (await walk(target, [{ url: at(target, '/c') }, { url: at(target, '/no') }])).words.slice(0, 8),
    'Step 2: ',
  )
})

test('a step that is silent, refused or led astray is named as well', async (t) => {
  const clock = new VirtualClock()
  const target = await openTarget(t, (socket, index) => {
    socket.once('data', () => {
      if (index === 1) socket.end(page('OK'))
    })
  })
  const looking = look(
    http,
    { steps: [{ url: at(target, '/a') }, { url: at(target, '/b') }] },
    { clock, timeout: 60_000 },
  )
  await target.heard('GET /b')
  await clock.advance(60_000)
  assert.equal((await looking).sentence, 'Step 2: no answer within 60 s; it got as far as waiting for the first byte.')
  await target.quiet()
  const circle = await site(t, { '/a': page('', 'HTTP/1.1 302 Found\r\nLocation: /a'), '/b': page('OK') })
  const steps = [{ url: at(circle, '/b') }, { name: 'go round', url: at(circle, '/a') }]
  assert.equal(
    (await walk(circle, steps)).words,
    'Step 2 (go round): it redirects in a circle: http://127.0.0.1:PORT/a leads back to itself.',
  )
  const refused = await look(http, { steps: [{ url: 'http://127.0.0.1:1/' }] })
  assert.equal(refused.sentence, 'Step 1: nothing listens on 127.0.0.1:1 (connection refused).')
})

test('what cannot be extracted is told, and not what stood there instead', async (t) => {
  const target = await site(t, {
    '/json': json({ list: [1], nothing: null, deep: { secret: 'hush-hush' } }),
    '/text': page('no json, hush-hush'),
    '/long': json({ long: 'x'.repeat(9_000) }),
  })
  const of = async (path: string, from: Record<string, string>) => {
    const { outcome, reason, words } = await walk(target, [
      { name: 'log in', url: at(target, path), extract: { id: from } },
    ])
    assert.equal(outcome, 'down')
    assert.doesNotMatch(words, /hush/)
    return `${reason}: ${words}`
  }
  const step = 'Step 1 (log in): “id” cannot be extracted:'
  assert.equal(await of('/json', { json: '/id' }), `body: ${step} /id is missing: the body has no "id".`)
  assert.match(
    await of('/json', { json: '/list' }),
    /: \/list is a list, and only text, a number, true or false can be/,
  )
  assert.match(await of('/json', { json: '/nothing' }), /: \/nothing is null/)
  assert.equal(await of('/text', { json: '/id' }), `body: ${step} the body is not JSON.`)
  assert.equal(
    await of('/text', { regex: 'id=(\\d+)' }),
    `body: ${step} the body does not match the pattern “id=(\\d+)”.`,
  )
  assert.equal(await of('/text', { header: 'X-Id' }), `header: ${step} the header X-Id is missing.`)
  assert.match(await of('/long', { json: '/long' }), /^too_large: .* longer than 8192 characters\.$/)
})

test('what was extracted stands neither in the sentence nor in the evidence, whole, cut off or escaped', async (t) => {
  const values = [token, 'with "quotes" & spaces', 'a1', 'x'.repeat(2_000), 'line\nbreak-hush']
  for (const value of values) {
    const echo = json(
      { value, again: encodeURIComponent(value) },
      `HTTP/1.1 403 No\r\nX-Echo: ${encodeURIComponent(value)}`,
    )
    const target = await site(t, { '/login': json({ t: value }), '/echo': echo })
    for (const expect of [
      {},
      { status: 403, body: { equals: 'OK' } },
      { status: 403, headers: { 'X-Echo': 'nope' } },
    ]) {
      const finding = await walk(target, [
        { url: at(target, '/login'), extract: { t: { json: '/t' } } },
        { url: `${at(target, '/echo')}?of={{t}}`, body: '{{t}}', method: 'POST', expect },
      ])
      assert.equal(finding.outcome, 'down')
      const shown = [...texts(finding)].join('\n')
      const forms = [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)]
      for (const form of forms.map((one) => one.slice(0, 40)))
        assert.ok(!shown.includes(form), `${form} stands in ${shown}`)
      assert.match(finding.words, /^Step 2: /)
    }
  }
})

/** All texts in a value. */
function* texts(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value
  if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) yield* texts(one)
}

test('cookies go along within the check, to the host that set them and no other', async (t) => {
  const other = await site(t, { '/': page('OK') })
  const target = await site(t, {
    '/login': page('', 'HTTP/1.1 200 OK\r\nSet-Cookie: sid=hush-hush; HttpOnly\r\nSet-Cookie: lang=en; Path=/deep'),
    '/home': (request) =>
      request.includes('Cookie: own=1; sid=hush-hush\r\n') ? page('OK') : page('', 'HTTP/1.1 401 No'),
  })
  const finding = await walk(target, [
    { url: at(target, '/login') },
    { url: at(target, '/home'), headers: { Cookie: 'own=1' } },
    { url: `http://localhost:${other.port}/` },
  ])
  assert.equal(finding.sentence, null)
  assert.doesNotMatch(other.received(), /cookie/i)
  const again = await walk(target, [{ url: at(target, '/home') }])
  assert.equal(again.reason, 'status')
})

test('cookies that a redirect sets go along on it, also without steps', async (t) => {
  const target = await site(t, {
    '/a': (request) =>
      /Cookie: seen=yes/.test(request)
        ? page('welcome')
        : page('', 'HTTP/1.1 302 Found\r\nSet-Cookie: seen=yes\r\nLocation: /a'),
  })
  const finding = await look(http, { url: at(target, '/a'), expect: { body: { contains: 'welcome' } } })
  assert.equal(finding.sentence, null)
  assert.equal(target.count(), 2)
})

test('a server that sets another cookie at each turn of a circle is given up on', async (t) => {
  let turn = 0
  const target = await site(t, {
    '/a': () => {
      turn += 1
      return page('', `HTTP/1.1 302 Found\r\nSet-Cookie: n=${turn}\r\nLocation: /a`)
    },
  })
  const finding = await look(http, { url: at(target, '/a') })
  assert.match(finding.sentence ?? '', /^It redirects more than 5 times/)
})

test('each step is resolved and guarded anew', async (t) => {
  const target = await site(t, { '/a': page('OK'), '/b': page('OK') })
  let asked = 0
  const lookup = async () => {
    asked += 1
    return [{ address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]
  }
  const steps = ['/a', '/b'].map((path) => ({ url: `http://rebind.test:${target.port}${path}` }))
  const finding = await walk(target, steps, { lookup, denied: ['169.254.0.0/16'] })
  assert.equal(finding.reason, 'forbidden')
  assert.match(finding.words, /^Step 2: rebind\.test \(169\.254\.169\.254\) may not be connected to/)
  assert.equal(target.count(), 1)
})

test('a value cannot lead to another place, or break out of a header', async (t) => {
  const bad = '/../../admin?x=1#@evil.test\r\nX-Evil: yes'
  const target = await site(t, { '/login': json({ bad, dots: '..' }) })
  const of = (step: Record<string, unknown>) =>
    walk(target, [
      { url: at(target, '/login'), extract: { bad: { json: '/bad' }, dots: { json: '/dots' } } },
      { ...step, expect: { status: 404 } },
    ])
  assert.equal((await of({ url: at(target, '/items/{{bad}}') })).sentence, null)
  assert.match(
    target.received(),
    /GET \/items\/%2F\.\.%2F\.\.%2Fadmin%3Fx%3D1%23%40evil\.test%0D%0AX-Evil%3A%20yes HTTP/,
  )
  const dots = await of({ url: at(target, '/items/{{dots}}/all') })
  assert.equal(dots.words, 'Step 2: the value of “dots” is only dots and cannot stand in a URL.')
  const broken = await of({ url: at(target, '/x'), headers: { 'X-Bad': '{{bad}}' } })
  assert.match(broken.words, /^Step 2: the value of “bad” has line breaks or control characters/)
  assert.doesNotMatch(target.received(), /X-Evil: yes/)
  const bare = await of({ url: at(target, '/x'), body: '{"a": {{bad}}}' })
  assert.match(bare.words, /^Step 2: the value of “bad” stands in JSON without quotation marks, and is no number/)
  const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
  assert.equal((await of({ url: at(target, '/x'), headers: form, body: 'a={{bad}}&b=2' })).sentence, null)
  assert.match(target.received(), /a=%2F\.\.%2F\.\.%2Fadmin%3Fx%3D1%23%40evil\.test%0D%0AX-Evil%3A%20yes&b=2$/)
})

test('latency counts all steps together', async (t) => {
  const target = await site(t, { '/a': page('OK') })
  let now = 0
  const slow = { now: () => 0, after: () => ({ cancel: () => {} }), monotonic: () => (now += 100) }
  const finding = await look(
    http,
    { steps: [{ url: at(target, '/a') }, { url: at(target, '/a') }], latency: { degraded: '100ms' } },
    { clock: slow, timeout: 60_000 },
  )
  assert.equal(finding.outcome, 'degraded')
  assert.match(finding.sentence ?? '', /^It took .*; more than 100 ms counts as degraded\.$/)
})

test('a monitor of steps is described by the first, and only its own settings are accepted beside them', () => {
  const url = 'http://shop.test/'
  const read = (spec: unknown) => httpConfig.safeParse(spec)
  const faults = (spec: unknown) =>
    read(spec).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
  const spec = { steps: [{ url, method: 'POST' as const }, { url }], follow: 0, latency: { down: '5s' } }
  const described = http.active ? http.describe(http.config.parse(spec)) : ''
  assert.equal(described, 'http://shop.test/ (2 steps)')
  assert.deepEqual(faults({ steps: [{ url }], url, body: 'x', expect: { status: 200 }, headers: { A: 'b' } }).sort(), [
    'body: each of the steps has its own',
    'expect: each of the steps has its own',
    'headers: each of the steps has its own',
    'url: each of the steps has its own',
  ])
  assert.match(faults({ steps: [] })[0] ?? '', /at least one step/)
  assert.match(faults({ steps: Array.from({ length: 21 }, () => ({ url })) })[0] ?? '', /at most 20 steps/)
  assert.match(
    faults({ steps: [{ url, method: 'GET', body: 'x' }] })[0] ?? '',
    /^steps\.0\.body: a GET request has no body/,
  )
  assert.match(faults({})[0] ?? '', /^url: expected a URL/)
})

test('placeholders that nothing fills, bad names and places are refused where they stand', () => {
  const url = 'http://shop.test/'
  const extract = { token: { json: '/t' } }
  const fault = (...steps: object[]) =>
    httpConfig.safeParse({ steps }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)[0] ?? ''
  assert.match(fault({ url: `${url}{{token}}` }), /^steps\.0\.url: \{\{token\}\} is not extracted by a step before/)
  assert.match(fault({ url, extract }, { url, body: '{{tokn}}' }), /^steps\.1\.body: .*did you mean \{\{token\}\}\?/)
  assert.match(fault({ url, extract, headers: { A: '{{token}}' } }), /^steps\.0\.headers\.A: .*no step before this one/)
  assert.match(
    fault({ url, extract }, { url, auth: { bearer: '{{x}}' } }),
    /^steps\.1\.auth\.bearer: .*known here: token/,
  )
  assert.match(fault({ url, extract }, { url, body: '{{token' }), /a placeholder has no end/)
  assert.equal(fault({ url, body: '{{{{token}}' }), '')
  for (const host of ['{{token}}', '{{token}}.shop.test', 'shop.test{{token}}', '{{token}}:80'])
    assert.match(
      fault({ url, extract }, { url: `http://${host}/` }),
      /^steps\.1\.url: a placeholder stands in path or query/,
    )
  assert.notEqual(fault({ url, extract }, { url: 'http://shop.test:{{token}}/' }), '')
  assert.notEqual(fault({ url, extract }, { url: '{{token}}' }), '')
  assert.notEqual(fault({ url, extract }, { url: 'http://{{token}}@shop.test/' }), '')
  const named = httpConfig.safeParse({ steps: [{ url, extract: { 'My Token': { json: '/t' } } }] })
  assert.match(JSON.stringify(named.error?.issues), /“My Token” is not a name for a value/)
  assert.match(fault({ url, extract: { t: { json: '/~2' } } }), /~0/)
  assert.match(fault({ url, extract: { t: { regex: '(' } } }), /is not a regular expression/)
  assert.match(fault({ url, extract: { t: { cookie: 'x' } } }), /expected \{ json: place \}/)
})
