// Tests of the way without rights: a stand-in for the ping program that behaves, lies, hangs or talks without end.
import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { IcmpError } from '#platform/icmp.ts'
import { openOutbound } from '#platform/outbound.ts'
import { look } from '#test/targets.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { Attempt } from '../attempt.ts'
import { pingKind } from './ping.ts'
import { findProgram, Turns } from './program.ts'
import { examineWay } from './ways.ts'

const open = () => Promise.reject(new IcmpError('needs root or CAP_NET_RAW'))

/** A folder for PATH with programs that are these shell scripts; they write their arguments into `said`. */
function standIn(t: TestContext, scripts: Readonly<Record<string, string>>) {
  const path = mkdtempSync(join(tmpdir(), 'allswell-ping-'))
  t.after(() => rmSync(path, { recursive: true }))
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(path, name), `#!/bin/sh\necho "${name} $LC_ALL $*" >> ${join(path, 'said')}\n${script}\n`)
    chmodSync(join(path, name), 0o755)
  }
  const said = () => readFileSync(join(path, 'said'), 'utf8').trim().split('\n')
  return { path, said, kind: pingKind(() => ({ open, path })) }
}

const good = `echo '64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.5 ms'
echo '64 bytes from 127.0.0.1: icmp_seq=1 ttl=64 time=0.6 ms (DUP!)'
echo '64 bytes from 127.0.0.1: icmp_seq=3 ttl=64 time=1.5 ms'
echo '3 packets transmitted, 2 received, +1 duplicates, 33.3333% packet loss, time 402ms'
exit 1`

test('what the program counts is judged as our own counting is', async (t) => {
  const { kind, path, said } = standIn(t, { ping: good })
  const finding = await look(kind, { host: '127.0.0.1', every: '50ms', loss: { degraded: '20%', down: '60%' } })
  assert.equal(finding.sentence, '1 of 3 pings was lost (33 %); 20 % count as degraded.')
  const { sent, received, duplicates, times, by } = finding.facts ?? {}
  assert.deepEqual([sent, received, duplicates], [3, 2, 1])
  assert.deepEqual(times, { min: 0.5, avg: 1, max: 1.5, jitter: 1 })
  assert.equal(by, join(path, 'ping'))
  assert.deepEqual(said(), ['ping C -n -c 3 -i 0.200 -s 56 127.0.0.1'])
})

test('it is given the address that was resolved and allowed, never a name', async (t) => {
  const { kind, said } = standIn(t, { ping: good, ping6: good })
  const lookup = async (_: string, family: 0 | 4 | 6) =>
    family === 6 ? [{ address: '2001:db8::1', family }] : [{ address: '192.0.2.1', family: 4 }]
  await look(kind, { host: 'name.test', count: 5, every: '500ms', size: 100 }, { lookup })
  await look(kind, { host: 'name.test', ip: 6 }, { lookup })
  assert.deepEqual(said(), ['ping C -n -c 5 -i 0.500 -s 100 192.0.2.1', 'ping6 C -n -c 3 -i 0.200 -s 56 2001:db8::1'])
  const denied = await look(kind, { host: 'name.test' }, { lookup, denied: ['192.0.2.0/24'] })
  assert.equal(denied.reason, 'forbidden')
  assert.equal(said().length, 2)
})

test('a program that hangs is asked for its sum, and is gone by the timeout', async (t) => {
  const polite = standIn(t, {
    ping: `trap "echo '2 packets transmitted, 0 received, 100% packet loss'; exit 1" INT
while :; do sleep 0.02; done`,
  })
  const asked = await look(polite.kind, { host: '127.0.0.1' }, { timeout: 1_000 })
  assert.equal(asked.sentence, '127.0.0.1 answered none of 2 pings within 1 s.')
  const deaf = standIn(t, { ping: `trap '' INT\necho $$ > "$(dirname "$0")/pid"\nwhile :; do sleep 0.02; done` })
  const killed = await look(deaf.kind, { host: '127.0.0.1' }, { timeout: 600 })
  assert.equal(killed.reason, 'timeout')
  const pid = Number(readFileSync(join(deaf.path, 'pid'), 'utf8'))
  const alive = () => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  while (alive()) await new Promise((resolve) => setImmediate(resolve))
})

