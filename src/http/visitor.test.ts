// Tests of what a request says of where it comes from: origin, TLS, other sites, cookies.
import assert from 'node:assert/strict'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { parseNetworks } from '#platform/networks.ts'
import { cookie, cookieIn, noCookie } from './cookies.ts'
import { visitorOf } from './visitor.ts'

const trustedProxies = parseNetworks(['10.0.0.0/8'])
const host = 'status.corp.test'
const visit = (headers: IncomingHttpHeaders, from = '192.0.2.1', publicUrl: string | null = null) => {
  const request = { headers, socket: { remoteAddress: from } } as unknown as IncomingMessage
  return visitorOf(request, { trustedProxies, publicUrl })
}

test('a page of this server is told from one of another site', () => {
  const own = [
    { host, origin: `http://${host}` },
    { host, origin: `https://${host}` },
    { host: `${host}:8080`, origin: `http://${host}:8080`, 'sec-fetch-site': 'same-origin' },
    { host },
    { host, 'sec-fetch-site': 'none' },
  ]
  for (const headers of own) assert.equal(visit(headers).fromAnotherSite, false, JSON.stringify(headers))
  const foreign = [
    { host, origin: 'https://evil.test' },
    { host, origin: `https://${host}.evil.test` },
    { host, origin: `http://${host}:8081` },
    { host, origin: 'null' },
    { host, origin: '' },
    { host, 'sec-fetch-site': 'cross-site' },
    { host, 'sec-fetch-site': 'same-site' },
    { host, 'sec-fetch-site': 'something new' },
    { host, origin: `http://${host}`, 'sec-fetch-site': 'cross-site' },
  ]
  for (const headers of foreign) assert.equal(visit(headers).fromAnotherSite, true, JSON.stringify(headers))
})

test('a proxy that is trusted says under which name and by TLS it was asked, nobody else does', () => {
  const headers = {
    host: 'inner:8080',
    'x-forwarded-host': host,
    'x-forwarded-proto': 'https',
    'x-forwarded-for': '1.2.3.4',
  }
  const through = visit(headers, '10.0.0.1')
  assert.deepEqual([through.origin, through.secure, through.address], [`https://${host}`, true, '1.2.3.4'])
  assert.equal(visit({ ...headers, origin: `https://${host}` }, '10.0.0.1').fromAnotherSite, false)
  const claimed = visit(headers, '192.0.2.1')
  assert.deepEqual([claimed.origin, claimed.secure, claimed.address], ['http://inner:8080', false, '192.0.2.1'])
  assert.equal(visit({ ...headers, origin: `https://${host}` }, '192.0.2.1').fromAnotherSite, true)
})

test('the configured address is ours whatever the proxy makes of the name', () => {
  const publicUrl = `https://${host}/status`
  const seen = visit({ host: 'inner', origin: `https://${host}` }, '192.0.2.1', publicUrl)
  assert.deepEqual([seen.fromAnotherSite, seen.origin, seen.secure], [false, `https://${host}`, true])
  assert.equal(visit({ host }, '192.0.2.1', publicUrl).origin, `https://${host}`)
  assert.equal(visit({ host: 'other.test' }, '192.0.2.1', publicUrl).origin, 'http://other.test')
})

test('cookies are read whatever else is sent, and over TLS only what was set over TLS counts', () => {
  const secret = 'x'.repeat(43)
  const read = (text: string, origin = `http://${host}`) => cookieIn(visit({ host, origin, cookie: text }), 'session')
  assert.equal(read(`a=b; allswell=${secret}; c`), secret)
  assert.equal(read(`allswell=${secret}`, `https://${host}`), null)
  assert.equal(read(`__Host-allswell=${secret}`, `https://${host}`), secret)
  assert.equal(read(`allswell=${'y'.repeat(43)}; __Host-allswell=${secret}`), secret)
  assert.equal(read(`allswell=${secret}; allswell=${'y'.repeat(43)}`), secret)
  for (const bad of [
    '',
    '=',
    ';;;',
    'allswell',
    'allswell=',
    `allswell=${secret}x`,
    'allswell="; drop',
    ';'.repeat(9_000),
  ])
    assert.equal(read(bad), null, bad.slice(0, 20))
})

test('a cookie is set with all that keeps it from scripts and other sites, and taken away in both forms', () => {
  assert.equal(
    cookie({ secure: true }, 'session', 'abc', 90_000),
    '__Host-allswell=abc; Path=/; Max-Age=90; HttpOnly; SameSite=Lax; Secure',
  )
  assert.equal(
    cookie({ secure: false }, 'device', 'abc', 1_500),
    'allswell-device=abc; Path=/; Max-Age=1; HttpOnly; SameSite=Lax',
  )
  assert.deepEqual(
    noCookie('session').map((one) => one.split(';')[0]),
    ['__Host-allswell=', 'allswell='],
  )
})
