// For tests of the HTTP face: the whole of it on a free port of 127.0.0.1, over a real store, and a small client.
// Promises that closing leaves nothing behind.
import type { Sent } from '#channels/channel.ts'
import { type CommandRig, openRig, testManifest } from '#commands/testing.ts'
import { createToken, type Scope } from '#commands/tokens.ts'
import { entrySchemas } from '#manifest/json-schema.ts'
import type { Clock } from '#platform/clock.ts'
import { type Log, silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { parseNetworks } from '#platform/networks.ts'
import { Authenticator } from './auth.ts'
import { openHttp } from './http.ts'
import type { HotHandler, ServerBounds } from './server.ts'

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body; null where it is not JSON. */
  readonly json: never
}

export interface Ask {
  readonly body?: unknown
  readonly token?: string | null
  readonly headers?: Readonly<Record<string, string>>
}

export const adminToken = 'an-administrators-token'

export interface TestServer extends CommandRig {
  readonly base: string
  readonly port: number
  readonly metrics: Metrics
  /** What `unready` says, and what a test message comes to. */
  readonly knobs: { unready: string[]; sent: Sent }
  /** Asks with the administrator's token, unless told otherwise. */
  ask(method: string, path: string, ask?: Ask): Promise<Answer>
  /** A new token's secret. */
  token(...scopes: Scope[]): Promise<string>
}

export interface TestOptions {
  readonly clock?: Clock
  readonly log?: Log
  readonly hot?: readonly HotHandler[]
  readonly bounds?: Partial<ServerBounds>
  readonly metricsFrom?: readonly string[]
  readonly trustedProxies?: readonly string[]
}

export async function openTestServer(options: TestOptions = {}): Promise<TestServer> {
  const rig = await openRig(options.clock ? { clock: options.clock } : {})
  const metrics = new Metrics()
  const networks = {
    metrics: parseNetworks(options.metricsFrom ?? ['127.0.0.0/8']),
    trustedProxies: parseNetworks(options.trustedProxies ?? []),
  }
  const knobs: TestServer['knobs'] = { unready: [], sent: { ok: true, detail: 'delivered' } }
  const server = openHttp({
    ...rig,
    metrics,
    auth: new Authenticator({ tokens: rig.store.tokens, clock: rig.clock, adminToken }),
    log: options.log ?? silentLog,
    networks: () => networks,
    unready: () => knobs.unready,
    sendTest: () => Promise.resolve(knobs.sent),
    entrySchemas: entrySchemas(testManifest),
    version: '0.0.0',
    hot: options.hot ?? [],
    missing: async () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: Buffer.from('<p>nothing') }),
    bounds: { closeMs: 200, ...options.bounds },
  })
  const { port } = await server.listen('127.0.0.1', 0)
  const base = `http://127.0.0.1:${port}`
  return {
    ...rig,
    base,
    port,
    metrics,
    knobs,
    ask: (method, path, ask = {}) => send(`${base}${path}`, method, ask),
    token: async (...scopes) => (await createToken(rig, { name: scopes.join('+'), scopes, expiresAt: null })).secret,
    async close() {
      await server.close()
      await rig.close()
    },
  }
}

async function send(url: string, method: string, { body, token = adminToken, headers = {} }: Ask): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, text, json: (isJson ? JSON.parse(text) : null) as never }
}
