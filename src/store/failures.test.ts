// What is promised of stored failures, on both databases.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Observation } from '#core/observation.ts'
import { onEachStore } from '#test/stores.ts'

onEachStore('failures', (ground) => {
  const failure = (monitor: number, at: number, more: Partial<Observation> = {}): Observation => {
    const what = { monitor, location: 'local', at, outcome: 'down', signal: 'check', latency: 5 } as const
    return { ...what, reason: 'refused', sentence: 'Nothing listens.', ...more }
  }

  test('the last failure of a monitor is read as it was', async () => {
    const whole = failure(1, 20, { facts: { request: { url: 'https://x.test/\u2028"' } }, phases: { connect: 1 } })
    await ground.store.failures.put([failure(1, 10), failure(2, 10)])
    await ground.store.failures.put([whole])
    assert.deepEqual(await ground.store.failures.get(1), whole)
    assert.deepEqual(await ground.store.failures.get(2), failure(2, 10))
    assert.equal(await ground.store.failures.get(3), null)
    await ground.store.failures.put([])
  })

  test('an older failure that comes late takes the place of none', async () => {
    await ground.store.failures.put([failure(1, 20)])
    await ground.store.failures.put([failure(1, 19, { sentence: 'Late.' })])
    assert.equal((await ground.store.failures.get(1))?.sentence, 'Nothing listens.')
  })

  test('evidence too large loses its largest pieces', async () => {
    const facts = { response: { body: 'x'.repeat(20_000) }, phases: { connect: 1 } }
    await ground.store.failures.put([failure(1, 1, { facts })])
    assert.deepEqual((await ground.store.failures.get(1))?.facts, { phases: { connect: 1 } })
  })
})
