// What doctor examines: runtime, data folder, ports, database, configuration, mail server.
// Promises an answer for each, never a throw, each within a few seconds. Must not change anything.
import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parseSmtpUrl } from '#channels/smtp.ts'
import { examineWay, ownMeans } from '#checks/ping/ways.ts'
import { loadManifest } from '#manifest/disk.ts'
import type { ReadManifest } from '#manifest/file.ts'
import { showFault } from '#manifest/show.ts'
import { sleep } from '#platform/clock.ts'
import { maskUrl } from '#platform/settings.ts'
import type { Context } from './command.ts'
import { greet, tryTcp, tryUdp } from './ports.ts'
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
    examineMail(read),
    examinePing(context),
  ])
  return [
    examineRuntime(process.versions.node),
    ...examineData(context),
    ...ports,
    database,
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
  const detail = existing === folder ? folder : `${folder} will be made`
  return [ok(what, detail), examineSpace(existing)]
}

function examineSpace(folder: string): Examined {
  const { bavail, bsize } = statfsSync(folder)
  const megabytes = Math.floor((bavail * bsize) / 1_000_000)
  const detail = megabytes >= 10_000 ? `${Math.floor(megabytes / 1_000)} GB free` : `${megabytes} MB free`
  if (megabytes >= 1_000) return ok('disk', detail)
  const mend = 'Make room, or choose another folder by --data.'
  return megabytes >= 100 ? warn('disk', detail, mend) : fail('disk', detail, mend)
}

async function examinePorts({ settings }: Context): Promise<Examined[]> {
  const { listen, beats } = settings
  const say = (what: string, port: number, code: string | null, flag: string): Examined => {
    if (code === null) return ok(what, port === 0 ? 'any free port' : `${port} is free`)
    if (code === 'EADDRINUSE')
      return warn(
        what,
        `${port} is taken`,
        `Fine if Allswell runs already; else stop what uses it, or choose another by ${flag}.`,
      )
    if (code === 'EACCES')
      return fail(
        what,
        `this user may not use ${port}`,
        `Take a port from 1024 on by ${flag}, or give the right to use low ports.`,
      )
    return fail(what, `cannot listen there (${code})`, `Choose another address by ${flag}.`)
  }
  const found = [say('pages and API', listen.port, await tryTcp(listen), '--listen')]
  if (beats === null) return [...found, ok('heartbeats', 'off by setting; HTTP takes them still')]
  return [
    ...found,
    say('beats by TCP', beats.port, await tryTcp(beats), '--beats'),
    say('beats by UDP', beats.port, await tryUdp(beats), '--beats'),
  ]
}

async function examineDatabase(context: Context): Promise<Examined> {
  const { settings, parts } = context
  if (settings.database === null) return ok('database', 'SQLite in the data folder')
  const shown = maskUrl(settings.database)
  const late = new AbortController()
  const answer = await Promise.race([
    parts.pingDatabase(settings).then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    ),
    sleep(parts.clock, 10_000, late.signal).then(() => 'no answer within 10 s'),
  ])
  late.abort()
  if (answer === null) return ok('database', `${shown} answers`)
  return fail('database', `${shown}: ${answer}`, 'Check host, port, user and password of --database, and that it runs.')
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

async function examineMail(read: ReadManifest | null): Promise<Examined[]> {
  const server = read?.ok && read.server.smtp !== null ? parseSmtpUrl(read.server.smtp.url) : null
  if (server === null || typeof server === 'string') return []
  const shown = `${server.host}:${server.port}`
  const trouble = await greet(server, server.implicit ? null : /^220/)
  if (trouble === null) return [ok('mail', `${shown} answers`)]
  return [fail('mail', `${shown}: ${trouble}`, 'Check smtp.url, and that this machine may reach it.')]
}

async function examinePing({ env }: Context): Promise<Examined> {
  const { works, detail } = await examineWay({ ...ownMeans(), path: env.PATH ?? '' })
  if (works) return ok('ping', detail)
  return warn('ping', detail, 'Only monitors of the kind ping need it.')
}

function examineTokens({ settings }: Context): Examined {
  if (settings.adminToken !== null) return ok('admin token', 'set by ALLSWELL_ADMIN_TOKEN')
  return ok('admin token', 'not set; allswell token create makes tokens')
}
