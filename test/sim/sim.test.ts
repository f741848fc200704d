// A few simulated worlds on every run; `npm run sim -- --seed N` plays any other.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { simulate } from './run.ts'
import type { Scenario } from './world.ts'

const never = Number.POSITIVE_INFINITY
const small: Omit<Scenario, 'seed'> = {
  hours: 2,
  monitors: 10,
  heartbeats: 5,
  groups: 5,
  interval: 60_000,
  outages: 3_600_000,
  kills: never,
  jumps: never,
}

for (const seed of [1, 2]) {
  test(`nothing is missed and nobody is alarmed falsely in a world that breaks (seed ${seed})`, async () => {
    const report = await simulate({ ...small, seed })
    assert.deepEqual(report.breaches, [])
    assert.ok(report.events > 20 && report.messages > 10)
  })
  test(`killing the process again and again loses nothing and says nothing twice (seed ${seed})`, async () => {
    const report = await simulate({ ...small, seed, kills: 900_000 })
    assert.deepEqual(report.breaches, [])
    assert.ok(report.kills > 2)
  })
  test(`a clock that is set wrong, with kills between, does no harm (seed ${seed})`, async () => {
    const report = await simulate({ ...small, seed: seed + 10, kills: 1_800_000, jumps: 1_500_000 })
    assert.deepEqual(report.breaches, [])
    assert.ok(report.jumps > 1)
  })
  test(`what people take on, put off or silence is held, and told if it lasts (seed ${seed})`, async () => {
    const report = await simulate({ ...small, seed, deeds: 60_000, kills: 1_800_000, jumps: 1_500_000 })
    assert.deepEqual(report.breaches, [])
    assert.ok(report.deeds > 20 && report.held > 3 && report.messages > 10)
  })
}
