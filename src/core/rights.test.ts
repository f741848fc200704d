// Tests of scopes, roles and limits to labels.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  allows,
  bothLimits,
  boundBy,
  isUnlimited,
  isWithin,
  manages,
  roles,
  sayLimit,
  scopes,
  scopesOf,
} from './rights.ts'

test('a scope allows itself, admin allows all, edit responds and reads, respond reads', () => {
  for (const scope of scopes) {
    assert.ok(allows([scope], scope))
    assert.ok(allows(['admin'], scope))
    assert.ok(!allows([], scope))
  }
  assert.ok(allows(['edit'], 'respond') && allows(['edit'], 'read') && allows(['respond'], 'read'))
  for (const [have, need] of [
    ['read', 'respond'],
    ['respond', 'edit'],
    ['read', 'report'],
    ['edit', 'report'],
    ['edit', 'admin'],
    ['report', 'read'],
    ['agent', 'read'],
  ] as const)
    assert.ok(!allows([have], need), `${have} ${need}`)
})

test('each role may what the one below it may', () => {
  for (const [at, role] of roles.entries())
    for (const scope of scopes)
      for (const below of roles.slice(at + 1))
        if (allows(scopesOf(below), scope)) assert.ok(allows(scopesOf(role), scope), `${role} ${scope}`)
})

test('owners manage everybody, admins everybody but owners, others nobody', () => {
  for (const role of roles) {
    assert.ok(manages('owner', role))
    assert.equal(manages('admin', role), role !== 'owner')
    for (const other of ['editor', 'responder', 'viewer', null] as const) assert.ok(!manages(other, role))
  }
  assert.deepEqual(roles.filter(isUnlimited), ['owner', 'admin'])
})

test('a limit needs one value of each of its names, and no limit needs nothing', () => {
  const limit = { team: ['shop', 'pay'], region: ['eu'] }
  assert.ok(isWithin(limit, { team: 'pay', region: 'eu', more: 'x' }))
  for (const labels of [{}, { team: 'pay' }, { team: 'pay', region: 'us' }, { region: 'eu' }])
    assert.ok(!isWithin(limit, labels as Record<string, string>))
  assert.ok(!isWithin({ toString: ['x'] }, {}))
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.string()), (labels) => isWithin(null, labels)))
  assert.equal(sayLimit(limit), 'team=shop or pay, region=eu')
})

test('scopes bound by others allow what both allow', () => {
  const some = fc.subarray([...scopes])
  fc.assert(
    fc.property(some, some, (have, bound) => {
      const both = boundBy(have, bound)
      for (const scope of scopes) assert.equal(allows(both, scope), allows(have, scope) && allows(bound, scope), scope)
    }),
  )
})

test('an object lies within both limits where it lies within each', () => {
  const label = fc.constantFrom('team', 'zone', '__proto__')
  const value = fc.constantFrom('a', 'b', 'c')
  const limit = fc.option(fc.dictionary(label, fc.array(value, { maxLength: 3 })))
  fc.assert(
    fc.property(limit, limit, fc.dictionary(label, value), (one, other, labels) => {
      assert.equal(isWithin(bothLimits(one, other), labels), isWithin(one, labels) && isWithin(other, labels))
    }),
  )
})
