// Tests of the kind `http` over TLS: certificates in plain words, sessions resumed, handshakes that fail.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { answers, golden, look, type LookOptions, openTarget, page, type Talk, tlsOf } from '#test/targets.ts'
import { systemClock } from '#platform/clock.ts'
import type { CertificateFacts } from '../certificate.ts'
import { createSecure } from '../tls.ts'
import { http, httpKind } from './http.ts'

const trusting = () => httpKind(createSecure(golden('ca.pem')))
const ok: Talk = answers(page('OK'))

interface Case extends LookOptions {
  readonly spec?: Record<string, unknown>
  readonly host?: string
}

async function secure(t: TestContext, name: string, { spec = {}, host = '127.0.0.1', ...options }: Case = {}) {
  const target = await openTarget(t, ok, tlsOf(name))
  const lookup = async () => [{ address: '127.0.0.1', family: 4 }]
  const finding = await look(trusting(), { url: `https://${host}:${target.port}/`, ...spec }, { lookup, ...options })
  await target.quiet()
  return finding
}

test('a trusted certificate is well, and its facts are kept', async (t) => {
  const finding = await secure(t, 'good', { host: 'localhost' })
  assert.equal(finding.sentence, null)
  assert.equal(finding.outcome, 'up')
  const certificate = finding.facts?.['certificate'] as CertificateFacts
  assert.equal(certificate.subject, 'localhost')
  assert.equal(certificate.issuer, 'Test authority')
  assert.equal(certificate.validTo, '2120-01-01T00:00:00.000Z')
  assert.deepEqual(certificate.names, ['localhost', '127.0.0.1', '0:0:0:0:0:0:0:1'])
  assert.match(certificate.fingerprint, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  assert.ok(Object.keys(finding.facts?.['phases'] ?? {}).includes('tls'))
})

test('the certificate that answered at the end is told apart from others, where all was well', async (t) => {
  const kind = httpKind(createSecure(golden('ca.pem')))
  const servers = [await openTarget(t, ok, tlsOf('good')), await openTarget(t, ok, tlsOf('other'))] as const
  const seen = async (port: number, spec: object = {}) =>
    (await look(kind, { url: `https://127.0.0.1:${port}/`, verify: false, ...spec })).identity
  const one = await seen(servers[0].port)
  assert.deepEqual([one?.what, one?.facts['issuer']], ['certificate', 'Test authority'])
  assert.equal((await seen(servers[0].port))?.id, one?.id)
  const moved = page('', `HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:${servers[1].port}/`)
  const first = await openTarget(t, answers(moved), tlsOf('good'))
  const other = await seen(first.port)
  assert.equal(other?.id, (await seen(servers[1].port))?.id)
  assert.notEqual(other?.id, one?.id)
  assert.equal(await seen(first.port, { follow: 0, expect: { status: 200 } }), undefined)
  for (const server of [...servers, first]) await server.quiet()
})

test('an address is looked for in the certificate like a name', async (t) => {
  assert.equal((await secure(t, 'good', { host: '127.0.0.1' })).outcome, 'up')
})

test('what is wrong with a certificate is said in plain words', async (t) => {
  const words = async (name: string, host?: string) => {
    const { outcome, reason, sentence } = await secure(t, name, host ? { host } : {})
    assert.equal(outcome, 'down')
    assert.equal(reason, 'certificate')
    return sentence
  }
  assert.equal(await words('expired'), 'The certificate expired on 3 May 2020.')
  assert.equal(await words('self'), 'The certificate of selfish is self-signed, so nobody vouches for it.')
  assert.equal(
    await words('other', 'localhost'),
    'The certificate is for shop.example.test, www.example.test, not for localhost.',
  )
  assert.equal(
    await words('good', 'elsewhere.test'),
    'The certificate is for localhost, 127.0.0.1, 0:0:0:0:0:0:0:1, not for elsewhere.test.',
  )
})

test('of a chain whose issuer has expired, it is the issuer that is told and when it did', async (t) => {
  const target = await openTarget(t, ok, tlsOf('chain-expired'))
  const kind = httpKind(createSecure(golden('root.pem')))
  const url = `https://127.0.0.1:${target.port}/`
  const { outcome, sentence } = await look(kind, { url, server_name: 'shop.example.test' })
  assert.equal(outcome, 'down')
  assert.match(
    sentence ?? '',
    /^The certificate of .+, on which that of shop.example.test rests, expired on 3 May 2020\.$/,
  )
  await target.quiet()
})

test('an authority that Node does not know is not trusted, and the facts of the certificate are kept', async (t) => {
  const target = await openTarget(t, ok, tlsOf('good'))
  const finding = await look(http, { url: `https://127.0.0.1:${target.port}/` })
  assert.equal(finding.reason, 'certificate')
  assert.match(finding.sentence ?? '', /^The certificate was issued by Test authority, which is not trusted here/)
  assert.equal((finding.facts?.['certificate'] as CertificateFacts | undefined)?.subject, 'localhost')
  await target.quiet()
})

test('with verify: false a bad certificate is overlooked, and its facts are kept', async (t) => {
  for (const name of ['expired', 'self', 'other']) {
    const finding = await secure(t, name, { spec: { verify: false } })
    assert.equal(finding.outcome, 'up', name)
    assert.ok(finding.facts?.['certificate'], name)
  }
})

/** A kind and a target to look at again and again; tells whether each connection resumed a session. */
async function again(t: TestContext, name: string) {
  const resumed: boolean[] = []
  const talk: Talk = (socket, index) => {
    resumed.push('isSessionReused' in socket && (socket.isSessionReused as () => boolean)())
    ok(socket, index)
  }
  const target = await openTarget(t, talk, tlsOf(name))
  const kind = trusting()
  let [monotonic, wall] = [0, 0]
  const clock = {
    ...systemClock,
    monotonic: () => systemClock.monotonic() + monotonic,
    now: () => systemClock.now() + wall,
  }
  return {
    resumed,
    pass: (ms: number) => {
      monotonic += ms
      wall += ms
    },
    look: (spec = {}) => look(kind, { url: `https://127.0.0.1:${target.port}/`, ...spec }, { clock }),
  }
}

test('the second check resumes the session and still has the certificate’s facts', async (t) => {
  const server = await again(t, 'good')
  const first = await server.look()
  const second = await server.look()
  assert.deepEqual(server.resumed, [false, true])
  assert.deepEqual(second.facts?.['certificate'], first.facts?.['certificate'])
})

test('after ten minutes the handshake is a full one again, so that the certificate is seen anew', async (t) => {
  const server = await again(t, 'good')
  await server.look()
  server.pass(300_000)
  await server.look()
  server.pass(300_000)
  await server.look()
  await server.look()
  assert.deepEqual(server.resumed, [false, true, false, true])
})

test('a session never outlives its certificate', async (t) => {
  const server = await again(t, 'expired')
  await server.look({ verify: false })
  await server.look({ verify: false })
  assert.deepEqual(server.resumed, [false, false])
})

test('a session whose certificate was overlooked is not resumed where it must be verified', async (t) => {
  const server = await again(t, 'self')
  assert.equal((await server.look({ verify: false })).outcome, 'up')
  assert.equal((await server.look()).reason, 'certificate')
  assert.equal((await server.look({ verify: false })).outcome, 'up')
  assert.equal((await server.look()).reason, 'certificate')
})

test('a port without TLS says so', async (t) => {
  const target = await openTarget(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const finding = await look(http, { url: `https://127.0.0.1:${target.port}/` })
  assert.equal(finding.reason, 'tls')
  assert.equal(finding.sentence, `127.0.0.1:${target.port} does not speak TLS.`)
  await target.quiet()
})

test('a server that closes, resets or stalls in the handshake is told apart', async (t) => {
  const of = async (talk: Talk, timeout = 5_000) => {
    const target = await openTarget(t, talk)
    const finding = await look(http, { url: `https://127.0.0.1:${target.port}/` }, { timeout })
    await target.quiet()
    return `${finding.reason}: ${finding.sentence?.replace(String(target.port), 'PORT')}`
  }
  const closing: Talk = (socket) => socket.once('data', () => socket.end())
  assert.equal(await of(closing), 'closed: 127.0.0.1:PORT closed the connection during the TLS handshake.')
  const resetting: Talk = (socket) => socket.once('data', () => socket.resetAndDestroy())
  assert.match(await of(resetting), /^(reset|closed): /)
  assert.equal(
    await of(() => {}, 150),
    'timeout: No answer within 150 ms; it got as far as the TLS handshake with 127.0.0.1:PORT.',
  )
})

test('a server with which no protocol is shared fails the handshake', async (t) => {
  const target = await openTarget(t, ok, { ...tlsOf('good'), minVersion: 'TLSv1.3', ciphers: 'TLS_AES_128_CCM_SHA256' })
  const finding = await look(trusting(), { url: `https://127.0.0.1:${target.port}/` })
  assert.equal(finding.reason, 'tls')
  assert.match(finding.sentence ?? '', /^TLS with 127\.0\.0\.1:\d+ failed: .*handshake failure\.$/)
  await target.quiet()
})

test('a server that wants a certificate of the client refuses in words', async (t) => {
  const target = await openTarget(t, ok, { ...tlsOf('good'), requestCert: true, ca: golden('ca.pem') })
  const finding = await look(trusting(), { url: `https://127.0.0.1:${target.port}/` })
  assert.equal(finding.outcome, 'down')
  assert.match(String(finding.reason), /^(tls|reset|closed)$/)
  await target.quiet()
})

test('TLS 1.2 sessions are resumed as well', async (t) => {
  const target = await openTarget(t, ok, { ...tlsOf('good'), maxVersion: 'TLSv1.2' })
  const kind = trusting()
  for (const _ of [1, 2, 3]) {
    const finding = await look(kind, { url: `https://127.0.0.1:${target.port}/` })
    assert.equal(finding.outcome, 'up')
  }
  await target.quiet()
})
