// A whole manifest: its text becomes objects and the server's settings, or all of its faults with their places.
// Promises never to throw. Must not know where text and secrets come from, nor who stores the objects.
import { unknownWord } from './faults.ts'
import { isEntry, type Entry } from './entry.ts'
import type { ChannelModel, Fault, MonitorModel, PageModel, Read, RuleModel, ServerModel, Spec } from './model.ts'
import { checkLinks, type FileEntry, type Section, sections } from './links.ts'
import type { Manifest } from './read.ts'
import { openReferences, type World } from './references.ts'
import { serverFields } from './schema.ts'
import { type LocatedFault, openLines, showPath } from './show.ts'
import { readYaml, type Tree } from './yaml.ts'

/** An object as a manifest provisions it; who reads the file adds the owner. */
export interface ManifestObject {
  readonly type: 'monitor' | 'channel' | 'rule' | 'page'
  readonly key: string
  readonly name: string
  /** A monitor's or channel's kind; empty for the others. */
  readonly kind: string
  readonly labels: Readonly<Record<string, string>>
  /** The entry as it was written, references put in. */
  readonly spec: Spec
}

export type ReadManifest =
  | {
      readonly ok: true
      /** In the order of the file: monitors, channels, rules, pages. */
      readonly objects: readonly ManifestObject[]
      readonly server: ServerModel
      readonly warnings: readonly LocatedFault[]
    }
  | { readonly ok: false; readonly faults: readonly LocatedFault[]; readonly warnings: readonly LocatedFault[] }

const serverKeys = Object.keys(serverFields.shape)
export const topLevelKeys = ['version', ...serverKeys, ...sections]

/** Largest file that is read, in characters. */
export const mostCharacters = 16 * 1024 * 1024

/** Reads the text of a manifest. Keys beginning with `x-` at its top level are for the writer (anchors) and ignored. */
export function readManifest(manifest: Manifest, text: string, world: World): ReadManifest {
  if (text.length > mostCharacters) return refused(`the file is larger than ${mostCharacters / 1024 / 1024} MB`)
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  const references = openReferences(world)
  const tree = readYaml(plain, references.resolve)
  const locate = openLines(plain)
  const place = (fault: Fault & { readonly offset?: number }): LocatedFault => {
    const { path } = fault
    return { path, message: references.hide(fault.message), ...locate(fault.offset ?? tree.offsetOf(path, fault.at)) }
  }
  const found = read(manifest, tree)
  const faults = [...tree.faults, ...found.faults].map(place).sort(byPlace)
  const warnings = found.warnings.map(place).sort(byPlace)
  if (faults.length > 0 || found.server === null) return { ok: false, faults, warnings }
  return { ok: true, objects: found.objects, server: found.server, warnings }
}

const byPlace = (one: LocatedFault, other: LocatedFault) => one.line - other.line || one.column - other.column

function refused(message: string): ReadManifest {
  return { ok: false, faults: [{ path: [], message, line: 1, column: 1, source: '' }], warnings: [] }
}

interface Found {
  readonly objects: readonly ManifestObject[]
  readonly server: ServerModel | null
  readonly faults: readonly Fault[]
  readonly warnings: readonly Fault[]
}

function read(manifest: Manifest, tree: Tree): Found {
  const nothing = { objects: [], server: null, warnings: [] }
  const root = tree.value
  if (!isEntry(root)) {
    if (tree.faults.length > 0) return { ...nothing, faults: [] }
    const message =
      root === null ? 'the file is empty; begin with "version: 1"' : 'the file must be a mapping (key: value)'
    return { ...nothing, faults: [{ path: [], message }] }
  }
  const faults = topLevelFaults(root)
  const serverSpec = Object.fromEntries(Object.entries(root).filter(([key]) => serverKeys.includes(key)))
  const server = manifest.readServer(serverSpec)
  if (!server.ok) faults.push(...server.faults)
  const entries = sections.flatMap((section) => readSection(manifest, section, root[section], faults))
  const links = checkLinks(entries, manifest.channelKinds.values(), server.ok ? server.value : null)
  faults.push(...links.faults)
  const broken = tree.faults.length > 0
  return {
    objects: entries.flatMap(({ section, model, spec }) => (model ? [objectOf(section, model, spec as Spec)] : [])),
    server: server.ok ? server.value : null,
    faults: broken ? faults.filter(notBelow(tree.faults)) : faults,
    warnings: broken ? [] : links.warnings,
  }
}

/** A value that could not be read at all is not blamed a second time for being absent. */
function notBelow(unread: readonly Fault[]): (fault: Fault) => boolean {
  const places = new Set(unread.filter((fault) => fault.at !== 'key').map((fault) => showPath(fault.path)))
  return (fault) => !fault.path.some((_, index) => places.has(showPath(fault.path.slice(0, index + 1))))
}

function topLevelFaults(root: Entry): Fault[] {
  const faults: Fault[] = []
  for (const key of Object.keys(root)) {
    if (!topLevelKeys.includes(key) && !key.startsWith('x-'))
      faults.push({ path: [key], message: unknownWord(key, topLevelKeys, 'the key'), at: 'key' })
  }
  if (root.version === undefined) faults.push({ path: ['version'], message: 'is missing; write "version: 1"' })
  else if (root.version !== 1)
    faults.push({ path: ['version'], message: 'only version 1 is known; write "version: 1"' })
  return faults
}

function readSection(manifest: Manifest, section: Section, value: unknown, faults: Fault[]): FileEntry[] {
  if (value === undefined || value === null) return []
  if (!isEntry(value)) {
    faults.push({ path: [section], message: `must be a mapping from keys to ${section}` })
    return []
  }
  return Object.entries(value).map(([key, written], index) => {
    const spec = section === 'pages' && isEntry(written) ? { order: index + 1, ...written } : written
    const model = readOne(manifest, section, key, spec)
    if (!model.ok) faults.push(...model.faults.map((fault) => ({ ...fault, path: [section, key, ...fault.path] })))
    return { section, key, spec, model: model.ok ? model.value : null }
  })
}

function readOne(
  manifest: Manifest,
  section: Section,
  key: string,
  spec: unknown,
): Read<MonitorModel | ChannelModel | RuleModel | PageModel> {
  if (section === 'monitors') return manifest.readMonitor(key, spec)
  if (section === 'channels') return manifest.readChannel(key, spec)
  return section === 'rules' ? manifest.readRule(key, spec) : manifest.readPage(key, spec)
}

const typeOf = { monitors: 'monitor', channels: 'channel', rules: 'rule', pages: 'page' } as const

function objectOf(section: Section, model: NonNullable<FileEntry['model']>, spec: Spec): ManifestObject {
  return {
    type: typeOf[section],
    key: model.key,
    name: 'title' in model ? model.title : model.name,
    kind: 'kind' in model ? model.kind : '',
    labels: 'labels' in model ? model.labels : {},
    spec,
  }
}
