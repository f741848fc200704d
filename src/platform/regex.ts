// Regular expressions that people write, searched for in texts that strangers send. The syntax is RE2's.
// Promises that time grows with the text and no faster: bounded patterns, bounded steps, bounded memory. What would
// take longer is not searched to its end, and says so. Must not know what the texts are.
import { createRequire } from 'node:module'
import type { RE2JS, RE2Set } from 're2js'

/** A pattern may have so many characters. */
export const patternMost = 1_000
/** Patterns that are searched for together may have so many instructions; a plain character is one. */
const programMost = 1_000
/**
 * Instructions times characters. The engine remembers what it has learned of a text and then takes some 6 ns for each
 * character, whatever the pattern; where it gives that up, for there is too much to learn, some 10 ns for each step.
 * So a search takes some 100 ms at worst.
 */
const stepsMost = 100_000_000
const slowStepsMost = 5_000_000
/** Bytes that the searches of one opened list may remember. */
const memoryMost = 256 * 1024
const openMost = 500

export interface Found {
  /** For each pattern whether it is there. */
  readonly found: readonly boolean[]
  /** So many characters were searched, from the beginning. */
  readonly searched: number
}

export interface Search {
  /**
   * Searches a text, to its end unless the patterns are large or it makes them slow. `isCut`: it goes on behind what is
   * given. What was not searched to its end has no end that a pattern could see: with `$` it is not found.
   */
  find(text: string, isCut?: boolean): Found
}

interface Engine {
  readonly RE2JS: typeof RE2JS
  readonly RE2Set: typeof RE2Set
}

let loaded: Engine | null = null
/** Loaded when first used: most houses have no pattern. */
const engine = (): Engine => (loaded ??= createRequire(import.meta.url)('re2js') as Engine)

/** What is wrong with a pattern, or with several that are searched for together; null when nothing is. */
export function regexFault(...patterns: readonly string[]): string | null {
  if (patterns.some((pattern) => pattern.length > patternMost)) return `is longer than ${patternMost} characters`
  let size = patterns.reduce((sum, pattern) => sum + estimate(pattern), 0)
  try {
    // What is by far too large takes long to be compiled.
    if (size <= estimateMost) size = sizeOf(patterns)
  } catch (error) {
    return complain((error as Error).message)
  }
  if (size <= programMost) return null
  const what = patterns.length > 1 ? 'these patterns are together' : 'the pattern is'
  return `${what} too large (${size} steps, at most ${programMost}); repeat less in it`
}

const estimateMost = 20 * programMost
const escapeOrClass = String.raw`\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]`
const atoms = new RegExp(`(${escapeOrClass}|[\\s\\S])(?:\\{(\\d+)(?:,(\\d*))?\\})?`, 'g')

/** About how many instructions a pattern has, once its repetitions are written out. */
function estimate(pattern: string): number {
  const groups: number[] = []
  let total = 0
  for (const [, atom, least = '1', most = ''] of pattern.matchAll(atoms)) {
    if (atom === '(') groups.push(total)
    const before = atom === ')' ? (groups.pop() ?? total) : total
    if (atom !== '(' && atom !== ')') total += 1
    total += (total - before) * (Math.max(1, Number(least), Number(most)) - 1)
  }
  return total
}

