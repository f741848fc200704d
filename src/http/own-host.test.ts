// Which names are taken for our own, and that a page of somebody else gets nothing by its name.
import assert from 'node:assert/strict'
import { get, type IncomingMessage } from 'node:http'
import { after, before, test } from 'node:test'
import { openOwnHosts } from './own-host.ts'
import { openTestServer, type TestServer } from './testing.ts'

let server: TestServer
before(async () => {
  server = await openTestServer()
})
after(() => server.close())

const hosts = ['127.0.0.1', '127.0.0.1:8080', '[::1]:8080', '10.1.2.3', 'localhost:8080', 'allswell', 'a.b.localhost']
const inside = ['watch.local', 'watch.internal.', 'Watch.LAN:80', 'box.home.arpa', 'allswell.monitoring.svc']

const known = ['status.example.com']

test('addresses, single words and names that nobody outside can own are ours, other names when they are told', () => {
  const own = openOwnHosts(() => known)
  for (const host of [...hosts, ...inside, 'status.example.com', 'STATUS.example.com:443', undefined])
    assert.equal(own(host), true, String(host))
  for (const host of [
    'evil.example',
    'evil.example:8080',
    'x.status.example.com',
    'local.evil.example',
    'a.localhost.com',
  ])
    assert.equal(own(host), false, host)
  assert.equal(openOwnHosts(() => ['any'])('evil.example'), true)
})

test('names that are told later count at once', () => {
  let names = ['one.example']
  const own = openOwnHosts(() => names)
  assert.deepEqual([own('one.example'), own('two.example')], [true, false])
  names = ['two.example']
  assert.deepEqual([own('one.example'), own('two.example')], [false, true])
})

test('metrics are given without a token under a name of ours only', async () => {
  const status = (host: string, headers = {}) =>
    new Promise((resolve, reject) => {
      const answered = (answer: IncomingMessage) => {
        answer.resume()
        resolve(answer.statusCode)
      }
      get(`${server.base}/metrics`, { headers: { host, ...headers }, agent: false }, answered).once('error', reject)
    })
  for (const host of hosts) assert.equal(await status(host), 200, host)
  assert.equal(await status('evil.example:8080'), 401)
  assert.equal(await status('evil.example', { authorization: `Bearer ${await server.token('read')}` }), 200)
})

test('the name by which a trusted proxy was asked counts beside the one by which it asks', async () => {
  const proxied = await openTestServer({ trustedProxies: ['127.0.0.0/8'], metricsFrom: ['10.0.0.0/8'] })
  const asked = async (headers: Record<string, string>) => {
    const all = { host: 'inner:8080', 'x-forwarded-for': '10.1.1.1', ...headers }
    return (await proxied.ask('GET', '/metrics', { token: null, headers: all })).status
  }
  try {
    assert.equal(await asked({}), 200)
    assert.equal(await asked({ 'x-forwarded-host': 'watch.internal' }), 200)
    assert.equal(await asked({ 'x-forwarded-host': 'evil.example' }), 401)
    assert.equal(await asked({ 'x-forwarded-host': 'watch.internal, evil.example:8080' }), 401)
    assert.equal(await asked({ forwarded: 'for=10.1.1.1;host="evil.example:80"' }), 401)
    assert.equal(await asked({ forwarded: 'for=10.1.1.1; Host=watch.internal' }), 200)
  } finally {
    await proxied.close()
  }
})
