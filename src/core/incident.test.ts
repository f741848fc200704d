// Incidents by example and by property: short trouble is not published, short recovery does not resolve.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type ComponentStatus, componentStatuses, isTrouble } from './component.ts'
import {
  advanceIncident,
  type IncidentPolicy,
  type IncidentState,
  type IncidentStep,
  type IncidentUpdate,
} from './incident.ts'
import { freeze } from './testing.ts'

const policy: IncidentPolicy = { openAfter: 60_000, resolveAfter: 120_000 }
type Look = readonly [at: number, status: ComponentStatus]

/** All looks in their order; updates as `kind status@at`. */
function follow(looks: readonly Look[], rules: IncidentPolicy = policy) {
  let incident: IncidentState | null = null
  const updates: IncidentUpdate[] = []
  const phases: string[] = []
  for (const [at, status] of looks) {
    const step: IncidentStep = freeze(advanceIncident(incident, status, at, rules))
    incident = step.incident
    updates.push(...step.updates)
    phases.push(incident?.phase ?? 'none')
  }
  return { incident, phases, updates: updates.map(({ kind, status, at }) => `${kind} ${status}@${at}`) }
}

test('no trouble is no incident', () => {
  for (const status of componentStatuses) {
    if (!isTrouble(status)) assert.equal(follow([[0, status]]).incident, null)
  }
})

test('trouble shorter than the policy asks for is never published', () => {
  const { phases, updates } = follow([
    [0, 'major_outage'],
    [59_999, 'operational'],
  ])
  assert.deepEqual([phases, updates], [['watching', 'dropped'], []])
})

test('trouble is published when it has lasted, as of when it began', () => {
  const { incident, phases, updates } = follow([
    [0, 'degraded'],
    [59_999, 'degraded'],
    [60_000, 'degraded'],
  ])
  assert.deepEqual([phases, updates], [['watching', 'watching', 'open'], ['opened degraded@0']])
  assert.deepEqual([incident?.phaseAt, incident?.wakeAt], [60_000, null])
})

test('trouble that lasted long enough is published even when it is noticed only at its end', () => {
  const { phases, updates } = follow([
    [0, 'degraded'],
    [70_000, 'operational'],
    [190_000, 'operational'],
  ])
  assert.deepEqual(phases, ['watching', 'recovering', 'resolved'])
  assert.deepEqual(updates, ['opened degraded@0', 'resolved operational@70000'])
})

test('a policy without waiting opens and resolves at once', () => {
  const looks: Look[] = [
    [0, 'degraded'],
    [10, 'operational'],
  ]
  assert.equal(follow(looks.slice(0, 1), { openAfter: 0, resolveAfter: 0 }).incident?.wakeAt, null)
  assert.deepEqual(follow(looks, { openAfter: 0, resolveAfter: 0 }).updates, [
    'opened degraded@0',
    'resolved operational@10',
  ])
})

test('a policy that opens nothing by itself makes no incident', () =>
  assert.equal(follow([[0, 'major_outage']], { ...policy, openAfter: null }).incident, null))

test('a published incident tells each change of status once and remembers the worst', () => {
  const { incident, updates } = follow([
    [0, 'degraded'],
    [60_000, 'degraded'],
    [70_000, 'major_outage'],
    [80_000, 'major_outage'],
    [90_000, 'degraded'],
  ])
  assert.deepEqual(updates, ['opened degraded@0', 'changed major_outage@70000', 'changed degraded@90000'])
  assert.deepEqual([incident?.impact, incident?.status], ['major_outage', 'degraded'])
})

test('an incident is resolved when it has been well for so long, as of when it became well', () => {
  const { phases, updates } = follow([
    [0, 'degraded'],
    [60_000, 'degraded'],
    [100_000, 'operational'],
    [219_999, 'operational'],
    [220_000, 'operational'],
  ])
  assert.deepEqual(phases, ['watching', 'open', 'recovering', 'recovering', 'resolved'])
  assert.deepEqual(updates, ['opened degraded@0', 'resolved operational@100000'])
})

test('trouble that returns before that goes on with the same incident', () => {
  const { incident, updates } = follow([
    [0, 'degraded'],
    [60_000, 'degraded'],
    [100_000, 'operational'],
    [150_000, 'major_outage'],
    [160_000, 'operational'],
    [280_000, 'operational'],
  ])
  assert.deepEqual(updates, ['opened degraded@0', 'changed major_outage@150000', 'resolved operational@160000'])
  assert.equal(incident?.startedAt, 0)
})

test('trouble after it was resolved is a new incident', () => {
  const { incident } = follow([
    [0, 'degraded'],
    [60_000, 'operational'],
    [180_000, 'operational'],
    [500_000, 'degraded'],
  ])
  assert.deepEqual([incident?.phase, incident?.startedAt], ['watching', 500_000])
})

test('unknown neither ends an incident nor counts as being well', () => {
  const { phases, updates } = follow([
    [0, 'degraded'],
    [60_000, 'unknown'],
    [100_000, 'operational'],
    [150_000, 'unknown'],
    [400_000, 'unknown'],
    [410_000, 'operational'],
    [529_999, 'operational'],
    [530_000, 'operational'],
  ])
  assert.deepEqual(phases, [
    'watching',
    'open',
    'recovering',
    'recovering',
    'recovering',
    'recovering',
    'recovering',
    'resolved',
  ])
  assert.deepEqual(updates, ['opened degraded@0', 'changed unknown@60000', 'resolved operational@410000'])
})

test('a policy that changes meanwhile moves the waking time, so that none stays behind in the past', () => {
  const { incident } = follow([[0, 'degraded']])
  assert.equal(incident?.wakeAt, 60_000)
  assert.equal(advanceIncident(incident, 'degraded', 10, { ...policy, openAfter: null }).incident?.wakeAt, null)
  assert.equal(advanceIncident(incident, 'degraded', 10, { ...policy, openAfter: 5_000 }).incident?.wakeAt, 5_000)
})

const anyLooks = fc.array(fc.tuple(fc.nat(100_000), fc.constantFrom(...componentStatuses))).map((looks) => {
  let at = 0
  return looks.map(([after, status]): Look => [(at += after), status])
})
const anyRules = fc.record({ openAfter: fc.nat(100_000), resolveAfter: fc.nat(100_000) })

test('after any look the waking time lies ahead or there is none: no busy loop', () =>
  fc.assert(
    fc.property(anyLooks, anyRules, (looks, rules) => {
      const { incident } = follow(looks, rules)
      const now = looks.at(-1)?.[0] ?? 0
      assert.ok(incident === null || incident.wakeAt === null || incident.wakeAt > now)
    }),
  ))

test('the public reads an opening first, then changes, then at most one end, and only of what it has read of', () =>
  fc.assert(
    fc.property(anyLooks, anyRules, (looks, rules) => {
      const kinds = follow(looks, rules).updates.map((update) => update.split(' ')[0] ?? '')
      assert.match(kinds.join(' '), /^(opened( changed)*( resolved|$) ?)*$/)
    }),
  ))
