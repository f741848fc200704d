// Faults: what a schema objects to, said so that a person can mend it.
// Promises one fault for each mistake up to a bound, with the nearest known word, and none of the schema library's own
// jargon.
import { z } from 'zod'
import { quote } from '#core/quote.ts'
import { suggest } from '#core/suggest.ts'
import type { Fault, Read } from './model.ts'

export { quote }

type Raw = z.core.$ZodRawIssue
type Issue = z.core.$ZodIssue

/** So many faults of one thing are told at once. */
const faultsMost = 100

/** The first faults of what may be very many, put into words only here, and how many more there are. */
export function firstFaults(found: readonly (() => Fault)[]): Fault[] {
  const faults = found.slice(0, faultsMost).map((say) => say())
  const more = found.length - faults.length
  if (more > 0) faults.push({ path: [], message: `${more} more things are wrong with it; mend these first` })
  return faults
}

/** Reads a value by a schema; all that is wrong with it at once. */
export function readBy<Value>(schema: z.ZodType<Value>, input: unknown): Read<Value> {
  const knownKeys = new Map<readonly string[], readonly string[]>()
  const result = schema.safeParse(input, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') knownKeys.set(issue.keys, shapeOf(issue.inst))
      return explain(issue)
    },
  })
  if (result.success) return { ok: true, value: result.data }
  const found = result.error.issues.flatMap((issue) => flatten(issue, [], input, knownKeys))
  return { ok: false, faults: firstFaults(found) }
}

/** `"htpt" is not known; did you mean "http"?`, or the list of what is known where nothing is near. */
export function unknownWord(word: string, known: readonly string[], what: string): string {
  const near = suggest(word, known)
  if (near !== null) return `${what} ${quote(word)} is not known; did you mean ${quote(near)}?`
  return known.length === 0
    ? `${what} ${quote(word)} is not known; there is none`
    : `${what} ${quote(word)} is not known; known: ${list(known, 20)}`
}

function list(words: readonly string[], most: number): string {
  const shown = words.slice(0, most).join(', ')
  return words.length > most ? `${shown} and ${words.length - most} more` : shown
}

/** What a value is, in words. */
export function sayValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'string') return value === '' ? 'empty text' : `the text ${quote(value)}`
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`
  if (typeof value === 'boolean') return `${value}`
  return 'a mapping'
}

const typeWords: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping (key: value)',
  record: 'a mapping (key: value)',
  null: 'nothing',
}
const typeWord = (expected: string) => typeWords[expected] ?? expected

const formatWords: Readonly<Record<string, string>> = {
  url: 'is not a URL; write it with its scheme, such as https://example.com/health',
  email: 'is not a mail address, such as ops@example.com',
  ipv4: 'is not an IPv4 address',
  ipv6: 'is not an IPv6 address',
  cidrv4: 'is not a network such as 10.0.0.0/8',
  cidrv6: 'is not a network such as fd00::/8',
}

/** The message for an issue whose schema has none of its own; '' where the parts of the issue speak. */
function explain(issue: Raw): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, issue.input)
    case 'too_small':
      return tooSmall(issue)
    case 'too_big':
      return tooBig(issue)
    case 'invalid_format':
      return wrongFormat(issue)
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_value':
      return wrongWord(issue.input, issue.values.map(String))
    case 'custom':
      return 'is not valid'
    case 'unrecognized_keys':
    case 'invalid_union':
    case 'invalid_key':
    case 'invalid_element':
      break
  }
  return ''
}

function wrongType(expected: string, value: unknown): string {
  const hint = expected === 'string' && ['number', 'boolean'].includes(typeof value) ? '; put it in quotes' : ''
  return `expected ${typeWord(expected)}, got ${sayValue(value)}${hint}`
}

function wrongWord(value: unknown, known: readonly string[]): string {
  if (typeof value !== 'string') return `expected ${list(known, 20)}; got ${sayValue(value)}`
  const near = suggest(value, known)
  const hint = near === null ? '' : `; did you mean ${quote(near)}?`
  return `${quote(value)} is not ${known.length === 1 ? '' : 'one of '}${list(known, 20)}${hint}`
}

function wrongFormat(issue: Raw & { code: 'invalid_format' }): string {
  const shown = typeof issue.input === 'string' ? `${quote(issue.input)} ` : ''
  if (issue.format === 'starts_with') return `${shown}must start with ${quote(String(issue.prefix))}`
  if (issue.format === 'ends_with') return `${shown}must end with ${quote(String(issue.suffix))}`
  if (issue.format === 'regex') return `${shown}does not have the form ${issue.pattern}`
  return `${shown}${formatWords[issue.format] ?? `is not a valid ${issue.format}`}`
}

function tooSmall(issue: Raw & { code: 'too_small' }): string {
  const least = Number(issue.minimum)
  if (issue.origin === 'string') return least <= 1 ? 'must not be empty' : `needs at least ${least} characters`
  if (issue.origin === 'array' || issue.origin === 'set') return `needs at least ${count(least, 'entry', 'entries')}`
  if (issue.origin === 'object' || issue.origin === 'map') return `needs at least ${count(least, 'key', 'keys')}`
  return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${least}, got ${sayValue(issue.input)}`
}

