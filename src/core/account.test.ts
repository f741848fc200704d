// Accounting: spans follow on each other without gap or overlap.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { account } from './account.ts'
import { fresh } from './state.ts'

test('whatever the order of times, every moment is counted once', () =>
  fc.assert(
    fc.property(fc.array(fc.nat(1_000_000)), (times) => {
      let state = fresh(1_000)
      let counted = 1_000
      for (const to of times) {
        const { state: next, span } = account(state, to)
        if (span !== null) {
          assert.equal(span.from, counted)
          assert.ok(span.to > span.from)
          counted = span.to
        }
        state = next
      }
      assert.equal(state.accountedAt, Math.max(1_000, ...times))
      assert.equal(counted, state.accountedAt)
    }),
  ))

test('no time is no span', () => assert.equal(account(fresh(5), 5).span, null))

test('time counts as what people were shown, or as what the caller knows better', () => {
  const state = { ...fresh(0), status: 'down' as const }
  assert.equal(account(state, 5).span?.status, 'down')
  assert.equal(account({ ...state, paused: true }, 5).span?.status, 'paused')
  assert.equal(account(state, 5, 'unknown').span?.status, 'unknown')
})
