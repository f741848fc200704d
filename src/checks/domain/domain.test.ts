// Tests of the kind domain against registries on loopback: how a domain stands, politeness, and servers that lie.
import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { test, type TestContext } from 'node:test'
import { answers, golden, look, openTarget, tlsOf } from '#test/targets.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import type { Kind } from '../check.ts'
import { createSecure } from '../tls.ts'
import { domainKind } from './domain.ts'

const now = Date.UTC(2026, 10, 21, 12)
const day = 86_400_000
const iso = (at: number) => new Date(at).toISOString()

/** What a registry says of a domain that is well, changed as told. */
const registered = (change: object = {}) => ({
  objectClassName: 'domain',
  ldhName: 'SHOP.EXAMPLE',
  status: ['client transfer prohibited', 'active'],
  events: [
    { eventAction: 'registration', eventDate: '2015-03-01T10:00:00Z' },
    { eventAction: 'expiration', eventDate: iso(now + 200.5 * day) },
    { eventAction: 'last changed', eventDate: '2026-01-01' },
  ],
  entities: [
    { roles: ['technical'], handle: 'T-1' },
    {
      roles: ['registrar'],
      handle: '292',
      vcardArray: [
        'vcard',
        [
          ['version', {}, 'text', '4.0'],
          ['fn', {}, 'text', 'Good Names Ltd.'],
        ],
      ],
    },
  ],
  nameservers: [{ ldhName: 'NS2.shop.example.' }, { ldhName: 'ns1.shop.example' }],
  secureDNS: { delegationSigned: true },
  ...change,
})
const expiring = (ms: number) => registered({ events: [{ eventAction: 'expiration', eventDate: iso(now + ms) }] })

interface Registry {
  /** With a slash at its end. */
  readonly url: string
  readonly asked: string[]
}