function tooBig(issue: Raw & { code: 'too_big' }): string {
  const most = Number(issue.maximum)
  if (issue.origin === 'string') return `must not be longer than ${count(most, 'character', 'characters')}`
  if (issue.origin === 'array' || issue.origin === 'set') return `takes at most ${count(most, 'entry', 'entries')}`
  if (issue.origin === 'object' || issue.origin === 'map') return `takes at most ${count(most, 'key', 'keys')}`
  return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${most}, got ${sayValue(issue.input)}`
}

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`

type Path = readonly (string | number)[]
type KnownKeys = ReadonlyMap<readonly string[], readonly string[]>

/** One issue as faults yet to be put into words: unknown keys one by one, of a union the branch that was meant. */
function flatten(issue: Issue, base: Path, input: unknown, known: KnownKeys): (() => Fault)[] {
  const path = [...base, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))]
  if (issue.code === 'unrecognized_keys' && issue.message === '') {
    const names = known.get(issue.keys) ?? []
    return issue.keys.map((key) => () => ({
      path: [...path, key],
      message: unknownWord(key, names, 'the key'),
      at: 'key',
    }))
  }
  if (issue.code === 'invalid_key') {
    const why = issue.issues[0]?.message
    return [() => ({ path, message: why ? `as a key: ${why}` : 'is not allowed as a key', at: 'key' })]
  }
  if (issue.code === 'invalid_element') return issue.issues.flatMap((one) => flatten(one, path, input, known))
  const value = valueAt(input, path)
  const meant = issue.code === 'invalid_union' && value !== undefined ? branchMeant(issue.errors, value) : undefined
  if (meant) return meant.flatMap((one) => flatten(one, path, input, known))
  return [() => ({ path, message: missing(issue, value) })]
}

/** Of a union's branches the one that was meant: of the value's type, with a near word or the fewest issues. */
function branchMeant(branches: readonly (readonly Issue[])[], value: unknown): readonly Issue[] | undefined {
  const isOther = (one: Issue) =>
    one.code === 'invalid_type' ||
    one.code === 'invalid_union' ||
    (one.code === 'invalid_value' && !one.values.some((known) => typeof known === typeof value))
  const rank = (branch: readonly Issue[]) => {
    const words = branch.find((one) => one.path.length === 0 && one.code === 'invalid_value')
    if (words === undefined) return branch.length
    return words.message.includes('did you mean') ? 0 : Number.POSITIVE_INFINITY
  }
  return branches
    .filter((branch) => branch.length > 0 && !branch.some((one) => one.path.length === 0 && isOther(one)))
    .sort((one, other) => rank(one) - rank(other))[0]
}

/** The issue's message; what is not there at all is called missing. */
function missing(issue: Issue, value: unknown): string {
  const message = issue.message === '' ? branches(issue, value) : issue.message
  if (value !== undefined || !['invalid_type', 'invalid_value', 'invalid_union'].includes(issue.code)) return message
  return `is missing; ${message.replace(/[;,] got nothing$/, '')}`
}

/** What each branch of a union would have taken. */
function branches(issue: Issue, value: unknown): string {
  if (issue.code !== 'invalid_union') return 'is not valid'
  const expected = issue.errors.flat().flatMap((one) => {
    if (one.code === 'invalid_value') return one.values.map((known) => quote(String(known)))
    if (one.code !== 'invalid_type') return []
    const word = typeWord(one.expected)
    return one.message.startsWith(`expected ${word}, got`) ? [word] : [one.message.replace(/^expected /, '')]
  })
  if (expected.length === 0) return 'is not valid'
  return `expected ${[...new Set(expected)].join(' or ')}; got ${sayValue(value)}`
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined
    value = (value as Record<string | number, unknown>)[step]
  }
  return value
}

function shapeOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}
