// The items that a template is filled for: a list in the file itself, or in a YAML, JSON or CSV file beside it.
// Promises plain values by name, and that no two items are called alike in messages. Must not know templates.
import { readCsv, variableName } from './csv.ts'
import { type Entry, isEntry } from './entry.ts'
import { unknownWord } from './faults.ts'
import type { Fault } from './model.ts'
import { readYaml } from './yaml.ts'

export interface Item {
  /** For messages: `stacks.csv:7`, `item 3`. */
  readonly name: string
  readonly values: Readonly<Record<string, string | number | boolean>>
}

const forms = ['csv', 'yaml', 'json']
const itemsMost = 100_000

interface Raw {
  readonly name: string
  readonly value: unknown
  readonly at: Fault['path']
}

/** The items of a `for_each`; what is wrong goes to the faults. */
export function itemsOf(
  value: unknown,
  path: Fault['path'],
  readFile: (path: string) => string,
  faults: Fault[],
): Item[] {
  const found = isEntry(value) ? fromFile(value, path, readFile, faults) : fromList(value, path)
  if (found === null) faults.push({ path, message: 'must be a list, or name a file with one: { csv: stacks.csv }' })
  else if (found.length > itemsMost) faults.push({ path, message: `has more than ${itemsMost} items` })
  else return found.flatMap((raw) => itemOf(raw, faults) ?? [])
  return []
}

const fromList = (value: unknown, path: Fault['path']): Raw[] | null =>
  Array.isArray(value)
    ? value.map((one, index) => ({ name: `item ${index + 1}`, value: one, at: [...path, index] }))
    : null

function itemOf({ name, value, at }: Raw, faults: Fault[]): Item | null {
  if (typeof value === 'string' || typeof value === 'number') return { name, values: { item: value } }
  if (!isEntry(value)) {
    faults.push({ path: at, message: `${name} must be a mapping of names to values, or one text` })
    return null
  }
  const values: Record<string, string | number | boolean> = {}
  for (const [key, one] of Object.entries(value)) {
    const wrong = !variableName.test(key)
      ? `${JSON.stringify(key)} is not a name; take letters, digits and _`
      : typeof one === 'object' && one !== null
        ? `${key} must be a text, a number, true or false`
        : null
    if (wrong === null) values[key] = (one ?? '') as string | number | boolean
    else faults.push({ path: at, message: `${name}: ${wrong}` })
  }
  return { name, values }
}

function fromFile(value: Entry, path: Fault['path'], readFile: (path: string) => string, faults: Fault[]): Raw[] {
  const [form, ...more] = Object.keys(value)
  const file = form === undefined ? undefined : value[form]
  if (form === undefined || more.length > 0 || !forms.includes(form) || typeof file !== 'string') {
    const isUnknown = form !== undefined && !forms.includes(form)
    const message = isUnknown
      ? unknownWord(form, forms, 'the form')
      : 'must name one file: { csv: stacks.csv }, { yaml: … } or { json: … }'
    faults.push(isUnknown ? { path: [...path, form], message, at: 'key' } : { path, message })
    return []
  }
  const at = [...path, form]
  try {
    const text = readFile(file)
    if (form === 'csv') return readCsv(text).map(({ line, values }) => ({ name: `${file}:${line}`, value: values, at }))
    const { value: list, faults: wrong } = readYaml(text, (one) => ({ ok: true, text: one }))
    const [first] = wrong
    if (first) throw new Error(first.message)
    if (!Array.isArray(list)) throw new Error('it must hold a list')
    return list.map((one: unknown, index) => ({ name: `${file}, item ${index + 1}`, value: one, at }))
  } catch (error) {
    faults.push({ path: at, message: `the file ${file}: ${(error as Error).message}` })
    return []
  }
}
