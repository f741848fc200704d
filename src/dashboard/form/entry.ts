// An object under hand: its key, its entry as a manifest has it, and how both are changed. Pure.
// Promises that what was never touched is never written: a setting left alone stays out of the entry.
import { type Field, fieldsOf, type FormSpec, isMap } from './model.ts'

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

const isEmptyMap = (value: unknown) => isMap(value) && Object.keys(value).length === 0

/** The kind that an entry is of, by the key of which exactly one is there; null: none yet. */
export const kindIn = ({ kinds }: FormSpec, entry: Entry): FormSpec['kinds'][number] | null =>
  kinds.find(({ kind }) => Object.hasOwn(entry, kind)) ?? null

export interface Placed {
  readonly field: Field
  readonly path: Path
}
export interface Parts {
  /** What must be said, and what is said most often. */
  readonly first: readonly Placed[]
  /** The rest, folded. */
  readonly folds: readonly { readonly title: string; readonly fields: readonly Placed[] }[]
}

const isMain = ({ field }: Placed) => field.required || field.schema['x-group'] === 'main'
/** The name of the whole, not one that a kind asks for. */
export const isName = ({ field, path }: Placed): boolean =>
  path.length === 1 && (field.name === 'name' || field.name === 'title')

/** How an entry's fields are laid out: its name, what its kind is about, and the rest in folds. */
export function partsOf(spec: FormSpec, kindName: string | null): Parts {
  const kind = spec.kinds.find((one) => one.kind === kindName)
  const shared = fieldsOf(spec.schema)
    .filter(({ name }) => kind?.without.includes(name) !== true)
    .map((field): Placed => ({ field: usual(field, kind), path: [field.name] }))
  const own = fieldsOf(kind?.schema ?? {}).map((field): Placed => ({
    field: exemplary(field, kind),
    path: [kind?.kind ?? '', field.name],
  }))
  const names = shared.filter(isName)
  const rest = shared.filter((one) => !isName(one))
  const folds = [
    { title: `More of ${kind?.title ?? ''}`, fields: own.filter((one) => !isMain(one)) },
    { title: kind ? 'How patiently, and other settings' : 'More settings', fields: rest.filter((one) => !isMain(one)) },
  ]
  return {
    first: [...names, ...own.filter(isMain), ...rest.filter(isMain)],
    folds: folds.filter(({ fields }) => fields.length > 0),
  }
}

type Kind = FormSpec['kinds'][number] | undefined

/** A setting of all kinds with what is usual for this one. */
function usual(field: Field, kind: Kind): Field {
  const value = kind?.defaults[field.name]
  return value === undefined ? field : { ...field, schema: { ...field.schema, default: value } }
}

/** A setting of a kind with the kind's own example of it. */
function exemplary(field: Field, kind: Kind): Field {
  const value = kind?.example?.[field.name]
  if (typeof value !== 'string' && typeof value !== 'number') return field
  return { ...field, schema: { ...field.schema, examples: [value] } }
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
