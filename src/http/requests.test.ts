// Tests of what others learn of a request that carries a token: heartbeats of a token that is limited to labels.
import assert from 'node:assert/strict'
import type { IncomingMessage } from 'node:http'
import { after, before, test } from 'node:test'
import { createToken } from '#commands/tokens.ts'
import { parseNetworks } from '#platform/networks.ts'
import { openRequests } from './requests.ts'
import { openTestServer, type TestServer } from './testing.ts'

let server: TestServer
before(async () => {
  server = await openTestServer()
})
after(() => server.close())

const labels: Record<string, Record<string, string>> = { mine: { team: 'shop' }, theirs: { team: 'pay' } }

test('a token that is limited to labels reports for its monitors alone, and for none that is not there', async () => {
  const requests = openRequests({
    auth: server.auth,
    trustedProxies: () => parseNetworks([]),
    isOwnHost: () => true,
    labelsOf: (key) => labels[key] ?? null,
  })
  const make = async (limit: Record<string, string[]> | null, scope: 'report' | 'read' = 'report') => {
    const { secret } = await createToken(server, { name: 'x', scopes: [scope], expiresAt: null, labels: limit })
    const headers = { authorization: `Bearer ${secret}` }
    return { headers, socket: { remoteAddress: '127.0.0.1' } } as unknown as IncomingMessage
  }
  const allowed = async (request: IncomingMessage) => {
    const keys = ['mine', 'theirs', 'nobody']
    return Promise.all(keys.map((key) => requests.allowed(request, 'report', key)))
  }
  assert.deepEqual(await allowed(await make({ team: ['shop'] })), [true, false, false])
  assert.deepEqual(await allowed(await make(null)), [true, true, true])
  assert.deepEqual(await allowed(await make(null, 'read')), [false, false, false])
})
