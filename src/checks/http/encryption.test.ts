// Tests of what an http check asks of TLS: own authorities, days left, versions, server names, certificates of our own.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test, type TestContext } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { answers, golden, look, type LookOptions, openTarget, page, type TargetTls, tlsOf } from '#test/targets.ts'
import type { CertificateFacts } from '../certificate.ts'
import { httpConfig } from './config.ts'
import { http } from './http.ts'

const toLoopback = async () => [{ address: '127.0.0.1', family: 4 }]
/** The clock of the system, but on another day. */
const on = (date: string) => {
  const ahead = Date.parse(date) - systemClock.now()
  return { ...systemClock, now: () => systemClock.now() + ahead }
}

interface Case extends LookOptions {
  readonly host?: string
  readonly tls?: TargetTls
}

/** One check of a server with that certificate; its port is written PORT. */
async function seen(t: TestContext, name: string, spec: object, { host = 'localhost', tls, ...options }: Case = {}) {
  const target = await openTarget(t, answers(page('OK')), { ...tlsOf(name), ...tls })
  const url = `https://${host}:${target.port}/`
  const finding = await look(http, { url, ...spec }, { lookup: toLoopback, ...options })
  await target.quiet()
  const words = finding.sentence?.replaceAll(String(target.port), 'PORT') ?? null
  return { ...finding, words, said: `${finding.outcome} ${finding.reason}: ${words}`, target }
}

const well = 'up null: null'
const ca = golden('ca.pem')

test('an authority of one’s own is trusted, and it alone', async (t) => {
  assert.equal((await seen(t, 'good', { ca })).said, well)
  assert.equal((await seen(t, 'good', { ca }, { host: '127.0.0.1' })).said, well)
  const other = await seen(t, 'good', { ca: golden('root.pem') })
  assert.match(other.said, /^down certificate: The certificate was issued by Test authority, which is not trusted here/)
  assert.equal((await seen(t, 'self', { ca: golden('self.pem') })).said, well)
})

test('certificates that are expired, self-signed, for another name or not valid yet are told apart', async (t) => {
  const of = async (name: string, spec: object = { ca }, options: Case = {}) =>
    (await seen(t, name, spec, options)).said.replace('down certificate: ', '')
  assert.equal(await of('expired'), 'The certificate expired on 3 May 2020.')
  assert.equal(await of('self', {}), 'The certificate of selfish is self-signed, so nobody vouches for it.')
  assert.equal(await of('other'), 'The certificate is for shop.example.test, www.example.test, not for localhost.')
  const cert = forged('self', '200101000000Z', '490101000000Z')
  assert.equal(await of('self', { ca: cert }, { tls: { cert } }), 'The certificate is not valid before 1 January 2049.')
})

