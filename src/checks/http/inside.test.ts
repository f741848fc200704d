// Tests of redirects from the internet to addresses inside: refused by name, literal and in disguise, unless allowed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { openOutbound, type Outbound } from '#platform/outbound.ts'
import { answers, openTarget, page } from '#test/targets.ts'
import { runProbe } from '../probe.ts'
import { http } from './http.ts'

const names: Readonly<Record<string, readonly string[]>> = {
  'public.test': ['203.0.113.1'],
  'inside.test': ['127.0.0.1'],
  'both.test': ['127.0.0.1', '203.0.113.2'],
  'metadata.test': ['169.254.169.254'],
}

/** A way out on which 203.0.113.0/24 is this machine, as though it stood on the internet. */
function internet(denied: readonly string[]): Outbound {
  const lookup = async (host: string) => (names[host] ?? []).map((address) => ({ address, family: 4 }))
  const way = openOutbound({ denied, lookup })
  const connect: Outbound['connect'] = (address, port) =>
    way.connect(address.address.startsWith('203.0.113.') ? { address: '127.0.0.1', family: 4 } : address, port)
  return { resolve: way.resolve, connect }
}

function look(spec: Record<string, unknown>, denied: readonly string[] = []) {
  const signal = new AbortController().signal
  const context = { clock: systemClock, outbound: internet(denied), timeout: 5_000, signal }
  return runProbe(http, http.config.parse(spec), context)
}

const to = (location: string) => answers(page('', `HTTP/1.1 302 Found\r\nLocation: ${location}`))

test('a public server cannot redirect to this machine or a private network, however it is spelled', async (t) => {
  const inner = await openTarget(t, answers(page('OK')))
  const spellings = ['127.0.0.1', '2130706433', '0x7f.1', '0.0.0.0', '[::1]', '[::ffff:7f00:1]', '127.9.9.9']
  const networks = ['10.0.0.1', '172.16.0.1', '192.168.1.1', '[fc00::1]', '[fe80::1]', '100.64.0.1', '169.254.169.254']
  const embedded = ['[64:ff9b::127.0.0.1]', '[2002:a00:1::1]', '[::10.0.0.1]']
  for (const host of ['inside.test', ...spellings, ...networks, ...embedded]) {
    const target = await openTarget(t, to(`http://${host}:${inner.port}/admin?drop=all`))
    const finding = await look({ url: `http://public.test:${target.port}/` })
    assert.equal(finding.outcome, 'down', host)
    assert.equal(finding.reason, 'forbidden', host)
    const words =
      /^After a redirect to .* may not be connected to; it is private, and a public server redirects there; /
    assert.match(finding.sentence ?? '', words)
    assert.match(finding.sentence ?? '', /follow_inside: true allows it\.$/)
    await target.quiet()
  }
  assert.equal(inner.count(), 0)
})

test('of a name with addresses on both sides only the public one is gone to', async (t) => {
  const inner = await openTarget(t, answers(page('OK')))
  const target = await openTarget(t, to(`http://both.test:${inner.port}/`))
  const finding = await look({ url: `http://public.test:${target.port}/` })
  assert.equal(finding.sentence, null)
  assert.equal(finding.facts?.['address'], '203.0.113.2')
})

test('who is inside may redirect inside and outside; who is outside, outside', async (t) => {
  const end = await openTarget(t, answers(page('OK')))
  for (const [from, host] of [
    ['inside.test', '127.0.0.1'],
    ['127.0.0.1', 'inside.test'],
    ['127.0.0.1', 'public.test'],
    ['public.test', '203.0.113.7'],
  ] as const) {
    const target = await openTarget(t, to(`http://${host}:${end.port}/`))
    assert.equal((await look({ url: `http://${from}:${target.port}/` })).outcome, 'up', `${from} to ${host}`)
  }
})

test('a way in by two redirects, in and out again, is noticed', async (t) => {
  const end = await openTarget(t, answers(page('OK')))
  const outer = await openTarget(t, to(`http://127.0.0.1:${end.port}/`))
  const target = await openTarget(t, to(`http://public.test:${outer.port}/`))
  const finding = await look({ url: `http://127.0.0.1:${target.port}/` })
  assert.equal(finding.reason, 'forbidden')
  assert.equal(end.count(), 0)
})

test('follow_inside: true allows it, but never what networks.denied forbids', async (t) => {
  const inner = await openTarget(t, answers(page('OK')))
  const target = await openTarget(t, to(`http://inside.test:${inner.port}/`))
  const spec = { url: `http://public.test:${target.port}/`, follow_inside: true }
  assert.equal((await look(spec)).outcome, 'up')
  assert.match((await look(spec, ['127.0.0.0/8'])).sentence ?? '', /the setting networks\.denied forbids it\.$/)
  const worse = await openTarget(t, to('http://metadata.test/'))
  const finding = await look({ ...spec, url: `http://public.test:${worse.port}/` }, ['169.254.0.0/16'])
  assert.equal(finding.reason, 'forbidden')
})
