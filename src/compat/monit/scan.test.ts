// Reading what Monit sends: messages that a real one sent, hostile names, damaged bytes, and any bytes at all.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { type Report, scan } from './scan.ts'

const folder = new URL('../../../test/golden/monit/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, folder))
const report = (bytes: Uint8Array): Report => {
  const found = scan(bytes)
  assert.ok(found)
  return found
}
const message = (services: string, more = '') =>
  Buffer.from(
    `<?xml version="1.0" encoding="ISO-8859-1"?><monit id="000000000000000000000000abcdef01" incarnation="7" ` +
      `version="5.33.0"><server><poll>30</poll><localhostname>node</localhostname></server><services>${services}` +
      `</services>${more}</monit>`,
    'latin1',
  )
const service = (name: string, inside = '') =>
  `<service name="${name}"><type>7</type><collected_sec>5</collected_sec><status>0</status><monitor>1</monitor>` +
  `${inside}</service>`

describe('reports of Monit', () => {
  it('that a real one sent are all understood, and the passwords in them are not kept', () => {
    const names = readdirSync(folder).filter((name) => name.endsWith('.xml') && !name.startsWith('51-pull'))
    assert.ok(names.length > 25)
    for (const name of names) {
      const found = report(read(name))
      assert.match(found.machine, /^[0-9a-f]{32}$/, name)
      assert.equal(found.version, '5.33.0', name)
      assert.ok(found.services.length > 0 || found.event !== null, name)
      assert.doesNotMatch(JSON.stringify(found), /adminpw/, name)
    }
  })

  it('tell each service with its tests, and the event with its cause', () => {
    const all = report(read('03-status-steady-all-types.full.xml'))
    assert.deepEqual([all.host, all.poll, all.incarnation], ['lab-node', 2, 1_795_205_837])
    const worker = all.services.find(({ name }) => name === 'worker')
    assert.deepEqual([worker?.type, worker?.status, worker?.hint, worker?.monitor], [3, 1_073_741_824, 262_144, 1])
    assert.ok(Math.abs((worker?.collected ?? 0) - 1_795_206_418_530.553) < 1)
    const failed = report(read('08-event-exec-failed-to-start.trimmed.xml'))
    assert.deepEqual(failed.event, {
      service: 'worker',
      id: 4_096,
      state: 1,
      action: 1,
      message: 'failed to start (exit status 1) -- no output',
    })
  })

  it('are the same packed and plain', () => {
    const plain = report(read('50-status-20-services.full.xml'))
    assert.equal(plain.services.length, 20)
    assert.deepEqual(scan(gunzipSync(read('50-status-20-services.full.xml.gz'))), plain)
  })

  it('have names with anything in them but quotation marks', () => {
    const found = report(read('40-malformed-unescaped-names-utf8-control.full.xml'))
    assert.equal(found.host, "weird <host> & 'co' é")
    const names = new Set(found.services.map(({ name }) => name))
    for (const name of ['a<b&c', 'naïve-€', 'sp ace/slash']) assert.ok(names.has(name), name)
    const tricky = report(message(service('</services><event>') + service('b')))
    assert.deepEqual(
      tricky.services.map(({ name }) => name),
      ['</services><event>', 'b'],
    )
  })

  it('are Latin-1 where they are no UTF-8', () => {
    assert.equal(report(message(service('caf\u00e9'))).services[0]?.name, 'café')
  })

  it('hold free text that looks like services, and it makes none', () => {
    const output = `<program><output><![CDATA[ok ${service('forged')}]]&gt; <event> \u0007]]></output></program>`
    const found = report(message(service('true', output) + service('other')))
    assert.deepEqual(
      found.services.map(({ name }) => name),
      ['true', 'other'],
    )
    assert.match(found.services[0]?.output ?? '', /^ok <service name="forged">/)
    assert.equal(found.event, null)
  })

  it('of any bytes are a report or none', () => {
    const known = read('03-status-steady-all-types.full.xml')
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(known.length), (bytes, at) => {
        scan(bytes)
        scan(Buffer.concat([known.subarray(0, at), bytes, known.subarray(at)]))
      }),
      { numRuns: 200 },
    )
    for (const broken of ['', '<monit', '<html>login</html>', `<monit id="zz" incarnation="1" version="5">`])
      assert.equal(scan(Buffer.from(broken)), null)
  })

  it('of megabytes that never end cost no more than their length', () => {
    const many = report(message(service('x').repeat(20_000)))
    assert.equal(many.services.length, 5_000)
    assert.equal(scan(Buffer.from('<![CDATA['.repeat(400_000))), null)
    assert.equal(scan(Buffer.from('<service name="'.repeat(250_000))), null)
  })
})
