// Tests of the settings of HTTP checks: the contract, defaults, and what is refused with which words.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { httpConfig } from './config.ts'

const url = 'http://127.0.0.1:9001/health'
/** The faults of settings as `path: message`. */
const faults = (spec: Record<string, unknown>) =>
  httpConfig.safeParse({ url, ...spec }).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? []
const refuses = (spec: Record<string, unknown>, words: RegExp) => {
  const found = faults(spec)
  assert.equal(found.length, 1, found.join('\n'))
  assert.match(found[0] ?? '', words)
}

test('a URL alone is enough, and the defaults are those of the manual', () => {
  assert.deepEqual(httpConfig.parse({ url }), {
    url,
    method: 'GET',
    headers: {},
    steps: null,
    http_version: 'auto',
    follow: 5,
    follow_inside: false,
    ip: 'any',
    expect: { status: [[200, 399]], max_size: 1_000_000 },
    verify: { chain: true, name: true },
    min_version: '1.2',
    encryption: { verify: { chain: true, name: true }, trust: undefined, own: undefined },
  })
})

test('what is asked of TLS is refused where none is spoken', () => {
  for (const verify of [false, { chain: false }, { name: false }])
    refuses({ verify }, /^verify: means nothing here: the URL is http.*write the https URL/)
  refuses({ min_version: '1.3', follow: 0 }, /^min_version: means nothing here/)
  assert.deepEqual(faults({ verify: true, follow: 0 }), [])
  assert.deepEqual(faults({ url: 'https://x.test/', verify: false }), [])
})

test('the form of the manifest’s contract is accepted', () => {
  const config = httpConfig.parse({ url, expect: { status: 200, body: { contains: 'OK' } } })
  assert.deepEqual(config.expect, { status: [[200, 200]], body: { contains: ['OK'] }, max_size: 1_000_000 })
})

test('statuses may be numbers, ranges, classes and lists of these', () => {
  const read = (status: unknown) => httpConfig.parse({ url, expect: { status } }).expect.status
  assert.deepEqual(read('200-204'), [[200, 204]])
  assert.deepEqual(read('2xx'), [[200, 299]])
  assert.deepEqual(read([200, '401', '5xx']), [
    [200, 200],
    [401, 401],
    [500, 599],
  ])
  for (const status of [20, 1000, '20', 'ok', '200-', '200-20', '', [], true])
    refuses({ expect: { status } }, /^expect\.status/)
  refuses({ expect: { status: '399-200' } }, /write the smaller number first/)
  for (const status of ['600-700', 600, '500-600', [200, 700], '6xx'])
    refuses({ expect: { status } }, /is no status of HTTP; these go from 100 to 599/)
})

test('a request with a body is a POST unless another method is chosen', () => {
  assert.equal(httpConfig.parse({ url, body: 'x' }).method, 'POST')
  assert.equal(httpConfig.parse({ url, body: 'x', method: 'PUT' }).method, 'PUT')
  refuses({ body: 'x', method: 'GET' }, /^body: a GET request has no body; leave it out or choose another method/)
})

test('what is no URL that can be checked says what to write', () => {
  refuses({ url: 'example.test/health' }, /is not a URL; write https:\/\/example\.test\/health/)
  refuses({ url: 'localhost:8080' }, /is not a URL; write https:\/\/localhost:8080/)
  refuses({ url: 'shop.example.test:8080/health' }, /is not a URL; write https:\/\/shop\.example\.test:8080\/health/)
  refuses({ url: 'ftp://example.test' }, /only http and https/)
  refuses({ url: 'http://user:secret@example.test' }, /holds no credentials, since it is shown; put them under auth/)
  refuses({ url: 'http://example.test:0' }, /a port is a number from 1 to 65535/)
  refuses({ url: 'http://example.test:99999/x' }, /:99999\/x: a port is a number from 1 to 65535, not 99999$/)
  refuses({ url: 'http://example.test:web' }, /a port is a number from 1 to 65535, not web$/)
  refuses({ url: 'http://exa mple.test/' }, /a host name has no spaces/)
  refuses({ url: 'https://' }, /names no host/)
  refuses({ url: '' }, /is empty; write a URL such as/)
  refuses({ url: 'http://999.1.1.1/' }, /is not a URL/)
  refuses({ url: 12 }, /expected a URL such as/)
})

test('settings that contradict one another are refused with the reason', () => {
  refuses({ method: 'HEAD', expect: { body: { contains: 'x' } } }, /expect\.body: an answer to HEAD has no body/)
  refuses({ expect: { status: 301 } }, /expect\.status: a redirect is followed.*add follow: 0/)
  refuses({ expect: { body: { contains: ['a', 'b'], not_contains: 'b' } } }, /“b” cannot be both there and not there/)
  refuses({ expect: { body: {} } }, /expect\.body: expects nothing/)
  refuses({ expect: { headers: {} } }, /expect\.headers: expects nothing/)
  refuses({ auth: { bearer: 't' }, headers: { authorization: 'x' } }, /give either auth or this header/)
  refuses({ headers: { Accept: 'a', accept: 'b' } }, /is given twice/)
  refuses({ ip: 6 }, /^ip: 127\.0\.0\.1 is an IPv4 address, which ip: 6 excludes/)
  refuses({ latency: { degraded: '2s', down: '1s' } }, /degraded must be less than down/)
  assert.deepEqual(faults({ follow: 0, expect: { status: 301 } }), [])
  assert.deepEqual(faults({ expect: { status: [200, 301] } }), [])
})

test('headers that would break the request are refused', () => {
  refuses({ headers: { 'Content-Length': '5' } }, /^headers\.Content-Length: .* is set by the check itself/)
  refuses({ headers: { 'X-A': 'b\r\nX-C: d' } }, /no line breaks or control characters/)
  refuses({ headers: { 'X A': 'b' } }, /“X A” is not the name of a header|Invalid key/)
  refuses({ auth: { bearer: 'a\nb' } }, /has no line breaks/)
  refuses({ auth: { basic: { user: 'a:b', password: 'c' } } }, /has no colon/)
})

test('sizes are read with their unit and bounded', () => {
  const read = (max_size: unknown) => httpConfig.parse({ url, expect: { max_size } }).expect.max_size
  assert.equal(read('64kB'), 64_000)
  assert.equal(read('2 MB'), 2_000_000)
  assert.equal(read('10b'), 10)
  assert.equal(read(500), 500)
  refuses({ expect: { max_size: '30MB' } }, /30MB is too much; at most 20MB/)
  refuses({ expect: { max_size: 'big' } }, /expected a size such as 64kB or 1MB/)
})

test('unknown keys and wrong types are refused at their place', () => {
  refuses({ verfy: true }, /Unrecognized key: "verfy"/)
  refuses({ expect: { statuss: 200 } }, /^expect: Unrecognized key: "statuss"/)
  refuses({ method: 'get' }, /expected one of GET, HEAD, .*; did you mean GET\?$/)
  refuses({ method: 'PSOT' }, /did you mean POST\?$/)
  refuses({ method: 'FETCHALL' }, /OPTIONS$/)
  refuses({ follow: -1 }, /^follow/)
  refuses({ auth: {} }, /expected \{ basic/)
  refuses({ auth: { bearer: 't', basic: { user: 'a', password: 'b' } } }, /one of basic and bearer; leave the other/)
  const usr = faults({ auth: { basic: { usr: 'a', password: 'b' } } }).join('\n')
  assert.match(usr, /^auth\.basic: Unrecognized key: "usr"$/m)
  refuses({ expect: { body: { contains: '' } } }, /an empty text is found in everything/)
})