/** Answers by JSON until the test ends; a number is a status, a function answers by itself. */
type Answer = object | number | ((response: ServerResponse, request: IncomingMessage) => void)
async function openRegistry(t: TestContext, answer: Answer): Promise<Registry> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    if (typeof answer === 'function') return answer(response, request)
    response.setHeader('Content-Type', 'application/rdap+json')
    if (typeof answer === 'number') response.statusCode = answer
    response.end(JSON.stringify(typeof answer === 'number' ? { errorCode: answer } : answer))
    return undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/rdap/`, asked }
}

const frozen = () => new VirtualClock(now)
const ask = (registry: Registry, spec: object = {}, kind: Kind = domainKind(createSecure())) =>
  look(kind, { name: 'shop.example', server: registry.url, ...spec }, { clock: frozen() })
const said = async (answer: Answer, t: TestContext, spec: object = {}) => {
  const { outcome, reason, sentence } = await ask(await openRegistry(t, answer), spec)
  return `${outcome} ${reason}: ${sentence}`
}

test('a domain that is well is up, with registrar, dates, statuses and name servers as evidence', async (t) => {
  const registry = await openRegistry(t, registered())
  const finding = await ask(registry)
  assert.deepEqual([finding.outcome, finding.reason, finding.sentence], ['up', null, null])
  assert.deepEqual(registry.asked, ['/rdap/domain/shop.example'])
  assert.deepEqual(finding.facts?.['registration'], {
    domain: 'shop.example',
    registrar: 'Good Names Ltd.',
    registered: '2015-03-01T10:00:00.000Z',
    changed: '2026-01-01T00:00:00.000Z',
    expires: iso(now + 200.5 * day),
    daysLeft: 200,
    status: ['active', 'clientTransferProhibited'],
    nameservers: ['ns1.shop.example', 'ns2.shop.example'],
    dnssec: true,
  })
  assert.equal(finding.facts?.['address'], '127.0.0.1')
})

test('days that are left decide, and what has expired is down', async (t) => {
  const of = (days: number, spec: object = {}) => said(expiring(days * day), t, spec)
  assert.match(await of(29.5), /^degraded registration: The registration of shop\.example expires in 29 days, on .*30/)
  assert.match(await of(6.5), /^down registration: .* expires in 6 days, on 28 November 2026; 7 are asked for\.$/)
  assert.match(await of(-2), /^down registration: .* expired 2 days ago, on 19 November 2026\.$/)
  assert.match(await of(-2, { days_left: { degraded: 0, down: 0 } }), /^down .* expired/)
  assert.match(await of(29.5, { days_left: { degraded: 10 } }), /^up null/)
  assert.match(await of(-2, { days_left: false }), /^up null/)
})

test('statuses decide by what the settings make of them', async (t) => {
  const of = (status: string[], spec: object = {}) => said(registered({ status }), t, spec)
  assert.match(
    await of(['client hold']),
    /^down registration: .* status clientHold \(the registrar has taken it out of DNS/,
  )
  assert.match(await of(['serverHold']), /^down registration: .* serverHold/)
  assert.match(await of(['Redemption Period', 'pending delete']), /^down registration: .* redemptionPeriod/)
  assert.match(await of(['pending transfer']), /^degraded registration: .* pendingTransfer \(somebody asked/)
  assert.match(await of(['client hold'], { status: { down: [] } }), /^up/)
  assert.match(await of(['active'], { status: { needed: ['clientTransferProhibited'] } }), /^degraded .* does not have/)
  assert.match(await of(['autoRenewPeriod', 'something new']), /^up/)
})

test('another registrar or another name server is another identity, another expiry is not', async (t) => {
  const of = async (change: object) => (await ask(await openRegistry(t, registered(change)))).identity
  const first = await of({})
  assert.equal(first?.words, 'with Good Names Ltd., at ns1.shop.example, ns2.shop.example')
  assert.deepEqual(await of({ events: [{ eventAction: 'expiration', eventDate: iso(now + day) }] }), first)
  assert.deepEqual(await of({ nameservers: [...registered().nameservers].toReversed() }), first)
  assert.notEqual((await of({ nameservers: [{ ldhName: 'ns.thief.example' }] }))?.id, first?.id)
  const elsewhere = await of({
    entities: [],
    nameservers: Array.from({ length: 9 }, (_, n) => ({ ldhName: `ns${n}.x` })),
  })
  assert.equal(elsewhere?.words, 'with an unknown registrar, at ns0.x, ns1.x, ns2.x and 6 more')
  assert.equal(await of({ entities: [], nameservers: [] }), undefined)
})

test('a name in any script is asked for in ASCII, and spoken of as it was written', async (t) => {
  const registry = await openRegistry(t, registered({ ldhName: 'xn--bcher-kva.example', status: ['client hold'] }))
  const { sentence } = await ask(registry, { name: 'Bücher.Example' })
  assert.deepEqual(registry.asked, ['/rdap/domain/xn--bcher-kva.example'])
  assert.match(sentence ?? '', /^The domain Bücher\.Example has/)
  for (const change of [{ ldhName: 'bücher.example' }, { ldhName: null, unicodeName: 'BÜCHER.example.' }])
    assert.equal((await ask(await openRegistry(t, registered(change)), { name: 'bücher.example' })).outcome, 'up')
})

test('a domain that the registry does not know is down; another server’s 404 says nothing', async (t) => {
  assert.match(
    await said(404, t),
    /^down registration: The domain shop\.example is not registered: the registry knows none/,
  )
  assert.match(await said(404, t, { name: 'www.shop.example' }), /if www\.shop\.example is a host, write the domain/)
  const html = (response: ServerResponse) => response.writeHead(404, { 'Content-Type': 'text/html' }).end('<p>404</p>')
  assert.match(await said(html, t), /^unknown status: Nothing is known of shop\.example: .* answered 404 Not Found\.$/)
})

test('what cannot be asked is unknown, never down', async (t) => {
  const nothing = { url: 'http://127.0.0.1:9/', asked: [] }
  const refused = await ask(nothing)
  assert.deepEqual([refused.outcome, refused.reason], ['unknown', 'refused'])
  assert.match(refused.sentence ?? '', /^Nothing is known of shop\.example: nothing listens on 127\.0\.0\.1:9/)
  assert.match(await said(500, t), /^unknown status: .* answered 500 Internal Server Error/)
  for (const [answer, words] of [
    [(response: ServerResponse) => response.end('no json'), /is not JSON/],
    [(response: ServerResponse) => response.end('['.repeat(400_000)), /is not JSON/],
    [[], /is not about a domain/],
    [{ objectClassName: 'entity' }, /is not about a domain/],
    [registered({ ldhName: 'other.example' }), /is about other\.example/],
    [registered({ ldhName: 7 }), /is about a domain without a name/],
  ] as const) {
    const told = await said(answer, t)
    assert.match(told, /^unknown protocol: Nothing is known of shop\.example: the answer of 127\.0\.0\.1:\d+ /)
    assert.match(told, words)
  }
  assert.match(
    await said(registered({ events: [] }), t),
    /^unknown no_data: The registry does not tell until when .* write days_left: false/,
  )
  assert.match(await said(registered({ events: [] }), t, { days_left: false }), /^up/)
  const flood = (response: ServerResponse) => response.end(Buffer.alloc(2_000_000, 32))
  assert.match(await said(flood, t), /^unknown too_large: .* answered with more than 500000 bytes/)
})

test('silence ends at the timeout and is unknown', async (t) => {
  const { port } = await openTarget(t, () => {})
  const spec = { name: 'shop.example', server: `http://127.0.0.1:${port}` }
  const finding = await look(domainKind(createSecure()), spec, { timeout: 200 })
  assert.deepEqual([finding.outcome, finding.reason], ['unknown', 'timeout'])
})

