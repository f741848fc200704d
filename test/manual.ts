// The tables of the manual, made from the schemas and settings. Run as a program it writes them into docs/manual.
// Promises that the manual names every key and every default; a test keeps the pages equal to what this makes.
import { readFileSync, writeFileSync } from 'node:fs'
import { channelKinds } from '#channels/index.ts'
import { kinds } from '#checks/index.ts'
import { fieldsOf, sayDefault, sayType, type Schema } from '#manifest/fields.ts'
import { settingHelp } from '#platform/settings.ts'
import { entrySchemas, manifestSchema } from '#manifest/json-schema.ts'

/** Pages of the manual that hold tables, between `<!-- table NAME -->` and `<!-- end -->`. */
export const pages = ['configuration.md', 'command-line.md'].map(
  (name) => new URL(`../docs/manual/${name}`, import.meta.url),
)

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ').trim()
const table = (head: readonly string[], rows: readonly (readonly string[])[]) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

const code = (word: string) => `\`${word}\``

/** A row for each key, with dots those of mappings within it. `leave`: keys that other tables have. */
function rowsOf(schema: Schema, leave: readonly string[] = []): string[][] {
  return fieldsOf(schema, leave).map(({ path, schema: { description = '', ...rest }, needed }) => {
    const fallback = sayDefault(rest.default)
    return [code(path.join('.')), sayType(rest, code), description, needed ? '**needed**' : fallback && code(fallback)]
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
