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
  readonly 'x-input'?: 'duration' | 'lines' | 'monitors' | 'channels'
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
    readonly works: 'asked' | 'reports' | 'collected' | 'derived' | 'sends'
    readonly target: string | null
    readonly example: Readonly<Record<string, unknown>> | null
    /** Common settings that mean nothing to it. */
    readonly without: readonly string[]
    /** What counts of the common settings where nothing is said, if it is not what is usual. */
    readonly defaults: Readonly<Record<string, unknown>>
    readonly schema: Schema
  }[]
}

export type Node =
  | TextNode
  | { readonly is: 'number'; readonly whole: boolean; readonly least: number | null; readonly most: number | null }
  | { readonly is: 'flag' }
  | { readonly is: 'select'; readonly values: readonly (string | number | boolean | null)[] }
  /** `single`: one alone may stand without a list around it. */
  | { readonly is: 'list'; readonly item: Schema; readonly single: boolean }
  | { readonly is: 'names'; readonly item: Schema }
  | { readonly is: 'group'; readonly fields: readonly Field[] }
  | { readonly is: 'either'; readonly ways: readonly Schema[] }
  /** Which monitors, by pattern, by labels, all; which channels. */
  | { readonly is: 'monitors' }
  | { readonly is: 'channels' }
  | { readonly is: 'json' }

interface TextNode {
  readonly is: 'text'
  readonly long: boolean
  readonly example: string | null
  /** What is a number is kept as one. */
  readonly numeric: boolean
  /** Words that mean something here, such as `never`. */
  readonly words: readonly string[]
}

export interface Field {
  readonly name: string
  readonly schema: Schema
  readonly required: boolean
}

type Scalar = string | number | boolean | null
const isScalar = (value: unknown): value is Scalar => value === null || typeof value !== 'object'
export const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** All fields of an object's schema. */
export const fieldsOf = ({ properties = {}, required = [] }: Schema): Field[] =>
  Object.entries(properties).map(([name, schema]) => ({ name, schema, required: required.includes(name) }))

export function nodeOf(schema: Schema): Node {
  const { type, enum: values, const: only, anyOf, oneOf } = schema
  if (schema['x-input'] === 'monitors' || schema['x-input'] === 'channels') return { is: schema['x-input'] }
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

const textNode = ({ 'x-input': input, examples }: Schema): TextNode => ({
  is: 'text',
  long: input === 'lines',
  example: examples === undefined ? null : String(examples[0]),
  numeric: false,
  words: [],
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
  // Whatever may be anything at all is written as one value.
  if (nodes.some((node) => node.is === 'json')) return { is: 'json' }
  if (ways.every(isPlain)) return inOneField(nodes)
  return { is: 'either', ways: ways.flatMap(split) }
}

const isPlain = (schema: Schema): boolean => ['text', 'number', 'select'].includes(nodeOf(schema).is)

/** Text, numbers and words: one field takes them all. */
function inOneField(nodes: readonly Node[]): TextNode {
  const texts = nodes.filter((node) => node.is === 'text')
  const words = nodes.flatMap((node) => (node.is === 'select' ? node.values.map(String) : []))
  const example = texts.find((node) => node.example !== null)?.example ?? null
  const numeric = nodes.some(({ is }) => is === 'number')
  return { is: 'text', long: texts.some(({ long }) => long), example, numeric, words }
}

/** Yes and no are two ways, and so is each word of a choice. */
function split(way: Schema): readonly Schema[] {
  const node = nodeOf(way)
  const values = node.is === 'flag' ? [true, false] : node.is === 'select' ? node.values : []
  return values.length === 0 ? [way] : values.map((value) => ({ const: value }))
}

/** Which of several ways a value goes; 0 for none. */
export function wayOf(ways: readonly Schema[], value: unknown): number {
  const found = ways.findIndex((way) => fits(way, value))
  return found < 0 ? 0 : found
}

function fits(schema: Schema, value: unknown): boolean {
  const node = nodeOf(schema)
  if (node.is === 'text') return typeof value === 'string' || (node.numeric && typeof value === 'number')
  if (node.is === 'number') return typeof value === 'number'
  if (node.is === 'flag') return typeof value === 'boolean'
  if (node.is === 'select') return node.values.some((one) => one === value)
  if (node.is === 'list') return Array.isArray(value) || (node.single && isScalar(value))
  if (node.is === 'either') return node.ways.some((way) => fits(way, value))
  if (node.is === 'group')
    return isMap(value) && Object.keys(value).every((name) => node.fields.some((one) => one.name === name))
  return (
    node.is === 'json' ||
    node.is === 'monitors' ||
    node.is === 'channels' ||
    (typeof value === 'object' && value !== null && !Array.isArray(value))
  )
}
