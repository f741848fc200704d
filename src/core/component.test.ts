// Components: worst of, the mapping of each, and honest unknown.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { componentStatus, componentStatuses, defaultMapping, isTrouble, worstComponent } from './component.ts'

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