test('who asks us to wait is let alone so long, by every monitor, and asked again after that', async (t) => {
  let busy = true
  const registry = await openRegistry(t, (response) => {
    response.setHeader('Content-Type', 'application/rdap+json')
    if (busy) response.writeHead(429, { 'Retry-After': '120' }).end()
    else response.end(JSON.stringify(registered()))
  })
  const kind = domainKind(createSecure())
  const clock = frozen()
  const again = (name: string) => look(kind, { name, server: registry.url }, { clock })
  const first = await again('shop.example')
  assert.deepEqual([first.outcome, first.reason], ['unknown', 'no_data'])
  assert.match(first.sentence ?? '', /: 127\.0\.0\.1:\d+ asks not to be asked again before 2026-11-21 12:02 UTC\.$/)
  busy = false
  assert.equal((await again('other.example')).outcome, 'unknown')
  assert.equal(registry.asked.length, 1)
  await clock.advance(121_000)
  assert.equal((await again('shop.example')).outcome, 'up')
  assert.equal(registry.asked.length, 2)
})

test('a time to wait is believed within bounds, as a date, too', async (t) => {
  const until = async (wait: string | null, status = 429) => {
    const headers = wait === null ? {} : { 'Retry-After': wait }
    const told = await said((response) => response.writeHead(status, headers).end(), t)
    return / before (\S+ \S+) UTC/.exec(told)?.[1] ?? told
  }
  assert.equal(await until('0'), '2026-11-21 12:01')
  assert.equal(await until('999999999'), '2026-11-22 12:00')
  assert.equal(await until('Sat, 21 Nov 2026 13:30:00 GMT'), '2026-11-21 13:30')
  assert.equal(await until('soon'), '2026-11-21 12:15')
  assert.equal(await until(null), '2026-11-21 12:15')
  assert.equal(await until('60', 503), '2026-11-21 12:01')
  assert.match(await until(null, 503), /^unknown status: .* 503/)
})

test('the server comes from IANA’s list, which is fetched once for all, and again when it is old', async (t) => {
  const registry = await openRegistry(t, (response, { url }) => {
    response.end(JSON.stringify(registered({ ldhName: url?.split('/').at(-1) })))
  })
  let broken = false
  const list = await openRegistry(t, (response) => {
    if (broken) return response.writeHead(500).end()
    const services = [
      [['test'], ['http://127.0.0.1:9/']],
      [
        ['co.test', 'EXAMPLE'],
        ['ftp://x/', registry.url],
      ],
      'rubbish',
      [['net'], 'rubbish'],
    ]
    response.setHeader('Cache-Control', 'public, max-age=7200')
    return response.end(JSON.stringify({ version: '1.0', services }))
  })
  const kind = domainKind(createSecure(), list.url)
  const clock = frozen()
  const outcome = async (name: string) => (await look(kind, { name }, { clock })).outcome
  const names = ['shop.example', 'shop.co.test', 'shop.example', 'a.example']
  assert.deepEqual(await Promise.all(names.map(outcome)), ['up', 'up', 'up', 'up'])
  assert.equal(list.asked.length, 1)
  assert.equal(await outcome('shop.test'), 'unknown')
  const none = await look(kind, { name: 'shop.net' }, { clock })
  assert.match(
    none.sentence ?? '',
    /IANA lists no RDAP server for \.net; where there is one, write server: with its URL/,
  )
  assert.deepEqual([none.outcome, none.reason], ['unknown', 'no_data'])
  assert.equal(list.asked.length, 1)
  await clock.advance(7_200_001)
  broken = true
  assert.equal(await outcome('shop.example'), 'up')
  assert.equal(await outcome('shop.example'), 'up')
  assert.equal(list.asked.length, 2)
  broken = false
  await clock.advance(60_001)
  assert.equal(await outcome('shop.example'), 'up')
  assert.equal(list.asked.length, 3)
})

