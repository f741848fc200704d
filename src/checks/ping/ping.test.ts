// Tests of the kind `ping`: real ICMP on loopback, what is made of loss and time, and settings that make no sense.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { IcmpError, openIcmp } from '#platform/icmp.ts'
import { environment } from '#platform/settings.ts'
import { look } from '#test/targets.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { judge } from './judge.ts'
import { fit, ping, pingKind } from './ping.ts'
import { findProgram } from './program.ts'
import { spreadOf } from './tally.ts'
import { openWire, reply4, reply6, report4, type Wire } from './testing.ts'

const host = '192.0.2.1'

/** What this machine has for pings of a family: raw sockets, a program, or neither. */
async function rights(family: 4 | 6): Promise<'raw' | 'program' | 'none'> {
  try {
    const socket = await openIcmp(family)
    socket.close()
    return 'raw'
  } catch (error) {
    assert.ok(error instanceof IcmpError)
    return findProgram(family, environment().PATH ?? '') === null ? 'none' : 'program'
  }
}

for (const [family, address] of [
  [4, '127.0.0.1'],
  [6, '::1'],
] as const) {
  test(`IPv${family} on loopback is pinged as this process may, or it says what is missing`, async () => {
    const way = await rights(family)
    const finding = await look(ping, { host: address, every: '10ms' })
    const facts = finding.facts ?? {}
    if (way === 'none') {
      assert.deepEqual([finding.outcome, finding.reason], ['unknown', 'internal'])
      assert.match(finding.sentence ?? '', /^Raw ICMP needs .*, and there is no ping program: give .*CAP_NET_RAW/)
      return
    }
    assert.equal(finding.outcome, 'up', finding.sentence ?? '')
    assert.equal(facts['by'] === 'raw socket', way === 'raw')
    assert.deepEqual([facts['address'], facts['sent'], facts['received']], [address, 3, 3])
    assert.deepEqual([facts['duplicates'], facts['ignored']], [0, 0])
    const { min, avg, max, jitter } = facts['times'] as Record<'min' | 'avg' | 'max' | 'jitter', number>
    assert.ok(min > 0 && min <= avg && avg <= max)
    assert.equal(typeof jitter, 'number')
  })
}

test('large pings and many at once go over one real socket, or by as many programs as may run', async () => {
  if ((await rights(4)) === 'none') return
  const looks = Array.from({ length: 40 }, (_, index) =>
    look(ping, { host: `127.0.0.${index + 1}`, count: 2, every: '10ms', size: index === 0 ? 20_000 : 56 }),
  )
  for (const finding of await Promise.all(looks)) assert.equal(finding.outcome, 'up', finding.sentence ?? '')
})

type Answer = (packet: Buffer, wire: Wire, index: number) => string | null

/** A check against hosts that answer as a test says, on a clock that moves by itself. */
async function run(answer: Answer, spec: object, options: { timeout?: number; addresses?: string[] } = {}) {
  const clock = new VirtualClock()
  let index = 0
  const wire = openWire(
    () => clock.now(),
    (packet, own) => answer(packet, own, (index += 1)),
  )
  const kind = pingKind(() => ({ open: wire.open, path: '' }))
  const { timeout = 10_000, addresses = [] } = options
  const lookup = async () => addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  const finding = await clock.pump(look(kind, { host, ...spec }, { clock, timeout, lookup }))
  return { finding, wire, clock, text: `${finding.outcome} ${finding.reason}: ${finding.sentence}` }
}
const well: Answer = (packet, wire) => wire.arrive(reply4(packet, host), host)
const losing =
  (...lost: number[]): Answer =>
  (packet, wire, index) =>
    lost.includes(index) ? null : well(packet, wire, index)

test('a host that answers is up, with everything counted', async () => {
  const { finding, wire } = await run(well, {})
  assert.equal(finding.outcome, 'up')
  assert.equal(wire.sent.length, 3)
  const { sent, received, duplicates, ignored, address } = finding.facts ?? {}
  assert.deepEqual([sent, received, duplicates, ignored, address], [3, 3, 0, 0, host])
})

test('loss is degraded from one share on and down from another', async () => {
  const loss = { degraded: '20%', down: '60%' }
  const one = await run(losing(2), { loss })
  assert.equal(one.text, 'degraded loss: 1 of 3 pings was lost (33 %); 20 % count as degraded.')
  const two = await run(losing(1, 3), { loss })
  assert.equal(two.text, 'down loss: 2 of 3 pings were lost (67 %); 60 % are too many.')
  assert.deepEqual([two.finding.facts?.['sent'], two.finding.facts?.['received']], [3, 1])
  assert.equal((await run(losing(1, 3), {})).finding.outcome, 'up')
  assert.equal((await run(losing(1), { loss: { degraded: '34%' } })).finding.outcome, 'up')
})

