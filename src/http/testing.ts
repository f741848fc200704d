// For tests of the HTTP face: the whole of it on a free port of 127.0.0.1, over a real store, and a small client.
// Promises that closing leaves nothing behind.
import type { Sent } from '#channels/channel.ts'
import { type CommandRig, openRig, testManifest } from '#commands/testing.ts'
import type { OidcParts } from '#commands/accounts/oidc/flow.ts'
import { Providers } from '#commands/accounts/oidc/provider.ts'
import { Passwords } from '#commands/accounts/password.ts'
import type { Letter } from '#commands/accounts/ports.ts'
import { componentStatus, follows } from '#core/component.ts'
import { shown } from '#core/state.ts'
import { createToken, type Scope } from '#commands/tokens.ts'
import { entrySchemas } from '#manifest/json-schema.ts'
import type { ServerModel } from '#manifest/model.ts'
import type { Store } from '#store/store.ts'
import { type Clock, systemClock } from '#platform/clock.ts'
import { type DeedLinks, openDeedLinks } from '#platform/deed-links.ts'
import { type Log, silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { parseNetworks } from '#platform/networks.ts'
import { openOutbound } from '#platform/outbound.ts'
import { textOf } from '#test/answer-text.ts'
import { Afterwards } from './afterwards.ts'
import { Attempts } from './attempts.ts'
import { Authenticator } from './auth.ts'
import { Board } from './board/board.ts'
import { Past } from './board/figures.ts'
import { openHttp } from './http.ts'
import { openOwnHosts } from './own-host.ts'
import { kindsTold } from './kinds-told.ts'
import { Hub } from './live/hub.ts'
import type { ApiParts } from './parts.ts'
import { People } from './people.ts'
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

export interface TestServer extends CommandRig, Omit<ApiParts, keyof CommandRig> {
  readonly base: string
  readonly port: number
  readonly metrics: Metrics
  /** What `unready` says, what a test message comes to, and the settings by which people sign in. */
  readonly knobs: Knobs
  /** The mails that were sent to people. */
  readonly letters: Letter[]
  /** Makes links as they stand in messages. */
  readonly links: DeedLinks
  /** Asks with the administrator's token, unless told otherwise. */
  ask(method: string, path: string, ask?: Ask): Promise<Answer>
  /** A new token's secret. */
  token(...scopes: Scope[]): Promise<string>
}

interface Knobs {
  unready: string[]
  sent: Sent
  settings: Pick<ServerModel, 'publicUrl' | 'signIn'>
  /** Whether a mail server is set. */
  mail: boolean
}

/** Parameters of scrypt that cost next to nothing. */
export const cheap = { n: 16, r: 1, p: 1 }

export interface TestOptions {
  readonly clock?: Clock
  /** Left open when the server closes; left out: one of its own. */
  readonly store?: Store
  readonly log?: Log
  readonly hot?: readonly HotHandler[]
  readonly sendTest?: ApiParts['sendTest']
  readonly bounds?: Partial<ServerBounds>
  readonly metricsFrom?: readonly string[]
  readonly trustedProxies?: readonly string[]
}

const noHosts: readonly string[] = []

export async function openTestServer(options: TestOptions = {}): Promise<TestServer> {
  const { clock, store } = options
  const rig = await openRig({ ...(clock ? { clock } : {}), ...(store ? { store } : {}) })
  const metrics = new Metrics()
  const networks = {
    isOwnHost: openOwnHosts(() => noHosts),
    metrics: parseNetworks(options.metricsFrom ?? ['127.0.0.0/8']),
    trustedProxies: parseNetworks(options.trustedProxies ?? []),
  }
  const defaults = testManifest.readServer({})
  if (!defaults.ok) throw new Error('the default settings cannot be read')
  const sent: Sent = { ok: true, detail: 'delivered' }
  const knobs: Knobs = { unready: [], sent, settings: defaults.value, mail: false }
  const letters: Letter[] = []
  const log = options.log ?? silentLog
  const accounts = accountParts(rig, knobs, letters)
  const auth = new Authenticator({
    tokens: rig.store.tokens,
    clock: rig.clock,
    adminToken,
    people: new People(accounts),
  })
  const parts: ApiParts = {
    log,
    ...rig,
    ...accounts,
    auth,
    attempts: new Attempts(rig.clock),
    afterwards: new Afterwards(log),
    ...boardOf(rig, log),
    server: () => knobs.settings,
    doors: () => ({ port: 8127, mail: null }),
    faces: (page) => facesOf(rig, page),
    sendTest: options.sendTest ?? (() => Promise.resolve(knobs.sent)),
    entrySchemas: entrySchemas(testManifest),
    kindsTold: kindsTold(testManifest),
    kindNames: { monitor: ['http', 'heartbeat'], channel: ['webhook'] },
    version: '0.0.0',
  }
  const links = openDeedLinks([new Uint8Array(32)])
  const server = openHttp({
    ...parts,
    metrics,
    log,
    networks: () => networks,
    unready: () => knobs.unready,
    hot: options.hot ?? [],
    links,
    missing: async () => ({ status: 404, headers: { 'content-type': 'text/html' }, body: Buffer.from('<p>nothing') }),
    bounds: { closeMs: 200, ...options.bounds },
  })
  const { port } = await server.listen('127.0.0.1', 0)
  const base = `http://127.0.0.1:${port}`
  return {
    ...parts,
    ...rig,
    letters,
    links,
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

/** As the states say, without what a page knows of silence. */
async function facesOf({ store, readers }: CommandRig, key: string): ReturnType<ApiParts['faces']> {
  const page = await store.objects.get('page', key)
  const read = page === null ? null : readers.readPage(key, page.spec)
  if (!read?.ok) return null
  const [monitors, states] = [await store.objects.all('monitor'), await store.states.all()]
  const all = read.value.groups.flatMap(({ components }) => components)
  return new Map(
    all.map((one) => {
      const seen = monitors
        .filter((monitor) => follows(one, monitor))
        .map(({ id }) => states.get(id))
        .map((state) => ({ status: state ? shown(state) : ('unknown' as const), reason: state?.reason ?? null }))
      return [one.key, { status: componentStatus(seen, one.mapping), since: null }]
    }),
  )
}

/** Those of the server itself are others. */
function boardOf(rig: CommandRig, log: Log): Pick<ApiParts, 'board' | 'past' | 'hub'> {
  const [board, past] = [new Board(rig), new Past({ ...rig, log })]
  return { board, past, hub: new Hub({ ...rig, log, metrics: new Metrics(), board, past, random: () => 'test' }) }
}

function accountParts(rig: CommandRig, knobs: Knobs, letters: Letter[]): OidcParts {
  return {
    providers: new Providers({
      clock: { ...systemClock, now: () => rig.clock.now() },
      outbound: openOutbound({ denied: [] }),
    }),
    store: rig.store,
    clock: rig.clock,
    passwords: new Passwords(cheap),
    signIn: () => knobs.settings.signIn,
    mail: () => (knobs.mail ? async (letter: Letter) => (letters.push(letter), knobs.sent) : null),
  }
}

async function send(url: string, method: string, { body, token = adminToken, headers = {} }: Ask): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await textOf(response)
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, headers: response.headers, text, json: (isJson ? JSON.parse(text) : null) as never }
}
