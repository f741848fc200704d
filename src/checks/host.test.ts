// The host of a check: the same text for all who look at one machine, of every kind that there is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hostOf } from './host.ts'
import { kinds } from './index.ts'

function host(name: string, spec: object): string | null {
  const kind = kinds.get(name) ?? assert.fail(name)
  return hostOf(kind, kind.config.parse(spec))
}

test('addresses, URLs and names of one machine are one host, in small letters and without the port', () => {
  assert.equal(host('http', { url: 'https://Shop.example:8443/a?b' }), 'shop.example')
  assert.equal(host('tcp', { address: 'SHOP.example:25' }), 'shop.example')
  assert.equal(host('tls', { address: 'shop.example:443' }), 'shop.example')
  assert.equal(host('ping', { host: 'shop.example' }), 'shop.example')
})

test('a name is looked up at its server, and at this machine’s own that is nobody’s', () => {
  assert.equal(host('dns', { name: 'shop.example', server: '192.0.2.53' }), '192.0.2.53')
  assert.equal(host('dns', { name: 'shop.example' }), null)
})

test('what is not looked at has no host', () => {
  assert.equal(host('heartbeat', {}), null)
  assert.equal(host('group', { monitors: '*' }), null)
})

test('the example of every kind that is looked at names its host, unless there is none in particular', () => {
  for (const kind of kinds.values()) {
    if (!kind.active || kind.host || kind.example === undefined) continue
    const found = hostOf(kind, kind.config.parse(kind.example))
    const target = kind.example[kind.target ?? '']
    assert.ok(found === null || String(target).includes(found), `${kind.kind}: ${found}`)
  }
})
