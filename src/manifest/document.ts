// Files that are applied by a tool: together the one document of a scope, as a server takes it.
// Promises all faults of all files at once, and to find the place of what the server finds wrong later.
import { isEntry } from './entry.ts'
import type { Expanded } from './expand.ts'
import { mostCharacters, serverSpecOf, tooLarge, topLevelFaults } from './file.ts'
import type { sections } from './links.ts'
import type { Manifest } from './read.ts'
import { showPath } from './show.ts'
import {
  type Opened,
  openSource,
  placed,
  readEntries,
  type Source,
  type SourceEntry,
  type SourceFault,
} from './sources.ts'

export type Sections = Readonly<Record<(typeof sections)[number], Readonly<Record<string, unknown>>>>

export interface DocumentFiles {
  /** What the files say of it; null: nothing. */
  readonly scope: string | null
  readonly sections: Sections
  /** New key → old key. */
  readonly moved: Readonly<Record<string, string>>
  readonly count: number
  /** What a server says of a place in the document (`monitors.web.http.url`), at its place in the files. */
  locate(path: string, message: string): SourceFault | null
}

export type ReadDocument =
  | { readonly ok: true; readonly document: DocumentFiles; readonly warnings: readonly SourceFault[] }
  | { readonly ok: false; readonly faults: readonly SourceFault[]; readonly warnings: readonly SourceFault[] }

export function readDocument(manifest: Manifest, sources: readonly Source[]): ReadDocument {
  const large = sources.filter(({ text }) => text.length > mostCharacters)
  if (large.length > 0) return { ok: false, faults: large.map(({ name }) => whole(name, tooLarge)), warnings: [] }
  const opened = sources.map(openSource)
  const faults = opened.flatMap((source) => [...source.faults, ...ownFaults(source)])
  const scope = scopeIn(opened, faults)
  const moved: Record<string, string> = {}
  const read = readEntries(manifest, opened, 'elsewhere', (entry, source) => takeMoved(entry, source, moved, faults))
  faults.push(...read.faults)
  const warnings = [...read.warnings, ...opened.flatMap(serverSettings)]
  if (faults.length > 0) return { ok: false, faults: inOrder(sources, faults), warnings: inOrder(sources, warnings) }
  const document: DocumentFiles = {
    scope,
    moved,
    sections: sectionsOf(read.entries),
    count: read.entries.length,
    locate: finder(read.entries),
  }
  return { ok: true, document, warnings: inOrder(sources, warnings) }
}

const whole = (file: string, message: string): SourceFault => ({
  file,
  path: [],
  message,
  line: 1,
  column: 1,
  source: '',
})

function inOrder(sources: readonly Source[], faults: readonly SourceFault[]): SourceFault[] {
  const place = new Map(sources.map(({ name }, index) => [name, index]))
  return faults.toSorted(
    (one, other) =>
      (place.get(one.file) ?? 0) - (place.get(other.file) ?? 0) || one.line - other.line || one.column - other.column,
  )
}

const ownFaults = (source: Opened): SourceFault[] =>
  source.root === null ? [] : source.place(topLevelFaults(source.root))

function serverSettings(source: Opened): SourceFault[] {
  const names = Object.keys(source.root === null ? {} : serverSpecOf(source.root))
  const message = "is a setting of the server: it stands in the server's own file and is not applied"
  return source.place(names.map((name) => ({ path: [name], message, at: 'key' as const })))
}

/** The one scope that all files name which name any. */
function scopeIn(opened: readonly Opened[], faults: SourceFault[]): string | null {
  let scope: string | null = null
  for (const source of opened) {
    const named = source.root?.['scope']
    if (named === undefined) continue
    if (typeof named !== 'string') faults.push(...source.place([{ path: ['scope'], message: 'must be a text' }]))
    else if (scope !== null && scope !== named)
      faults.push(
        ...source.place([{ path: ['scope'], message: `another file says "${scope}"; apply them one by one` }]),
      )
    else scope = named
  }
  return scope
}

/** `moved: { from: KEY }` says how a monitor was called before; it is no setting of it. */
function takeMoved(entry: Expanded, source: Opened, moved: Record<string, string>, faults: SourceFault[]): Expanded {
  const { section, key, spec, at } = entry
  if (section !== 'monitors' || !isEntry(spec) || spec['moved'] === undefined) return entry
  const { moved: said, ...rest } = spec
  const from = isEntry(said) ? said['from'] : undefined
  if (typeof from === 'string' && from !== '' && Object.keys(said as object).length === 1) moved[key] = from
  else if (from !== '') {
    const message = 'must say the old key: moved: { from: OLD }'
    faults.push(...source.place([{ path: [...at, 'moved'], message }]))
  }
  return { ...entry, spec: rest }
}

function sectionsOf(entries: readonly SourceEntry[]): Sections {
  const of = (section: (typeof sections)[number]) =>
    Object.fromEntries(entries.filter((entry) => entry.section === section).map(({ key, spec }) => [key, spec]))
  return { monitors: of('monitors'), channels: of('channels'), rules: of('rules'), pages: of('pages') }
}

function finder(entries: readonly SourceEntry[]) {
  const known = new Map(entries.map((entry) => [showPath([entry.section, entry.key]), entry]))
  return (path: string, message: string): SourceFault | null => {
    for (const [begin, entry] of known) {
      if (path !== begin && !(path.startsWith(begin) && /^[.[]/.test(path.slice(begin.length)))) continue
      const [found] = placed(entry, [{ path: stepsOf(path.slice(begin.length)), message }])
      return found ?? null
    }
    return null
  }
}

/** `.http.steps[0]` as steps. */
const stepsOf = (text: string): (string | number)[] =>
  [...text.matchAll(/\.([\w-]+)|\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]/g)].map(([, name, index, quoted]) =>
    index !== undefined ? Number(index) : (name ?? quoted ?? ''),
  )
