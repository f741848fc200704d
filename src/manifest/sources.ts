// Several texts read as one manifest: their entries, and every fault with its file and place.
// Promises never to throw, and that a value which could not be read is not blamed twice. Must not know who asks.
import { type Entry, isEntry } from './entry.ts'
import { escaped, expand, type Expanded } from './expand.ts'
import { quote } from './faults.ts'
import { checkLinks, type FileEntry } from './links.ts'
import type { ChannelModel, Fault, MonitorModel, PageModel, Read, RuleModel, ServerModel } from './model.ts'
import type { Manifest } from './read.ts'
import { openReferences, type World } from './references.ts'
import { type LocatedFault, openLines, showPath } from './show.ts'
import { readYaml } from './yaml.ts'

export interface Source {
  /** As people call it: the path of a file. */
  readonly name: string
  readonly text: string
  readonly world: World
}

export interface SourceFault extends LocatedFault {
  readonly file: string
}

/** A source whose text was read, as far as it could be. */
export interface Opened {
  readonly name: string
  /** Null: it is no mapping; `faults` say so. */
  readonly root: Entry | null
  readonly faults: readonly SourceFault[]
  readonly readFile: World['readFile']
  /** Puts faults at their places; those of values that could not be read at all are left out. */
  place(faults: readonly (Fault & { readonly offset?: number })[]): SourceFault[]
}

export function openSource({ name, text, world }: Source): Opened {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  const references = openReferences(world)
  const tree = readYaml(plain, (written) => references.resolve(written.replaceAll('$${', escaped)))
  const locate = openLines(plain)
  const unread = new Set(tree.faults.filter((fault) => fault.at !== 'key').map((fault) => showPath(fault.path)))
  const isBelow = ({ path }: Fault) => path.some((_, index) => unread.has(showPath(path.slice(0, index + 1))))
  const put = (fault: Fault & { readonly offset?: number }): SourceFault => {
    const { path } = fault
    const message = references.hide(fault.message.replaceAll(escaped, '${'))
    return { file: name, path, message, ...locate(fault.offset ?? tree.offsetOf(path, fault.at)) }
  }
  const own = tree.faults.length > 0 ? tree.faults : isEntry(tree.value) ? [] : [noMapping(tree.value)]
  return {
    name,
    root: isEntry(tree.value) ? tree.value : null,
    faults: own.map(put),
    readFile: world.readFile,
    place: (faults) => faults.filter((fault) => unread.size === 0 || !isBelow(fault)).map(put),
  }
}

const noMapping = (value: unknown): Fault => ({
  path: [],
  message: value === null ? 'the file is empty; begin with "version: 1"' : 'the file must be a mapping (key: value)',
})

/** An entry, what it means, and the source that it stands in. */
export interface SourceEntry extends FileEntry, Pick<Expanded, 'at' | 'item'> {
  readonly source: Opened
}

export interface ReadEntries {
  readonly entries: readonly SourceEntry[]
  readonly faults: readonly SourceFault[]
  readonly warnings: readonly SourceFault[]
}

/** The entries of all sources, looked at together; `server` as `checkLinks` has it, `take` may change entries first. */
export function readEntries(
  manifest: Manifest,
  sources: readonly Opened[],
  server: ServerModel | 'elsewhere' | null,
  take: (entry: Expanded, source: Opened) => Expanded = (entry) => entry,
): ReadEntries {
  const faults: SourceFault[] = []
  const warnings: SourceFault[] = []
  const byKey = new Map<string, SourceEntry>()
  for (const source of sources) {
    if (source.root === null) continue
    const expanded = expand(source.root, { ...natures(manifest), readFile: source.readFile })
    faults.push(...source.place(expanded.faults))
    for (const one of expanded.entries) {
      const { section, key, spec, at, item } = take(one, source)
      const read = readOne(manifest, section, key, spec)
      const entry: SourceEntry = { section, key, spec, model: read.ok ? read.value : null, at, item, source }
      if (!read.ok) faults.push(...placed(entry, read.faults))
      const other = byKey.get(`${section} ${key}`)
      if (other) faults.push(...placed(entry, [{ path: [], message: twice(other), at: 'key' }]))
      else byKey.set(`${section} ${key}`, entry)
    }
  }
  const entries = [...byKey.values()]
  const links = checkLinks(entries, manifest.channelKinds.values(), server)
  const back = (fault: Fault): SourceFault[] => {
    const [section, key, ...path] = fault.path
    const entry = byKey.get(`${String(section)} ${String(key)}`)
    return entry ? placed(entry, [{ ...fault, path }]) : []
  }
  faults.push(...links.faults.flatMap(back))
  warnings.push(...links.warnings.flatMap(back), ...alike(entries))
  return { entries, faults, warnings }
}

const natures = (manifest: Manifest) => ({
  kinds: [...manifest.kinds.values()].map(({ kind, active, derived }) => ({ kind, active, derived })),
  channelKinds: [...manifest.channelKinds.values()],
})

/** Faults of an entry, their paths within it, at their places in its source. */
export function placed({ source, at, item }: SourceEntry, faults: readonly Fault[]): SourceFault[] {
  const forItem = item === null ? '' : ` (for ${item})`
  return source.place(
    faults.map((fault) => ({ ...fault, path: [...at, ...fault.path], message: fault.message + forItem })),
  )
}

function twice(other: SourceEntry): string {
  const [there] = other.source.place([{ path: other.at, message: '', at: 'key' }])
  const where = there ? ` at ${there.file}:${there.line}` : ''
  return `${quote(other.key)} is there twice: also${where}${other.item === null ? '' : `, for ${other.item}`}`
}

/** Keys that people take for each other. */
function alike(entries: readonly SourceEntry[]): SourceFault[] {
  const known = new Map<string, SourceEntry>()
  return entries.flatMap((entry) => {
    const flat = `${entry.section} ${entry.key.toLowerCase()}`
    const other = known.get(flat)
    if (!other) known.set(flat, entry)
    const message = other && `differs from ${quote(other.key)} by capital letters alone; is that meant?`
    return message ? placed(entry, [{ path: [], message, at: 'key' }]) : []
  })
}

function readOne(
  manifest: Manifest,
  section: FileEntry['section'],
  key: string,
  spec: unknown,
): Read<MonitorModel | ChannelModel | RuleModel | PageModel> {
  if (section === 'monitors') return manifest.readMonitor(key, spec)
  if (section === 'channels') return manifest.readChannel(key, spec)
  return section === 'rules' ? manifest.readRule(key, spec) : manifest.readPage(key, spec)
}
