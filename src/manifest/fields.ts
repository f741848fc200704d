// The settings of a JSON Schema one by one, as tables and help show them: path, what it takes, what is left out.
// Promises one row for each setting, those within mappings after it. Must not know any kind, nor how rows are drawn.

/** What of JSON Schema is needed to describe a setting. */
export interface Schema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly (string | number)[]
  readonly const?: string | number | boolean
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly additionalProperties?: Schema | boolean
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

export interface Field {
  readonly path: readonly string[]
  readonly schema: Schema
  /** Whether what it stands in makes no sense without it. */
  readonly needed: boolean
}

/** A field for each setting, with those of mappings within it. `leave`: paths with dots that are not wanted. */
export function fieldsOf(schema: Schema, leave: readonly string[] = []): Field[] {
  return below(schema, [], leave, false)
}

function below(schema: Schema, prefix: readonly string[], leave: readonly string[], isChoice: boolean): Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const path = [...prefix, name]
    if (leave.includes(path.join('.'))) return []
    const needed = !isChoice && (schema.required?.includes(name) ?? false)
    const choices = [...(property.anyOf ?? []), ...(property.oneOf ?? [])]
    return [
      { path, schema: property, needed },
      ...below(property, path, leave, false),
      ...choices.flatMap((one) => below(one, path, leave, true)),
    ]
  })
}

/** What may stand there, in words; `code` marks what is written as it is. */
export function sayType(schema: Schema, code: (word: string) => string): string {
  const say = (one: Schema) => sayType(one, code)
  const branches = schema.anyOf ?? schema.oneOf?.filter((one) => one.type !== undefined)
  if (branches && branches.length > 0) {
    const words = [...new Set(branches.map(say))]
    return words.map((word) => (word === `list of ${words[0]}` ? 'a list of them' : word)).join(' or ')
  }
  if (schema.const !== undefined) return code(String(schema.const))
  if (schema.enum) return [...new Set(schema.enum.map((word) => code(String(word))))].join(' ')
  if (typeof schema.type === 'object') return schema.type.map((type) => say({ type })).join(' or ')
  if (isDuration(schema)) return 'duration'
  if (schema.type === 'integer') return `whole number${sayBounds(schema)}`
  if (schema.type === 'number') return `number${sayBounds(schema)}`
  if (schema.type === 'boolean') return 'true or false'
  if (schema.type === 'array') {
    const { items } = schema
    return items?.type === undefined ? 'list' : `list of ${items.title ?? plural(say(items))}`
  }
  return schema.type === 'string' ? 'text' : 'mapping'
}

/** Whether a setting is a duration such as 30s. */
export const isDuration = (schema: Schema): boolean => schema.pattern?.includes('(ms|s|m|h|d|w)') ?? false

const plural = (word: string) => (/^(text|mapping|whole number|number|duration)$/.test(word) ? `${word}s` : word)

function sayBounds({ minimum, maximum }: Schema): string {
  const least = minimum === undefined || minimum < -1e15 ? null : minimum
  const most = maximum === undefined || maximum > 1e15 ? null : maximum
  if (least !== null && most !== null) return `, ${least} to ${most}`
  return least !== null ? `, ${least} or more` : most !== null ? `, up to ${most}` : ''
}

/** The value that is taken where nothing is said, as it would be written; empty where there is none. */
export function sayDefault(value: unknown): string {
  if (value === undefined || value === '') return ''
  if (typeof value === 'object' && value !== null && Object.keys(value).length === 0) return ''
  return Array.isArray(value) ? `[${value.join(', ')}]` : JSON.stringify(value).replaceAll('"', '')
}