test('a host that never answers is down when the time is over, and not before', async () => {
  const { text, clock } = await run(losing(1, 2, 3), {})
  assert.equal(text, 'down timeout: 192.0.2.1 answered none of 3 pings within 10 s.')
  assert.ok(clock.monotonic() > 9_000 && clock.monotonic() <= 10_000)
  await clock.advance(5_000)
  assert.equal(clock.pending(), 0)
})

test('when some are answered the others are not waited for until the timeout', async () => {
  const { finding, clock } = await run(losing(3), { loss: { down: '30%' } })
  assert.equal(finding.outcome, 'down')
  assert.ok(clock.monotonic() < 2_000)
})

test('an error from on the way is the reason, with its author', async () => {
  const refusing: Answer = (packet, wire) => wire.arrive(report4(packet, host, [3, 1], '198.51.100.1'), '198.51.100.1')
  const { text, clock } = await run(refusing, {})
  assert.equal(text, 'down unreachable: 192.0.2.1 answered none of 3 pings; 198.51.100.1 reports: host unreachable.')
  assert.ok(clock.monotonic() < 1_000)
  const partly = await run((packet, wire, index) => (index === 2 ? refusing : well)(packet, wire, index), {
    loss: { down: '10%' },
  })
  assert.match(partly.text, /^down loss: 1 of 3 pings was lost \(33 %\); 10 % are too many \(198\.51\.100\.1 reports: /)
})

test('duplicates and answers of others are facts, not faults', async () => {
  const { finding } = await run((packet, wire) => {
    wire.arrive(reply4(packet, '192.0.2.66'), '192.0.2.66')
    well(packet, wire, 0)
    return well(packet, wire, 0)
  }, {})
  assert.equal(finding.outcome, 'up')
  assert.deepEqual([finding.facts?.['duplicates'], finding.facts?.['ignored']], [3, 3])
})

test('what the system will not send is told in its words, and another address is tried', async () => {
  const none = await run(() => 'ENETUNREACH', {})
  assert.equal(none.text, 'down unreachable: 192.0.2.1 cannot be reached (no route to its network).')
  const both = await run(
    (packet, wire) => (packet[0] === 128 ? 'ENETUNREACH' : wire.arrive(reply4(packet, host), host)),
    { host: 'both.test' },
    { addresses: ['2001:db8::1', host] },
  )
  assert.equal(both.finding.outcome, 'up', both.text)
  assert.equal(both.finding.facts?.['address'], host)
})

test('a chosen IP version is asked for and used', async () => {
  const { finding, wire } = await run(
    (packet, own) => own.arrive(reply6(packet), '2001:db8::1'),
    { host: 'six.test', ip: 6 },
    { addresses: ['2001:db8::1'] },
  )
  assert.equal(finding.outcome, 'up')
  assert.equal(wire.sent[0]?.to.length, 16)
})

test('a forbidden address is not pinged, however it is spelled or named', async () => {
  for (const spec of ['169.254.169.254', '2852039166', '[::ffff:a9fe:a9fe]', 'evil.test']) {
    const wire = openWire(
      () => 0,
      () => null,
    )
    const kind = pingKind(() => ({ open: wire.open, path: '' }))
    const lookup = async () => [{ address: '169.254.169.254', family: 4 }]
    const finding = await look(kind, { host: spec }, { denied: ['169.254.0.0/16'], lookup })
    assert.equal(finding.reason, 'forbidden', spec)
    assert.equal(wire.opened(), 0)
  }
})

test('pings are brought closer together where the timeout does not leave room, and the facts say so', async () => {
  const { finding, clock, wire } = await run(well, { count: 11, every: '1s' }, { timeout: 2_000 })
  assert.equal(finding.outcome, 'up')
  assert.equal(wire.sent.length, 11)
  assert.equal(finding.facts?.['spacing'], 'shortened to 95 ms, to end within the timeout')
  assert.ok(clock.monotonic() <= 2_000)
  assert.deepEqual(
    [fit(200, 3, 10_000), fit(200, 1, 1), fit(1_000, 3, 5_000), fit(1_000, 6, 5_000)],
    [200, 200, 1_000, 800],
  )
})

test('a check that is called off ends at once and leaves nothing behind', async () => {
  const clock = new VirtualClock()
  const wire = openWire(
    () => clock.now(),
    () => null,
  )
  const stop = new AbortController()
  const kind = pingKind(() => ({ open: wire.open, path: '' }))
  const looking = look(kind, { host }, { clock, signal: stop.signal })
  await clock.advance(300)
  stop.abort()
  assert.equal((await looking).reason, 'internal')
  await clock.advance(5_000)
  assert.deepEqual([clock.pending(), wire.isOpen()], [0, false])
})

test('without a raw socket and a program it says exactly what is missing', async () => {
  const open = () => Promise.reject(new IcmpError('needs root or CAP_NET_RAW'))
  const finding = await look(
    pingKind(() => ({ open, path: '/nowhere' })),
    { host: '127.0.0.1' },
  )
  assert.deepEqual([finding.outcome, finding.reason], ['unknown', 'internal'])
  assert.equal(
    finding.sentence,
    'Raw ICMP needs root or CAP_NET_RAW, and there is no ping program: ' +
      'give the process CAP_NET_RAW, or install one (Debian: iputils-ping).',
  )
})

test('time and jitter have thresholds of their own, and the worst is told', () => {
  const of = (spec: object, times: number[], sent = times.length) => {
    const settings = ping.config.parse({ host, ...spec }) as Parameters<typeof judge>[0]
    const tally = { sent, times, duplicates: 0, ignored: 0, by: 'test', report: null }
    const { outcome, sentence } = judge(settings, tally, spreadOf(times), 5_000)
    return sentence === null ? outcome : `${outcome}: ${sentence}`
  }
  const latency = { degraded: '50ms', down: '1s' }
  const jitter = { degraded: '10ms', down: '100ms' }
  assert.equal(of({ latency, jitter }, [20, 21, 22]), 'up')
  assert.equal(of({ latency }, [100, 100]), 'degraded: It took 100 ms; more than 50 ms counts as degraded.')
  assert.equal(
    of({ latency, jitter }, [2, 30, 2]),
    'degraded: The times of the pings differed by 28 ms on average; more than 10 ms counts as degraded.',
  )
  assert.match(of({ latency, jitter }, [60, 460]), /^down: The times .*differed by 400 ms .*more than 100 ms/)
  assert.match(of({ latency, loss: { degraded: '10%' } }, [2_000], 2), /^down: It took 2 s/)
  assert.equal(of({}, [], 1), 'down: 192.0.2.1 did not answer a ping within 5 s.')
  assert.match(
    of({ loss: { degraded: '0.5%' } }, new Array<number>(99).fill(1), 100),
    /\(1 %\); 0\.5 % count as degraded/,
  )
  assert.match(of({ loss: { down: '99.5%' } }, [1], 1_000), /99\.9 %\); 99\.5 % are too many/)
})

