// From what a file says to its entries: templates are filled for each of a list, defaults are put below all.
// Promises for every entry the place in the file that it comes from. Must not know what an entry means.
import { unknownWord } from './faults.ts'
import { type Entry, isEntry } from './entry.ts'
import { type Section, sections } from './links.ts'
import { type Item, itemsOf } from './items.ts'
import type { Fault } from './model.ts'

/** An entry as it is to be read, and where in the file it stands. */
export interface Expanded {
  readonly section: Section
  readonly key: string
  readonly spec: unknown
  readonly at: Fault['path']
  /** For which item of a list it was made; null: it was written by itself. */
  readonly item: string | null
}

/** What the defaults of monitors must know of a kind. */
export interface KindNature {
  readonly kind: string
  readonly active: boolean
  readonly derived: boolean
}

export interface Surroundings {
  readonly kinds: readonly KindNature[]
  readonly channelKinds: readonly { readonly kind: string }[]
  /** The text of a file that a list is taken from; throws an Error that says why it cannot be read. */
  readFile(path: string): string
}

/** Stands for the `${` of `$${` until all templates are filled; no text has this character, which means nothing. */
export const escaped = '\uFDD0{'

const entriesMost = 200_000
const templateKeys = ['for_each', ...sections]

/** All entries of a file's root. */
export function expand(root: Entry, around: Surroundings): { entries: Expanded[]; faults: Fault[] } {
  const faults: Fault[] = []
  const entries: Expanded[] = []
  const defaults = readDefaults(root['defaults'], faults)
  const add = (section: Section, value: unknown, at: Fault['path'], item: Item | null) => {
    if (value === undefined || value === null) return
    if (!isEntry(value)) {
      faults.push({ path: [...at, section], message: `must be a mapping from keys to ${section}` })
      return
    }
    for (const [index, [key, written]] of Object.entries(value).entries()) {
      const path = [...at, section, key]
      const filled = item === null ? { key, spec: written } : fill(key, written, item, path, faults)
      if (filled === null) continue
      const ordered = section === 'pages' && isEntry(filled.spec) ? { order: index + 1, ...filled.spec } : filled.spec
      const spec = plainOf(withDefaults(ordered, defaults[section], section, around))
      entries.push({ section, key: plainOf(filled.key) as string, spec, at: path, item: item?.name ?? null })
    }
  }
  for (const section of sections) add(section, root[section], [], null)
  for (const [name, template] of templatesOf(root['templates'], faults)) {
    const at = ['templates', name]
    for (const item of itemsOf(template['for_each'], [...at, 'for_each'], around.readFile, faults)) {
      if (entries.length > entriesMost) {
        faults.push({ path: at, message: `makes more than ${entriesMost} entries; divide it among several scopes` })
        return { entries, faults }
      }
      for (const section of sections) add(section, template[section], at, item)
    }
  }
  return { entries, faults }
}

function templatesOf(value: unknown, faults: Fault[]): [string, Entry][] {
  if (value === undefined || value === null) return []
  if (!isEntry(value)) {
    faults.push({ path: ['templates'], message: 'must be a mapping from names to templates' })
    return []
  }
  return Object.entries(value).flatMap(([name, template]): [string, Entry][] => {
    const path = ['templates', name]
    if (!isEntry(template)) {
      faults.push({ path, message: 'must be a mapping with for_each and what is made for each' })
      return []
    }
    const unknown = Object.keys(template).filter((key) => !templateKeys.includes(key))
    for (const key of unknown)
      faults.push({ path: [...path, key], message: unknownWord(key, templateKeys, 'the key'), at: 'key' })
    if (template['for_each'] === undefined) {
      faults.push({ path, message: 'has no for_each, which says for what it is made: a list, or a file with one' })
      return []
    }
    return [[name, template]]
  })
}

const variable = /\$\{([^}:]*)\}/g

