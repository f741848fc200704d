// An object under hand: its key, its entry as a manifest has it, and how both are changed. Pure.
// Promises that what was never touched is never written: a setting left alone stays out of the entry.
import { type Field, fieldsOf, type Schema } from './model.ts'

export type Entry = Readonly<Record<string, unknown>>
export type Path = readonly (string | number)[]

/** A value within a value; undefined: there is none. */
export function read(value: unknown, path: Path): unknown {
  let now = value
  for (const part of path) {
    if (typeof now !== 'object' || now === null) return undefined
    now = (now as Record<string | number, unknown>)[part]
  }
  return now
}

/** The same value with another one at a path; undefined takes it away, and what is left empty with it. */
export function write(value: unknown, [part, ...rest]: Path, next: unknown): unknown {
  if (part === undefined) return next
  if (typeof part === 'number') {
    const list = Array.isArray(value) ? [...(value as unknown[])] : []
    const inner = write(list[part], rest, next)
    if (inner === undefined && rest.length === 0) list.splice(part, 1)
    else list[part] = inner
    return list
  }
  const map: Record<string, unknown> = isMap(value) ? { ...value } : {}
  const inner = write(map[part], rest, next)
  if (inner === undefined || (rest.length > 0 && isEmptyMap(inner))) delete map[part]
  else map[part] = inner
  return map
}

export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isEmptyMap = (value: unknown) => isMap(value) && Object.keys(value).length === 0

/** The kinds that an entry's schema offers: the keys of which exactly one must be there. */
export const kindsIn = ({ oneOf = [] }: Schema): string[] => oneOf.flatMap(({ required = [] }) => required.slice(0, 1))

/** The kind that an entry is of; null: none yet. */
export const kindIn = (schema: Schema, entry: Entry): string | null =>
  kindsIn(schema).find((kind) => Object.hasOwn(entry, kind)) ?? null

export interface Parts {
  /** What must be said, in the order in which people think of it. */
  readonly first: readonly { readonly field: Field; readonly path: Path }[]
  /** The rest, in folds. */
  readonly folds: readonly {
    readonly title: string
    readonly path: Path
    readonly fields: readonly Field[]
  }[]
}

/** How an entry's fields are laid out: a few first, the rest folded. `target`: what a kind is mainly about. */
export function partsOf(schema: Schema, kind: string | null, target: string | null): Parts {
  const kinds = new Set(kindsIn(schema))
  const own = fieldsOf(schema).filter(({ name }) => !kinds.has(name))
  if (kind === null) {
    const [first, rest] = split(own, ({ required, name }) => required || name === 'title' || name === 'name')
    const folds = rest.length > 0 ? [{ title: 'Further settings', path: [], fields: rest }] : []
    return { first: first.map((field) => ({ field, path: [field.name] })), folds }
  }
  const config = schema.properties?.[kind] ?? {}
  const main = mainOf(config, target)
  const [first, rest] = split(fieldsOf(config), ({ required, name }) => required || name === main)
  const [names, policy] = split(own, ({ name }) => name === 'name')
  return {
    first: [
      ...names.map((field) => ({ field, path: [field.name] })),
      ...first.map((field) => ({ field: { ...field, required: true }, path: [kind, field.name] })),
    ],
    folds: [
      ...(rest.length > 0 ? [{ title: `Settings of ${config.title ?? kind}`, path: [kind], fields: rest }] : []),
      ...(policy.length > 0 ? [{ title: 'How often, how patiently, labels', path: [], fields: policy }] : []),
    ],
  }
}

/** The setting that a kind is about: the one named, or the first where none must be said. */
function mainOf(config: Schema, target: string | null): string | null {
  if (target !== null) return target
  return (config.required ?? []).length > 0 ? null : (Object.keys(config.properties ?? {})[0] ?? null)
}

function split<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))]
}

/** A key made from a name: `Web shop (EU)` → `web-shop-eu`. */
export const keyFrom = (name: string): string =>
  name
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9._]+/g, '-')
    .replaceAll(/^[-._]+|[-._]+$/g, '')
    .slice(0, 100)
