// What doctor examines: runtime, data folder, ports, database, configuration, mail server.
// Promises an answer for each, never a throw, each within a few seconds. Must not change anything.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { OwnServer } from '#channels/channel.ts'
import { greetingOf } from '#channels/smtp.ts'
import { examineWay, ownMeans } from '#checks/ping/ways.ts'
import { loadManifest } from '#manifest/disk.ts'
import type { ManifestObject, ReadManifest } from '#manifest/file.ts'
import type { Manifest } from '#manifest/read.ts'
import { showFault } from '#manifest/show.ts'
import { sleep } from '#platform/clock.ts'
import { readKeys } from '#platform/secret-key.ts'
import { guessable, maskUrl } from '#platform/settings.ts'
import type { Context, DatabaseReport } from './command.ts'
import { greet, runningVersion, tryTcp, tryUdp } from './ports.ts'
import { countObjects } from './validate.ts'

export interface Examined {
  readonly what: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly detail: string
  /** What to do about it; null where there is nothing to do. */
  readonly mend: string | null
}

const ok = (what: string, detail: string): Examined => ({ what, state: 'ok', detail, mend: null })
const warn = (what: string, detail: string, mend: string): Examined => ({ what, state: 'warn', detail, mend })
const fail = (what: string, detail: string, mend: string): Examined => ({ what, state: 'fail', detail, mend })

/** Everything at once, in a fixed order. */
export async function examine(context: Context): Promise<Examined[]> {
  const { config } = context.settings
  const read = config === null ? null : loadManifest(context.parts.manifest, config, context.env)
  const [ports, database, mail, ping] = await Promise.all([
    examinePorts(context),
    examineDatabase(context),
    examineMail(context, read),
    examinePing(context),
  ])
  return [
    examineRuntime(process.versions.node),
    ...examineData(context),
    ...ports,
    ...database,
    examineConfig(context, read),
    ...mail,
    ping,
    examineTokens(context),
  ]
}

/** Whether this Node can run the program as it is. */
export function examineRuntime(version: string): Examined {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 24 || (major === 24 && minor >= 15)) return ok('Node', version)
  return fail(
    'Node',
    `${version} is too old`,
    'Install Node 24.15 or newer, or run npm ci in the checkout, which brings one.',
  )
}

function examineData({ settings }: Context): Examined[] {
  const folder = resolve(settings.data)
  let existing = folder
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing)
  const what = 'data folder'
  try {
    if (!statSync(existing).isDirectory())
      return [fail(what, `${existing} is not a folder`, 'Choose another by --data.')]
    accessSync(existing, constants.W_OK | constants.X_OK)
  } catch {
    return [
      fail(
        what,
        `${existing} is not writable`,
        'Give this user the right to write there, or choose another by --data.',
      ),
    ]
  }
  if (keepsNothing.has(statfsSync(existing).type))
    return [fail(what, `${existing} belongs to the system, which keeps no files there`, 'Choose another by --data.')]
  const detail = existing === folder ? folder : `${folder} will be made`
  return [ok(what, detail), examineSpace(existing)]
}

/** File systems of the kernel's own, by their magic numbers: proc, sysfs, cgroup and cgroup2. */
const keepsNothing: ReadonlySet<number> = new Set([0x9fa0, 0x62656572, 0x27e0eb, 0x63677270])

function examineSpace(folder: string): Examined {
  const { bavail, bsize } = statfsSync(folder)
  const megabytes = Math.floor((bavail * bsize) / 1_000_000)
  const detail = megabytes >= 10_000 ? `${Math.floor(megabytes / 1_000)} GB free` : `${megabytes} MB free`
  if (megabytes >= 1_000) return ok('disk', detail)
  const mend = 'Make room, or choose another folder by --data.'
  return megabytes >= 100 ? warn('disk', detail, mend) : fail('disk', detail, mend)
}

async function examinePorts({ settings }: Context): Promise<Examined[]> {
  const { listen, beats, mailIn } = settings
  const code = await tryTcp(listen)
  const running = code === 'EADDRINUSE' ? await runningVersion(listen) : null
  const say = (what: string, port: number, code: string | null, flag: string): Examined => {
    if (code === null) return ok(what, port === 0 ? 'any free port' : `${port} is free`)
    if (code === 'EADDRINUSE' && running !== null) return ok(what, `${port} is taken, as Allswell ${running} runs`)
    if (code === 'EADDRINUSE')
      return fail(what, `${port} is taken by another program`, `Stop that one, or choose another port by ${flag}.`)
    if (code === 'EACCES')
      return fail(
        what,
        `this user may not use ${port}`,
        `Take a port from 1024 on by ${flag}, or give the right to use low ports.`,
      )
    return fail(what, `cannot listen there (${code})`, `Choose another address by ${flag}.`)
  }
  const found = [say('pages and API', listen.port, code, '--listen')]
  if (mailIn !== null) found.push(say('beats by mail', mailIn.port, await tryTcp(mailIn), '--mail-in'))
  if (beats === null) return [...found, ok('heartbeats', 'off by setting; HTTP takes them still')]
  return [
    ...found,
    say('beats by TCP', beats.port, await tryTcp(beats), '--beats'),
    say('beats by UDP', beats.port, await tryUdp(beats), '--beats'),
  ]
}

