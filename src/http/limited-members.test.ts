// Groups made by somebody who is limited to labels: they follow from nothing that their maker may not see.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createToken } from '#commands/tokens.ts'
import { openTestServer, type TestServer } from './testing.ts'

describe('a group of somebody limited to labels', () => {
  let server: TestServer
  let token = ''
  before(async () => {
    server = await openTestServer()
    for (const team of ['a', 'b']) {
      const body = { key: `web-${team}`, http: { url: 'https://web.example.test' }, labels: { team } }
      assert.equal((await server.ask('POST', '/api/v2/monitors', { body })).status, 201)
    }
    const body = { key: 'old', crowd: { monitors: 'web-*' }, labels: { team: 'a' } }
    assert.equal((await server.ask('POST', '/api/v2/monitors', { body })).status, 201)
    const asked = { name: 'a', scopes: ['edit'], expiresAt: null, labels: { team: ['a'] } } as const
    token = (await createToken(server, asked)).secret
  })
  after(() => server.close())

  const group = (monitors: unknown) => ({ crowd: { monitors }, labels: { team: 'a' } })
  const make = (key: string, monitors: unknown) =>
    server.ask('POST', '/api/v2/monitors', { token, body: { key, ...group(monitors) } })

  test('is refused patterns, other labels and keys that they do not see, by whatever route', async () => {
    const beyond = [
      '*',
      'web-?',
      ['web-b'],
      ['web-a', 'web-b'],
      { labels: { team: 'b' } },
      { labels: { team: '*' } },
      { labels: { region: 'eu' } },
      { keys: ['web-b'], labels: { region: 'eu' } },
    ]
    for (const monitors of beyond) {
      const said = JSON.stringify(monitors)
      const { status, text } = await make('g1', monitors)
      assert.equal(status, 422, said)
      assert.match(text, /you may choose monitors with the labels team=a alone/, said)
      const put = await server.ask('PUT', '/api/v2/monitors/g1', { token, body: group(monitors) })
      assert.equal(put.status, 422, said)
      for (const verb of ['plan', 'apply']) {
        const body = { scope: 'a', monitors: { g1: group(monitors) } }
        const { status: applied, text: why } = await server.ask('POST', `/api/v2/${verb}`, { token, body })
        assert.equal(applied, 422, `${verb} ${said}: ${why}`)
      }
    }
    assert.equal(await server.store.objects.get('monitor', 'g1'), null)
  })

  test('is refused a hidden monitor with the words for one that does not exist', async () => {
    const [hidden, nothing] = [await make('g2', ['web-b']), await make('g2', ['web-z'])]
    assert.equal(hidden.status, 422)
    assert.equal(hidden.text.replaceAll('web-b', 'web-z'), nothing.text)
  })

  test('plans as obstacles what applying refuses', async () => {
    const http = { url: 'https://web.example.test' }
    const entries = { 'web-b': { http, labels: { team: 'a' } }, free: { http, labels: { team: 'b' } } }
    for (const [key, spec] of Object.entries(entries)) {
      const body = { scope: 'a', monitors: { [key]: spec } }
      const plan = await server.ask('POST', '/api/v2/plan', { token, body })
      const { obstacles } = plan.json as { obstacles: { key: string; why: string }[] }
      const applied = await server.ask('POST', '/api/v2/apply', { token, body })
      assert.ok(applied.status === 403 || applied.status === 404, applied.text)
      assert.deepEqual([obstacles.length, obstacles[0]?.key], [1, key])
      assert.equal((applied.json as { detail: string }).detail, obstacles[0]?.why)
    }
  })

  test('follows from what they see, by key or by their labels', async () => {
    assert.equal((await make('g3', ['web-a'])).status, 201)
    assert.equal((await make('g4', { labels: { team: 'a', tier: 'x' } })).status, 201)
    assert.equal((await make('g5', { keys: ['web-*'], labels: { team: 'a', region: '*' } })).status, 201)
  })

  test('that others made keeps its members when they change something else, and is not widened', async () => {
    const change = (body: object) => server.ask('PATCH', '/api/v2/monitors/old', { token, body })
    assert.equal((await change({ name: 'Old' })).status, 200)
    assert.equal((await change({ crowd: { monitors: ['web-b'] } })).status, 422)
    const set = { set: { crowd: { monitors: ['web-b'] } }, keys: ['old'], dry_run: true }
    const bulk = await server.ask('POST', '/api/v2/monitors/bulk', { token, body: set })
    assert.match(bulk.text, /"why":"invalid"/)
  })
})

describe('labels of a monitor', () => {
  let server: TestServer
  before(async () => {
    server = await openTestServer()
  })
  after(() => server.close())

  test('are a hundred at most', async () => {
    const make = (key: string, count: number) => {
      const labels = Object.fromEntries(Array.from({ length: count }, (_, at) => [`l${at}`, 'x']))
      const body = { key, http: { url: 'https://web.example.test' }, labels }
      return server.ask('POST', '/api/v2/monitors', { body })
    }
    assert.equal((await make('many', 100)).status, 201)
    const { status, text } = await make('more', 101)
    assert.equal(status, 422)
    assert.match(text, /takes at most 100 labels/)
  })

  test('called __proto__ are refused, not dropped', async () => {
    const spec = '{"http":{"url":"https://web.example.test"},"labels":{"__proto__":"x","a":"b"}}'
    const { status, text } = await server.ask('PUT', '/api/v2/monitors/proto', { body: JSON.parse(spec) as object })
    assert.equal(status, 422, text)
    assert.match(text, /__proto__/)
  })
})
