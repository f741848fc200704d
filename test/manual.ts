// The tables of the manual, made from the schemas and settings. Run as a program it writes them into docs/manual.
// Promises that the manual names every key and every default; a test keeps the pages equal to what this makes.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { stringify } from 'yaml'
import { channelKinds } from '#channels/index.ts'
import type { Kind } from '#checks/check.ts'
import { kinds } from '#checks/index.ts'
import { commandOf, quoted } from '#cli/check/example.ts'
import { fieldsOf, sayDefault, sayType, type Schema } from '#manifest/fields.ts'
import { settingHelp } from '#platform/settings.ts'
import { entrySchemas, manifestSchema } from '#manifest/json-schema.ts'

const pageOf = (name: string) => new URL(`../docs/manual/${name}`, import.meta.url)
/** A page for each kind of monitor; around its tables people write what there is to say. */
export const kindPages: ReadonlyMap<string, URL> = new Map(
  [...kinds.keys()].map((kind) => [kind, pageOf(`checks/${kind}.md`)]),
)

/** Pages of the manual that hold tables, between `<!-- table NAME -->` and `<!-- end -->`. */
export const pages = [...['configuration.md', 'command-line.md', 'checks.md'].map(pageOf), ...kindPages.values()]

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

const lineMost = 110

/** What a kind is, how it is written and how it is tried. */
function about(kind: Kind): string {
  const { summary, example } = kind
  const usual = kind.active && kind.interval ? `\n\nWithout \`interval\` it is looked at every ${kind.interval}.` : ''
  if (example === undefined) return summary + usual
  const lines = stringify({ monitors: { example: { [kind.kind]: example } } }, { lineWidth: 100 })
  const yaml = `\`\`\`yaml\n${lines}\`\`\``
  const words = commandOf(kind).map((group) => group.map(quoted).join(' '))
  const whole = words.join(' ')
  const line = whole.length <= lineMost ? whole : words.join(' \\\n  ').replace(' \\\n  ', ' ')
  const command = kind.active ? `\n\n\`\`\`sh\n${line}\n\`\`\`` : ''
  return `${summary}${usual}\n\n${yaml}${command}`
}

/** The tables of the kinds' own pages: what each is, its settings, and the list of all. */
function kindTables(monitor: Schema): [string, string][] {
  const rows = [...kinds.values()].map(({ kind, title, summary }) => [
    `[\`${kind}\`](checks/${kind}.md)`,
    title,
    summary,
  ])
  return [
    ['kinds', table(['kind', '', 'what it does'], rows)],
    ...[...kinds.values()].flatMap((kind): [string, string][] => [
      [`about-${kind.kind}`, about(kind)],
      [`kind-${kind.kind}`, table(head, rowsOf(monitor.properties?.[kind.kind] ?? {}))],
    ]),
  ]
}

/** A page for a kind that has none yet. */
export const firstPage = ({ kind, title }: Kind): string =>
  [
    `# ${title}`,
    `<!-- table about-${kind} -->\n<!-- end -->`,
    '## Settings',
    `Under \`${kind}\`; what all monitors have beside it is in [the configuration file](../configuration.md#monitors).`,
    `<!-- table kind-${kind} -->\n<!-- end -->\n`,
  ].join('\n\n')

/** All tables by name. */
export function tables(): ReadonlyMap<string, string> {
  const entries = entrySchemas({ kinds, channelKinds }) as Record<string, Schema>
  const { monitor = {}, channel = {}, rule = {}, page = {} } = entries
  const file = manifestSchema({ kinds, channelKinds }) as Schema
  const components = page.properties?.['groups']?.items?.properties?.['components']?.items ?? {}
  const group = page.properties?.['groups']?.items ?? {}
  const sections = ['version', 'scope', 'defaults', 'templates', 'monitors', 'channels', 'rules', 'pages']
  const settings = settingHelp.map((one) => [
    one.flag === null ? '' : `\`--${one.flag} ${one.takes}\``,
    `\`${one.env}\``,
    one.help,
    one.fallback.includes(' ') || one.fallback === 'none' ? one.fallback : `\`${one.fallback}\``,
  ])
  return new Map([
    ['server', table(head, rowsOf(file, sections))],
    ['monitor', table(head, rowsOf(monitor, [...kinds.keys()]))],
    ...kindTables(monitor),
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
  for (const [kind, page] of kindPages) {
    mkdirSync(new URL('.', page), { recursive: true })
    const made = kinds.get(kind)
    if (made && !existsSync(page)) writeFileSync(page, firstPage(made))
  }
  for (const page of pages) writeFileSync(page, fillTables(readFileSync(page, 'utf8')))
}
