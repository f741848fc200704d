// Tests of what forms are made from: every setting of every kind that there is has all that a form needs.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { channelKinds } from '#channels/index.ts'
import { kinds } from '#checks/index.ts'
import { secretsIn } from '#commands/object-types.ts'
import { entrySchemas } from '#manifest/json-schema.ts'
import { openManifest } from '#manifest/read.ts'
import { formOf } from './forms.ts'
import { kindsTold } from './kinds-told.ts'
import { openTestServer, type TestServer } from './testing.ts'

interface Schema {
  readonly title?: string
  readonly properties?: Record<string, Schema>
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly additionalProperties?: Schema | boolean
  readonly 'x-order'?: number
  readonly 'x-group'?: string
  readonly 'x-secret'?: boolean
  readonly 'x-input'?: string
}

const manifest = openManifest({ kinds, channelKinds })
const schemas = entrySchemas(manifest)
const secretsOf = (type: 'monitor' | 'channel', kind: string) =>
  (type === 'monitor' ? kinds : channelKinds).get(kind)?.secrets ?? []
const form = (type: 'monitor' | 'channel' | 'rule' | 'page') => {
  const told = type === 'monitor' || type === 'channel' ? kindsTold(manifest)[type] : []
  const isSecret = secretsIn({ secretsOf }, type)
  return formOf(type, schemas[type], told, (path) => isSecret(path))
}
function kindOf(type: 'monitor' | 'channel', kind: string): Schema {
  const found = form(type).kinds.find((one) => one.kind === kind)
  assert.ok(found, kind)
  return found.schema
}

/** Every setting with its path. */
function* settings({ properties = {}, items, anyOf = [] }: Schema, path = ''): Generator<[string, Schema]> {
  for (const [name, schema] of Object.entries(properties)) {
    yield [`${path}.${name}`, schema]
    yield* settings(schema, `${path}.${name}`)
  }
  if (items) yield* settings(items, `${path}[]`)
  for (const way of anyOf) yield* settings(way, path)
}

test('every setting of every kind has a title, a place, and stands in front or is folded away', () => {
  for (const type of ['monitor', 'channel', 'rule', 'page'] as const) {
    const { schema, kinds: all } = form(type)
    for (const [kind, one] of [['', schema], ...all.map((each) => [each.kind, each.schema])] as [string, Schema][]) {
      for (const [path, setting] of settings(one, kind)) {
        assert.ok(setting.title, path)
        assert.equal(typeof setting['x-order'], 'number', path)
        assert.match(setting['x-group'] ?? '', /^(main|more)$/, path)
      }
    }
  }
})

test('in front of a monitor stand its name, its target and little more', () => {
  const front = ({ properties = {} }: Schema) =>
    Object.entries(properties).flatMap(([name, one]) => (one['x-group'] === 'main' ? [name] : []))
  assert.deepEqual(front(form('monitor').schema as Schema), ['name', 'interval', 'labels'])
  for (const { kind, target, schema, works } of form('monitor').kinds) {
    if (works !== 'asked') continue
    assert.ok(target !== null && front(schema).includes(target), kind)
    assert.ok(front(schema).length <= 4, `${kind}: ${front(schema).join(', ')}`)
  }
})

test('secrets are marked, also those within maps, and what is none is not', () => {
  const { properties: http = {} } = kindOf('monitor', 'http')
  assert.equal(http['body']?.['x-secret'], true)
  const { headers = {} } = http
  assert.ok(typeof headers.additionalProperties === 'object' && headers.additionalProperties['x-secret'])
  assert.equal(http['url']?.['x-secret'], undefined)
  const { properties: webhook = {} } = kindOf('channel', 'webhook')
  assert.equal(webhook['secret']?.['x-secret'], true)
})

test('spans of time and long texts are told from plain text', () => {
  const { properties: common = {} } = form('monitor').schema as Schema
  assert.deepEqual(
    [common['interval'], common['description'], common['name']].map((one) => one?.['x-input']),
    ['duration', 'lines', undefined],
  )
})

let server: TestServer
before(async () => {
  server = await openTestServer()
})
after(() => server.close())

test('the schemas are answered once, small where that is understood, and not again where they are known', async () => {
  const { headers, json } = await server.ask('GET', '/api/v2/schemas', { headers: { 'accept-encoding': 'gzip' } })
  assert.equal(headers.get('content-encoding'), 'gzip')
  const { monitor } = json as { monitor: { kinds: { kind: string; works: string }[] } }
  assert.deepEqual(
    monitor.kinds.map(({ kind, works }) => [kind, works]),
    [
      ['http', 'asked'],
      ['heartbeat', 'reports'],
      ['crowd', 'derived'],
      ['manual', 'reports'],
    ],
  )
  const known = { 'if-none-match': headers.get('etag') ?? '' }
  assert.equal((await server.ask('GET', '/api/v2/schemas', { headers: known })).status, 304)
  const plain = await server.ask('GET', '/api/v2/schemas', { headers: { 'accept-encoding': 'identity' } })
  assert.deepEqual([plain.headers.get('content-encoding'), plain.json], [null, json])
})
