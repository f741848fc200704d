// Compares of one value from JSON with what is wanted of it, in words.
// Promises whole sentences of bounded length that name the place. Must not know where the value was found.
import { openSearch } from '#platform/regex.ts'
import { quote } from '../quote.ts'
import { type Found, sayName } from './place.ts'

export interface Compare {
  readonly exists?: boolean | undefined
  readonly equals?: unknown
  readonly not_equals?: unknown
  readonly contains?: string | number | boolean | null | undefined
  readonly less?: number | undefined
  readonly at_most?: number | undefined
  readonly greater?: number | undefined
  readonly at_least?: number | undefined
  readonly one_of?: readonly unknown[] | undefined
  readonly regex?: string | undefined
}

/** A text in JSON is searched for a pattern so far, characters. */
const searchedMost = 10_000

/** What is wrong with what was found, or not found, at a place of that name; null when nothing is. */
export function compareFault(found: Found, name: string, compare: Compare): string | null {
  const { exists, equals, not_equals: other, one_of: choices } = compare
  if (!found.found) return exists === false ? null : found.why
  const { value } = found
  const is = `${sayName(name)} is ${say(value)}`
  if (exists === false) return `${is}; nothing was to be there.`
  if (equals !== undefined && !isSame(value, equals)) return `${is}${sayOther(value, equals)}`
  if (other !== undefined && isSame(value, other)) return `${is}; anything else was expected.`
  if (choices && !choices.some((one) => isSame(value, one))) return `${is}; ${sayChoices(choices)} was expected.`
  const lack = lackOf(value, compare)
  if (lack !== null) return `${is}, which ${lack}.`
  return boundsFault(value, compare, is)
}

/** What a value does not contain or match, as a predicate. */
function lackOf(value: unknown, { contains, regex }: Compare): string | null {
  const isText = typeof value === 'string'
  if (contains !== undefined) {
    const has = Array.isArray(value) ? value.includes(contains) : isText && value.includes(String(contains))
    if (!isText && !Array.isArray(value)) return `is neither text nor a list that could contain ${say(contains)}`
    if (!has) return `does not contain ${say(contains)}`
  }
  if (regex === undefined) return null
  if (typeof value === 'object') return `is no text that could match the pattern ${quote(regex)}`
  const text = isText ? value : JSON.stringify(value)
  const isCut = text.length > searchedMost
  if (openSearch([regex]).find(text.slice(0, searchedMost), isCut).found[0]) return null
  const within = isCut ? ` within its first ${searchedMost} characters` : ''
  return `does not match the pattern ${quote(regex)}${within}`
}

const bounds = [
  { setting: 'less', words: 'less than', isMet: (value: number, bound: number) => value < bound },
  { setting: 'at_most', words: 'at most', isMet: (value: number, bound: number) => value <= bound },
  { setting: 'greater', words: 'more than', isMet: (value: number, bound: number) => value > bound },
  { setting: 'at_least', words: 'at least', isMet: (value: number, bound: number) => value >= bound },
] as const

function boundsFault(value: unknown, compare: Compare, is: string): string | null {
  const number = numberOf(value)
  for (const { setting, words, isMet } of bounds) {
    const bound = compare[setting]
    if (bound === undefined) continue
    if (number === null) return `${is}; a number, ${words} ${bound}, was expected.`
    if (!isMet(number, bound)) return `${is}; ${words} ${bound} was expected.`
  }
  return null
}

/** A number, or a text that is one: many write them so. */
function numberOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\s*-?\d{1,300}(\.\d{1,300})?([eE][+-]?\d{1,3})?\s*$/.test(value)
    ? Number(value)
    : null
}

/** Whether two values of JSON are the same; the order of keys aside. As deep as `wanted` is. */
function isSame(value: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return value === wanted
  if (typeof value !== 'object' || value === null || Array.isArray(value) !== Array.isArray(wanted)) return false
  const names = Object.keys(wanted)
  if (names.length !== Object.keys(value).length) return false
  const entry = (of: object, name: string) => (of as Readonly<Record<string, unknown>>)[name]
  return names.every((name) => Object.hasOwn(value, name) && isSame(entry(value, name), entry(wanted, name)))
}

/** What was expected in place of a value; two that look alike are not shown twice. */
function sayOther(value: unknown, wanted: unknown): string {
  return say(value) === say(wanted) ? ', but not the one that was expected.' : `; ${say(wanted)} was expected.`
}

const shownMost = 60
const entriesShown = 20

/** A value as JSON, short and printable; what is long or holds much is only named. */
function say(value: unknown): string {
  if (typeof value === 'string') return sayText(value)
  if (typeof value !== 'object' || value === null) return String(value)
  const entries = Object.values(value)
  const what = Array.isArray(value) ? `a list of ${entries.length}` : `a mapping of ${entries.length}`
  if (entries.length === 0) return Array.isArray(value) ? '[]' : '{}'
  if (entries.length > entriesShown || entries.some((one) => typeof one === 'object' && one !== null)) return what
  const parts = Object.entries(value).map(([name, one]) =>
    Array.isArray(value) ? say(one) : `${sayText(name)}: ${say(one)}`,
  )
  const text = Array.isArray(value) ? `[${parts.join(', ')}]` : `{ ${parts.join(', ')} }`
  return text.length > shownMost ? what : text
}

/** Text in straight quotes as JSON has it, so that 1 and "1" are told apart, and spaces at its ends are seen. */
function sayText(text: string): string {
  const shown = JSON.stringify(text.length > shownMost ? `${text.slice(0, shownMost)}…` : text)
  return shown.replaceAll(/[\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufffd]/g, ' ')
}

function sayChoices(choices: readonly unknown[]): string {
  const shown = choices.slice(0, 10).map(say).join(' or ')
  return choices.length > 10 ? `${shown} or ${choices.length - 10} more` : shown
}