/** That certificate with other bytes for some of its text; what is trusted by itself needs no signature. */
function forged(name: string, from: string, to: string): string {
  const raw = Buffer.from(new X509Certificate(golden(`${name}.pem`)).raw)
  raw.write(to, raw.indexOf(from), 'latin1')
  const lines = raw.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

test('chain and name are verified each by itself', async (t) => {
  const elsewhere = { host: 'elsewhere.test' }
  assert.equal((await seen(t, 'good', { ca, verify: { name: false } }, elsewhere)).said, well)
  assert.match((await seen(t, 'good', { verify: { name: false } }, elsewhere)).said, /^down .*issued by Test authority/)
  assert.match(
    (await seen(t, 'good', { verify: { chain: false } }, elsewhere)).said,
    /^down .*not for elsewhere\.test\.$/,
  )
  assert.equal((await seen(t, 'good', { verify: false }, elsewhere)).said, well)
})

test('what has expired is down also where nobody need vouch for it, unless nothing is verified', async (t) => {
  const { said } = await seen(t, 'expired', { verify: { chain: false } })
  assert.equal(said, 'down certificate: The certificate expired on 3 May 2020.')
  assert.equal((await seen(t, 'expired', { verify: false })).said, well)
})

test('a certificate that expires soon is degraded, then down, in the words of the kind tls', async (t) => {
  const at = async (date: string, days: object = { degraded: 21, down: 7 }) =>
    (await seen(t, 'self', { verify: false, days_left: days }, { clock: on(date) })).said
  const expires = 'The certificate of localhost expires in'
  assert.equal(await at('2119-12-01'), well)
  assert.equal(
    await at('2119-12-11T12:00:00Z'),
    `degraded certificate: ${expires} 20 days, on 1 January 2120; 21 are asked for.`,
  )
  assert.equal(
    await at('2119-12-25T12:00:00Z'),
    `down certificate: ${expires} 6 days, on 1 January 2120; 7 are asked for.`,
  )
  assert.equal(
    await at('2120-01-04T12:00:00Z', {}),
    'down certificate: The certificate of localhost expired 3 days ago, on 1 January 2120.',
  )
})

test('what a certificate rests on must last as well', async (t) => {
  const spec = { ca: golden('root.pem'), days_left: { degraded: 30 } }
  const found = await seen(t, 'chained', spec, { host: 'shop.example', clock: on('2099-11-01') })
  assert.equal(
    found.said,
    'degraded certificate: The certificate of Test intermediate, on which that of shop.example rests, ' +
      'expires in 26 days, on 27 November 2099; 30 are asked for.',
  )
  assert.equal((await seen(t, 'chained', { ca: golden('root.pem') }, { host: 'shop.example' })).said, well)
})

test('days are counted on a resumed session too, and shown with the facts', async (t) => {
  const target = await openTarget(t, answers(page('OK')), tlsOf('good'))
  const spec = { url: `https://127.0.0.1:${target.port}/`, ca, days_left: { degraded: 3_650 } }
  const options = { clock: on('2119-01-01') }
  for (const _ of [1, 2]) {
    const { outcome, facts } = await look(http, spec, options)
    assert.equal(outcome, 'degraded')
    assert.equal((facts?.['certificate'] as { daysLeft: number } | undefined)?.daysLeft, 364)
  }
  await target.quiet()
})

test('a wrong answer is told before days, and slowness that is down before days that are degraded', async (t) => {
  const days = { verify: false, days_left: { degraded: 21, down: 7 } }
  const of = async (spec: object, date: string) => {
    let reads = 0
    const clock = { ...on(date), monotonic: () => (reads += 100) }
    const { outcome, reason } = await seen(t, 'self', { ...days, ...spec }, { clock })
    return `${outcome} ${reason}`
  }
  assert.equal(await of({ expect: { status: 204 } }, '2119-12-30'), 'down status')
  assert.equal(await of({ latency: { down: '1ms' } }, '2119-12-15'), 'down slow')
  assert.equal(await of({ latency: { degraded: '1ms' } }, '2119-12-15'), 'degraded certificate')
  assert.equal(await of({ latency: { down: '1ms' } }, '2119-12-30'), 'down certificate')
})

test('the days of every server on the way count, of the steps too', async (t) => {
  const last = await openTarget(t, answers(page('OK')))
  const moved = `HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:${last.port}/\r\nContent-Length: 0\r\n\r\n`
  const first = await openTarget(t, answers(moved), tlsOf('self'))
  const url = `https://127.0.0.1:${first.port}/`
  const days = { verify: false, days_left: { degraded: 21 } }
  const clock = on('2119-12-29T12:00:00Z')
  const words = 'The certificate of 127.0.0.1 expires in 2 days, on 1 January 2120; 21 are asked for.'
  const redirected = await look(http, { url, ...days }, { clock })
  assert.equal(redirected.sentence, words)
  const stepped = await look(http, { steps: [{ url }, { url: `http://127.0.0.1:${last.port}/` }], ...days }, { clock })
  assert.equal(`${stepped.outcome}: ${stepped.sentence}`, `degraded: ${words}`)
  for (const target of [first, last]) await target.quiet()
})

test('the server name is sent and looked for in place of the host, at the first server only', async (t) => {
  const asked: string[] = []
  const SNICallback: TargetTls['SNICallback'] = (name, done) => {
    asked.push(name)
    done(null)
  }
  const tls = { SNICallback }
  const spec = { ca: golden('root.pem'), server_name: 'www.shop.example' }
  assert.equal((await seen(t, 'chained', spec, { host: '127.0.0.1', tls })).said, well)
  assert.match((await seen(t, 'good', { ca, server_name: 'shop.example' }, { tls })).said, /not for shop\.example\.$/)
  assert.deepEqual(asked, ['www.shop.example', 'shop.example'])
  const other = await openTarget(t, answers(page('OK')), { ...tlsOf('good'), ...tls })
  const moved = `HTTP/1.1 302 Found\r\nLocation: https://localhost:${other.port}/\r\nContent-Length: 0\r\n\r\n`
  const first = await openTarget(t, answers(moved), { ...tlsOf('chained'), ...tls })
  const redirected = {
    url: `https://localhost:${first.port}/`,
    ca: ca + golden('root.pem'),
    server_name: 'shop.example',
  }
  assert.equal((await look(http, redirected, { lookup: toLoopback })).sentence, null)
  assert.deepEqual(asked.slice(2), ['shop.example', 'localhost'])
  for (const target of [first, other]) await target.quiet()
})

test('a server that speaks older versions of TLS only is down where newer ones are asked for', async (t) => {
  const of = async (maxVersion: 'TLSv1.1' | 'TLSv1.2', min_version?: unknown) => {
    const tls = { minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT:@SECLEVEL=0' } as const
    return (await seen(t, 'good', { ca, ...(min_version === undefined ? {} : { min_version }) }, { tls })).said
  }
  const old = (least: string) =>
    `down tls: localhost:PORT does not speak TLS ${least} or newer, which is the least asked for.`
  assert.equal(await of('TLSv1.2'), well)
  assert.equal(await of('TLSv1.2', 1.3), old('1.3'))
  assert.equal(await of('TLSv1.1'), old('1.2'))
  assert.equal(await of('TLSv1.1', '1.0'), well)
})

const client = { cert: golden('cert.pem'), key: golden('key.pem') }
const asking: TargetTls = { requestCert: true, ca: golden('cert.pem') }

test('a server that asks for a certificate of the client gets ours', async (t) => {
  assert.equal((await seen(t, 'good', { ca, client }, { tls: asking })).said, well)
  const older = { ...asking, maxVersion: 'TLSv1.2' } as const
  assert.equal((await seen(t, 'good', { ca, client }, { tls: older })).said, well)
})

test('a server that gets no certificate of the client, or another, is down in words', async (t) => {
  const none = await seen(t, 'good', { ca }, { tls: asking })
  assert.equal(none.outcome, 'down')
  assert.match(
    none.said,
    /^down (tls: localhost:PORT at 127\.0\.0\.1 wants a certificate of the client, and got none\.|reset|closed)/,
  )
  const tls = { ...asking, ca: golden('root.pem') }
  const other = await seen(t, 'good', { ca, client }, { tls })
  assert.match(
    other.said,
    /^down (tls: localhost:PORT at 127\.0\.0\.1 does not accept the certificate of the client \(.*\)|reset|closed)/,
  )
  const old = await seen(t, 'good', { ca }, { tls: { ...asking, maxVersion: 'TLSv1.2' } })
  assert.match(old.said, /^down (tls|reset|closed)/)
})

test('a certificate of our own is shown to nobody to whom a server redirects', async (t) => {
  const shown: string[] = []
  const watching =
    (place: string): ((socket: unknown) => void) =>
    (socket) => {
      const { subject } = (socket as { getPeerCertificate(): CertificateFacts }).getPeerCertificate()
      if (subject) shown.push(place)
    }
  const tls = { ...tlsOf('good'), ...asking, rejectUnauthorized: false }
  const ok = answers(page('OK'))
  const other = await openTarget(t, (socket, index) => (watching('other')(socket), ok(socket, index)), tls)
  const moved = `HTTP/1.1 302 Found\r\nLocation: https://localhost:${other.port}/\r\nContent-Length: 0\r\n\r\n`
  const first = await openTarget(t, (socket, index) => (watching('first')(socket), answers(moved)(socket, index)), tls)
  const finding = await look(http, { url: `https://localhost:${first.port}/`, ca, client }, { lookup: toLoopback })
  assert.equal(finding.sentence, null)
  assert.deepEqual(shown, ['first'])
  for (const target of [first, other]) await target.quiet()
})

test('settings of TLS that make no sense are refused with the reason', () => {
  const faults = (spec: object) =>
    httpConfig
      .safeParse({ url: 'https://a.test/', ...spec })
      .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
      .join('\n') ?? ''
  const plain = { url: 'http://a.test/' }
  assert.match(faults({ ca, verify: false }), /^ca: is used to verify the chain, which verify turns off/)
  assert.match(faults({ ca: golden('server.key') }), /^ca: holds a private key; expected PEM text/)
  assert.match(faults({ days_left: { degraded: 3, down: 7 } }), /degraded must be more days than down/)
  assert.match(faults({ ...plain, days_left: { down: 7 } }), /^days_left: means nothing here: the URL is http/)
  assert.match(faults({ ...plain, client }), /^client: means nothing here/)
  assert.match(faults({ ...plain, server_name: 'a.test' }), /^server_name: means nothing here/)
  assert.match(faults({ ...plain, ca, follow: 0 }), /^ca: means nothing here/)
  assert.equal(faults({ ...plain, ca }), '')
  assert.match(faults({ server_name: '192.0.2.1' }), /an address is not sent as server name/)
  assert.match(faults({ min_version: '1.4' }), /expected one of 1\.0, 1\.1, 1\.2, 1\.3/)
  const steps = [{ url: 'https://a.test/' }, { url: 'https://b.test/' }]
  assert.match(
    faults({ url: undefined, steps, server_name: 'a.test' }),
    /^server_name: is one name, and the steps lead/,
  )
  assert.match(faults({ client: { cert: client.cert } }), /^client\.key: /)
  assert.match(
    faults({ client: { ...client, key: golden('server.key') } }),
    /^client\.key: does not belong to the cert/,
  )
  assert.match(
    faults({ client: { ...client, key: client.cert } }),
    /^client\.key: holds a certificate; expected PEM text/,
  )
  assert.match(
    faults({ client: { ...client, key: client.key.slice(0, 60) } }),
    /^client\.key: holds a private key that/,
  )
  const locked = client.key.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE')
  assert.match(faults({ client: { ...client, key: locked } }), /^client\.key: is encrypted, .* openssl pkey/)
  assert.match(
    faults({ client: { cert: client.key, key: client.key } }),
    /^client\.cert: holds a private key; expected/,
  )
})
