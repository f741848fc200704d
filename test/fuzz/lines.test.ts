// A short run of the random lines: each one is accounted for, and names without end make no more than is allowed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzLines } from './lines.ts'

test('random lines are taken or counted by reason, every one, and make no more monitors than may be', async () => {
  const { lines, accepted, rejected, monitors } = await fuzzLines(50_000, 3, () => {})
  const refused = Object.values(rejected).reduce((sum, count) => sum + count, 0)
  assert.ok(accepted > 1_000 && refused > 1_000)
  // Empty lines are nothing, and neither taken nor refused.
  assert.ok(accepted + refused <= lines && accepted + refused > 0.9 * lines, `${accepted} and ${refused} of ${lines}`)
  assert.equal(monitors, 1_000)
  assert.ok((rejected.limit ?? 0) > 0)
})
