// What fields, ways and inherited values are called. Pure.
import { type Field, nodeOf, type Node, type Schema } from './model.ts'

const wayWords: Readonly<Record<Exclude<Node['is'], 'select'>, string>> = {
  text: 'Text',
  number: 'A number',
  flag: 'Yes or no',
  list: 'A list',
  names: 'By name',
  group: 'With settings of its own',
  monitors: 'Monitors',
  channels: 'Channels',
  either: 'Other',
  json: 'Anything, as JSON',
}

/** A plain value for people. */
export const plainWord = (value: unknown): string =>
  value === true
    ? 'yes'
    : value === false
      ? 'no'
      : value === null
        ? 'nothing'
        : typeof value === 'string'
          ? value
          : JSON.stringify(value)

/** A word of a choice: `major_outage` is written for people. */
export const choiceWord = (value: unknown): string => plainWord(value).replaceAll('_', ' ')

/** What a way is called where it is chosen. */
export function wayWord(way: Schema): string {
  if (way.title === 'duration') return 'A span of time'
  if (way.title !== undefined) return way.title
  const node = nodeOf(way)
  if (node.is === 'select') return node.values.map(choiceWord).join(', ')
  const [first, ...more] = node.is === 'group' ? node.fields : []
  return first !== undefined && more.length === 0 ? fieldWord(first) : wayWords[node.is]
}

/** What a field is called: its title, or its name in words. */
export const fieldWord = ({ name, schema: { title } }: Pick<Field, 'name' | 'schema'>): string =>
  title !== undefined && title !== 'duration' ? shortForms(title) : nameWord(name)

/** One of many: `Steps` has a `Step`. */
export function oneOf(word: string): string {
  if (/(?:ss|us|is)$/.test(word) || !word.endsWith('s')) return word
  return word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.slice(0, -1)
}

/** `remoteAddress`, `min_version` and `url` as people write them. */
export function nameWord(name: string): string {
  const words = name
    .replaceAll('_', ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_, one: string, other: string) => `${one} ${other.toLowerCase()}`)
  return shortForms(words.charAt(0).toUpperCase() + words.slice(1))
}

const shortForms = (words: string): string =>
  words.replaceAll(/\b(?:url|ip|tls|ca|id|http|dns|smtp|json)\b/gi, (word) => word.toUpperCase())

const isScalar = (value: unknown) => typeof value !== 'object' || value === null

/** A value that counts where nothing is said, for people; null: there is none to tell. */
export function valueWord(value: unknown): string | null {
  if (value === undefined || value === null || value === '') return null
  if (Array.isArray(value)) return value.length > 0 && value.every(isScalar) ? value.map(plainWord).join(', ') : null
  return typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number'
    ? typeof value === 'boolean'
      ? plainWord(value)
      : String(value)
    : null
}

/** What is set in a value, in a few words, for what is folded over it. */
export function briefly(value: unknown, most = 80): string {
  const parts = partsOf(value, '')
  const text = parts.join(' · ')
  return text.length > most ? `${text.slice(0, most - 1)}…` : text
}

function partsOf(value: unknown, name: string): string[] {
  if (value === undefined || value === '') return []
  const said = (text: string) => (name === '' ? text : `${nameWord(name).toLowerCase()} ${text}`)
  if (Array.isArray(value))
    return value.every(isScalar) ? [said(value.map(plainWord).join(', '))] : [said(`${value.length}`)]
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, one]) => partsOf(one, key))
  return [said(plainWord(value))]
}