async function examineDatabase(context: Context): Promise<Examined[]> {
  const { settings, parts } = context
  const what = 'database'
  const shown = settings.database === null ? 'SQLite in the data folder' : maskUrl(settings.database)
  const late = new AbortController()
  const found = await Promise.race([
    parts.inspectDatabase(settings).catch((error: unknown) => (error instanceof Error ? error.message : String(error))),
    sleep(parts.clock, 10_000, late.signal).then(() => 'no answer within 10 s'),
  ])
  late.abort()
  const mend =
    settings.database === null
      ? 'Look at the rights of its files; restore it from a backup if it is damaged.'
      : 'Check host, port, user and password of --database, and that it runs.'
  if (typeof found === 'string') return [fail(what, `${shown}: ${found}`, mend)]
  if (found.damage !== null) return [fail(what, `${shown} is damaged: ${found.damage}`, 'Restore it from a backup.')]
  const [state, detail] = schemas[found.schema]
  const own =
    state === 'ok' ? ok(what, `${shown}: ${detail}`) : fail(what, `${shown}: ${detail}`, 'Start that version.')
  return [own, examineKey(settings, found.key), ...found.leftBehind.map(sayLeftBehind)]
}

/** Whether the key of the database is here. */
function examineKey(settings: Context['settings'], known: string | null): Examined {
  const what = 'secret key'
  const bring = 'Give that key by ALLSWELL_SECRET_KEY or --secret-key-file, or bring secret.key back from a backup.'
  try {
    const found = readKeys(settings)
    if (found === null && known === null) return ok(what, 'none yet, the first start makes one in the data folder')
    if (found === null) return fail(what, `the database is sealed with ${known}, and no key is here`, bring)
    const ids = found.keys.map(({ id }) => id)
    if (known !== null && !ids.includes(known))
      return fail(what, `the database is sealed with ${known}, but ${found.source} has ${ids.join(', ')}`, bring)
    return ok(what, `${known ?? ids[0]} of ${found.source}${ids.length > 1 ? `, with ${ids.length - 1} more` : ''}`)
  } catch (error) {
    return fail(what, (error as Error).message, 'Mend it; without the key the secrets in the database cannot be read.')
  }
}

const schemas = {
  none: ['ok', 'nothing in it yet, the first start makes the tables'],
  older: ['ok', 'well, the next start brings it to the newest schema'],
  current: ['ok', 'well'],
  newer: ['fail', 'made by a newer version of Allswell'],
} as const

function sayLeftBehind({ file, type, count, keys }: DatabaseReport['leftBehind'][number]): Examined {
  const more = count > keys.length ? ', …' : ''
  const what = `${count} ${type}${count === 1 ? '' : 's'} of ${file}`
  const detail = `${what}, which is not the file here: ${keys.join(', ')}${more}`
  const mend =
    'They go on as they are: name them in the file that is used, or delete them by the API with ?take_over=true.'
  return warn('left behind', detail, mend)
}

function examineConfig({ settings }: Context, read: ReadManifest | null): Examined {
  const { config } = settings
  if (config === null || read === null)
    return warn('configuration', 'no file is given', 'Give one by --config, or provision by the API alone.')
  if (read.ok) return ok('configuration', `${config}: ${countObjects(read.objects)}`)
  const [first] = read.faults
  const detail = `${read.faults.length} wrong in ${config}${first ? `, first ${showFault(config, first)}` : ''}`
  return fail('configuration', detail, `allswell validate ${config} shows them all.`)
}

async function examineMail({ parts }: Context, read: ReadManifest | null): Promise<Examined[]> {
  if (!read?.ok) return []
  const common = read.server.smtp === null ? [] : greetingOf(read.server.smtp.url)
  const asked = [
    ...common.map((server) => ({ what: 'mail', setting: 'smtp.url', server })),
    ...read.objects.filter(({ type }) => type === 'channel').flatMap((object) => ownServers(parts.manifest, object)),
  ]
  return Promise.all(asked.slice(0, serversMost).map(examineServer))
}

/** So many servers are asked. */
const serversMost = 50

function ownServers(manifest: Manifest, { key, spec }: ManifestObject): Asked[] {
  const channel = manifest.readChannel(key, spec)
  if (!channel.ok) return []
  const { kind, config } = channel.value
  const own = [...manifest.channelKinds.values()].find((one) => one.kind === kind)
  const servers = own?.servers?.(config) ?? []
  return servers.map((server) => ({ what: `channel ${key}`, setting: `channels.${key}`, server }))
}

interface Asked {
  readonly what: string
  readonly setting: string
  readonly server: OwnServer
}

async function examineServer({ what, setting, server }: Asked): Promise<Examined> {
  const shown = `${server.host}:${server.port}`
  const trouble = await greet(server, server.greeting)
  if (trouble === null) return ok(what, `${shown} answers`)
  return fail(what, `${shown}: ${trouble}`, `Check ${setting}, and that this machine may reach it.`)
}

async function examinePing({ env }: Context): Promise<Examined> {
  const { works, detail } = await examineWay({ ...ownMeans(), path: env.PATH ?? '' })
  if (works) return ok('ping', detail)
  return warn('ping', detail, 'Only monitors of the kind ping need it.')
}

function examineTokens({ settings }: Context): Examined {
  const { adminToken } = settings
  if (adminToken !== null && adminToken.length < guessable)
    return warn('admin token', 'short enough to be guessed', 'Take one such as from: openssl rand -hex 32')
  if (adminToken !== null) return ok('admin token', 'set by ALLSWELL_ADMIN_TOKEN')
  return ok('admin token', 'not set; allswell token create makes tokens')
}
