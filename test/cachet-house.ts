// Allswell as a client of Cachet meets it: the dialect's real handler before a real engine, store and pages.
// Promises that everything is closed at the end of the test.
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { channelKinds } from '#channels/index.ts'
import { sendMessage } from '#channels/send.ts'
import { kinds } from '#checks/index.ts'
import { runProbe } from '#checks/probe.ts'
import { cachetHandler } from '#compat/cachet/http.ts'
import { createObject } from '#commands/objects.ts'
import { createToken, type NewToken } from '#commands/tokens.ts'
import { Engine } from '#engine/engine.ts'
import { Authenticator } from '#http/auth.ts'
import { openRequests } from '#http/requests.ts'
import { openManifest } from '#manifest/read.ts'
import { pageHandler } from '#pages/handler.ts'
import { pageLoader } from '#pages/load.ts'
import { openPages } from '#pages/serve.ts'
import { systemClock } from '#platform/clock.ts'
import { silentLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { openOutbound } from '#platform/outbound.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { textOf } from './answer-text.ts'

export interface Told {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The parsed body; null where it is not JSON. */
  readonly json: never
}

export interface Asking {
  readonly token?: string | null
  readonly basic?: string
  /** By `Authorization: Bearer`, as the third generation does. */
  readonly bearer?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as a form, where it is a text; else as JSON. */
  readonly body?: string | object
}

export interface CachetHouse {
  readonly base: string
  readonly store: Store
  readonly engine: Engine
  /** Asks with the administrator's token, unless told otherwise. */
  ask(method: string, path: string, asking?: Asking): Promise<Told>
  token(wish: Omit<NewToken, 'expiresAt' | 'name'> & { readonly name?: string }): Promise<string>
  page(key: string, spec: object): Promise<void>
}

export const adminToken = 'an-administrators-token'

/** A page with a component that is watched, and two of which people say how they are; the last is hidden. */
export const usualPage = {
  title: 'Company status',
  incidents: { open_after: 'never' },
  groups: [
    { name: 'Core', components: [{ name: 'web', monitors: 'web' }] },
    { components: [{ name: 'db cluster', description: 'MariaDB database cluster nodes' }] },
    { name: 'Inside', hidden: true, components: [{ name: 'secret vault' }] },
  ],
}

export async function openCachetHouse(test: TestContext): Promise<CachetHouse> {
  const folder = await mkdtemp(join(tmpdir(), 'allswell-cachet-'))
  const manifest = openManifest({ kinds, channelKinds })
  const [clock, log, metrics, outbound] = [systemClock, silentLog, new Metrics(), openOutbound({ denied: [] })]
  const store = await openStore({ url: `sqlite:${join(folder, 'test.db')}`, clock, log })
  const defaults = manifest.readServer({})
  if (!defaults.ok) throw new Error('the default settings cannot be read')
  let made = 0
  const engine = await Engine.open({
    store,
    clock,
    log,
    metrics,
    outbound,
    kinds,
    channelKinds,
    readers: manifest,
    probe: runProbe,
    send: sendMessage,
    heartbeatEntry: (every, grace) => ({ kind: 'heartbeat', spec: { heartbeat: { every, grace } } }),
    random: () => `test${(made += 1)}`,
    server: () => defaults.value,
  })
  const load = pageLoader({
    catalog: () => engine.catalog,
    store,
    clock,
    unstoredSince: () => null,
    windows: (monitor) => engine.windows(monitor),
    announced: (now) => engine.announced(now),
  })
  const pages = openPages({ clock, log, load })
  engine.live.listen((change) => {
    if (change.public) pages.invalidate()
  })
  const auth = new Authenticator({ tokens: store.tokens, clock, adminToken })
  const nobody = { has: () => false }
  const requests = openRequests({ auth, trustedProxies: () => nobody, isOwnHost: () => true, labelsOf: () => null })
  const commands = {
    store,
    engine,
    readers: manifest,
    clock,
    loaded: null,
    secretsOf: () => [],
    saidEntry: (name: string) => ({ name, manual: {} }),
  }
  const cachet = cachetHandler({
    ...commands,
    log,
    prove: (request, credentials) => requests.prove(request, credentials),
    pages: () => engine.catalog.pages,
    faces: (page) => pages.faces(page),
    publicUrl: () => null,
  })
  const shown = pageHandler(pages)
  const server = createServer((request, response) => {
    if (!cachet(request, response) && !shown(request, response)) response.writeHead(404).end('somebody else')
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  await engine.start()
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  test.after(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => {
      server.close(resolve)
    })
    await engine.close()
    await store.close()
    await rm(folder, { recursive: true, force: true })
  })
  return {
    base,
    store,
    engine,
    ask: (method, path, asking = {}) => send(`${base}${path}`, method, asking),
    token: async (wish) => (await createToken(commands, { name: 'test', expiresAt: null, ...wish })).secret,
    page: async (key, spec) => void (await createObject(commands, { type: 'page', key }, spec)),
  }
}

async function send(url: string, method: string, asking: Asking): Promise<Told> {
  const { token = asking.basic === undefined && asking.bearer === undefined ? adminToken : null, body } = asking
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === null ? {} : { 'x-cachet-token': token }),
      ...(asking.basic === undefined ? {} : { authorization: `Basic ${Buffer.from(asking.basic).toString('base64')}` }),
      ...(asking.bearer === undefined ? {} : { authorization: `Bearer ${asking.bearer}` }),
      ...(body === undefined
        ? {}
        : { 'content-type': typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json' }),
      ...asking.headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await textOf(response)
  const isJson = /json/.test(response.headers.get('content-type') ?? '') && text !== ''
  return { status: response.status, headers: response.headers, text, json: (isJson ? JSON.parse(text) : null) as never }
}
