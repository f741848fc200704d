// Tests of why a selector does not choose a monitor.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { whyUnselected } from './unselected.ts'

const monitor = { key: 'shop-1', labels: { team: 'shop', env: 'prod' } }

test('what is chosen has nothing against it', () => {
  assert.equal(whyUnselected({ keys: ['a', 'shop-*'], labels: { team: 's*' } }, monitor), null)
})

test('the first label that does not fit is told, then the keys', () => {
  const why = (keys: string[] | null, labels: Record<string, string> | null) => whyUnselected({ keys, labels }, monitor)
  assert.match(why(null, { env: 'prod', team: 'pay' }) ?? '', /team to be "pay", and its team is "shop"/)
  assert.match(why(null, { zone: 'eu' }) ?? '', /the monitor has no such label/)
  assert.equal(why(['a', 'b-*'], null), 'The key fits none of a, b-*.')
  assert.match(why(['a', 'b', 'c', 'd', 'e', 'f', 'g'], null) ?? '', /a, b, c, d, e, and 2 more/)
  assert.match(why(null, null) ?? '', /no monitor at all/)
})
