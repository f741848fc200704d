// A whole manifest: its text becomes objects and the server's settings, or all of its faults with their places.
// Promises never to throw. Must not know where text and secrets come from, nor who stores the objects.
import type { Entry } from './entry.ts'
import { unknownWord } from './faults.ts'
import { type FileEntry, sections } from './links.ts'
import type { Fault, ServerModel, Spec } from './model.ts'
import type { Manifest } from './read.ts'
import type { World } from './references.ts'
import { serverFields } from './schema.ts'
import type { LocatedFault } from './show.ts'
import { openSource, readEntries } from './sources.ts'

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
const documentKeys = ['scope', 'defaults', 'templates']
export const topLevelKeys = ['version', ...serverKeys, ...documentKeys, ...sections]

/** Largest file that is read, in characters. */
export const mostCharacters = 16 * 1024 * 1024

/** Reads the text of a manifest. Keys beginning with `x-` at its top level are for the writer (anchors) and ignored. */
export function readManifest(manifest: Manifest, text: string, world: World): ReadManifest {
  if (text.length > mostCharacters) return refused(tooLarge)
  const source = openSource({ name: '', text, world })
  const { root } = source
  if (root === null) return { ok: false, faults: source.faults, warnings: [] }
  const own = topLevelFaults(root)
  const server = manifest.readServer(serverSpecOf(root))
  if (!server.ok) own.push(...server.faults)
  const read = readEntries(manifest, [source], server.ok ? server.value : null)
  const faults = [...source.faults, ...source.place(own), ...read.faults].sort(byPlace)
  const told = [...source.place(root['scope'] === undefined ? [] : [scopeIgnored]), ...read.warnings]
  const warnings = source.faults.length > 0 ? [] : told.sort(byPlace)
  if (faults.length > 0 || !server.ok) return { ok: false, faults, warnings }
  return { ok: true, objects: read.entries.flatMap(objectOf), server: server.value, warnings }
}

const scopeIgnored: Fault = {
  path: ['scope'],
  message: 'counts only where files are applied by a tool; what a server loads by itself belongs to the file',
  at: 'key',
}

export const tooLarge = `the file is larger than ${mostCharacters / 1024 / 1024} MB`

export const byPlace = (one: LocatedFault, other: LocatedFault): number =>
  one.line - other.line || one.column - other.column

function refused(message: string): ReadManifest {
  return { ok: false, faults: [{ path: [], message, line: 1, column: 1, source: '' }], warnings: [] }
}

/** The settings of the server that stand in a file. */
export const serverSpecOf = (root: Entry): Entry =>
  Object.fromEntries(Object.entries(root).filter(([key]) => serverKeys.includes(key)))

export function topLevelFaults(root: Entry): Fault[] {
  const faults: Fault[] = []
  for (const key of Object.keys(root)) {
    if (!topLevelKeys.includes(key) && !key.startsWith('x-'))
      faults.push({ path: [key], message: unknownWord(key, topLevelKeys, 'the key'), at: 'key' })
  }
  const { version } = root
  if (version === undefined) faults.push({ path: ['version'], message: 'is missing; write "version: 1"' })
  else if (version !== 1) faults.push({ path: ['version'], message: 'only version 1 is known; write "version: 1"' })
  return faults
}

const typeOf = { monitors: 'monitor', channels: 'channel', rules: 'rule', pages: 'page' } as const

/** The object of an entry; none where it cannot be read. */
export function objectOf({ section, model, spec }: FileEntry): ManifestObject[] {
  if (model === null) return []
  return [
    {
      type: typeOf[section],
      key: model.key,
      name: 'title' in model ? model.title : model.name,
      kind: 'kind' in model ? model.kind : '',
      labels: 'labels' in model ? model.labels : {},
      spec: spec as Spec,
    },
  ]
}
