// Tests of the kind `tls`: days left, chains, names, staples, versions, and servers that do not play along.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test, type TestContext } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { golden, look, type LookOptions, openTarget, type Talk, type TargetTls, tlsOf } from '#test/targets.ts'
import { until } from '#test/until.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { room } from '../tls.ts'
import { tlsCheck } from './tls-check.ts'

const quiet: Talk = () => {}
const root = golden('root.pem')
const stapleOf = (name: string) => readFileSync(new URL(`../../../test/golden/tls/staple-${name}.der`, import.meta.url))
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

async function seen(t: TestContext, name: string, spec: object, { host = 'shop.example', tls, ...options }: Case = {}) {
  const target = await openTarget(t, quiet, { ...tlsOf(name), ...tls })
  const address = `${host}:${target.port}`
  const finding = await look(tlsCheck, { address, ...spec }, { lookup: toLoopback, ...options })
  await target.quiet()
  const words = finding.sentence?.replaceAll(String(target.port), 'PORT') ?? null
  return { ...finding, words, facts: { ...finding.facts } as Record<string, Record<string, unknown>> }
}

test('a certificate with a trusted chain is well, and all that people ask about it is kept', async (t) => {
  const { facts, ...finding } = await seen(t, 'chained', { ca: root })
  assert.equal(finding.words, null)
  assert.equal(finding.outcome, 'up')
  assert.equal(typeof finding.latency, 'number')
  const { fingerprint, daysLeft, ...certificate } = facts['certificate'] ?? {}
  assert.deepEqual(certificate, {
    subject: 'shop.example',
    issuer: 'Test intermediate',
    names: ['shop.example', '*.shop.example'],
    validFrom: '2020-01-01T00:00:00.000Z',
    validTo: '2119-11-27T12:00:00.000Z',
  })
  assert.match(String(fingerprint), /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  assert.ok(Number(daysLeft) > 30_000)
  const chain = facts['chain'] as unknown as Record<string, unknown>[]
  assert.deepEqual(
    chain.map(({ subject, validTo }) => [subject, validTo]),
    [
      ['Test intermediate', '2099-11-27T12:00:00.000Z'],
      ['Test root', '2120-01-01T00:00:00.000Z'],
    ],
  )
  assert.deepEqual(facts['staple'], { status: 'absent' })
  assert.deepEqual(facts['tls'], { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384' })
  assert.deepEqual(Object.keys(facts['phases'] ?? {}), ['resolve', 'connect', 'tls'])
  assert.deepEqual(facts['address'], '127.0.0.1')
})

test('a certificate that expires soon is degraded, then down, counted in whole days', async (t) => {
  const spec = { verify: false, days_left: { degraded: 21, down: 7 } }
  const at = async (date: string) => {
    const { outcome, reason, words } = await seen(t, 'chainless', spec, { clock: on(date) })
    assert.equal(reason, outcome === 'up' ? null : 'certificate')
    return `${outcome}: ${words}`
  }
  const expires = 'The certificate of shop.example expires in'
  assert.equal(await at('2119-11-06T11:00:00Z'), 'up: null')
  assert.equal(await at('2119-11-06T13:00:00Z'), `degraded: ${expires} 20 days, on 27 November 2119; 21 are asked for.`)
  assert.equal(await at('2119-11-20T13:00:00Z'), `down: ${expires} 6 days, on 27 November 2119; 7 are asked for.`)
  assert.equal(await at('2119-11-26T11:00:00Z'), `down: ${expires} 1 day, on 27 November 2119; 7 are asked for.`)
  assert.equal(await at('2119-11-27T06:30:00Z'), `down: ${expires} 5 hours, on 27 November 2119; 7 days are asked for.`)
  assert.equal(
    await at('2119-11-27T11:30:00Z'),
    `down: ${expires} less than an hour, on 27 November 2119; 7 days are asked for.`,
  )
  assert.equal(
    await at('2119-11-30T13:00:00Z'),
    'down: The certificate of shop.example expired 3 days ago, on 27 November 2119.',
  )
  assert.equal(
    await at('2019-11-30T13:00:00Z'),
    'down: The certificate of shop.example is not valid before 1 January 2020.',
  )
})

test('without thresholds 21 and 7 days are asked for, and expired is down whatever is asked for', async (t) => {
  const at = async (days_left: unknown, date: string) => {
    const spec = { verify: false, ...(days_left ? { days_left } : {}) }
    return (await seen(t, 'chainless', spec, { clock: on(date) })).outcome
  }
  assert.equal(await at(null, '2119-11-10'), 'degraded')
  assert.equal(await at(null, '2119-11-22'), 'down')
  assert.equal(await at({ degraded: 30 }, '2119-11-22'), 'degraded')
  assert.equal(await at({}, '2119-11-22'), 'up')
  assert.equal(await at({}, '2119-11-28'), 'down')
})

test('what a certificate rests on must last as well', async (t) => {
  const soon = await seen(t, 'chained', { verify: false }, { clock: on('2099-11-22') })
  assert.equal(soon.outcome, 'down')
  assert.equal(
    soon.words,
    'The certificate of Test intermediate, on which that of shop.example rests, expires in 5 days, ' +
      'on 27 November 2099; 7 are asked for.',
  )
  const over = await seen(t, 'chain-expired', { ca: root })
  assert.match(
    over.words ?? '',
    /^The certificate of Test intermediate, on which that of shop\.example rests, expired \d+ days ago, on 3 May 2020/,
  )
})

test('an expired certificate that the server sends without need is left aside', async (t) => {
  const cert = golden('chained.pem') + golden('expired.pem')
  assert.equal((await seen(t, 'chained', { ca: root }, { tls: { cert } })).words, null)
  const unneeded = golden('chain-expired.pem')
  const intermediate = golden('chained.pem').split(/(?<=-----END CERTIFICATE-----\n)/)[1] ?? ''
  const anchored = await seen(t, 'chain-expired', { ca: root + intermediate }, { tls: { cert: unneeded } })
  assert.equal(anchored.words, null)
})

test('chain and name are verified each by itself', async (t) => {
  const of = async (verify: unknown, host: string, ca?: string) =>
    (await seen(t, 'chained', { verify, ...(ca ? { ca } : {}) }, { host })).words
  const elsewhere = 'The certificate is for shop.example, *.shop.example, not for other.example.'
  const stranger = /^The certificate was issued by Test intermediate, which is not trusted here/
  assert.equal(await of(true, 'www.shop.example', root), null)
  assert.equal(await of(true, 'other.example', root), elsewhere)
  assert.equal(await of({ chain: false }, 'other.example'), elsewhere)
  assert.match((await of(true, 'shop.example')) ?? '', stranger)
  assert.match((await of({ name: false }, 'other.example')) ?? '', stranger)
  assert.equal(await of({ name: false }, 'other.example', root), null)
  assert.equal(await of({ chain: false }, 'shop.example'), null)
  assert.equal(await of(false, 'other.example'), null)
})

test('a certificate that signed itself, and a chain with a gap, are said in plain words', async (t) => {
  const self = await seen(t, 'self', {}, { host: 'localhost' })
  assert.equal(self.words, 'The certificate of selfish is self-signed, so nobody vouches for it.')
  assert.equal((await seen(t, 'self', { ca: golden('self.pem') }, { host: 'localhost' })).words, null)
  const gap = await seen(t, 'chainless', { ca: root })
  assert.match(gap.words ?? '', /or the server does not send the whole chain\.$/)
  assert.equal(gap.facts['certificate']?.['subject'], 'shop.example')
})

/** That certificate with other bytes for some of its text. Nobody verifies a signature before the handshake is over. */
function forged(name: string, from: string, to: string): string {
  const raw = Buffer.from(new X509Certificate(golden(`${name}.pem`)).raw)
  raw.write(to, raw.indexOf(from), 'latin1')
  const lines = raw.toString('base64').match(/.{1,64}/g) ?? []
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n')
}

test('dates that are none, and names that would move a cursor, are no way to hide', async (t) => {
  const of = (from: string, to: string) =>
    seen(t, 'self', { verify: { name: false } }, { host: 'localhost', tls: { cert: forged('self', from, to) } })
  const dated = await of('21200101000000Z', '21209901000000Z')
  assert.equal(dated.words, 'The certificate of localhost has dates that cannot be read.')
  assert.equal(dated.facts['certificate']?.['validTo'], 'unreadable')
  const named = await of('selfish', '\u001b[2Jab\n')
  assert.match(named.words ?? '', /^The certificate was issued by {2}\[2Jab , which is not trusted here/)
})

test('the server name is sent and looked for in place of the host, and an address in place of a name', async (t) => {
  const asked: string[] = []
  const SNICallback: TargetTls['SNICallback'] = (name, done) => {
    asked.push(name)
    done(null)
  }
  const tls = { SNICallback }
  const named = await seen(t, 'chained', { ca: root, server_name: 'shop.example' }, { tls, host: '127.0.0.1' })
  assert.equal(named.words, null)
  await seen(t, 'chained', { ca: root }, { tls, host: 'shop.example.' })
  await seen(t, 'chained', { verify: false }, { tls, host: 'bücher.example' })
  assert.equal((await seen(t, 'good', { ca: golden('ca.pem') }, { tls, host: '127.0.0.1' })).words, null)
  assert.deepEqual(asked, ['shop.example', 'shop.example', 'xn--bcher-kva.example'])
})

test('a server that speaks only older versions than asked for is down, and well where they are allowed', async (t) => {
  const of = async (maxVersion: 'TLSv1.1' | 'TLSv1.2', spec: object) => {
    const tls = { minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT:@SECLEVEL=0' } as const
    return seen(t, 'chained', { ca: root, ...spec }, { tls })
  }
  const strict = await of('TLSv1.2', { min_version: 1.3 })
  assert.equal(strict.reason, 'tls')
  assert.equal(strict.words, 'shop.example:PORT does not speak TLS 1.3 or newer, which is the least asked for.')
  assert.equal((await of('TLSv1.2', {})).words, null)
  assert.match((await of('TLSv1.1', {})).words ?? '', /does not speak TLS 1\.2 or newer/)
  const old = await of('TLSv1.1', { min_version: '1.0' })
  assert.equal(old.words, null)
  assert.equal(old.facts['tls']?.['version'], 'TLSv1.1')
})

test('the OCSP staple is shown, and one that says revoked is down', async (t) => {
  const of = (staple: Buffer, spec: object = { ca: root }) => seen(t, 'chained', spec, { tls: { staple } })
  const good = await of(stapleOf('good'))
  assert.equal(good.outcome, 'up')
  assert.deepEqual(good.facts['staple'], { status: 'good', at: '2026-11-21T03:29:29.000Z' })
  const revoked = await of(stapleOf('revoked'))
  assert.equal(revoked.outcome, 'down')
  assert.match(revoked.words ?? '', /^The certificate of shop\.example has been revoked/)
  assert.equal((await of(stapleOf('revoked'), { verify: false })).outcome, 'up')
  const rubbish = await of(Buffer.from('30ff80ff', 'hex'))
  assert.equal(rubbish.outcome, 'up')
  assert.deepEqual(rubbish.facts['staple'], { status: 'unreadable' })
})

test('too slow is degraded or down, and the worse of two troubles is told', async (t) => {
  const clock = (date: string) => {
    let reads = 0
    return { ...on(date), monotonic: () => (reads += 500) }
  }
  const of = async (latency: object, date: string) => {
    const spec = { verify: false, latency }
    const { outcome, reason } = await seen(t, 'chainless', spec, { clock: clock(date) })
    return `${outcome} ${reason}`
  }
  assert.equal(await of({ degraded: '1ms' }, '2100-01-01'), 'degraded slow')
  assert.equal(await of({ degraded: '1ms' }, '2119-11-15'), 'degraded certificate')
  assert.equal(await of({ down: '1ms' }, '2119-11-15'), 'down slow')
})

test('no TLS, nobody there, a server that hangs up and one that stalls are told apart', async (t) => {
  const of = async (talk: Talk, timeout = 5_000) => {
    const target = await openTarget(t, talk)
    const finding = await look(tlsCheck, { address: `127.0.0.1:${target.port}` }, { timeout })
    await target.quiet()
    return `${finding.reason}: ${finding.sentence?.replace(String(target.port), 'PORT')}`
  }
  const closed = 'closed: 127.0.0.1:PORT closed the connection during the TLS handshake.'
  assert.equal(await of((socket) => socket.write('220 mail ESMTP\r\n')), 'tls: 127.0.0.1:PORT does not speak TLS.')
  assert.equal(await of((socket) => socket.once('data', () => socket.end())), closed)
  assert.match(await of((socket) => socket.once('data', () => socket.resetAndDestroy())), /^(reset|closed): /)
  assert.equal(
    await of(quiet, 150),
    'timeout: No answer within 150 ms; it got as far as the TLS handshake with 127.0.0.1:PORT.',
  )
  assert.equal((await look(tlsCheck, { address: '127.0.0.1:1' })).reason, 'refused')
})

test('a reset amid the handshake and rubbish without end leave nothing behind', async (t) => {
  const of = async (talk: Talk) => {
    const target = await openTarget(t, talk)
    const finding = await look(tlsCheck, { address: `127.0.0.1:${target.port}` })
    await target.quiet()
    return finding.reason
  }
  // The beginning of a record that says it is longer.
  const half = Buffer.from([22, 3, 3, 1, 0, 2, 0])
  assert.match(
    String(await of((socket) => socket.once('data', () => socket.write(half, () => socket.resetAndDestroy())))),
    /^(reset|closed)$/,
  )
  const endless: Talk = (socket) => {
    const more = () => void (socket.destroyed || socket.write(Buffer.alloc(10_000, 'x'), () => setImmediate(more)))
    more()
  }
  assert.match(String(await of(endless)), /^(tls|reset|closed)$/)
})

test('a handshake that stalls ends at the timeout, with no timer left', async (t) => {
  const clock = new VirtualClock()
  const target = await openTarget(t, quiet)
  const looking = look(tlsCheck, { address: `127.0.0.1:${target.port}` }, { clock, timeout: 2_000 })
  await target.heard('\u0016\u0003')
  await clock.advance(2_000)
  assert.equal((await looking).reason, 'timeout')
  await target.quiet()
  assert.equal(clock.pending(), 0)
})

test('IP versions and forbidden addresses hold here as well', async (t) => {
  const families: number[] = []
  const lookup = async (_: string, family: 0 | 4 | 6) => {
    families.push(family)
    return [{ address: '127.0.0.1', family: 4 }]
  }
  for (const ip of ['any', 4, 6]) await look(tlsCheck, { address: 'h.test:1', ip }, { lookup })
  assert.deepEqual(families, [0, 4, 6])
  const target = await openTarget(t, quiet, tlsOf('good'), '::1')
  const address = `[::1]:${target.port}`
  assert.equal((await look(tlsCheck, { address, ca: golden('ca.pem'), ip: 6 })).sentence, null)
  await target.quiet()
  assert.equal((await look(tlsCheck, { address }, { denied: ['::1/128'] })).reason, 'forbidden')
})

test('the certificate that answered is told apart from others, whatever is wrong with it', async (t) => {
  const bad = await seen(t, 'expired', {})
  assert.equal(bad.outcome, 'down')
  const { what, id, words, facts } = bad.identity ?? assert.fail()
  assert.equal(what, 'certificate')
  assert.match(id, /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/)
  assert.match(
    words,
    /^one of localhost, issued by Test authority, valid until 3 May 2020 \(SHA-256 ([0-9A-F]{2}:){7}…\)$/,
  )
  assert.deepEqual(Object.keys(facts), ['subject', 'issuer', 'validFrom', 'validTo', 'fingerprint'])
  const well = await seen(t, 'good', { ca: root })
  assert.notEqual(well.identity?.id, id)
  assert.equal((await seen(t, 'good', { verify: false })).identity?.id, well.identity?.id)
})

test('where no certificate was seen nobody is said to have answered', async (t) => {
  const mute = await openTarget(t, (socket) => socket.end())
  const finding = await look(tlsCheck, { address: `127.0.0.1:${mute.port}` })
  assert.deepEqual([finding.outcome, finding.identity], ['down', undefined])
})

test('a handshake counts among all that are under way at once, and no longer when it is over', async (t) => {
  const target = await openTarget(t, quiet)
  await until('those of other tests are over', () => room.count === 0)
  const clock = new VirtualClock()
  const looking = look(tlsCheck, { address: `127.0.0.1:${target.port}` }, { clock, timeout: 3_000 })
  await until('the handshake began', () => room.count === 1)
  await clock.advance(3_000)
  assert.equal((await looking).reason, 'timeout')
  await until('its turn is over', () => room.count === 0)
})
