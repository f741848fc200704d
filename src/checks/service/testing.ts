// Hostile servers that every kind of service must bear: silent, endless, lying, resetting, of another protocol.
// Promises that each kind is asked the same. Must not know any kind.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '#platform/clock.ts'
import { openOutbound, type Outbound } from '#platform/outbound.ts'
import { answers, look, type LookOptions, openTarget, page, type Talk } from '#test/targets.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import type { Kind } from '../check.ts'

export interface Hosted {
  readonly kind: Kind
  /** As it stands in names of tests. */
  readonly name: string
  /** Settings that lead to a port of this machine. */
  readonly spec: (port: number) => Readonly<Record<string, unknown>>
  /** A password among the settings, which no sentence may show. */
  readonly secret?: string
  /** What a server says unasked, where the protocol begins with the server. */
  readonly greeting?: Buffer
  /** It begins as HTTP, so that an answer of a web server is one of the expected kind. */
  readonly isHttp?: boolean
}

/** Outcome, reason and sentence of a look, the port as PORT. Asks again where this machine was too busy to judge. */
export async function tell(kind: Kind, spec: unknown, port: number, options: LookOptions = {}): Promise<string> {
  for (let left = 10; ; left -= 1) {
    const { outcome, reason, sentence } = await look(kind, spec, options)
    const isBusy = reason === 'internal' && (sentence ?? '').includes('too busy')
    if (isBusy && left > 0) continue
    return outcome === 'up' ? 'up' : `${outcome}, ${reason}: ${sentence?.replaceAll(String(port), 'PORT')}`
  }
}

/** Asks again and again until what is told is like that; the last answer shows why it never was. */
export async function eventually(ask: () => Promise<string>, wanted: RegExp, ms = 20_000): Promise<void> {
  const end = systemClock.monotonic() + ms
  let said = await ask()
  while (!wanted.test(said) && systemClock.monotonic() < end) said = await ask()
  assert.match(said, wanted)
}

/** What is wrong with settings, all of it. */
export const faultsOf = (kind: Kind) => (spec: unknown) =>
  (kind.config.safeParse(spec).error?.issues ?? []).map(({ message }) => message).join('; ')

/** A way out by which every name leads to a public address, and every connection to a port of this machine. */
export function outsideTo(port: number): LookOptions {
  const inner = openOutbound({ denied: [] })
  const outbound: Outbound = {
    resolve: async () => [{ address: '192.0.2.1', family: 4 }],
    connect: () => inner.connect({ address: '127.0.0.1', family: 4 }, port),
  }
  return { outbound }
}

/** What one server of the tests' own does to a check, and that nothing of it is left open. */
export async function meet(t: Parameters<typeof openTarget>[0], { kind, spec }: Hosted, talk: Talk): Promise<string> {
  const target = await openTarget(t, talk)
  const said = await tell(kind, spec(target.port), target.port)
  await target.quiet()
  return said
}

const endless =
  (bytes: Buffer): Talk =>
  (socket) => {
    const more = () => void (socket.destroyed || socket.write(bytes, () => setImmediate(more)))
    more()
  }

/** Every byte that is said comes back. */
const echo: Talk = (socket) => void socket.on('data', (bytes: Buffer) => socket.write(bytes))

/** What is said first, and then what a test wants. */
const after =
  (greeting: Buffer | undefined, then: Talk): Talk =>
  (socket, index) => {
    if (greeting) socket.write(greeting)
    then(socket, index)
  }

/** Answers only who asks, and so is mute to a client that waits for a greeting. */
const web = answers(page('no', 'HTTP/1.1 400 Bad Request'))
const strangers: readonly Talk[] = [
  (socket) => void socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n'),
  (socket) => void socket.write('220 mail.example ESMTP\r\n'),
]
const rubbish = [
  Buffer.alloc(8_192),
  Buffer.alloc(8_192, 0xff),
  Buffer.from('x'.repeat(5_000)),
  Buffer.from('* OK\r\n+OK\r\n220-hi\r\n'.repeat(500)),
]

