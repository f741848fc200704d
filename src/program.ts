// The composition root: puts the parts together and runs the command line. The only file that knows everything.
// Promises an order of starting and stopping in which nothing acknowledged is lost. Must not decide anything itself.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { channelKinds } from '#channels/index.ts'
import { sendMessage } from '#channels/send.ts'
import { kinds } from '#checks/index.ts'
import { runProbe } from '#checks/probe.ts'
import { type DatabaseReport, runCli, type Secrets, type TokenAdmin } from '#cli/index.ts'
import { type FileObject, leftBehind, leftBehindIn, ownerOf, storeFile } from '#commands/apply-file.ts'
import { shownSpec } from '#commands/object-types.ts'
import { recordSettings } from '#commands/settings-record.ts'
import type { CommandParts } from '#commands/ports.ts'
import { createToken, type Scope, scopes } from '#commands/tokens.ts'
import { type Beats as BeatDoors, openBeats } from '#compat/index.ts'
import { openCollector } from '#compat/monit/collector.ts'
import { Engine, type EngineParts } from '#engine/engine.ts'
import { dashboardHandler } from '#http/dashboard.ts'
import { openHttp } from '#http/http.ts'
import { kindsTold } from '#http/kinds-told.ts'
import { openOwnHosts } from '#http/own-host.ts'
import { openRequests, type Requests } from '#http/requests.ts'
import type { HttpServer } from '#http/server.ts'
import { loadManifest } from '#manifest/disk.ts'
import { entrySchemas } from '#manifest/json-schema.ts'
import type { ServerModel } from '#manifest/model.ts'
import { openManifest } from '#manifest/read.ts'
import { drawFaults, type LocatedFault, showFault } from '#manifest/show.ts'
import { pageHandler } from '#pages/handler.ts'
import type { DeedLinks } from '#platform/deed-links.ts'
import { type FolderLock, lockFolder, makeFolder } from '#platform/folder-lock.ts'
import { type Log, openLog } from '#platform/log.ts'
import { Metrics } from '#platform/metrics.ts'
import { measureProcess } from '#platform/process-metrics.ts'
import { type Networks, parseNetworks } from '#platform/networks.ts'
import { type Outbound, openOutbound } from '#platform/outbound.ts'
import { type Ends, OwnCalls } from '#platform/own-calls.ts'
import { environment, guessable, maskUrl, type Settings } from '#platform/settings.ts'
import { stayAwake, systemClock } from '#platform/clock.ts'
import { inspectStore } from '#store/inspect.ts'
import { openStore } from '#store/open.ts'
import type { Sealing } from '#store/sealer.ts'
import type { Store } from '#store/store.ts'
import { byFile, commandLine, firstOwnerLink, openAccounts, ownerLink, rememberBase } from './accounts.ts'
import { openCachet, openPublicPages, saidEntry } from './cachet.ts'
import { openStatusCake } from './statuscake.ts'
import { linksBy, rotate, sealingOf } from './keys.ts'
import { lovebeatNeeds, mainDialect, openOther } from './lovebeat.ts'
import packageFile from '../package.json' with { type: 'json' }

const { version } = packageFile
const manifest = openManifest({ kinds, channelKinds })
/** What the API tells of kinds. */
const described = {
  entrySchemas: entrySchemas(manifest),
  kindNames: { monitor: [...kinds.keys()], channel: [...channelKinds.keys()] },
  kindsTold: kindsTold(manifest),
}
const clock = systemClock
const secretsOf = (type: 'monitor' | 'channel', kind: string) =>
  (type === 'monitor' ? kinds : channelKinds).get(kind)?.secrets ?? []
/** SIGTERM to exit takes no longer than this. */
const stopWithinMs = 4_500
/** Of a broken file so many faults stand in the log. */
const faultsLogged = 100
/** What is left under way when a command has ended is left behind after so long. */
const lingerMs = 200

/** What follows from the server's own settings. */
const configure = (server: ServerModel) => ({
  server,
  metrics: parseNetworks(server.networks.metrics),
  trustedProxies: parseNetworks(server.networks.trustedProxies),
  outbound: openOutbound({ denied: server.networks.denied }),
  hosts: [...server.networks.hosts, ...hostsOf(server.publicUrl), hostname().toLowerCase()],
})

