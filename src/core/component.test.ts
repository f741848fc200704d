// Components: worst of, the mapping of each, and honest unknown.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  componentStatus as statusOf,
  componentStatuses,
  defaultMapping,
  follows,
  isTrouble,
  type Mapping,
  reportKey,
  saidAs,
  worstComponent,
} from './component.ts'
import { isKeyText } from './key.ts'
import type { ShownStatus } from './words.ts'

const componentStatus = (all: ShownStatus[], mapping: Mapping) =>
  statusOf(
    all.map((status) => ({ status, reason: null })),
    mapping,
  )

test('a component is as bad as the worst of its monitors', () => {
  assert.equal(componentStatus(['up', 'up'], defaultMapping), 'operational')
  assert.equal(componentStatus(['up', 'degraded'], defaultMapping), 'degraded')
  assert.equal(componentStatus(['degraded', 'down', 'up'], defaultMapping), 'major_outage')
})

test('without data it is unknown, never operational', () => {
  assert.equal(componentStatus([], defaultMapping), 'unknown')
  assert.equal(componentStatus(['up', 'unknown'], defaultMapping), 'unknown')
})

test('paused monitors are left out, and where all are paused nothing is known', () => {
  assert.equal(componentStatus(['paused', 'up'], defaultMapping), 'operational')
  assert.equal(componentStatus(['paused', 'paused'], defaultMapping), 'unknown')
})

test('known trouble outranks unknown', () =>
  assert.equal(componentStatus(['unknown', 'degraded'], defaultMapping), 'degraded'))

test('a mapping says what a status means for the public, and may hide it', () => {
  const mapping = { down: 'partial_outage', degraded: 'operational', unknown: 'operational' } as const
  assert.equal(componentStatus(['down'], mapping), 'partial_outage')
  assert.equal(componentStatus(['degraded', 'unknown'], mapping), 'operational')
})

test('the worst of several components ranks trouble first; of none it is unknown', () => {
  assert.equal(worstComponent(componentStatuses), 'major_outage')
  assert.equal(worstComponent(['operational', 'maintenance']), 'maintenance')
  assert.equal(worstComponent([]), 'unknown')
})

test('only degraded and outages are trouble', () =>
  assert.deepEqual(componentStatuses.filter(isTrouble), ['degraded', 'partial_outage', 'major_outage']))

test('what somebody said keeps its exact word, whatever the mapping', () => {
  const hiding = { down: 'operational', degraded: 'operational', unknown: 'operational' } as const
  for (const status of componentStatuses) {
    const { outcome, reason } = saidAs(status)
    assert.equal(statusOf([{ status: outcome, reason }], hiding), status)
  }
})

test('the monitor that hears what is said of a component has a key whatever the names, and one for each', () => {
  assert.equal(reportKey('status', 'db-cluster'), 'component.status.db-cluster')
  assert.notEqual(reportKey('status', 'お客様'), reportKey('status', 'お客様2'))
  fc.assert(fc.property(fc.string(), fc.string(), (page, component) => isKeyText(reportKey(page, component))))
})

test('a component follows what it chooses and what is said of it', () => {
  const component = { monitors: { keys: ['web-*'], labels: null }, reported: 'component.status.web' }
  assert.ok(follows(component, { key: 'web-1', labels: {} }))
  assert.ok(follows(component, { key: 'component.status.web', labels: {} }))
  assert.ok(!follows(component, { key: 'other', labels: {} }))
})
