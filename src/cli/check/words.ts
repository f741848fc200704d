// The words after `allswell check KIND`, read into settings as a configuration file would have them.
// Promises all mistakes at once, each with the option it is in. Must not know what the settings mean.
import { meant } from '#platform/arguments.ts'
import type { OwnFlag } from '#platform/arguments.ts'
import { findOption, isMany, isSwitch, type Option, valueOf } from './options.ts'

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

/** Takes one option over; true when the next word was its value. */
function takeOption(given: Given, { options, own, resolve, word, next }: Place): boolean {
  const [, dashes = '', name = '', value] = /^(--?)([^=]*)(?:=(.*))?$/s.exec(word) ?? []
  const ownOne = dashes === '--' ? own.find(({ flag }) => flag === name) : undefined
  const found = dashes === '--' && !ownOne ? (findOption(options, name) ?? findNo(options, name)) : null
  if (!ownOne && !found) {
    given.faults.push(sayUnknown(`${dashes}${name}`, name, options, own))
    return value === undefined && next !== undefined && !next.startsWith('-')
  }
  const mayStandAlone = found ? isSwitch(found.option.takes) || 'no' in found : ownOne?.takes === undefined
  const takesNext =
    value === undefined && next !== undefined && (mayStandAlone ? isYesNo(next) : !next.startsWith('--'))
  const text = value ?? (takesNext && !(ownOne && mayStandAlone) ? next : undefined)
  if (text === undefined && !mayStandAlone) {
    const dashed = next?.startsWith('--') === true ? `; where it begins with dashes write --${name}=VALUE` : ''
    given.faults.push(`--${name} needs a value${dashed}`)
    return false
  }
  if (ownOne) takeOwn(given, name, mayStandAlone, text)
  else if (found && 'no' in found) takeNo(given, found, name, text)
  else if (found) take(given, found, name, text, resolve)
  return value === undefined && text !== undefined
}

const isYesNo = (word: string) => word === 'true' || word === 'false'

function takeOwn(given: Given, name: string, alone: boolean, text: string | undefined): void {
  if (given.own.has(name)) given.faults.push(`--${name} is given twice`)
  if (alone && text !== undefined) given.faults.push(`--${name} takes no value`)
  given.own.set(name, alone ? true : (text ?? true))
}

type Found = NonNullable<ReturnType<typeof findOption>>

/** `--no-verify` is `--verify=false`. */
function findNo(options: readonly Option[], name: string): (Found & { readonly no: true }) | null {
  const found = name.startsWith('no-') ? findOption(options, name.slice(3)) : null
  return found && isSwitch(found.option.takes) ? { ...found, no: true } : null
}

function takeNo(given: Given, { path, option }: Found, name: string, text: string | undefined): void {
  if (text === undefined) put(given, path, false, option, name)
  else given.faults.push(`--${name} takes no value; write --${name} or --${option.name}=${text}`)
}

function take(given: Given, { option, path }: Found, name: string, text: string | undefined, resolve: Resolve): void {
  try {
    put(given, path, text === undefined ? true : valueOf(option.takes, resolve(text)), option, name)
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
  if (before === undefined) define(place, last, listOnly && !Array.isArray(value) ? [value] : value)
  else if (isMany(takes)) define(place, last, [before, value].flat())
  else if (typeof before === 'object') given.faults.push(`--${name}: its parts --${full}.… are given as well`)
  else given.faults.push(`--${name} is given twice`)
}

/** Whatever the name is, `__proto__` too. */
function define(place: object, name: string, value: unknown): void {
  Object.defineProperty(place, name, { value, enumerable: true, configurable: true, writable: true })
}

function sayUnknown(word: string, name: string, options: readonly Option[], own: readonly OwnFlag[]): string {
  const known = [...options.map((one) => one.name.replace(/\.\*$/, '.NAME')), ...own.map(({ flag }) => flag)]
  const inside = known.filter((one) => one.startsWith(`${name.replaceAll('-', '_')}.`))
  if (inside.length > 0) return `${word} has parts; give one of ${inside.map((one) => `--${one}`).join(', ')}`
  const last = known.filter((one) => one.endsWith(`.${name.replaceAll('-', '_')}`))
  if (last.length === 1) return `unknown option ${word}; did you mean --${last[0]}?`
  return `unknown option ${word}${meant(name, known, '--')}`
}
