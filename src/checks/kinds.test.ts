// What holds for every kind.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { kinds } from './index.ts'

test('every kind is listed by its own name, with a title and a summary', () => {
  const own = 'http tcp ping tls dns domain smtp imap pop3 ftp ssh udp ntp heartbeat monit_host monit group manual'
  const services = 'redis postgres mysql mqtt mongodb websocket grpc'
  for (const name of `${own} ${services}`.split(' ')) assert.ok(kinds.has(name), name)
  for (const [name, kind] of kinds) {
    assert.equal(kind.kind, name)
    assert.match(kind.summary, /\.$/)
    assert.notEqual(kind.title, '')
  }
})

test('every kind’s settings become JSON Schema, each with a title, a description and no unknown keys', () => {
  for (const kind of kinds.values()) {
    const schema = z.toJSONSchema(kind.config, { io: 'input' })
    assert.equal(schema.additionalProperties, false, kind.kind)
    for (const [name, property] of Object.entries(schema.properties ?? {})) {
      assert.ok(typeof property === 'object' && property.title && property.description, `${kind.kind}.${name}`)
    }
  }
})

test('a kind’s target is one of its settings, and its example is accepted as it stands', () => {
  for (const { kind, config, target, example } of kinds.values()) {
    const { properties = {} } = z.toJSONSchema(config, { io: 'input' })
    if (target !== undefined) assert.ok(Object.hasOwn(properties, target), `${kind}: ${target}`)
    if (example !== undefined) assert.deepEqual(config.safeParse(example).error?.issues ?? [], [], kind)
    if (target !== undefined && example !== undefined) assert.ok(Object.hasOwn(example, target), kind)
  }
})

test('the settings of the manifest’s contract are accepted as they stand', () => {
  const accepts = (kind: string, spec: unknown) => assert.ok(kinds.get(kind)?.config.safeParse(spec).success, kind)
  accepts('http', { url: 'http://127.0.0.1:9001/health', expect: { status: 200, body: { contains: 'OK' } } })
  accepts('tcp', { address: '127.0.0.1:5432' })
  accepts('ping', { host: '127.0.0.1', count: 3, loss: { degraded: '20%', down: '60%' } })
  accepts('tls', { address: '127.0.0.1:9443', verify: false, days_left: { degraded: 21, down: 7 } })
  accepts('dns', {
    server: '127.0.0.1:5353',
    name: 'shop.example.test',
    type: 'A',
    expect: { contains: '192.0.2.1' },
  })
  accepts('heartbeat', { every: '1d', grace: '2h' })
})