/** The engine's `error parsing regexp: missing closing ): …` as a sentence; what other engines have is named. */
function complain(message: string): string {
  const [, what = message, where = ''] = /^error parsing regexp: (.*?)(?:: `([\s\S]*)`)?$/.exec(message) ?? []
  if (/^\(\?<?[=!]/.test(where))
    return 'looks ahead or behind with (?= (?! (?<= or (?<!, which takes time without bound; write it without'
  if (/^\\[1-9]/.test(where)) return `refers back with ${where}, which takes time without bound; write it without`
  return `is not a regular expression: ${what}${where === '' ? '' : ` at ${where.slice(0, 60)}`}`
}

const open = new Map<string, Search>()

/** Opens patterns to be searched for together, in one pass. Throws for those in which `regexFault` finds one. */
export function openSearch(patterns: readonly string[]): Search {
  const key = JSON.stringify(patterns)
  const known = open.get(key)
  // Last used, last to go.
  if (known) open.delete(key)
  const search = known ?? compile(patterns)
  open.set(key, search)
  const [oldest] = open.keys()
  if (open.size > openMost && oldest !== undefined) open.delete(oldest)
  return search
}

function compile(patterns: readonly string[]): Search {
  const wrong = regexFault(...patterns)
  if (wrong !== null) throw new Error(wrong)
  const size = Math.max(1, sizeOf(patterns))
  const match = openSet(patterns)
  const ends = patterns.map(endOf)
  const look = (text: string, isCut: boolean, most: number, isQuick: boolean): Found | null => {
    const isPartial = isCut || text.length > most
    const part = isPartial ? upToLine(text.slice(0, most)) : text
    const met = match(part, isQuick)
    if (met === null) return null
    const seesEnd = (end: End) => end === 'text' || (end === 'line' && !part.endsWith('\n'))
    const found = ends.map((end, index) => met.includes(index) && !(isPartial && seesEnd(end)))
    return { found, searched: Math.min(text.length, most) }
  }
  return {
    find: (text, isCut = false) =>
      look(text, isCut, Math.floor(stepsMost / size), true) ??
      (look(text, isCut, Math.floor(slowStepsMost / size), false) as Found),
  }
}

const sizeOf = (patterns: readonly string[]): number =>
  patterns.reduce((sum, pattern) => sum + engine().RE2JS.compile(pattern).programSize(), 0)

/** Which of the patterns match a text; null where only the slow way would tell and the quick one was asked for. */
type Match = (text: string, isQuick: boolean) => readonly number[] | null

function openSet(patterns: readonly string[]): Match {
  const { RE2Set } = engine()
  const set = new RE2Set(RE2Set.UNANCHORED, 0, memoryMost)
  for (const pattern of patterns) set.add(pattern)
  set.compile()
  const gaveUp = new Error('the quick way gave up')
  let isQuickOnly = true
  // By itself the set would go on the slow way at once, however long the text is.
  const quick = set.dfa.matchSet.bind(set.dfa)
  set.dfa.matchSet = (input, position, anchor) => {
    // Null sends it on the slow way.
    const met: number[] | null = isQuickOnly ? quick(input, position, anchor) : null
    if (met === null && isQuickOnly) throw gaveUp
    return met as number[]
  }
  return (text, isQuick) => {
    isQuickOnly = isQuick
    try {
      return set.match(text)
    } catch (error) {
      if (error === gaveUp) return null
      throw error
    }
  }
}

/** Whole lines, where that takes little away: what stands at the end of a line stands there in truth. */
function upToLine(text: string): string {
  const end = text.lastIndexOf('\n') + 1
  return end > text.length * 0.9 ? text.slice(0, end) : text
}

/** Which end a pattern asks for: that of the text, of a line, or none. */
type End = 'text' | 'line' | null
/** Literal blocks, what is escaped, classes, and `$` where it is none of these. */
const tokens = new RegExp(`\\\\Q[\\s\\S]*?(?:\\\\E|$)|${escapeOrClass}|\\$`, 'g')

function endOf(pattern: string): End {
  const found: readonly string[] = pattern.match(tokens) ?? []
  if (found.includes('\\z')) return 'text'
  if (!found.includes('$')) return null
  return /\(\?[a-zA-Z]*m/.test(pattern) ? 'line' : 'text'
}

/** The first match of a pattern: the whole, then its groups, null for those that took no part. */
export const firstMatch = (pattern: string, text: string): readonly (string | null)[] | null => openMatch(pattern)(text)

/** The same for a pattern that is matched again and again. */
export function openMatch(pattern: string): (text: string) => readonly (string | null)[] | null {
  const compiled = engine().RE2JS.compile(pattern)
  const most = Math.floor(slowStepsMost / Math.max(1, compiled.programSize()))
  const search = openSearch([pattern])
  return (text) => {
    const part = text.slice(0, most)
    if (!search.find(part, part !== text).found[0]) return null
    const found = compiled.exec(part) as readonly (string | null | undefined)[] | null
    return found && Array.from(found, (one) => one ?? null)
  }
}

/** A test for very many short texts. What every match must have in plain text is looked for first. */
export function openTest(pattern: string): (text: string) => boolean {
  const search = openSearch([pattern])
  const parts = plainParts(pattern)
  const [first = '', ...rest] = parts
  const start = `^${first.replaceAll('.', '\\.')}`
  // In `^a*[b]a` the first `a` may be missing, and the text that must be there is the second.
  const isAtStart = pattern.startsWith(start) && !/^[*?{]/.test(pattern.slice(start.length))
  return (text) => {
    if (!(isAtStart ? text.startsWith(first) : text.includes(first))) return false
    for (const part of rest) if (!text.includes(part)) return false
    return search.find(text).found[0] === true
  }
}

const partTokens =
  /\\(?<plain>[./_-])|(?<escaped>\\[\s\S])|\[\^?\]?(?:\\.|[^\]\\])*\]|(?<quantifier>[*+?]|\{[\d,]*\})|(?<other>[\s\S])/g
/** What is escaped and is one sign of some sort, or a place; others may go on, as in `\pL` and `\x6a`. */
const oneSign = /^\\[^a-zA-Z0-9]$|^\\[dDwWsSbBAz]$/
/** Signs that stand for themselves in a pattern. */
const isPlain = /^[\w ,:;!@#%&/=<>"'~`-]$/

/** Texts that every match of a pattern has, in their order; none where that is not plain to see. */
export function plainParts(pattern: string): string[] {
  // What stands in a choice need not be there, and flags may change what a sign means.
  // A class may hold named ones, such as `[[:alpha:]_]`, and ends behind these.
  if (/\||\(\?|\[:|\\[QE]|[^\x20-\x7e]/.test(pattern)) return []
  const parts = ['']
  let depth = 0
  for (const { 0: token, groups = {} } of pattern.matchAll(partTokens)) {
    if (groups['escaped'] !== undefined && !oneSign.test(token)) return []
    const sign = groups['plain'] ?? (isPlain.test(groups['other'] ?? '') ? token : null)
    if (token === '(') depth += 1
    else if (token === ')') depth -= 1
    if (depth === 0 && sign !== null) parts[parts.length - 1] += sign
    else {
      // What is repeated may be there no time.
      if (groups['quantifier'] !== undefined && token !== '+') parts.push((parts.pop() ?? '').slice(0, -1))
      if (parts.at(-1) !== '') parts.push('')
    }
  }
  return parts.filter((part) => part !== '')
}
