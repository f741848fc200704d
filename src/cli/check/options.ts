// Options of a check, made from the schema of a kind's settings: their names, what they take, how texts become values.
// Promises an option for every setting, those of mappings with dots. Must not know any kind.
import { type Field, fieldsOf, isDuration, type Schema } from '#manifest/fields.ts'

/** What may stand at one place of a schema, its branches put together. */
interface Takes {
  /** Values that are spelled out, such as those of an enumeration. */
  readonly words: readonly (string | number | boolean)[]
  readonly text: boolean
  readonly number: boolean
  readonly boolean: boolean
  /** Of the two only false: it can be switched off, and no more. */
  readonly onlyFalse: boolean
  readonly duration: boolean
  /** Of a list: what its entries take. */
  readonly entries: Takes | null
  /** Of a mapping with names that people choose: what stands under each. */
  readonly named: Takes | null
  /** A mapping with names of its own; within lists it is written as JSON. */
  readonly mapping: boolean
  /** These names. */
  readonly names: readonly string[]
}

export interface Option {
  /** `expect.status`; `headers.*` where people choose the name. */
  readonly name: string
  readonly field: Field
  readonly takes: Takes
}

/** An option for each setting; a mapping has none of its own, but its settings do. */
export function optionsOf(schema: Schema): Option[] {
  return fieldsOf(schema).flatMap((field) => {
    const takes = takesOf(field.schema)
    const name = field.path.join('.')
    const named = takes.named ? [{ name: `${name}.*`, field, takes: takes.named }] : []
    return takesValue(takes) ? [{ name, field, takes }, ...named] : named
  })
}

/** Whether it stands for a value by itself, and is no mere mapping. */
const takesValue = (takes: Takes) =>
  takes.text || takes.number || takes.boolean || takes.entries !== null || takes.words.length > 0

function takesOf(schema: Schema): Takes {
  const branches = [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]
  if (branches.length > 0) return branches.map(takesOf).reduce(both)
  const types = typeof schema.type === 'object' ? schema.type : [schema.type ?? (schema.properties && 'object')]
  const words = schema.enum ?? (schema.const === undefined ? [] : [schema.const])
  const free = words.length === 0
  const { additionalProperties: others } = schema
  return {
    words: words.filter((word) => typeof word !== 'boolean'),
    text: free && types.includes('string'),
    number: free && (types.includes('number') || types.includes('integer')),
    boolean: types.includes('boolean'),
    onlyFalse: schema.const === false,
    duration: isDuration(schema),
    entries: types.includes('array') ? takesOf(schema.items ?? {}) : null,
    named: typeof others === 'object' ? takesOf(others) : null,
    mapping: types.includes('object') && typeof others !== 'object',
    names: Object.keys(schema.properties ?? {}),
  }
}

function both(one: Takes, other: Takes): Takes {
  const onlyFalse = (one.onlyFalse || !one.boolean) && (other.onlyFalse || !other.boolean)
  return {
    words: [...one.words, ...other.words],
    text: one.text || other.text,
    number: one.number || other.number,
    boolean: one.boolean || other.boolean,
    onlyFalse: onlyFalse && (one.boolean || other.boolean),
    duration: one.duration || other.duration,
    entries: one.entries ?? other.entries,
    named: one.named ?? other.named,
    mapping: one.mapping || other.mapping,
    names: [...one.names, ...other.names],
  }
}

/** Whether it may be given several times, each time an entry of a list. */
export const isMany = ({ entries }: Takes): boolean => entries !== null
/** Whether it may be given without a value, which means true. */
export const isSwitch = ({ boolean, text, number }: Takes): boolean => boolean && !text && !number

/** Whether a value is the whole mapping with names that people chose, where a list of entries might stand as well. */
export function isWhole({ named, entries }: Takes, value: unknown): boolean {
  if (named === null || entries === null || typeof value !== 'object' || value === null) return false
  return Object.keys(value).some((name) => !entries.names.includes(name))
}

/** The values that are spelled out, each once: YAML's number 1 is the text 1.0. */
export function spelledOf({ words, entries }: Takes): string[] {
  if (words.length === 0 && entries !== null) return spelledOf(entries)
  const isTwice = (word: unknown) =>
    typeof word === 'number' && words.some((other) => typeof other === 'string' && Number(other) === word)
  return words.filter((word) => !isTwice(word)).map(String)
}

/** What its value is called in help: `DURATION`, `4|6`; empty for a switch. */
export function sayValue(takes: Takes): string {
  const { entries, text, number, boolean, duration } = takes
  const spelled = spelledOf(takes).join('|')
  if (spelled !== '' && spelled.length <= 24) return number ? `N|${spelled}` : spelled
  if (spelled !== '') return 'WORD'
  if (duration) return 'DURATION'
  if (text) return takes.mapping ? 'TEXT|JSON' : 'TEXT'
  if (number) return 'N'
  if (entries) return sayValue(entries) || 'JSON'
  return boolean ? '' : 'JSON'
}

/** The value that a text means there. What does not fit stays text, for the schema to refuse. */
export function valueOf(takes: Takes, text: string): unknown {
  const written = takes.mapping || takes.entries?.mapping ? readJson(text) : undefined
  if (typeof written === 'object') return written
  const spelled = takes.words.find((word) => String(word) === text) ?? wordLike(takes, text)
  if (spelled !== undefined) return spelled
  if (takes.boolean && (text === 'true' || text === 'false')) return text === 'true'
  if (takes.number && /^-?\d+(\.\d+)?$/.test(text)) return Number(text)
  if (takes.text || takes.words.length > 0 || takes.number) return text
  if (takes.entries && !takes.entries.mapping) return valueOf(takes.entries, text)
  return text
}

/** A word of the list in other letters, where no other text may stand: `mx` for MX. */
const wordLike = ({ text: free, words }: Takes, text: string) =>
  free ? undefined : words.find((word) => String(word).toLowerCase() === text.toLowerCase())

/** A mapping or a list written as JSON; undefined for any other text. */
function readJson(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

/** The option that a name on the command line means, and where its value goes; null where there is none. */
export function findOption(
  options: readonly Option[],
  name: string,
): { readonly option: Option; readonly path: readonly string[] } | null {
  const plain = name.replaceAll('-', '_')
  const option = options.find((one) => one.name === name) ?? options.find((one) => one.name === plain)
  if (option) return { option, path: option.field.path }
  for (const one of options) {
    const { path } = one.field
    const begin = `${path.join('.')}.`
    if (one.name.endsWith('.*') && name.startsWith(begin) && name.length > begin.length)
      return { option: one, path: [...path, name.slice(begin.length)] }
  }
  return null
}
