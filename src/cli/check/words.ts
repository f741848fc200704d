// The words after `allswell check KIND`, read into settings as a configuration file would have them.
// Promises all mistakes at once, each with the option it is in. Must not know what the settings mean.
import { suggest } from '#core/suggest.ts'
import type { OwnFlag } from '#platform/arguments.ts'
import { findOption, isMany, isSwitch, isWhole, type Option, valueOf } from './options.ts'

/** Options of the command itself, whatever the kind. */
export const ownOptions: readonly OwnFlag[] = [
  { flag: 'timeout', takes: 'DURATION', help: 'How long it may take in all. Left out: 10s.' },
  { flag: 'json', help: 'Print JSON, with all the evidence.' },
  { flag: 'help', help: 'Tell about the kind and its settings.' },
]

export interface Given {
  /** The settings, as a configuration file would have them. */
  readonly settings: Record<string, unknown>
  /** Of the command's own options; true for one without a value. */
  readonly own: Map<string, string | true>
  readonly operands: string[]
  readonly faults: string[]
}

/** A value as it was written becomes what it stands for; throws an Error that says why it cannot. */
type Resolve = (text: string) => string

/** Reads the words. `options`: those of the kind; `own`: those of the command. */
export function readWords(
  words: readonly string[],
  options: readonly Option[],
  own: readonly OwnFlag[],
  resolve: Resolve,
): Given {
  const given: Given = { settings: {}, own: new Map(), operands: [], faults: [] }
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index] ?? ''
    if (word === '--') {
      given.operands.push(...words.slice(index + 1))
      break
    }
    if (!word.startsWith('-') || word === '-') given.operands.push(word)
    else if (takeOption(given, { options, own, resolve, word, next: words[index + 1] })) index += 1
  }
  return given
}

interface Place {
  readonly options: readonly Option[]
  readonly own: readonly OwnFlag[]
  readonly resolve: Resolve
  readonly word: string
  readonly next: string | undefined
}

/** An option of the command, one that sets something, or `--no-` before one that can be switched off. */
type Meaning =
  | { readonly what: 'own'; readonly flag: OwnFlag }
  | { readonly what: 'set' | 'no'; readonly option: Option; readonly path: readonly string[] }

function meaningOf(name: string, { options, own }: Place): Meaning | null {
  const flag = own.find((one) => one.flag === name)
  if (flag) return { what: 'own', flag }
  const found = findOption(options, name)
  if (found) return { what: 'set', ...found }
  const denied = name.startsWith('no-') ? findOption(options, name.slice(3)) : null
  return denied && isSwitch(denied.option.takes) ? { what: 'no', ...denied } : null
}

/** Takes one option over; true when the next word was its value. */
function takeOption(given: Given, place: Place): boolean {
  const { word, next, resolve, options, own } = place
  const [, dashes = '', name = '', value] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  const meaning = dashes === '--' ? meaningOf(name, place) : null
  const following = value === undefined ? next : undefined
  if (meaning === null) {
    given.faults.push(sayUnknown(`${dashes}${name}`, name, options, own))
    return following !== undefined && !following.startsWith('-')
  }
  const text = following !== undefined && isValue(meaning, following) ? following : value
  if (meaning.what === 'own') takeOwn(given, meaning.flag, text)
  else if (meaning.what === 'no') takeNo(given, meaning, name, text)
  else take(given, meaning, { name, text, resolve, options })
  return value === undefined && text !== undefined
}

/** Whether the next word is the option's value. */
function isValue(meaning: Meaning, next: string): boolean {
  if (meaning.what === 'no' || (meaning.what === 'own' && meaning.flag.takes === undefined)) return false
  if (meaning.what === 'set' && isSwitch(meaning.option.takes)) return next === 'true' || next === 'false'
  return !next.startsWith('--')
}

const needsValue = (name: string) => `--${name} needs a value; one that begins with dashes is written --${name}=VALUE`

