// What a JSON Schema asks for, as fields that a form can show. Pure.
// Promises a field for whatever a schema says: what has no field of its own is written as JSON. Knows no kind.

export interface Schema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly additionalProperties?: boolean | Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly minItems?: number
  readonly format?: string
  /** `main`: it stands in front; `more`: folded away. */
  readonly 'x-group'?: 'main' | 'more'
  readonly 'x-input'?: 'duration' | 'lines'
  readonly 'x-secret'?: boolean
}

/** What the form of a type of object is made from, as the API has it. */
export interface FormSpec {
  /** The settings that all kinds share; of rules and pages all there are. */
  readonly schema: Schema
  readonly kinds: readonly {
    readonly kind: string
    readonly title: string
    readonly summary: string
    /** `asked`: looked at; `reports`, `derived`: not; `sends`: a channel. */
    readonly works: 'asked' | 'reports' | 'derived' | 'sends'
    readonly schema: Schema
  }[]
}

export type Node =
  | { readonly is: 'text'; readonly long: boolean; readonly format: string | null; readonly example: string | null }
  | { readonly is: 'number'; readonly whole: boolean; readonly least: number | null; readonly most: number | null }
  | { readonly is: 'flag' }
  | { readonly is: 'select'; readonly values: readonly (string | number | boolean | null)[] }
  /** `single`: one alone may stand without a list around it. */
  | { readonly is: 'list'; readonly item: Schema; readonly single: boolean }
  | { readonly is: 'names'; readonly item: Schema }
  | { readonly is: 'group'; readonly fields: readonly Field[] }
  | { readonly is: 'either'; readonly ways: readonly Schema[] }
  | { readonly is: 'json' }

export interface Field {
  readonly name: string
  readonly schema: Schema
  readonly required: boolean
}

type Scalar = string | number | boolean | null
const isScalar = (value: unknown): value is Scalar => value === null || typeof value !== 'object'

/** All fields of an object's schema. */
export const fieldsOf = ({ properties = {}, required = [] }: Schema): Field[] =>
  Object.entries(properties).map(([name, schema]) => ({ name, schema, required: required.includes(name) }))

export function nodeOf(schema: Schema): Node {
  const { type, enum: values, const: only, anyOf, oneOf } = schema
  if (only !== undefined && isScalar(only)) return { is: 'select', values: [only] }
  if (values?.every(isScalar)) return { is: 'select', values: withoutTwins(values) }
  if (type === 'object' && schema.properties) return { is: 'group', fields: fieldsOf(schema) }
  const ways = (anyOf ?? oneOf ?? []).flatMap(flatten)
  if (ways.length > 0) return ofWays(ways)
  if (type === 'string') return textNode(schema)
  if (type === 'integer' || type === 'number')
    return { is: 'number', whole: type === 'integer', least: schema.minimum ?? null, most: schema.maximum ?? null }
  if (type === 'boolean') return { is: 'flag' }
  if (type === 'array' && schema.items && Object.keys(schema.items).length > 0)
    return { is: 'list', item: schema.items, single: false }
  if (type === 'object' && typeof schema.additionalProperties === 'object')
    return { is: 'names', item: schema.additionalProperties }
  return { is: 'json' }
}

const textNode = ({ 'x-input': input, format, examples }: Schema): Node => ({
  is: 'text',
  long: input === 'lines',
  format: format ?? null,
  example: examples === undefined ? null : examples.slice(0, 3).map(String).join(', '),
})

/** Ways within ways are ways. */
function flatten(schema: Schema): readonly Schema[] {
  const { anyOf, type } = schema
  return anyOf !== undefined && type === undefined ? anyOf.flatMap(flatten) : [schema]
}

/** `1.2` beside `"1.2"`: one of them is enough. */
const withoutTwins = (values: readonly Scalar[]): Scalar[] =>
  values.filter((value, index) => values.findIndex((one) => String(one) === String(value)) === index)

function ofWays(ways: readonly Schema[]): Node {
  const nodes = ways.map(nodeOf)
  if (nodes.every((node) => node.is === 'select'))
    return { is: 'select', values: withoutTwins(nodes.flatMap((node) => (node.is === 'select' ? node.values : []))) }
  const lists = ways.filter(({ type }) => type === 'array')
  const others = ways.filter(({ type }) => type !== 'array')
  const item = lists[0]?.items
  // One thing, or a list of such things: always a list in the form.
  if (lists.length === 1 && item !== undefined && others.length > 0 && others.every(isPlain))
    return { is: 'list', item, single: true }
  if (ways.length === 1 && ways[0] !== undefined) return nodeOf(ways[0])
  return { is: 'either', ways: lists.length === 1 && item !== undefined ? merged(ways) : ways }
}

const isPlain = (schema: Schema): boolean => ['text', 'number', 'select'].includes(nodeOf(schema).is)

/** A thing and a list of it become one way, beside the others. */
function merged(ways: readonly Schema[]): readonly Schema[] {
  const plain = ways.filter((way) => way.type !== 'array' && isPlain(way))
  const list = ways.find(({ type }) => type === 'array')
  if (plain.length === 0 || list === undefined) return ways
  const both = { title: 'List', anyOf: [...plain, list] }
  return [both, ...ways.filter((way) => way !== list && !plain.includes(way))]
}

/** Which of several ways a value goes; 0 for none. */
export function wayOf(ways: readonly Schema[], value: unknown): number {
  const found = ways.findIndex((way) => fits(way, value))
  return found < 0 ? 0 : found
}

function fits(schema: Schema, value: unknown): boolean {
  const node = nodeOf(schema)
  if (node.is === 'text') return typeof value === 'string'
  if (node.is === 'number') return typeof value === 'number'
  if (node.is === 'flag') return typeof value === 'boolean'
  if (node.is === 'select') return node.values.some((one) => one === value)
  if (node.is === 'list') return Array.isArray(value) || (node.single && isScalar(value))
  if (node.is === 'either') return node.ways.some((way) => fits(way, value))
  return node.is === 'json' || (typeof value === 'object' && value !== null && !Array.isArray(value))
}

const wayWords: Readonly<Record<Exclude<Node['is'], 'select'>, string>> = {
  text: 'Text',
  number: 'A number',
  flag: 'Yes or no',
  list: 'A list',
  names: 'Settings of its own',
  group: 'Settings of its own',
  either: 'Other',
  json: 'Anything, as JSON',
}

/** What a way is called where it is chosen. */
export function wayWord(way: Schema): string {
  if (way.title === 'duration') return 'A span of time'
  if (way.title !== undefined) return way.title
  const node = nodeOf(way)
  return node.is === 'select' ? node.values.map((one) => String(one)).join(', ') : wayWords[node.is]
}

/** What a field is called: its title, or its name in words. */
export const fieldWord = ({ name, schema: { title } }: Pick<Field, 'name' | 'schema'>): string =>
  title !== undefined && title !== 'duration' ? shortForms(title) : nameWord(name)

/** `remoteAddress`, `min_version` and `url` as people write them. */
export function nameWord(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_, one: string, other: string) => `${one} ${other.toLowerCase()}`)
  return shortForms(words.charAt(0).toUpperCase() + words.slice(1))
}

const shortForms = (words: string): string =>
  words.replaceAll(/\b(?:url|ip|tls|ca|id|http|dns|smtp|json)\b/gi, (word) => word.toUpperCase())

/** The value that counts where nothing is said, for people; null: there is none to tell. */
export function defaultWord({ default: value }: Schema): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (Array.isArray(value)) return value.length > 0 && value.every(isScalar) ? value.join(', ') : null
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}