test('a list that never comes holds up nobody beyond the timeout, and is asked for again later', async (t) => {
  const { port, count } = await openTarget(t, () => {})
  const kind = domainKind(createSecure(), `http://127.0.0.1:${port}/`)
  const looks = ['a.example', 'b.example'].map((name) => look(kind, { name }, { timeout: 150 }))
  for (const { outcome, reason } of await Promise.all(looks))
    assert.deepEqual([outcome, reason], ['unknown', 'timeout'])
  assert.equal(count(), 1)
  const next = await look(kind, { name: 'a.example' }, { timeout: 150 })
  assert.equal(next.outcome, 'unknown')
  assert.equal(count(), 1)
})

test('a redirect to another server of the registry is followed, a circle is not', async (t) => {
  const registry = await openRegistry(t, registered())
  const elsewhere = (response: ServerResponse) =>
    response.writeHead(302, { Location: `${registry.url}domain/shop.example` }).end()
  const first = await openRegistry(t, elsewhere)
  const finding = await ask(first)
  assert.equal(finding.outcome, 'up')
  assert.equal(finding.facts?.['asked'], `${registry.url}domain/shop.example`)
  const circle = (response: ServerResponse, { url }: IncomingMessage) =>
    response.writeHead(302, { Location: url }).end()
  assert.match(await said(circle, t), /^unknown redirect: .* redirects in a circle/)
})

test('the certificate of a registry is verified', async (t) => {
  const body = JSON.stringify(registered())
  const talk = answers(`HTTP/1.1 200 OK\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  const { port } = await openTarget(t, talk, tlsOf('good'))
  const spec = { name: 'shop.example', server: `https://localhost:${port}` }
  assert.equal((await look(domainKind(createSecure(golden('ca.pem'))), spec, { clock: frozen() })).outcome, 'up')
  const distrusted = await look(domainKind(createSecure()), spec, { clock: frozen() })
  assert.deepEqual([distrusted.outcome, distrusted.reason], ['unknown', 'certificate'])
})

test('settings that make no sense are refused with the reason', () => {
  const kind = domainKind(createSecure())
  const fault = (spec: object) =>
    (kind.config.safeParse({ name: 'shop.example', ...spec }).error?.issues ?? [])
      .map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('\n')
  assert.equal(fault({}), '')
  assert.match(
    fault({ name: 'https://shop.example/x' }),
    /name: .* is a URL; write only the domain, such as shop\.example/,
  )
  assert.match(fault({ name: '192.0.2.1' }), /is an address/)
  assert.match(fault({ name: 'com' }), /whole top-level domain/)
  for (const name of [
    '',
    'a b.example',
    '-a.example',
    `${'a'.repeat(64)}.example`,
    'a..example',
    'a@b.example',
    'a/b.c',
  ])
    assert.match(fault({ name }), /is not a domain/, name)
  assert.match(fault({ server: 'rdap.example' }), /is not a URL/)
  assert.match(fault({ server: 'https://u:p@rdap.example/' }), /no credentials/)
  assert.match(fault({ server: 'http://[::1]/', ip: 4 }), /ip: .* is an IPv6 address, which ip: 4 excludes/)
  assert.match(fault({ days_left: { degraded: 3 } }), /degraded must not be fewer days than down/)
  assert.match(fault({ status: { down: ['clientHeld'] } }), /status\.down\.0/)
  assert.match(fault({ status: { degraded: ['clientHold'] } }), /status\.degraded: clientHold is down already/)
  assert.match(fault({ status: { needed: ['pendingDelete'] } }), /cannot be needed and be trouble/)
})