const hostsOf = (url: string | null) => (url === null ? [] : [new URL(url).hostname])

/** The server's own settings as they are now; replaced as one when the file is read again. */
class Configured {
  #now: ReturnType<typeof configure>
  /** The way out, guarded as the file says now. */
  readonly outbound: Outbound = {
    resolve: (host, options) => this.#now.outbound.resolve(host, options),
    connect: (address, port) => this.calls.opened(this.#now.outbound.connect(address, port)),
  }
  readonly calls = new OwnCalls(clock)
  readonly isOwnCall = (ends: Ends): boolean => this.calls.has(ends)

  constructor(server: ServerModel) {
    this.#now = configure(server)
  }

  get server(): ServerModel {
    return this.#now.server
  }

  get metrics(): Networks {
    return this.#now.metrics
  }

  get trustedProxies(): Networks {
    return this.#now.trustedProxies
  }

  /** Whether a request came under a name of this server. */
  readonly isOwnHost = openOwnHosts(() => this.#now.hosts)

  /** Makes the settings ready; they count when what is given back is called, which cannot fail. */
  prepare(server: ServerModel): () => void {
    const next = configure(server)
    return () => {
      this.#now = next
    }
  }
}

async function serve(settings: Settings): Promise<number> {
  const log = openLog(clock, settings.logLevel, (line) => process.stderr.write(line))
  const signals = hearSignals(log)
  const file = readFile(settings, log)
  if (Array.isArray(file)) {
    process.stderr.write(`${drawFaults(settings.config ?? '', file)}\n`)
    return 1
  }
  if (settings.adminToken !== null && settings.adminToken.length < guessable) {
    log.warn('ALLSWELL_ADMIN_TOKEN is short enough to be guessed; take one such as from: openssl rand -hex 32')
  }
  // The database holds channels' secrets: for this user alone, whatever the folder allows.
  process.umask(0o077)
  let lock: FolderLock | null = null
  if (settings.database === null) lock = lockFolder(resolve(settings.data))
  const configured = new Configured(file.server)
  const sealing = sealingOf(settings)
  const store = await openDatabase(settings, log, sealing)
  try {
    const running = await start({ settings, log, store, configured, links: linksBy(sealing) })
    try {
      // Whoever cannot have its ports changes nothing: another may run on this database.
      await running.listen()
      await takeFile(running, file)
      await tellLeftBehind(running, settings)
      await running.open()
      process.stdout.write(await greeting(settings, running, store))
      signals.onHangup(() => reload(settings, running))
      await signals.stopped
      log.info('stopping')
    } finally {
      await running.close()
    }
  } finally {
    await store.close()
    lock?.release()
  }
  return 0
}

/** The configuration file, or defaults where none is named; or all that is wrong with it. */
function readFile(settings: Settings, log: Log): File | LocatedFault[] {
  if (settings.config === null) {
    const server = manifest.readServer({})
    if (!server.ok) throw new Error('the default settings cannot be read')
    return { name: null, objects: [], server: server.value }
  }
  const { config } = settings
  const read = loadManifest(manifest, config, environment())
  for (const warning of read.warnings) log.warn(`warning: ${showFault(config, warning)}`)
  return read.ok ? { name: config, objects: read.objects, server: read.server } : [...read.faults]
}

interface File {
  /** Null: there is none. */
  readonly name: string | null
  readonly objects: readonly FileObject[]
  readonly server: ServerModel
}

interface Running {
  readonly engine: Engine
  readonly configured: Configured
  readonly store: Store
  readonly log: Log
  readonly addresses: {
    http: { host: string; port: number } | null
    lovebeat: { host: string; port: number } | null
    beats: { address: string; port: number } | null
    mail: { address: string; port: number } | null
  }
  beats: BeatDoors
  /** Takes the ports; what comes waits until `open`. */
  listen(): Promise<void>
  open(): Promise<void>
  close(): Promise<void>
}

interface StartParts {
  readonly settings: Settings
  readonly log: Log
  readonly store: Store
  readonly configured: Configured
  readonly links: DeedLinks
}

async function start({ settings, log, store, configured, links }: StartParts): Promise<Running> {
  const metrics = new Metrics()
  measureProcess(metrics, clock, { version, node: process.versions.node, database: store.dialect })
  const { outbound } = configured
  const server = () => configured.server
  const scripts = settings.scripts === null ? null : resolve(settings.scripts)
  const engine = await openEngine({ store, log, metrics, outbound, server, links, scripts })
  const { accounts, auth } = openAccounts({ store, clock, outbound, server, adminToken: settings.adminToken })
  const pages = openPublicPages(engine, { store, clock, log, server })
  const loaded = settings.config === null ? null : ownerOf(settings.config)
  const commands = { store, engine, readers: manifest, secretsOf, saidEntry, loaded, clock }
  const requests = requestsOf(engine, auth, configured)
  const beats = openWays({ engine, configured, metrics, log, commands, requests })
  const collector = openCollector({ port: engine.inventory, reporters: requests, metrics, log, clock })
  const cachet = openCachet({ commands, log, requests, engine, pages, server })
  const statusCake = openStatusCake({ commands, log, requests, server })
  const addresses: Running['addresses'] = { http: null, lovebeat: null, beats: null, mail: null }
  const http = openHttp({
    links,
    ...accounts,
    ...commands,
    faces: (page) => pages.faces(page),
    server,
    doors: () => ({ port: addresses.beats?.port ?? null, mail: addresses.mail?.port ?? null }),
    engine,
    auth,
    log,
    metrics,
    version,
    sendTest: (channel) => engine.deliverer.test(channel, `test-${randomBytes(8).toString('hex')}`),
    ...described,
    networks: () => configured,
    unready: () => (engine.ingest.failure === null ? [] : ['Observations cannot be stored; the log says why.']),
    hot: [
      beats.handler,
      collector.handler,
      cachet,
      statusCake,
      beats.lovebeat(mainDialect(server)),
      pageHandler(pages),
      dashboardHandler(),
    ],
    missing: (asked) => pages.missing(asked),
  })
  const other = openOther(beats, server, { clock, log, metrics })
  const doors = openDoors(settings, { http, other, beats }, addresses)
  return {
    engine,
    configured,
    store,
    log,
    beats,
    addresses,
    listen: () => doors.listen(),
    async open() {
      doors.open()
      await engine.start()
    },
    async close() {
      // What was acknowledged is taken in while it can be.
      await collector.close()
      await Promise.all([doors.close(), engine.close()])
    },
  }
}

type EngineRoots = Pick<EngineParts, 'store' | 'log' | 'metrics' | 'outbound' | 'server' | 'links' | 'scripts'>

function openEngine(roots: EngineRoots): Promise<Engine> {
  return Engine.open({
    ...roots,
    clock,
    kinds,
    channelKinds,
    readers: manifest,
    probe: runProbe,
    send: sendMessage,
    heartbeatEntry: (every, grace) => ({ kind: 'heartbeat', spec: { heartbeat: { every, grace } } }),
    random: () => randomBytes(6).toString('hex'),
  })
}

type Auth = Parameters<typeof openRequests>[0]['auth']

/** Who sends a request that is none of the API's. */
function requestsOf({ catalog }: Engine, auth: Auth, configured: Configured): Requests {
  return openRequests({
    auth,
    trustedProxies: () => configured.trustedProxies,
    isOwnHost: configured.isOwnHost,
    isOwnCall: configured.isOwnCall,
    labelsOf: (key) => catalog.byKey.get(key)?.labels ?? null,
  })
}

interface WaysParts {
  readonly engine: Engine
  readonly requests: Requests
  readonly configured: Configured
  readonly metrics: Metrics
  readonly log: Log
  readonly commands: CommandParts
}

/** The ways in for what reports by itself. */
function openWays({ engine, requests, configured, metrics, log, commands }: WaysParts): BeatDoors {
  const { beats: networks } = configured.server.networks
  const lovebeat = lovebeatNeeds(engine, requests, commands)
  const { isOwnCall } = configured
  return openBeats({ port: engine.beats, metrics, log, clock, requests, settings: { networks }, lovebeat, isOwnCall })
}

interface Doors {
  readonly http: HttpServer
  /** Lovebeat's other generation. */
  readonly other: HttpServer
  readonly beats: BeatDoors
}

function openDoors(settings: Settings, { http, other, beats }: Doors, addresses: Running['addresses']) {
  const { promise: ready, resolve: open } = Promise.withResolvers<void>()
  return {
    async listen() {
      addresses.http = await http.listen(settings.listen.host, settings.listen.port, ready)
      const { lovebeat } = settings
      if (lovebeat !== null) addresses.lovebeat = await other.listen(lovebeat.host, lovebeat.port, ready)
      const { mailIn } = settings
      if (mailIn !== null) addresses.mail = await beats.listenMail(mailIn.host, mailIn.port, ready)
      if (settings.beats === null) return
      addresses.beats = (await beats.listen(settings.beats.host, settings.beats.port, ready)).udp
    },
    open,
    close: () => Promise.all([http.close(), other.close(), beats.close()]),
  }
}

/** Makes store, settings and engine say what the file says: all of it, or nothing while the database is away. */
async function takeFile(running: Running, file: File): Promise<void> {
  const { store, engine, log, configured, beats } = running
  const take = configured.prepare(file.server)
  const { name } = file
  const applied = name === null ? null : await store.as(byFile(name), () => storeAll(store, name, file))
  take()
  beats.change({ networks: file.server.networks.beats })
  if (applied?.news) await engine.catalogChanged()
  if (applied === null) return
  const { warnings, news: _, ...counts } = applied
  for (const warning of warnings) log.warn(warning)
  log.info('the configuration file was taken over', { file: file.name, ...counts })
}

/** Says which objects go on though the file that made them is not loaded: it was renamed, moved or forgotten. */
async function tellLeftBehind({ store, log }: Running, { config }: Settings): Promise<void> {
  const mend =
    'They go on as they are. Name them in the file that is loaded and it owns them, start with the file that made ' +
    'them, or delete each by DELETE /api/v2/monitors/KEY?take_over=true (channels, rules, pages alike).'
  for (const { file, type, count, keys } of await leftBehind(store, config === null ? null : ownerOf(config))) {
    const what = count === 1 ? `1 ${type} was` : `${count} ${type}s were`
    log.warn(`${what} made by a configuration file that is not loaded`, { file, type, keys, mend })
  }
}

async function storeAll(store: Store, name: string, { objects, server }: File) {
  await recordSettings(store, server, clock.now())
  return await storeFile(store, name, objects, clock.now())
}

/** On SIGHUP: the file again. A broken one changes nothing and says why. */
async function reload(settings: Settings, running: Running): Promise<void> {
  const file = readFile(settings, running.log)
  if (Array.isArray(file)) {
    const { config } = settings
    const faults = file.slice(0, faultsLogged).map((fault) => showFault(config ?? '', fault))
    const more = file.length - faults.length
    const rest = more > 0 ? { more } : {}
    running.log.error('the configuration file is broken; nothing was changed', { file: config, faults, ...rest })
    return
  }
  await takeFile(running, file)
  await tellLeftBehind(running, settings)
}

/** Hears signals from the first moment on. What hangs while stopping is left behind: stored, or not acknowledged. */
function hearSignals(log: Log) {
  const stop = Promise.withResolvers<void>()
  const stopping = () => {
    stop.resolve()
    clock.after(stopWithinMs, () => {
      log.warn('not everything stopped in time')
      process.exit(0)
    })
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stopping)
  const ready = Promise.withResolvers<() => Promise<void>>()
  let last = Promise.resolve()
  process.on('SIGHUP', () => {
    last = last
      .then(async () => await (await ready.promise)())
      .catch((error: unknown) =>
        log.error('the configuration file could not be taken over; send SIGHUP again', { error }),
      )
  })
  return { stopped: stop.promise, onHangup: ready.resolve }
}

/** The store of the settings; throws an Error that says which database cannot be used, and why. */
async function openDatabase(settings: Settings, log: Log, sealing: Sealing = sealingOf(settings)): Promise<Store> {
  const url = databaseUrl(settings)
  if (settings.database === null) makeFolder(resolve(settings.data))
  try {
    return await openStore({ url, clock, log, sealing, shown: (object) => shownSpec({ secretsOf }, object) })
  } catch (error) {
    const why = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '')
    throw new Error(`The database ${maskUrl(url)} cannot be used: ${why}.`, { cause: error })
  }
}

function databaseUrl(settings: Settings): string {
  if (settings.database !== null) return settings.database
  return `sqlite:${resolve(settings.data)}/allswell.db`
}

const showPlace = ({ address, port }: { address: string; port: number }) =>
  `${address.includes(':') ? `[${address}]` : address}:${port}`

async function greeting(settings: Settings, { addresses, configured }: Running, store: Store): Promise<string> {
  const lines = [`Allswell ${version} is ready.`, `  process               ${process.pid}`]
  if (addresses.http !== null) lines.push(`  status page and API   ${urlOf(addresses.http)}`)
  if (addresses.beats !== null) lines.push(`  heartbeats            UDP and TCP ${showPlace(addresses.beats)}`)
  if (addresses.mail !== null) lines.push(`  heartbeats by mail    SMTP ${showPlace(addresses.mail)}`)
  if (addresses.lovebeat !== null) lines.push(`  lovebeat’s other HTTP ${urlOf(addresses.lovebeat)}`)
  lines.push(`  data                  ${settings.database === null ? resolve(settings.data) : 'PostgreSQL'}`)
  const base = configured.server.publicUrl ?? (addresses.http === null ? '' : urlOf(addresses.http))
  await rememberBase(store, base)
  const link = await firstOwnerLink({ store, clock })
  if (link !== null)
    lines.push('', 'Nobody has an account yet. Make the first one, the owner, within the hour:', `  ${link}`)
  return `${lines.join('\n')}\n`
}

function urlOf({ host, port }: { host: string; port: number }): string {
  if (host === '::' || host === '0.0.0.0') return `http://localhost:${port}/`
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}/`
}

/** Tokens are managed in the database itself, so that the first one can be made without another. */
async function openAdmin(settings: Settings, make: boolean): Promise<TokenAdmin> {
  const log = openLog(clock, 'warn', (line) => process.stderr.write(line))
  const where = settings.database === null ? resolve(settings.data) : maskUrl(settings.database)
  const { schema } = await inspectDatabase(settings)
  if (schema === 'none' && !make) {
    throw new Error(`There is no database of Allswell in ${where}; name the one of the server by --data or --database.`)
  }
  const store = await openDatabase(settings, log)
  return {
    made: schema === 'none' ? where : null,
    async create(name, wanted, limits) {
      const wish = { name, scopes: wanted as Scope[], ...limits }
      const made = await store.as(commandLine(), () => createToken({ store, clock }, wish))
      return { id: made.token.id, secret: made.secret }
    },
    owner: () => ownerLink({ store, clock }),
    list: () => store.tokens.list(clock.now()),
    revoke: (id) => store.as(commandLine(), () => store.tokens.revoke(id, clock.now())),
    close: () => store.close(),
  }
}

async function inspectDatabase(settings: Settings): Promise<DatabaseReport> {
  const log = openLog(clock, 'error', () => {})
  const { schema, damage, owners, key } = await inspectStore({ url: databaseUrl(settings), clock, log })
  const loaded = settings.config === null ? null : ownerOf(settings.config)
  return { schema, damage, key, leftBehind: leftBehindIn(owners, loaded) }
}

/** Only while nobody serves from the folder; servers of a PostgreSQL keep both keys while they run. */
async function rotateSecrets(settings: Settings): Promise<Secrets> {
  const lock = settings.database === null ? lockFolder(resolve(settings.data)) : null
  const log = openLog(clock, 'warn', (line) => process.stderr.write(line))
  try {
    return await rotate(settings, async (sealing) => (await openDatabase(settings, log, sealing)).close())
  } finally {
    lock?.release()
  }
}

const parts = { version, clock, manifest, scopes, serve, openAdmin, inspectDatabase, rotateSecrets }
// Whoever reads what is printed may go away; that is no reason to end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})
const awake = stayAwake()
process.exitCode = await runCli(process.argv.slice(2), environment(), process, parts)
awake.cancel()
// A name that is still being looked up cannot be called off; nobody waits for it.
clock.after(lingerMs, () => process.exit())
