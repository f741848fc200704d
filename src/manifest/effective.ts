// The settings of an entry as they count: what is written there, and what is taken where nothing is.
// Promises one line for each setting that has a value, with where it comes from. Must not know any kind.
import { parseDuration } from '#core/duration.ts'
import { type Field, fieldsOf, type Schema } from './fields.ts'

/** Written in the entry; taken where nothing is written; or following from other settings or the kind. */
export type Source = 'set' | 'default' | 'derived'

export interface Effective {
  readonly path: readonly string[]
  readonly value: unknown
  readonly source: Source
  readonly title: string | null
  readonly description: string | null
}

/**
 * `schema`: of the whole entry, of which only the settings of its `kind` are told beside common ones. `derived`: what
 * follows from others, by name.
 */
export function effective(
  schema: Schema,
  spec: Readonly<Record<string, unknown>>,
  kinds: ReadonlySet<string>,
  derived: Readonly<Record<string, unknown>>,
): Effective[] {
  const own = Object.keys(spec).find((name) => kinds.has(name)) ?? null
  const found: Effective[] = []
  for (const field of fieldsOf(schema)) {
    const [first] = field.path
    if (first === undefined || (kinds.has(first) && first !== own)) continue
    const line = lineOf(field, spec, field.path.length === 1 ? derived[first] : undefined)
    if (line && !found.some((one) => isAbove(one, field))) found.push(line)
  }
  return found
}

/** Mappings with settings of their own are told by these. */
function lineOf({ path, schema }: Field, spec: unknown, derived: unknown): Effective | null {
  const about = { path, title: schema.title ?? null, description: schema.description ?? null }
  const value = valueAt(spec, path)
  if (value !== undefined) return isOpened(schema, value) ? null : { ...about, value, source: 'set' }
  if (path.length > 1 && valueAt(spec, path.slice(0, -1)) === undefined && !hasDefault(path)) return null
  if (derived !== undefined) return { ...about, value: derived, source: isSame(schema.default, derived) }
  if (schema.default === undefined || isOpened(schema, schema.default)) return null
  return { ...about, value: schema.default, source: 'default' }
}

/** `60s` is `1m`. */
function isSame(usual: unknown, value: unknown): Source {
  const ms = (one: unknown) => (typeof one === 'string' ? (parseDuration(one) ?? one) : one)
  return ms(usual) === ms(value) ? 'default' : 'derived'
}

/** Settings of a mapping that is not written are told only where that mapping is one of the common ones. */
const hasDefault = (path: readonly string[]) => path.length === 2

function isOpened({ properties, anyOf, oneOf }: Schema, value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  return [properties, ...[...(anyOf ?? []), ...(oneOf ?? [])].map((one) => one.properties)].some(
    (one) => one !== undefined && Object.keys(one).length > 0,
  )
}

const isAbove = ({ path }: Effective, field: Field) =>
  path.length <= field.path.length && path.every((step, at) => step === field.path[at])

function valueAt(value: unknown, path: readonly string[]): unknown {
  let now = value
  for (const step of path) {
    if (typeof now !== 'object' || now === null || Array.isArray(now) || !Object.hasOwn(now, step)) return undefined
    now = (now as Record<string, unknown>)[step]
  }
  return now
}
