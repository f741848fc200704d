// `allswell import lovebeat`: what another watchman kept, as a manifest or put into a running server.
// Promises to show first what becomes of what, to change nothing unless asked, and that twice is the same as once.
import { readFileSync, writeFileSync } from 'node:fs'
import { manifestOf } from '#manifest/write.ts'
import { clientSettings, UsageError } from '#platform/settings.ts'
import { align, type Command, type Context } from '../command.ts'
import { applyObjects, type Outcome } from './apply.ts'
import { type Import, importLovebeat, type Note } from './lovebeat.ts'
import { isDatabase, type Lovebeat, readConfig, readDatabase } from './lovebeat-files.ts'
import { openBar } from './progress.ts'
import { TomlFault } from './toml.ts'

export const importing: Command = {
  name: 'import',
  summary: 'Take over what lovebeat watched: show it, write a manifest, or put it into a server.',
  forms: ['lovebeat FILE... [--write FILE | --apply]'],
  flags: [
    { flag: 'write', takes: 'FILE', help: 'Write it as a configuration file; - writes to stdout.' },
    { flag: 'apply', help: 'Put it into the server, by its API.' },
    { flag: 'all', help: 'Show every object, and not only the first of each sort.' },
  ],
  settings: clientSettings,
  async run(context) {
    const { operands, flags } = context.settings
    const [source, ...files] = operands
    if (source !== 'lovebeat')
      throw new UsageError(['say from what: allswell import lovebeat lovebeat.cfg lovebeat.db'])
    if (files.length === 0) throw new UsageError(['name lovebeat.cfg, lovebeat.db, or both'])
    if (flags.write !== undefined && flags.apply !== undefined)
      throw new UsageError(['--write and --apply exclude each other'])
    const found = readable(importLovebeat(readFiles(files, context)), context)
    preview(found, context)
    if (typeof flags.write === 'string') return write(found, flags.write, context)
    return flags.apply === true ? await apply(found, context) : 0
  },
}

function readFiles(files: readonly string[], { io }: Context): Lovebeat {
  const all = files.map((file) => ({ file, bytes: readFile(file) }))
  const databases = all.filter(({ bytes }) => isDatabase(bytes))
  const [database, further] = databases
  if (further !== undefined) throw new UsageError([`${further.file} is a second database; import one after the other`])
  const texts = all.filter(({ bytes }) => !isDatabase(bytes))
  const bar = openBar(io.stderr, 'reading')
  try {
    const config = readConfig(texts.map(({ bytes }) => bytes.toString()))
    const kept = database ? readDatabase(database.bytes, bar.show) : { services: [], views: [], unread: 0 }
    return { ...config, ...kept, views: [...config.views, ...kept.views] }
  } catch (error) {
    const file = error instanceof TomlFault ? texts.map((one) => one.file).join(', ') : (database?.file ?? '')
    throw new Error(`${file} cannot be read: ${(error as Error).message}`, { cause: error })
  } finally {
    bar.end()
  }
}

function readFile(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch (error) {
    throw new Error(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`, {
      cause: error,
    })
  }
}

const sections = { monitor: 'monitors', channel: 'channels', rule: 'rules' } as const
const types = ['channel', 'monitor', 'rule'] as const

function documentOf({ objects }: Import): Record<string, unknown> {
  const document: Record<string, unknown> = { version: 1 }
  for (const type of types) {
    const some = objects.filter((one) => one.type === type)
    if (some.length > 0) document[sections[type]] = Object.fromEntries(some.map(({ key, spec }) => [key, spec]))
  }
  return document
}

/** What Allswell cannot read is left out and told of, before anything happens. */
function readable({ objects, notes }: Import, { parts: { manifest } }: Context): Import {
  const readers = {
    monitor: (key: string, spec: unknown) => manifest.readMonitor(key, spec),
    channel: (key: string, spec: unknown) => manifest.readChannel(key, spec),
    rule: (key: string, spec: unknown) => manifest.readRule(key, spec),
  }
  const told: Note[] = []
  const kept = objects.filter(({ type, key, spec }) => {
    const read = readers[type](key, spec)
    if (!read.ok)
      for (const { path, message } of read.faults)
        told.push({
          what: `${type} ${key}`,
          why: `is left out: ${[path.join('.'), message].filter(Boolean).join(' ')}`,
        })
    return read.ok
  })
  return { objects: kept, notes: [...notes, ...told] }
}

/** Of each sort so many are shown. */
const shownMost = 20

function preview({ objects, notes }: Import, { io, settings }: Context): void {
  const out = settings.flags.write === '-' ? io.stderr : io.stdout
  for (const type of types) {
    const some = objects.filter((one) => one.type === type)
    if (some.length === 0) continue
    const most = settings.flags.all === true ? some.length : shownMost
    out.write(`${some.length} ${some.length === 1 ? type : sections[type]}:\n`)
    out.write(
      align(
        some.slice(0, most).map(({ key, spec }) => [key, JSON.stringify(spec)]),
        '  ',
      ),
    )
    if (some.length > most) out.write(`  … and ${some.length - most} more (--all shows them)\n`)
  }
  if (objects.length === 0) out.write('Nothing to import was found.\n')
  if (objects.some(({ type }) => type === 'monitor'))
    out.write('Last beats and learnt intervals stay behind: each monitor waits for its next beat, and learns anew.\n')
  if (notes.length > 0)
    out.write(
      `\nMind:\n${align(
        notes.map(({ what, why }) => [what, why]),
        '  ',
      )}`,
    )
}

function write(found: Import, file: string, { io }: Context): number {
  const text = manifestOf(documentOf(found))
  if (file === '-') io.stdout.write(text)
  else {
    writeFileSync(file, text)
    io.stdout.write(`\nWritten to ${file}. Start with it: allswell serve --config ${file}\n`)
  }
  return 0
}

async function apply(found: Import, { io, settings, parts: { clock } }: Context): Promise<number> {
  const bar = openBar(io.stderr, 'importing')
  const { server, token } = settings
  const order = types.flatMap((type) => found.objects.filter((one) => one.type === type))
  const outcome = await applyObjects({ server, token, clock, progress: bar.show }, order).finally(() => bar.end())
  io.stdout.write(`\n${sayOutcome(outcome)}\n`)
  for (const { what, why } of outcome.refused.slice(0, shownMost)) io.stderr.write(`allswell: ${what}: ${why}\n`)
  return outcome.refused.length === 0 ? 0 : 1
}

const sayOutcome = ({ created, changed, same, refused }: Outcome) =>
  `${created} created, ${changed} changed, ${same} were so already, ${refused.length} refused.`
