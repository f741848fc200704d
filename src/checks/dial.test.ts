// Tests of dialling: several addresses, of which some refuse, are slow or do not exist.
import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { type Address, openOutbound, type Outbound } from '#platform/outbound.ts'
import { openTarget } from '#test/targets.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { Attempt } from './attempt.ts'
import type { Finding } from './check.ts'
import { dial, where } from './dial.ts'
import { failed } from './failure.ts'

const { signal } = new AbortController()

const codes: Readonly<Record<string, string>> = {
  refuse: 'ECONNREFUSED',
  'no route': 'ENETUNREACH',
  'no port': 'EADDRNOTAVAIL',
}

/** A way out on which an address behaves as told: connects to the port of a test, refuses, or never answers. */
function paths(behave: Record<string, 'connect' | 'refuse' | 'silent' | 'no route' | 'no port'>, port: number) {
  const tried: string[] = []
  const sockets: Socket[] = []
  const real = openOutbound({ denied: [] })
  const outbound: Outbound = {
    resolve: async () =>
      Object.keys(behave).map((address): Address => ({ address, family: address.includes(':') ? 6 : 4 })),
    connect({ address }) {
      tried.push(address)
      const how = behave[address]
      const socket = how === 'connect' ? real.connect({ address: '127.0.0.1', family: 4 }, port) : new Socket()
      const code = how === undefined ? undefined : codes[how]
      if (code !== undefined) setImmediate(() => socket.destroy(Object.assign(new Error('connect'), { code })))
      sockets.push(socket)
      return socket
    },
  }
  return { outbound, tried, sockets }
}

test('the next address has its turn at once when one refuses', async (t) => {
  const target = await openTarget(t, () => {})
  const { outbound, tried } = paths({ '::1': 'refuse', '127.0.0.2': 'refuse', '127.0.0.1': 'connect' }, target.port)
  const attempt = new Attempt({ clock: new VirtualClock(), outbound, timeout: 1_000, signal })
  const { address } = await attempt.run(() => dial(attempt, 'h', 1, 'any'))
  assert.equal(address, '127.0.0.1')
  assert.deepEqual(tried, ['::1', '127.0.0.2', '127.0.0.1'])
  await target.quiet()
})

test('a slow address gets company after 250 ms, and the loser is closed', async (t) => {
  const clock = new VirtualClock()
  const target = await openTarget(t, () => {})
  const { outbound, tried, sockets } = paths({ '::1': 'silent', '127.0.0.1': 'connect' }, target.port)
  const attempt = new Attempt({ clock, outbound, timeout: 1_000, signal })
  const dialling = attempt.run(() => dial(attempt, 'h', 1, 'any'))
  await clock.advance(249)
  assert.deepEqual(tried, ['::1'])
  await clock.advance(1)
  assert.equal((await dialling).address, '127.0.0.1')
  assert.equal(sockets[0]?.destroyed, true)
  assert.equal(clock.pending(), 0)
  await target.quiet()
})

test('of a name with hundreds of addresses only the first few are tried', async () => {
  const behave = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`127.0.1.${index}`, 'refuse' as const]))
  const { outbound, tried } = paths(behave, 1)
  const attempt = new Attempt({ clock: new VirtualClock(), outbound, timeout: 1_000, signal })
  await assert.rejects(
    attempt.run(() => dial(attempt, 'h.test', 1, 'any')),
    /Its 15 other addresses failed too: /,
  )
  assert.equal(tried.length, 16)
})

test('of two addresses that fail both are named, the first with what happened there', async () => {
  const { outbound } = paths({ '::1': 'refuse', '127.0.0.1': 'refuse' }, 1)
  const attempt = new Attempt({ clock: new VirtualClock(), outbound, timeout: 1_000, signal })
  await assert.rejects(
    attempt.run(() => dial(attempt, 'h.test', 1, 'any')),
    /Nothing listens on h\.test:1 at ::1 \(connection refused\)\. Its other address, 127\.0\.0\.1, failed too\.$/,
  )
})