/** The entry of a template for one item; null: a variable of its key is not there. */
function fill(
  key: string,
  spec: unknown,
  item: Item,
  path: Fault['path'],
  faults: Fault[],
): { key: string; spec: unknown } | null {
  let missing = false
  const valueOf = (name: string, at: Fault['path'], where?: 'key'): unknown => {
    if (Object.hasOwn(item.values, name)) return item.values[name]
    const message = `${item.name} has no ${JSON.stringify(name)}; it has ${Object.keys(item.values).join(', ')}`
    faults.push({ path: at, message: `\${${name}}: ${message}`, ...(where ? { at: where } : {}) })
    missing = true
    return ''
  }
  const text = (written: string, at: Fault['path'], where?: 'key') =>
    written.replaceAll(variable, (_, name: string) => String(valueOf(name.trim(), at, where)))
  const walk = (value: unknown, at: Fault['path']): unknown => {
    if (typeof value === 'string') {
      // A variable that stands alone keeps its sort: a number of a list is a number.
      const alone = /^\$\{([^}:]*)\}$/.exec(value)
      return alone ? valueOf((alone[1] as string).trim(), at) : text(value, at)
    }
    if (Array.isArray(value)) return value.map((one, index) => walk(one, [...at, index]))
    if (!isEntry(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [text(name, [...at, name], 'key'), walk(one, [...at, name])]),
    )
  }
  const filled = { key: text(key, path, 'key'), spec: walk(spec, path) }
  return missing ? null : filled
}

type Defaults = Partial<Record<Section, Entry>>

function readDefaults(value: unknown, faults: Fault[]): Defaults {
  if (value === undefined || value === null) return {}
  if (!isEntry(value)) {
    faults.push({ path: ['defaults'], message: `must be a mapping with ${sections.join(', ')}` })
    return {}
  }
  const defaults: Defaults = {}
  for (const [name, one] of Object.entries(value)) {
    const section = sections.find((known) => known === name)
    if (section === undefined)
      faults.push({ path: ['defaults', name], message: unknownWord(name, sections, 'the key'), at: 'key' })
    else if (isEntry(one)) defaults[section] = one
    else faults.push({ path: ['defaults', name], message: `must be a mapping of what all ${name} have` })
  }
  return defaults
}

const asking = ['interval', 'timeout', 'retry_every']
const confirming = ['fail_after', 'recover_after', 'quorum']

/** The entry over the defaults; of these settings of other kinds, and what means nothing to it, are left out. */
function withDefaults(spec: unknown, defaults: Entry | undefined, section: Section, around: Surroundings): unknown {
  if (defaults === undefined || !isEntry(spec)) return spec
  const kinds = section === 'monitors' ? around.kinds : section === 'channels' ? around.channelKinds : []
  const own = kinds.find(({ kind }) => Object.hasOwn(spec, kind))
  const nature = around.kinds.find(({ kind }) => kind === own?.kind)
  const meaningless =
    section !== 'monitors' || !nature || nature.active ? [] : nature.derived ? [...asking, ...confirming] : asking
  const meant = Object.entries(defaults).filter(
    ([name]) => !meaningless.includes(name) && (name === own?.kind || !kinds.some(({ kind }) => kind === name)),
  )
  return over(spec, Object.fromEntries(meant))
}

/** Mappings are joined, everything else is taken from the upper one. */
function over(upper: unknown, lower: unknown): unknown {
  if (!isEntry(upper) || !isEntry(lower)) return upper
  const names = [...Object.keys(lower), ...Object.keys(upper)]
  return Object.fromEntries(
    [...new Set(names)].map((name) => [
      name,
      Object.hasOwn(upper, name)
        ? over(upper[name], Object.hasOwn(lower, name) ? lower[name] : undefined)
        : lower[name],
    ]),
  )
}

/** With `${` where `$${` stood. */
function plainOf(value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll(escaped, '${')
  if (Array.isArray(value)) return value.map(plainOf)
  if (!isEntry(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name.replaceAll(escaped, '${'), plainOf(one)]))
}