test('settings that make no sense are refused with the reason', () => {
  const fault = (spec: object) =>
    ping.config
      .safeParse({ host, ...spec })
      .error?.issues.map(({ message }) => message)
      .join('; ') ?? ''
  assert.equal(fault({ loss: { degraded: '20%', down: '60 %' }, ip: 4, size: 1_472, every: '1s', count: 1 }), '')
  assert.equal(fault({ host: 'gw_1.example.test' }), '')
  assert.equal(fault({ host: '[2001:db8::1]', ip: 6 }), '')
  assert.match(fault({ host: 'https://example.test/' }), /is a URL; write only the host/)
  assert.match(fault({ host: 'example.test:80' }), /a ping has no port; write only example\.test, or use tcp/)
  assert.match(fault({ host: '[2001:db8::1]:80' }), /a ping has no port; write only 2001:db8::1/)
  for (const wrong of ['', '-f', 'a b', 'x;y', '$(id)', 'ü'.repeat(300)])
    assert.match(fault({ host: wrong }), /is neither a host name nor an address/, wrong)
  assert.match(fault({ host: 5 }), /expected a host name or an address/)
  assert.match(fault({ host: '::1', ip: 4 }), /::1 is an IPv6 address, which ip: 4 excludes/)
  assert.match(fault({ loss: { down: 60 } }), /expected a percentage with its sign, such as 20%/)
  assert.match(fault({ loss: { down: '60' } }), /"60" is not a percentage; write a number with a %/)
  assert.match(fault({ loss: { down: '0%' } }), /0% is out of range/)
  assert.match(fault({ loss: { down: '101%' } }), /101% is out of range/)
  assert.match(fault({ loss: { degraded: '60%', down: '60%' } }), /degraded must be less than down/)
  assert.match(fault({ loss: { degraded: '100%' } }), /degraded must be less than down/)
  assert.match(fault({ jitter: { degraded: '2s', down: '1s' } }), /degraded must be less than down/)
  assert.match(fault({ count: 1, jitter: { down: '1s' } }), /needs a count of 2 or more/)
  assert.match(fault({ count: 0 }), />=1/)
  assert.match(fault({ every: 200 }), /with a unit/)
  assert.match(fault({ size: 7 }), />=8/)
  assert.match(fault({ port: 80 }), /Unrecognized key/)
})

test('it is described by its host', () => {
  assert.equal(ping.describe(ping.config.parse({ host: '::1' })), '::1')
})
