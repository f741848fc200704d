// Tests of carrying out a check of any kind: bugs, silence and errors of the machine itself.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { openOutbound, OutboundError } from '#platform/outbound.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import { defineCheck, type Finding, type ProbeContext } from './check.ts'
import { failed, socketFailure } from './failure.ts'
import { judgeLatency, latencySetting } from './latency.ts'
import { runProbe } from './probe.ts'

const well: Finding = { outcome: 'up', latency: 5, reason: null, sentence: null }

function run(
  probe: (config: unknown, context: ProbeContext) => Promise<Finding>,
  signal = new AbortController().signal,
) {
  const clock = new VirtualClock()
  const kind = defineCheck({
    kind: 'odd',
    title: 'Odd',
    summary: 'Odd.',
    config: z.unknown(),
    describe: () => '',
    probe,
  })
  const context = { clock, outbound: openOutbound({ denied: [] }), timeout: 1_000, signal }
  return { clock, finding: runProbe(kind, {}, context) }
}

test('what a kind finds is handed on, and no timer stays behind', async () => {
  const { clock, finding } = run(async () => well)
  assert.equal(await finding, well)
  assert.equal(clock.pending(), 0)
})

test('a bug in a kind is an unknown outcome, thrown early or late', async () => {
  const early = run(() => {
    throw new TypeError('x is not a function')
  })
  assert.deepEqual(await early.finding, {
    outcome: 'unknown',
    latency: null,
    reason: 'internal',
    sentence: 'It could not be checked: x is not a function.',
    facts: {},
  })
  const late = run(async () => {
    throw 'text'
  })
  assert.equal((await late.finding).sentence, 'It could not be checked: text.')
})

test('a kind that never ends is given up on a second after its timeout, and told to stop', async () => {
  let stopped = false
  const { clock, finding } = run(
    (_, { signal }) =>
      new Promise(() => {
        signal.addEventListener('abort', () => {
          stopped = true
        })
      }),
  )
  await clock.advance(1_999)
  assert.equal(stopped, false)
  await clock.advance(1)
  assert.equal((await finding).sentence, 'It could not be checked: the odd check did not end in time.')
  assert.equal((await finding).outcome, 'unknown')
  assert.equal(stopped, true)
})

test('a stop reaches the kind, also one that came before the check', async () => {
  const stop = new AbortController()
  const probe = async (_: unknown, { signal }: ProbeContext): Promise<Finding> => {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
    return well
  }
  const { finding } = run(probe, stop.signal)
  stop.abort()
  assert.equal(await finding, well)
  assert.equal(await run(probe, stop.signal).finding, well)
})

test('lack of means on this machine is not the target’s fault', () => {
  const error = socketFailure(Object.assign(new Error('connect'), { code: 'EMFILE' }), 'h:80')
  const finding = failed(error)
  assert.equal(finding.outcome, 'unknown')
  assert.equal(finding.reason, 'internal')
  assert.equal(finding.sentence, 'h:80 could not be checked: this machine has too many open files.')
  assert.equal(failed(new OutboundError('internal', 'Too much.')).outcome, 'unknown')
})

test('errors of sockets have a reason and a sentence, others stay bugs', () => {
  const of = (code: string) => {
    const { reason, sentence } = failed(socketFailure(Object.assign(new Error('x'), { code }), 'h:80'))
    return `${reason}: ${sentence}`
  }
  assert.equal(of('EHOSTUNREACH'), 'unreachable: h:80 cannot be reached (no route to the host).')
  assert.equal(of('ETIMEDOUT'), 'timeout: h:80 does not answer (connection timed out).')
  assert.equal(of('EPIPE'), 'reset: h:80 reset the connection.')
  assert.equal(of('EPROTO'), 'unreachable: h:80 cannot be reached (EPROTO).')
  assert.equal(of('ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'), 'tls: TLS with h:80 failed: alert internal error.')
  assert.equal(of('ERR_WHAT'), 'internal: It could not be checked: x.')
})

test('latency thresholds touch only what is up and slower than allowed', () => {
  const of = (finding: Finding, thresholds: { degraded?: number; down?: number } | undefined) => {
    const { outcome, sentence } = judgeLatency(finding, thresholds)
    return sentence ? `${outcome}: ${sentence}` : outcome
  }
  const slow = { ...well, latency: 1_234 }
  assert.equal(of(slow, undefined), 'up')
  assert.equal(of(slow, { degraded: 1_234 }), 'up')
  assert.equal(of(slow, { degraded: 500 }), 'degraded: It took 1.2 s; more than 500 ms counts as degraded.')
  assert.equal(of(slow, { degraded: 500, down: 1_000 }), 'down: It took 1.2 s; more than 1 s counts as down.')
  assert.equal(of({ ...slow, latency: null }, { down: 1 }), 'up')
  assert.equal(judgeLatency({ ...slow, outcome: 'down', reason: 'status' }, { degraded: 1 }).reason, 'status')
  assert.equal(latencySetting.safeParse({ degraded: '1s', down: '1s' }).success, false)
})