test('a program that talks without end is ended', async (t) => {
  const { kind } = standIn(t, { ping: 'exec yes' })
  const finding = await look(kind, { host: '127.0.0.1' })
  assert.deepEqual([finding.outcome, finding.reason], ['unknown', 'internal'])
  assert.match(finding.sentence ?? '', /ping gave no result, only “y/)
})

test('errors of the program are told as what they are', async (t) => {
  const of = async (script: string) => {
    const { kind, path } = standIn(t, { ping: script })
    const { outcome, reason, sentence } = await look(kind, { host: '127.0.0.1' })
    return `${outcome} ${reason}: ${sentence?.replace(path, 'PATH')}`
  }
  assert.equal(
    await of('echo "ping: connect: Network is unreachable" >&2; exit 2'),
    'down unreachable: 127.0.0.1 cannot be reached (no route to its network).',
  )
  assert.equal(
    await of('echo "ping: Do you want to ping broadcast? Then -b." >&2; exit 2'),
    'down unreachable: 127.0.0.1 cannot be reached (this machine does not allow it: it is a broadcast address).',
  )
  assert.equal(
    await of('echo "ping: socket: Operation not permitted" >&2; exit 2'),
    'unknown internal: PATH/ping gave no result, only “ping: socket: Operation not permitted”.',
  )
  assert.equal(await of('exit 1'), 'unknown internal: PATH/ping ended without a result.')
  const errors = `echo 'From 198.51.100.1 icmp_seq=1 Destination Host Unreachable'
echo '3 packets transmitted, 0 received, +3 errors, 100% packet loss, time 9ms'`
  assert.equal(
    await of(errors),
    'down unreachable: 127.0.0.1 answered none of 3 pings; 198.51.100.1 reports: destination host unreachable.',
  )
})

test('more checks than programs may run at once all get their turn', async (t) => {
  const { kind, said } = standIn(t, { ping: good })
  const findings = await Promise.all(
    Array.from({ length: 40 }, () => look(kind, { host: '127.0.0.1' }, { timeout: 30_000 })),
  )
  for (const finding of findings) assert.equal(finding.outcome, 'up', finding.sentence ?? '')
  assert.equal(said().length, 40)
})

test('turns are given first come, first served, and who leaves is passed over', async () => {
  const context = { outbound: openOutbound({ denied: [] }), timeout: 100, signal: new AbortController().signal }
  const clock = new VirtualClock()
  const turns = new Turns(1)
  const order: string[] = []
  const queue = (name: string, timeout: number) => {
    const attempt = new Attempt({ ...context, clock, timeout })
    return attempt.run(async () => {
      await turns.take(attempt)
      order.push(name)
    })
  }
  await queue('first', 100)
  const leaving = queue('second', 50)
  const staying = queue('third', 100)
  const left = assert.rejects(leaving, /No answer within 50 ms/)
  await clock.advance(60)
  await left
  turns.give()
  await staying
  turns.give()
  await queue('fourth', 100)
  assert.deepEqual(order, ['first', 'third', 'fourth'])
})

test('the program is looked for in each folder of PATH, and only where it can be run', (t) => {
  const { path } = standIn(t, { ping: good })
  writeFileSync(join(path, 'ping6'), '')
  const long = `/nowhere::${path}`
  assert.deepEqual(findProgram(4, long), { file: join(path, 'ping'), flags: [] })
  assert.deepEqual(findProgram(6, long), { file: join(path, 'ping'), flags: ['-6'] })
  assert.equal(findProgram(4, ''), null)
})

test('which way is used can be asked', async (t) => {
  const { path } = standIn(t, { ping: good })
  const socket = { now: () => 0, send: () => null, receive: () => null, close: () => {} }
  assert.deepEqual(await examineWay({ open: async () => socket, path }), {
    works: true,
    detail: 'by a raw ICMP socket',
  })
  assert.deepEqual(await examineWay({ open, path }), {
    works: true,
    detail: `by the program ${join(path, 'ping')}, for raw ICMP needs root or CAP_NET_RAW`,
  })
  const none = await examineWay({ open, path: '' })
  assert.equal(none.works, false)
  assert.match(none.detail, /^Raw ICMP needs root or CAP_NET_RAW, and there is no ping program: give /)
})
