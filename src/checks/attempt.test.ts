// Tests of time running out by the fault of this machine: the event loop is really blocked, the sockets are real.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { type Clock, systemClock } from '#platform/clock.ts'
import { openOutbound } from '#platform/outbound.ts'
import { look, openTarget, page } from '#test/targets.ts'
import { http } from './http/http.ts'
import { tcp } from './tcp/tcp.ts'

/** Nothing at all runs in this process for so many ms. */
const standStill = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)

/** A server that answers in time, but the loop stands still before anybody reads it. */
const answersAndBlocks = (t: TestContext, answer: string, ms: number) =>
  openTarget(t, (socket) => {
    socket.once('data', () => {
      socket.end(answer)
      standStill(ms)
    })
  })

test('a deadline that Allswell itself slept through gives no verdict, and says so', async (t) => {
  const target = await answersAndBlocks(t, page('OK'), 1_400)
  const finding = await look(http, { url: `http://127.0.0.1:${target.port}/` }, { timeout: 200 })
  const { outcome, reason, latency, sentence } = finding
  assert.deepEqual({ outcome, reason, latency }, { outcome: 'unknown', reason: 'internal', latency: null })
  assert.match(
    sentence ?? '',
    /^Allswell itself was too busy to judge: the time of 200 ms ended [\d.]+ s before it saw\.$/,
  )
  await target.quiet()
})

test('what had been heard before Allswell slept is not judged either', async (t) => {
  const target = await openTarget(t, (socket) => {
    socket.write('half')
    socket.once('data', () => standStill(600))
  })
  const spec = { address: `127.0.0.1:${target.port}`, send: 'hello', expect: { contains: 'half and half' } }
  const finding = await look(tcp, spec, { timeout: 200 })
  assert.equal(finding.outcome, 'unknown')
  assert.equal(finding.reason, 'internal')
  await target.quiet()
})

test('an answer that lies there unread when time is up still counts', async (t) => {
  const target = await answersAndBlocks(t, page('OK'), 300)
  const punctual: Clock = { ...systemClock, monotonic: () => 0 }
  const url = `http://127.0.0.1:${target.port}/`
  const finding = await look(http, { url, expect: { body: { equals: 'OK' } } }, { timeout: 200, clock: punctual })
  assert.equal(finding.sentence, null)
  assert.equal(finding.outcome, 'up')
  await target.quiet()
})

test('a name that is not resolved in time is no fault of a target where this machine resolves none', async () => {
  const outbound = openOutbound({
    denied: [],
    lookup: () => new Promise<never>(() => {}),
    root: () => Promise.resolve(false),
  })
  const seen = async (host: string) => {
    const { outcome, sentence } = await look(tcp, { address: `${host}:80` }, { timeout: 50, outbound })
    return `${outcome}: ${sentence}`
  }
  const first = 'down: No answer within 50 ms; it got as far as resolving the name a.test.'
  assert.equal(await seen('a.test'), first)
  const blind = 'unknown: b.test could not be checked: the name servers of this machine answer for no name at all.'
  assert.equal(await seen('b.test'), blind)
})
