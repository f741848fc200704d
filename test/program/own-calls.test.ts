// What is checked must not speak for anybody: this program's own checks are no neighbours of its own.
// Promises to look from outside, at a server that trusts loopback as it does unless told otherwise.
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { monitorsOf } from './client.ts'
import { start } from './program.ts'

describe('a check of this very server', () => {
  test('is no heartbeat, makes no monitor, and reads no metrics', async (t) => {
    const program = await start(t)
    assert.equal((await program.ask('/beat/neighbour')).status, 200, 'who calls from this machine may')
    const look = async (spec: object) => {
      const answer = await program.api('POST', '/check', spec)
      return (answer.json() as { found: { outcome: string; sentence: string | null } }).found
    }
    assert.equal((await look({ http: { url: `${program.url}/healthz` } })).outcome, 'up')
    for (const path of ['/beat/made-by-a-check', '/beat/neighbour/fail', '/metrics', '/api/services/made-too']) {
      const found = await look({ http: { url: `${program.url}${path}` } })
      assert.equal(found.outcome, 'down', path)
    }
    await look({ tcp: { address: `127.0.0.1:${program.beats}`, send: 'made-by-lines.beat:1|c\n' } })
    const monitors = await monitorsOf(program)
    assert.deepEqual(
      monitors.map(({ key, status }) => [key, status]),
      [['neighbour', 'up']],
    )
  })
})
