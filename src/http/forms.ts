// What forms are made from: the JSON Schema of each type of object, with marks for whoever draws fields.
// Promises for every setting a title, its place, whether it stands in front or is folded away, what kind of input it
// wants where that is more than its type says, and whether it is secret. Must not know any kind.
import type { ObjectType } from '#store/store.ts'
import type { Raw } from './route.ts'

/** A kind of monitor or channel, as it is chosen. */
export interface KindTold {
  readonly kind: string
  readonly title: string
  readonly summary: string
  /** `asked`: we look at it; `reports`: it reports to us; `derived`: it follows from others. Of channels: `sends`. */
  readonly works: 'asked' | 'reports' | 'collected' | 'derived' | 'sends'
  /** The setting that says what is looked at. */
  readonly target: string | null
  readonly example: Raw | null
  /** Common settings that mean nothing to it. */
  readonly without: readonly string[]
  /** What counts of the common settings where nothing is said, if it is not what is usual. */
  readonly defaults: Raw
}

export interface Form {
  /** The settings that all kinds share; of rules and pages all there are. */
  readonly schema: Raw
  readonly kinds: readonly (KindTold & { readonly schema: Raw })[]
}

/** Whether what stands at a path below the entry is secret; `*` stands for any name or number. */
type IsSecret = (path: readonly string[]) => boolean

/** What stands in front though nothing needs it; all else that is not needed is folded away. */
const inFront: Readonly<Record<ObjectType, readonly string[]>> = {
  monitor: ['name', 'interval', 'labels'],
  channel: ['name'],
  rule: ['monitors', 'tell', 'on'],
  page: ['title', 'description', 'groups'],
}

export function formOf(type: ObjectType, entry: Raw, kinds: readonly KindTold[], isSecret: IsSecret): Form {
  const { $schema: _dialect, oneOf: _one, properties = {}, ...rest } = entry as { properties?: Raw } & Raw
  const names = new Set(kinds.map(({ kind }) => kind))
  const common = Object.entries(properties).filter(([name]) => !names.has(name))
  const marked = (schema: Raw, path: readonly string[], front: readonly string[]) =>
    mark(schema, { path, front: new Set(front), isSecret })
  return {
    schema: marked({ ...rest, properties: Object.fromEntries(common) }, [], inFront[type]),
    kinds: kinds.map((kind) => {
      const schema = (properties[kind.kind] ?? {}) as Raw
      const front = [kind.target ?? '', ...Object.keys(kind.example ?? {})]
      return { ...kind, schema: marked(schema, [kind.kind], front) }
    }),
  }
}

interface Where {
  readonly path: readonly string[]
  readonly front: ReadonlySet<string>
  readonly isSecret: IsSecret
}

const nobody: ReadonlySet<string> = new Set()

function mark(schema: Raw, where: Where): Raw {
  const { properties, required = [], additionalProperties, items, anyOf, oneOf } = schema as Parts
  const below = (step: string): Where => ({ ...where, path: [...where.path, step], front: nobody })
  const ways = (all: readonly Raw[]) => all.map((one) => mark(one, where))
  return {
    ...schema,
    ...inputOf(schema),
    ...(isText(schema) && where.isSecret(where.path) ? { 'x-secret': true } : {}),
    ...(properties ? { properties: fields(properties, new Set(required), where) } : {}),
    ...(isSchema(additionalProperties) ? { additionalProperties: mark(additionalProperties, below('*')) } : {}),
    ...(items ? { items: mark(items, below('*')) } : {}),
    ...(anyOf ? { anyOf: ways(anyOf) } : {}),
    ...(oneOf ? { oneOf: ways(oneOf) } : {}),
  }
}

interface Parts {
  readonly properties?: Readonly<Record<string, Raw>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | Raw
  readonly items?: Raw
  readonly anyOf?: readonly Raw[]
  readonly oneOf?: readonly Raw[]
}

function fields(properties: Readonly<Record<string, Raw>>, required: ReadonlySet<string>, where: Where): Raw {
  const marked = Object.entries(properties).map(([name, schema], index): [string, Raw] => {
    const inner = mark(schema, { ...where, path: [...where.path, name], front: nobody })
    const front = required.has(name) || where.front.has(name)
    const title = typeof schema['title'] === 'string' ? {} : { title: titleOf(name) }
    return [name, { ...title, ...inner, 'x-order': index, 'x-group': front ? 'main' : 'more' }]
  })
  return Object.fromEntries(marked)
}

/** `server_name`: Server name. */
function titleOf(name: string): string {
  const words = name.replaceAll(/[_.-]+/g, ' ').trim()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** Text that may be so long wants more than one line. */
const longText = 10_000

/** A span of time; text of several lines. */
function inputOf({ type, pattern, maxLength, enum: words }: Raw): Raw {
  if (type !== 'string' || words !== undefined) return {}
  if (typeof pattern === 'string' && pattern.includes('(ms|s|m|h|d|w)')) return { 'x-input': 'duration' }
  return typeof maxLength === 'number' && maxLength >= longText && pattern === undefined ? { 'x-input': 'lines' } : {}
}

const isText = ({ type }: Raw) => type === 'string' || type === 'number'
const isSchema = (value: unknown): value is Raw => typeof value === 'object' && value !== null