function takeOwn(given: Given, { flag, takes }: OwnFlag, text: string | undefined): void {
  if (given.own.has(flag)) given.faults.push(`--${flag} is given twice`)
  if (takes === undefined && text !== undefined) given.faults.push(`--${flag} takes no value`)
  if (takes !== undefined && text === undefined) given.faults.push(needsValue(flag))
  else given.own.set(flag, text ?? true)
}

type Found = NonNullable<ReturnType<typeof findOption>>

/** `--no-verify` is `--verify=false`. */
function takeNo(given: Given, { path, option }: Found, name: string, text: string | undefined): void {
  if (text === undefined) put(given, path, false, option, name)
  else given.faults.push(`--${name} takes no value; write --${name} or --${option.name}=${text}`)
}

interface Taken {
  readonly name: string
  readonly text: string | undefined
  readonly resolve: Resolve
  readonly options: readonly Option[]
}

function take(given: Given, { option, path }: Found, { name, text, resolve, options }: Taken): void {
  const { takes, name: full } = option
  if (text === undefined && takes.onlyFalse) {
    given.faults.push(`--${name} needs more: give one of ${sayParts(full, options) ?? ''}, or --no-${full}`)
  } else if (text === undefined && !isSwitch(takes)) given.faults.push(needsValue(name))
  else
    try {
      put(given, path, text === undefined ? true : valueOf(takes, resolve(text)), option, name)
    } catch (error) {
      given.faults.push(`--${name}: ${(error as Error).message}`)
    }
}

/** Enters a value where its path leads; what is given again becomes a list where one may stand. */
function put(given: Given, path: readonly string[], value: unknown, { takes, name: full }: Option, name: string): void {
  let place: Record<string, unknown> = given.settings
  for (const step of path.slice(0, -1)) {
    if (!Object.hasOwn(place, step)) define(place, step, {})
    const next = place[step]
    if (typeof next !== 'object' || next === null || Array.isArray(next)) {
      given.faults.push(`--${name}: --${path.slice(0, path.indexOf(step) + 1).join('.')} says it all already`)
      return
    }
    place = next as Record<string, unknown>
  }
  const last = path.at(-1) ?? ''
  const before = Object.hasOwn(place, last) ? place[last] : undefined
  const listOnly = isMany(takes) && !takes.text && !takes.number && !takes.boolean && takes.words.length === 0
  const alone = listOnly && !Array.isArray(value) && !isWhole(takes, value)
  if (before === undefined) define(place, last, alone ? [value] : value)
  else if (isMany(takes)) define(place, last, [before, value].flat())
  else if (typeof before === 'object') given.faults.push(`--${name}: its parts --${full}.… are given as well`)
  else given.faults.push(`--${name} is given twice`)
}

/** Whatever the name is, `__proto__` too. */
function define(place: object, name: string, value: unknown): void {
  Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true })
}

function sayUnknown(word: string, name: string, options: readonly Option[], own: readonly OwnFlag[]): string {
  const parts = sayParts(name.replaceAll('-', '_'), options)
  if (parts !== null) return `${word} has parts; give one of ${parts}`
  const known = [...options.map(shown), ...own.map(({ flag }) => flag)]
  const last = known.filter((one) => one.endsWith(`.${name.replaceAll('-', '_')}`))
  if (last.length === 1) return `unknown option ${word}; did you mean --${last[0]}?`
  const heads = new Set(options.map((one) => one.field.path[0] ?? ''))
  const near = suggest(name, [...known, ...heads])
  if (near === null) return `unknown option ${word}`
  const inside = known.includes(near) ? null : sayParts(near, options)
  return `unknown option ${word}; did you mean ${inside ?? `--${near}`}?`
}

const shown = ({ name }: Option) => name.replace(/\.\*$/, '.NAME')

/** The options within a mapping; null where it is none. */
function sayParts(name: string, options: readonly Option[]): string | null {
  const inside = options.map(shown).filter((one) => one.startsWith(`${name}.`))
  return inside.length === 0 ? null : inside.map((one) => `--${one}`).join(', ')
}
