// The tables of the manual, made from the schemas and settings. Run as a program it writes them into docs/manual.
// Promises that the manual names every key and every default; a test keeps the pages equal to what this makes.
import { readFileSync, writeFileSync } from 'node:fs'
import { channelKinds } from '#channels/index.ts'
import { kinds } from '#checks/index.ts'
import { settingHelp } from '#platform/settings.ts'
import { entrySchemas, manifestSchema } from '#manifest/json-schema.ts'

/** What of JSON Schema the tables need. */
interface Schema {
  readonly type?: string | readonly string[]
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly enum?: readonly (string | number)[]
  readonly const?: string | number
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
}

/** Pages of the manual that hold tables, between `<!-- table NAME -->` and `<!-- end -->`. */
export const pages = ['configuration.md', 'command-line.md'].map(
  (name) => new URL(`../docs/manual/${name}`, import.meta.url),
)

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

/** What may stand there, in words. */
function sayType(schema: Schema): string {
  const branches = schema.anyOf ?? schema.oneOf?.filter((one) => one.type !== undefined)
  if (branches && branches.length > 0) {
    const words = [...new Set(branches.map(sayType))]
    return words.map((word) => (word === `list of ${words[0]}` ? 'a list of them' : word)).join(' or ')
  }
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.enum) return [...new Set(schema.enum.map((word) => `\`${word}\``))].join(' ')
  if (typeof schema.type === 'object') return schema.type.map((type) => sayType({ type })).join(' or ')
  if (isDuration(schema)) return 'duration'
  if (schema.type === 'integer') return `whole number${sayBounds(schema)}`
  if (schema.type === 'number') return `number${sayBounds(schema)}`
  if (schema.type === 'boolean') return 'true or false'
  if (schema.type === 'array')
    return schema.items?.type === undefined ? 'list' : `list of ${plural(sayType(schema.items))}`
  return schema.type === 'string' ? 'text' : 'mapping'
}

const isDuration = (schema: Schema & { readonly pattern?: string }) =>
  schema.pattern?.includes('(ms|s|m|h|d|w)') ?? false
const plural = (word: string) => (/^(text|mapping|whole number|number|duration)$/.test(word) ? `${word}s` : word)
const sayBounds = ({ minimum, maximum }: Schema) => {
  const least = minimum === undefined || minimum < -1e15 ? null : minimum
  const most = maximum === undefined || maximum > 1e15 ? null : maximum
  if (least !== null && most !== null) return `, ${least} to ${most}`
  return least !== null ? `, ${least} or more` : most !== null ? `, up to ${most}` : ''
}

function sayDefault(value: unknown, required: boolean): string {
  if (required) return '**needed**'
  if (value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)) return ''
  if (value === '') return ''
  return `\`${Array.isArray(value) ? `[${value.join(', ')}]` : JSON.stringify(value).replaceAll('"', '')}\``
}

/** A row for each key, with dots those of mappings within it. `leave`: keys that other tables have. */
function rowsOf(schema: Schema, leave: readonly string[] = [], prefix = '', isChoice = false): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (leave.includes(prefix + name)) return []
    const needed = !isChoice && (schema.required?.includes(name) ?? false)
    const { description = '', anyOf = [], oneOf = [] } = property
    const row = [`\`${prefix}${name}\``, sayType(property), description, sayDefault(property.default, needed)]
    const choices = [...anyOf, ...oneOf]
    const below = `${prefix}${name}.`
    return [row, ...rowsOf(property, leave, below), ...choices.flatMap((one) => rowsOf(one, leave, below, true))]
  })
}

const head = ['key', 'takes', 'means', 'left out']

/** A chapter for each kind: its name, summary and table. */
function chapters(entry: Schema, names: Iterable<string>, summaries: ReadonlyMap<string, { summary: string }>): string {
  return [...names]
    .map((name) => {
      const schema = entry.properties?.[name] ?? {}
      const text = summaries.get(name)?.summary ?? ''
      return `### \`${name}\`\n\n${text}\n\n${table(head, rowsOf(schema))}`
    })
    .join('\n\n')
}

/** All tables by name. */
export function tables(): ReadonlyMap<string, string> {
  const entries = entrySchemas({ kinds, channelKinds }) as Record<string, Schema>
  const { monitor = {}, channel = {}, rule = {}, page = {} } = entries
  const file = manifestSchema({ kinds, channelKinds }) as Schema
  const components = page.properties?.['groups']?.items?.properties?.['components']?.items ?? {}
  const group = page.properties?.['groups']?.items ?? {}
  const sections = ['version', 'monitors', 'channels', 'rules', 'pages']
  const settings = settingHelp.map((one) => [
    one.flag === null ? '' : `\`--${one.flag} ${one.takes}\``,
    `\`${one.env}\``,
    one.help,
    one.fallback.includes(' ') || one.fallback === 'none' ? one.fallback : `\`${one.fallback}\``,
  ])
  return new Map([
    ['server', table(head, rowsOf(file, sections))],
    ['monitor', table(head, rowsOf(monitor, [...kinds.keys()]))],
    ['kinds', chapters(monitor, kinds.keys(), kinds)],
    ['channel', table(head, rowsOf(channel, [...channelKinds.keys()]))],
    ['channel-kinds', chapters(channel, channelKinds.keys(), channelKinds)],
    ['rule', table(head, rowsOf(rule))],
    ['page', table(head, rowsOf(page))],
    ['group', table(head, rowsOf(group))],
    ['component', table(head, rowsOf(components))],
    ['settings', table(['flag', 'variable', 'means', 'default'], settings)],
  ])
}

/** The page with its tables made anew. */
export function fillTables(text: string): string {
  const made = tables()
  return text.replaceAll(
    /(<!-- table ([\w-]+) -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const found = made.get(name)
      if (found === undefined) throw new Error(`there is no table ${name}`)
      return `${begin}\n${found}\n\n${end}`
    },
  )
}

if (import.meta.main) {
  for (const page of pages) writeFileSync(page, fillTables(readFileSync(page, 'utf8')))
}
