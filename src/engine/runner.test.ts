// The runner's bounds: how many checks there are at once, and how many of them by request.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { defineCheck, type Finding } from '#checks/check.ts'
import { Metrics } from '#platform/metrics.ts'
import { up } from '#test/engine-house.ts'
import { VirtualClock } from '#test/virtual-clock.ts'
import type { CatalogMonitor } from './catalog.ts'
import { askedMost, Runner } from './runner.ts'

/** A runner whose checks end when they are let go. */
function openRunner(limits = { checks: 1_000, perHost: 1_000 }, clock = new VirtualClock()) {
  const gate = Promise.withResolvers<Finding>()
  const kind = defineCheck({
    kind: 'held',
    title: 'Held',
    summary: 'Ends when the test says.',
    config: z.strictObject({}),
    describe: () => '',
    probe: () => gate.promise,
  })
  const runner = new Runner({
    kinds: new Map([[kind.kind, kind]]),
    probe: (active, config, context) => active.probe(config, context),
    outbound: null as never,
    clock,
    metrics: new Metrics(),
    limits: () => limits,
  })
  const monitor = {
    id: 1,
    key: 'web',
    kind: 'held',
    config: {},
    host: 'web',
    policy: { timeout: 1_000 },
  } as CatalogMonitor
  return { runner, monitor, letGo: (finding = up) => gate.resolve(finding) }
}

test('of checks that people ask for some run at once, one more is refused, and no other waits for them', async () => {
  const { runner, monitor, letGo } = openRunner()
  const asked = Array.from({ length: askedMost }, () => runner.runAsked(monitor))
  await assert.rejects(runner.runAsked(monitor), { name: 'Overloaded', message: /Too many checks/ })
  assert.equal(runner.slots.isFree('web'), true)
  const planned = runner.run(monitor)
  letGo()
  for (const done of await Promise.all([...asked, planned])) assert.equal(done?.finding.outcome, 'up')
  assert.equal((await runner.runAsked(monitor))?.finding.outcome, 'up')
})

test('where all checks are under way, or all of one host, none is carried out by request', async () => {
  for (const limits of [
    { checks: 3, perHost: 10 },
    { checks: 10, perHost: 3 },
  ]) {
    const { runner, monitor, letGo } = openRunner(limits)
    const asked = Array.from({ length: 3 }, () => runner.runAsked(monitor))
    await assert.rejects(runner.runAsked(monitor), { name: 'Overloaded', message: /of it or of all/ })
    letGo()
    await Promise.all(asked)
    assert.equal((await runner.runAsked(monitor))?.finding.outcome, 'up')
    assert.equal(runner.slots.running, 0)
  }
})

test('a check that only tries settings out is bounded like the others, and its host is forgotten', async () => {
  const { runner, monitor, letGo } = openRunner({ checks: 10, perHost: 1 })
  const trying = runner.tryOut({ ...monitor, host: 'elsewhere' })
  await assert.rejects(runner.tryOut({ ...monitor, host: 'elsewhere' }), { name: 'Overloaded' })
  letGo()
  assert.equal((await trying)?.outcome, 'up')
  assert.equal(runner.slots.running, 0)
  assert.equal(await runner.tryOut({ ...monitor, kind: 'none' }), null)
})

test('a host that keeps a check to the end of its time counts as silent, whatever it said', async () => {
  const silentAfter = async (ms: number, reason: Finding['reason']) => {
    const clock = new VirtualClock()
    const { runner, monitor, letGo } = openRunner({ checks: 10, perHost: 10 }, clock)
    const done = runner.run(monitor)
    await clock.advance(ms)
    letGo({ outcome: 'down', latency: null, reason, sentence: 'No.' })
    return (await done)?.silent
  }
  assert.equal(await silentAfter(1_000, 'timeout'), true)
  assert.equal(await silentAfter(1_000, 'body'), true)
  assert.equal(await silentAfter(900, 'status'), true)
  assert.equal(await silentAfter(100, 'body'), false)
  assert.equal(await silentAfter(1_000, 'internal'), null)
})
