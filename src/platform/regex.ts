// Regular expressions that people write, searched for in texts that strangers send. The syntax is RE2's.
// Promises that time grows with the text and no faster: bounded patterns, bounded steps, bounded memory. What would
// take longer is not searched to its end, and says so. Must not know what the texts are.
import { createRequire } from 'node:module'
import type { RE2JS, RE2Set } from 're2js'

/** A pattern may have so many characters. */
export const patternMost = 1_000
/** Patterns that are searched for together may have so many instructions; a plain character is one. */
const programMost = 1_000
/** Instructions times characters; at worst each such step takes some 10 ns. */
const stepsMost = 10_000_000
/** Bytes that the searches of one opened list may remember. */
const memoryMost = 256 * 1024
const openMost = 500

export interface Search {
  /** So many characters of a text are searched; the larger the patterns, the fewer. */
  readonly reach: number
  /**
   * For each pattern whether it is found within the reach. `isCut`: the text goes on behind what is given. Where it does,
   * or goes beyond the reach, a pattern that must see the end of the text (`$`) is never found.
   */
  find(text: string, isCut?: boolean): readonly boolean[]
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
  let size = 0
  for (const pattern of patterns) {
    if (pattern.length > patternMost) return `is longer than ${patternMost} characters`
    try {
      size += engine().RE2JS.compile(pattern).programSize()
    } catch (error) {
      return complain((error as Error).message)
    }
  }
  if (size <= programMost) return null
  const what = patterns.length > 1 ? 'these patterns are together' : 'the pattern is'
  return `${what} too large (${size} steps, at most ${programMost}); repeat less in it`
}

/** The engine's `error parsing regexp: missing closing ): …` as a sentence; what other engines have is named. */
function complain(message: string): string {
  const [, what = message, where = ''] = /^error parsing regexp: (.*?)(?:: `([\s\S]*)`)?$/.exec(message) ?? []
  if (/^\(\?<?[=!]/.test(where) || /^\(\?<[=!]/.test(where))
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
  const { RE2JS, RE2Set } = engine()
  const size = patterns.reduce((sum, pattern) => sum + RE2JS.compile(pattern).programSize(), 0)
  const set = new RE2Set(RE2Set.UNANCHORED, 0, memoryMost)
  for (const pattern of patterns) set.add(pattern)
  set.compile()
  const reach = Math.floor(stepsMost / Math.max(1, size))
  const ends = patterns.map(endOf)
  return {
    reach,
    find: (text, isCut = false) => {
      const isPartial = isCut || text.length > reach
      const part = isPartial ? upToLine(text.slice(0, reach)) : text
      const found = new Set<number>(set.match(part))
      const seesEnd = (end: End) => end === 'text' || (end === 'line' && !part.endsWith('\n'))
      return ends.map((end, index) => found.has(index) && !(isPartial && seesEnd(end)))
    },
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
const tokens = /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?\w+:\]|[^\]\\])*\]|\$/g

function endOf(pattern: string): End {
  const found: readonly string[] = pattern.match(tokens) ?? []
  if (found.includes('\\z')) return 'text'
  if (!found.includes('$')) return null
  return /\(\?[a-zA-Z]*m/.test(pattern) ? 'line' : 'text'
}

/** The first match of a pattern within its reach: the whole, then its groups, null for those that took no part. */
export function firstMatch(pattern: string, text: string): readonly (string | null)[] | null {
  const { reach } = openSearch([pattern])
  const found = engine().RE2JS.compile(pattern).exec(text.slice(0, reach)) as
    | readonly (string | null | undefined)[]
    | null
  return found === null ? null : Array.from(found, (one) => one ?? null)
}