/** The tests that every kind of service passes. */
export function testHostility(hosted: Hosted): void {
  const { name, secret, greeting, isHttp } = hosted
  testSilence(hosted)
  testAddresses(hosted)

  test(`rubbish without end, where ${name} should be, is given up on`, async (t) => {
    for (const bytes of rubbish)
      assert.match(await meet(t, hosted, endless(bytes)), /^down, (protocol|too_large|closed|reset): /)
  })

  test(`another protocol, where ${name} should be, is told apart`, async (t) => {
    for (const talk of greeting || isHttp ? strangers : [web, ...strangers])
      assert.match(await meet(t, hosted, talk), /^down, (protocol|closed): 127\.0\.0\.1:PORT /)
  })

  test(`a server that hangs up or resets, where ${name} should be, is told apart`, async (t) => {
    const hangUp: Talk = (socket) => socket.end()
    const reset: Talk = (socket) => socket.resetAndDestroy()
    const resetLater: Talk = (socket) => void socket.once('data', () => socket.resetAndDestroy())
    assert.match(await meet(t, hosted, hangUp), /^down, closed: 127\.0\.0\.1:PORT closed /)
    assert.match(await meet(t, hosted, reset), /^down, reset: /)
    assert.match(await meet(t, hosted, after(greeting, hangUp)), /^down, closed: /)
    assert.match(await meet(t, hosted, after(greeting, resetLater)), /^down, reset: /)
  })

  test(`a server that repeats all it hears, where ${name} should be, shows no password`, async (t) => {
    const said = await meet(t, hosted, after(greeting, echo))
    assert.match(said, /^down, /)
    if (secret !== undefined) assert.doesNotMatch(said, new RegExp(secret))
  })
}

/** The same settings, with IPv6 in place of IPv4. */
const overIpv6 = (spec: unknown): unknown => JSON.parse(JSON.stringify(spec).replaceAll('127.0.0.1', '[::1]'))

function testAddresses({ kind, name, spec }: Hosted): void {
  test(`${name} is looked for over IPv6 as well, and never where the settings forbid it`, async (t) => {
    const target = await openTarget(t, (socket) => socket.end(), undefined, '::1')
    const settings = overIpv6(spec(target.port))
    const closed = 'down, closed: [::1]:PORT closed the connection '
    assert.ok((await tell(kind, settings, target.port)).startsWith(closed))
    assert.match(await tell(kind, settings, target.port, { denied: ['::1/128'] }), /^down, forbidden: ::1 may not be/)
    assert.equal(target.count(), 1)
    const mapped = JSON.parse(JSON.stringify(settings).replace('[::1]', '[::ffff:127.0.0.1]')) as unknown
    assert.match(
      await tell(kind, mapped, target.port, { denied: ['127.0.0.0/8'] }),
      /^down, forbidden: 127\.0\.0\.1 may/,
    )
    await target.quiet()
  })
}

function testSilence({ kind, name, spec, greeting }: Hosted): void {
  const kinds = [
    ['silence', undefined],
    ['silence after the greeting', greeting],
  ] as const
  for (const [what, first] of kinds) {
    if (what !== 'silence' && !first) continue
    test(`${what}, where ${name} should be, ends at the timeout`, async (t) => {
      const clock = new VirtualClock()
      const target = await openTarget(
        t,
        after(first, () => {}),
      )
      const looking = look(kind, spec(target.port), { clock, timeout: 2_000 })
      while (target.count() === 0) await new Promise(setImmediate)
      await clock.advance(2_000)
      const { reason, sentence } = await looking
      assert.equal(reason, 'timeout')
      assert.match(sentence ?? '', /^No answer within 2 s; it got as far as /)
      await target.quiet()
      assert.equal(clock.pending(), 0)
    })
  }
}
