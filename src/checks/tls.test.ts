// Tests of securing connections: what is offered and verified, what a session depends on, and who may stall how many.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { openOutbound } from '#platform/outbound.ts'
import { golden, openTarget, type Target, type TargetTls, tlsOf } from '#test/targets.ts'
import { until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { Attempt } from './attempt.ts'
import { dial } from './dial.ts'
import { createSecure, type Secure, type SecureOptions } from './tls.ts'

const outbound = openOutbound({ denied: [] })
const { signal } = new AbortController()

interface Once extends Partial<SecureOptions> {
  readonly clock?: VirtualClock
}

/** One handshake with a target, and what came of it. */
async function shake(secure: Secure, { port }: Target, { clock = new VirtualClock(), ...options }: Once = {}) {
  const attempt = new Attempt({ clock, outbound, timeout: 60_000, signal })
  return attempt.run(async () => {
    const { socket: raw } = await dial(attempt, '127.0.0.1', port, 'any')
    const secured = await secure(attempt, raw, {
      host: '127.0.0.1',
      target: `127.0.0.1:${port}`,
      verify: true,
      ...options,
    })
    // So that the session's ticket has come.
    secured.socket.write('x')
    await new Promise((resolve) => secured.socket.once('data', resolve))
    const { resumed, protocol, certificate } = secured
    return { resumed, protocol, subject: certificate?.subject }
  })
}

/** A server that answers a byte by a byte. */
const server = (t: TestContext, name = 'good', more: TargetTls = {}) =>
  openTarget(t, (socket) => socket.once('data', () => socket.write('y')), { ...tlsOf(name), ...more })

test('the protocols that are offered are agreed on, and nothing is where none is offered', async (t) => {
  const target = await server(t, 'good', { ALPNProtocols: ['h2', 'http/1.1', 'dot'] })
  const secure = createSecure(golden('ca.pem'))
  assert.equal((await shake(secure, target)).protocol, 'http/1.1')
  assert.equal((await shake(secure, target, { alpn: 'dot' })).protocol, 'dot')
  assert.equal((await shake(secure, target, { alpn: ['http/1.1', 'h2'] })).protocol, 'h2')
  assert.equal((await shake(secure, target, { alpn: null })).protocol, null)
})

test('chain and name are verified each by itself', async (t) => {
  const [other, self] = [await server(t, 'other'), await server(t, 'self')]
  const secure = createSecure(golden('ca.pem'))
  assert.equal((await shake(secure, other, { verify: { chain: true, name: false } })).subject, 'shop.example.test')
  await assert.rejects(shake(secure, other, { verify: { chain: false, name: true } }), /The certificate is for shop\./)
  assert.equal((await shake(secure, self, { verify: { chain: false, name: false } })).subject, 'selfish')
  await assert.rejects(shake(secure, self, { verify: { chain: true, name: false } }), /self-signed/)
  const expired = await server(t, 'expired')
  const dated = shake(secure, expired, { verify: { chain: false, name: true } })
  await assert.rejects(dated, /The certificate expired on 3 May 2020/)
  assert.ok((await shake(secure, expired, { verify: false })).subject)
  const named = { host: 'shop.example.test', verify: true }
  assert.equal((await shake(secure, other, named)).subject, 'shop.example.test')
})

test('a session is resumed with the same settings only', async (t) => {
  const target = await server(t)
  const secure = createSecure(golden('ca.pem'))
  const trust = { ca: golden('ca.pem') }
  const variants: readonly Once[] = [
    {},
    { host: 'localhost' },
    { verify: false },
    { verify: { chain: true, name: false } },
    { alpn: 'dot' },
    { trust },
    { trust: { minVersion: '1.3' } },
    { way: 'proxy.test:3128' },
  ]
  for (const variant of variants) assert.equal((await shake(secure, target, variant)).resumed, false)
  for (const variant of variants) assert.equal((await shake(secure, target, variant)).resumed, true)
  assert.equal((await shake(secure, target, { trust: { ca: golden('ca.pem') } })).resumed, true)
})

test('the handshake is full after ten minutes, and at once when the certificate’s end has passed', async (t) => {
  const target = await server(t)
  const secure = createSecure(golden('ca.pem'))
  const clock = new VirtualClock()
  const isResumed = async () => (await shake(secure, target, { clock })).resumed
  assert.deepEqual([await isResumed(), await isResumed()], [false, true])
  await clock.advance(600_000)
  assert.deepEqual([await isResumed(), await isResumed()], [false, true])
  clock.jump(Date.UTC(2121, 0, 1) - clock.now())
  assert.equal(await isResumed(), false)
})

test('a certificate and key that OpenSSL does not take are our own fault, in words', async (t) => {
  const target = await server(t)
  const trust = { cert: golden('good.pem'), key: 'no key' }
  await assert.rejects(shake(createSecure(), target, { trust }), {
    reason: 'internal',
    message: /^The certificates of this monitor cannot be used: /,
  })
})

test('a target that stalls in many handshakes keeps no other waiting, and gives its room back', async (t) => {
  const stuck = await openTarget(t, () => {})
  const good = await server(t)
  const secure = createSecure(golden('ca.pem'))
  const clock = new VirtualClock()
  const failures: string[] = []
  const stalled = Array.from({ length: 210 }, () =>
    shake(secure, stuck, { clock }).catch((error: Error) => void failures.push(error.message)),
  )
  await until('all are connected', () => stuck.count() === 210)
  assert.equal((await shake(secure, good)).subject, 'localhost')
  await clock.advance(60_000)
  await Promise.all(stalled)
  const waited = failures.filter((text) =>
    text.includes('Allswell itself was too busy: of 60 s it waited 60 s for its turn'),
  )
  const silent = failures.filter((text) => text.includes('it got as far as the TLS handshake with'))
  assert.deepEqual([waited.length, silent.length], [10, 200])
  await stuck.quiet()
  assert.equal((await shake(secure, good)).resumed, true)
})
