// Help of `allswell check`: the kinds there are, and all settings of one, made from its schema.
// Promises that each setting is named with what it takes, what it means and what is taken where it is left out.
import type { Kind } from '#checks/check.ts'
import { fieldsOf, sayDefault } from '#manifest/fields.ts'
import type { Context } from '../command.ts'
import { columnsOf, pad, widthOf, wrap } from '../text.ts'
import { commandOf, quoted } from './example.ts'
import { isMany, isSwitch, type Option, sayValue, spelledOf } from './options.ts'
import { optionsOfKind, sayUnasked, schemaOf } from './request.ts'
import { ownOptions } from './words.ts'

const codes = [
  'Exit codes, as plugins of Nagios have them: 0 up, 1 degraded, 2 down, 3 unknown.',
  '64 says that nothing was looked at: the words or the file were not understood.',
]

/** Help on one kind where the words name it, else on all. */
export function helpOf(context: Context): string {
  const kinds = [...context.parts.manifest.kinds.values()]
  const kind = kinds.find((one) => one.kind === context.words[0])
  const width = columnsOf(context.io.stdout)
  return kind ? kindHelp(kind, width) : generalHelp(kinds, width)
}

function generalHelp(kinds: readonly Kind[], width: number): string {
  const active = kinds.filter((kind) => kind.active)
  const rows = active.map((kind) => [kind.kind, kind.summary] as const)
  const first = active.find(({ example, target }) => example && target)
  return [
    fill('Look at something once, now, and show what is found. Needs no server and changes nothing.', width),
    [
      'Usage: allswell check KIND TARGET [--SETTING VALUE...]',
      '       allswell check --config FILE KEY',
      '       allswell check KIND --help\n',
    ].join('\n'),
    `Kinds:\n${table(rows, width)}`,
    `Options:\n${ownTable(width)}`,
    ...(first ? [`Example:\n${drawCommand(first, width)}`] : []),
    fill(
      'With --config a monitor of a configuration file is looked at as the server would, before the file is in use. ' +
        'References such as ${env:TOKEN} and ${file:ca.pem} may stand in settings, so that no secret is seen among ' +
        'the processes.',
      width,
    ),
    codes.map((line) => fill(line, width)).join(''),
  ].join('\n')
}

function kindHelp(kind: Kind, width: number): string {
  const { summary, target, example } = kind
  const options = optionsOfKind(kind)
  const main = options.find(({ name }) => name === target)
  const operand = target === undefined ? '' : ` ${target.toUpperCase()}`
  const usage = kind.active
    ? `Usage: allswell check ${kind.kind}${operand} [--SETTING VALUE...]\n`
    : fill(`It is no kind to check: ${sayUnasked(kind)}.`, width)
  const targetRow = main && target !== undefined ? [[target.toUpperCase(), meaningOf(main)] as const] : []
  const rows = rowsOf(
    kind,
    options.filter((option) => option !== main),
  )
  return [
    fill(summary, width),
    usage,
    ...(targetRow.length > 0 ? [table(targetRow, width)] : []),
    ...(rows.length > 0 ? [`Settings:\n${table(rows, width)}`] : []),
    ...(kind.active ? [`Options:\n${ownTable(width)}`] : []),
    ...(kind.active && example ? [`Example:\n${drawCommand(kind, width)}`] : []),
    ...(kind.active ? [codes.map((line) => fill(line, width)).join('')] : []),
  ].join('\n')
}

type Row = readonly [name: string, meaning: string]

const ownTable = (width: number) =>
  table(
    ownOptions.map(({ flag, takes, help }) => [`--${flag}${takes ? ` ${takes}` : ''}`, help] as const),
    width,
  )

/** The settings in their order; what a mapping means stands before its parts. */
function rowsOf(kind: Kind, options: readonly Option[]): Row[] {
  return fieldsOf(schemaOf(kind)).flatMap((field) => {
    const path = field.path.join('.')
    const own = options.filter((option) => option.field.path.join('.') === path)
    if (own.length > 0) return own.map((option): Row => [nameOf(option), meaningOf(option)])
    const { description = '', default: fallback } = field.schema
    const hasParts = options.some(({ name }) => name.startsWith(`${path}.`))
    return hasParts ? [[`--${path}.…`, `${description}${sayLeftOut(fallback)}`] satisfies Row] : []
  })
}

function nameOf({ name, takes, field }: Option): string {
  if (isSwitch(takes) && takes.onlyFalse) return `--no-${name}`
  if (isSwitch(takes) && field.schema.default === true) return `--[no-]${name}`
  const value = sayValue(takes)
  return `--${name.replace(/\*$/, 'NAME')}${value === '' ? '' : ` ${value}`}`
}

const sayLeftOut = (fallback: unknown) => {
  const said = sayDefault(fallback)
  return said === '' ? '' : ` Left out: ${said}.`
}

function meaningOf({ takes, field: { path, schema, needed } }: Option): string {
  const values = sayValue(takes) === 'WORD' ? ` One of ${spelledOf(takes).join(', ')}.` : ''
  const many = isMany(takes) ? ' May be given several times.' : ''
  const above = path.slice(0, -1).join('.')
  const left = needed ? ` Needed${above === '' ? '' : ` where ${above} is given`}.` : sayLeftOut(schema.default)
  return `${schema.description ?? schema.title ?? ''}${values}${many}${left}`
}

const nameMost = 26
/** So many cells a description has at least. */
const textLeast = 20

/** Two columns; a name that is too wide has a line of its own. */
function table(rows: readonly Row[], width: number): string {
  const widest = Math.min(nameMost, Math.max(...rows.map(([name]) => widthOf(name))))
  return rows
    .map(([name, text]) => {
      const lines = wrap(text, Math.max(textLeast, width - widest - 4))
      const wide = widthOf(name) > widest
      const first = wide ? `  ${name}\n  ${' '.repeat(widest)}` : `  ${pad(name, widest)}`
      return lines.map((line, index) => `${index === 0 ? first : `  ${' '.repeat(widest)}`}  ${line}\n`).join('')
    })
    .join('')
}

const fill = (text: string, width: number) => `${wrap(text, width).join('\n')}\n`

/** The command line of a kind's example, broken where it must be. */
function drawCommand(kind: Kind, width: number): string {
  const lines = ['']
  for (const words of commandOf(kind)) {
    const said = words.map(quoted).join(' ')
    const line = lines.at(-1) ?? ''
    const longer = line === '' ? said : `${line} ${said}`
    if (line === '' || widthOf(longer) + 6 <= width) lines[lines.length - 1] = longer
    else lines.push(said)
  }
  return `${lines.map((line, index) => (index === 0 ? `  ${line}` : `    ${line}`)).join(' \\\n')}\n`
}
