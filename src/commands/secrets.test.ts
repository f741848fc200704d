// Tests of secrets: what is hidden, and that what was shown can be sent back.
// Promises no secret in anything shown, for any spec. Must not need a store.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as fc from 'fast-check'
import { kinds } from '#checks/index.ts'
import { secretsIn } from './object-types.ts'
import { byList, byName, mask, maskUrl, unmask } from './secrets.ts'

const spec = {
  http: {
    url: 'https://ann:s3cret@shop.example.test/health',
    auth: { user: 'ann', password: 's3cret' },
    headers: { Authorization: 'Bearer abc', 'X-Api-Key': 'k', Accept: 'text/html' },
  },
  interval: '10s',
}

test('a monitor is shown without credentials, headers that carry them, and passwords in URLs', () => {
  assert.deepEqual(mask(spec, byName), {
    http: {
      url: 'https://***@shop.example.test/health',
      auth: { user: '***', password: '***' },
      headers: { Authorization: '***', 'X-Api-Key': '***', Accept: 'text/html' },
    },
    interval: '10s',
  })
})

test('a channel hides what its kind lists, and a star hides all of a map', () => {
  const isSecret = byList('webhook', ['secret', 'headers.*'])
  const shown = mask(
    { webhook: { url: 'https://x.test', secret: 's', headers: { A: '1', B: '2' } }, name: 's' },
    isSecret,
  )
  assert.deepEqual(shown, {
    webhook: { url: 'https://x.test', secret: '***', headers: { A: '***', B: '***' } },
    name: 's',
  })
})

test('what was shown and is sent back unchanged is what is stored', () => {
  assert.deepEqual(unmask(mask(spec, byName), spec, byName), { spec, faults: [] })
})

test('any JSON survives being shown and sent back', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), fc.array(fc.string(), { maxLength: 3 }), (value, names) => {
      const isSecret = byList('a', names)
      const stored = { a: value, auth: value }
      const either = (path: readonly (string | number)[]) => isSecret(path) || byName(path)
      assert.deepEqual(unmask(mask(stored, either), stored, either), { spec: stored, faults: [] })
    }),
  )
})

test('a new secret replaces the stored one beside those that are kept', () => {
  const sent = { ...spec, http: { ...spec.http, auth: { user: '***', password: 'new' } } }
  const { http } = unmask(sent, spec, byName).spec as typeof spec
  assert.deepEqual(http.auth, { user: 'ann', password: 'new' })
})

test('stars in the place of a password within a URL are not taken for the password', () => {
  const stored = { email: { smtp: 'smtp://ann:s3cret@mail.example.test' } }
  const sent = { email: { smtp: 'smtp://ann:***@other.example.test:2525' } }
  const { faults } = unmask(sent, stored, byList('email', ['smtp']))
  assert.deepEqual(
    faults.map(({ path }) => path),
    [['email', 'smtp']],
  )
})

test('a hidden secret for which nothing is stored is a fault that says where', () => {
  const { faults } = unmask({ http: { url: 'https://***@a.test/', auth: { password: '***' } } }, undefined, byName)
  assert.deepEqual(
    faults.map((fault) => fault.path.join('.')),
    ['http.url', 'http.auth.password'],
  )
})

test('a password is not carried over to another host', () => {
  const sent = { http: { ...spec.http, url: 'https://***@elsewhere.example.test/health' } }
  assert.equal(unmask(sent, spec, byName).faults.length, 1)
})

test('a kept secret does not follow a changed URL or address to another server', () => {
  const isSecret = byList('tcp', ['send'])
  const stored = { tcp: { address: 'db.test:5432', send: 's3cret' }, description: 'https://a.test' }
  const sent = { tcp: { address: 'evil.test:5432', send: '***' }, description: 'https://b.test' }
  assert.deepEqual(unmask(sent, stored, isSecret).faults, [
    { path: ['tcp', 'send'], message: 'was given for another server than "address" leads to now; write it anew' },
  ])
  const anew = { ...sent, tcp: { ...sent.tcp, send: 'other' } }
  assert.deepEqual(unmask(anew, stored, isSecret), { spec: anew, faults: [] })
  const port = { http: { ...spec.http, url: 'https://ann:s3cret@shop.example.test:8443/' } }
  assert.equal(
    unmask({ http: { ...port.http, auth: { user: '***', password: '***' } } }, spec, byName).faults.length,
    2,
  )
})

test('a kept secret of a step does not follow its URL, and a changed expectation is no other server', () => {
  const isSecret = byList('http', ['steps.*.body'])
  const steps = (url: string, contains = 'a:1') => ({
    http: {
      steps: [
        { url: 'https://a.test/login', body: '***' },
        { url, expect: { body: { contains } } },
      ],
    },
  })
  const stored = { http: { steps: [{ url: 'https://a.test/login', body: 's3cret' }, { url: 'https://a.test/' }] } }
  assert.deepEqual(unmask(steps('https://a.test/basket', 'b:2'), stored, isSecret).faults, [])
  assert.deepEqual(unmask(steps('https://evil.test/'), stored, isSecret).faults, [
    {
      path: ['http', 'steps', 0, 'body'],
      message: 'was given for another server than "steps" leads to now; write it anew',
    },
  ])
  const one = { http: { steps: [{ url: 'https://evil.test/', body: '***' }] } }
  assert.equal(unmask(one, stored, isSecret).faults.length, 1)
})

test('three stars where nothing is secret are only text', () => {
  assert.deepEqual(unmask({ name: '***' }, undefined, byName), { spec: { name: '***' }, faults: [] })
})

test('query values of a URL are hidden and come back, but not to another URL', () => {
  const stored = { http: { url: 'https://x.test/health?code=s3cret&b=&bare#part' } }
  const shown = { http: { url: 'https://x.test/health?code=***&b=&***#part' } }
  assert.deepEqual(mask(stored, byName), shown)
  assert.deepEqual(unmask(shown, stored, byName), { spec: stored, faults: [] })
  const elsewhere = { http: { url: 'https://y.test/health?code=***&b=2' } }
  assert.equal(unmask(elsewhere, stored, byName).faults.length, 1)
})

test('any kind’s own list is hidden in a monitor, whatever the names', () => {
  for (const kind of kinds.values()) {
    for (const path of kind.secrets ?? []) {
      const spec = path
        .split('.')
        .reduceRight<unknown>((inner, step) => ({ [step === '*' ? 'X-Any' : step]: inner }), 's3cret')
      const isSecret = secretsIn({ secretsOf: (_, name) => kinds.get(name)?.secrets ?? [] }, 'monitor')
      assert.doesNotMatch(JSON.stringify(mask({ [kind.kind]: spec }, isSecret)), /s3cret/, `${kind.kind}.${path}`)
    }
  }
  const listed = ['http', 'tcp'].map((kind) => kinds.get(kind)?.secrets)
  const request = ['headers.*', 'body', 'auth.*']
  assert.deepEqual(listed, [
    [...request, 'client.key', ...request.map((path) => `steps.*.${path}`)],
    ['send', 'tls.client.key'],
  ])
})

test('a text of any form is masked in linear time', () => {
  for (const piece of ['a-', '://', 'a://', 'a://b', '?a=', 'a://b@']) maskUrl(piece.repeat(200_000))
})

test('a password in a URL is hidden within text, and text without one stays', () => {
  assert.equal(maskUrl('see smtp://u:p@mail.test:25 now'), 'see smtp://***@mail.test:25 now')
  for (const text of ['https://x.test/a@b', 'mail me@x.test', 'is a=b?c=d', '//u:p@x']) {
    assert.equal(maskUrl(text), text)
  }
})