test('what happened at an address tells more than that this machine has no way to another', async () => {
  const said = async (behave: Parameters<typeof paths>[0]) => {
    const attempt = new Attempt({
      clock: new VirtualClock(),
      outbound: paths(behave, 1).outbound,
      timeout: 1_000,
      signal,
    })
    return await attempt.run(() => dial(attempt, 'h.test', 1, 'any')).catch(failed)
  }
  const refused = 'Nothing listens on h.test:1 at 127.0.0.1 (connection refused). Its other address, ::1, failed too.'
  for (const how of ['no route', 'no port'] as const) {
    const { outcome, sentence } = (await said({ '::1': how, '127.0.0.1': 'refuse' })) as Finding
    assert.deepEqual([outcome, sentence], ['down', refused])
  }
  const { outcome, sentence } = (await said({ '::1': 'no port', '127.0.0.1': 'no port' })) as Finding
  assert.equal(outcome, 'unknown')
  assert.match(sentence ?? '', /^h\.test:1 at ::1 could not be checked: this machine has no address or no port left/)
})

test('while one of two addresses is silent the sentence names that one', async () => {
  const clock = new VirtualClock()
  const { outbound } = paths({ '::1': 'refuse', '127.0.0.1': 'silent' }, 1)
  const attempt = new Attempt({ clock, outbound, timeout: 1_000, signal })
  const dialling = assert.rejects(
    attempt.run(() => dial(attempt, 'h.test', 1, 'any')),
    /No answer within 1 s; it got as far as connecting to h\.test:1 at 127\.0\.0\.1\./,
  )
  await clock.advance(1_000)
  await dialling
})

test('families are tried in turn, so that one broken family does not use up the time', async () => {
  const behave = {
    '::1': 'refuse',
    '::2': 'refuse',
    '::3': 'refuse',
    '127.0.0.1': 'refuse',
    '127.0.0.2': 'refuse',
  } as const
  const { outbound, tried } = paths(behave, 1)
  const attempt = new Attempt({ clock: new VirtualClock(), outbound, timeout: 1_000, signal })
  await assert.rejects(
    attempt.run(() => dial(attempt, 'h', 1, 'any')),
    new RegExp(
      '^Failure: Nothing listens on h:1 at ::1 \\(connection refused\\)\\. ' +
        'Its 4 other addresses failed too: 127.0.0.1, ::2, 127.0.0.2, ::3\\.$',
    ),
  )
  assert.deepEqual(tried, ['::1', '127.0.0.1', '::2', '127.0.0.2', '::3'])
})

test('when every address is silent all sockets are closed at the timeout', async () => {
  const clock = new VirtualClock()
  const { outbound, tried, sockets } = paths({ '::1': 'silent', '127.0.0.1': 'silent' }, 1)
  const attempt = new Attempt({ clock, outbound, timeout: 1_000, signal })
  const dialling = assert.rejects(
    attempt.run(() => dial(attempt, 'h', 1, 'any')),
    /No answer within 1 s; it got as far as connecting to h:1 at ::1, 127\.0\.0\.1\./,
  )
  await clock.advance(1_000)
  await dialling
  assert.equal(tried.length, 2)
  assert.ok(sockets.every((socket) => socket.destroyed))
  assert.equal(clock.pending(), 0)
})

test('a resolution that comes after the end connects to nobody', async () => {
  const clock = new VirtualClock()
  let resolved: (addresses: Address[]) => void = () => {}
  const { outbound, sockets } = paths({}, 1)
  const late: Outbound = {
    ...outbound,
    resolve: () =>
      new Promise((resolve) => {
        resolved = resolve
      }),
  }
  const attempt = new Attempt({ clock, outbound: late, timeout: 100, signal })
  const dialling = assert.rejects(
    attempt.run(() => dial(attempt, 'h', 1, 'any')),
    /resolving the name h\./,
  )
  await clock.advance(100)
  await dialling
  resolved([{ address: '127.0.0.1', family: 4 }])
  await clock.advance(1_000)
  assert.ok(sockets.every((socket) => socket.destroyed))
})

test('an address is written with its port, IPv6 in brackets', () => {
  assert.equal(where('::1', 80), '[::1]:80')
  assert.equal(where('example.test', 80), 'example.test:80')
})
