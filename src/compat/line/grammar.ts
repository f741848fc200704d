// The grammar of one statsd line as lovebeat speaks it: `<name>.<verb>:<integer>|<type>` and perhaps `|@<rate>`.
// Promises to judge bytes as the observed servers did, in linear time. Must not know what a verb does.

export const lineFeed = 10
export const colon = 58
const carriageReturn = 13
const bar = 124
const dot = 46
const minus = 45
const at = 64

/** All verbs of both generations. */
export const verbs = ['beat', 'autobeat', 'warn', 'err', 'timeout'] as const
export type Verb = (typeof verbs)[number]
const known = new Map<string, Verb>(verbs.map((verb) => [verb, verb]))
const longestVerb = Math.max(...verbs.map((verb) => verb.length))

/** Where the line that contains `from` ends: at its line feed, or at `to`. */
export function lineEnd(bytes: Buffer, from: number, to: number): number {
  let end = from
  while (end < to && bytes[end] !== lineFeed) end += 1
  return end
}

/** Whether nothing stands in [from, to) but perhaps a carriage return. */
export function isBlank(bytes: Buffer, from: number, to: number): boolean {
  return from === to || (to - from === 1 && bytes[from] === carriageReturn)
}

/** Whether [from, to), what stands after the colon, is a value: an int64, `|`, a type, perhaps a rate (ignored). */
export function isValue(bytes: Buffer, from: number, to: number): boolean {
  const end = to > from && bytes[to - 1] === carriageReturn ? to - 1 : to
  const first = bytes[from] === minus ? from + 1 : from
  const after = digits(bytes, first, end)
  if (after === first || bytes[after] !== bar || !fits(bytes, first, after)) return false
  const type = typeEnd(bytes, after + 1, end)
  if (type === end) return true
  return type > 0 && isRate(bytes, type, end)
}

/** The number that a value which `isValue` begins with; one beyond 2^53 is only about so large. */
export function numberOf(bytes: Buffer, from: number): number {
  const isNegative = bytes[from] === minus
  let number = 0
  for (let index = isNegative ? from + 1 : from; isDigit(bytes[index] ?? 0); index += 1)
    number = number * 10 + (bytes[index] as number) - 48
  return isNegative ? -number : number
}

/** The verb after the last dot of a token, and where that dot stands; null: there is none, or it is not known. */
export function verbOf(bytes: Buffer, from: number, to: number): { verb: Verb; dot: number } | null {
  const lowest = Math.max(from, to - longestVerb - 1)
  for (let index = to - 1; index >= lowest; index -= 1) {
    if (bytes[index] !== dot) continue
    const verb = known.get(bytes.toString('latin1', index + 1, to))
    return verb === undefined ? null : { verb, dot: index }
  }
  return null
}

const isDigit = (byte: number) => byte >= 48 && byte <= 57

function digits(bytes: Buffer, from: number, to: number): number {
  let index = from
  while (index < to && isDigit(bytes[index] as number)) index += 1
  return index
}

/** Whether the digits [from, to), with the sign before them, are a 64-bit integer. */
function fits(bytes: Buffer, from: number, to: number): boolean {
  if (to - from < 19) return true
  let first = from
  while (first < to && bytes[first] === 48) first += 1
  if (to - first !== 19) return to - first < 19
  const most = bytes[from - 1] === minus ? 9_223_372_036_854_775_808n : 9_223_372_036_854_775_807n
  return BigInt(bytes.toString('latin1', first, to)) <= most
}

/** Where the type `c`, `g` or `ms` ends; 0: none of them. */
function typeEnd(bytes: Buffer, from: number, to: number): number {
  const rest = to - from
  if (rest >= 1 && (bytes[from] === 99 || bytes[from] === 103)) return from + 1
  return rest >= 2 && bytes[from] === 109 && bytes[from + 1] === 115 ? from + 2 : 0
}

/** `|@` and at least one digit or dot. */
function isRate(bytes: Buffer, from: number, to: number): boolean {
  if (to - from < 3 || bytes[from] !== bar || bytes[from + 1] !== at) return false
  for (let index = from + 2; index < to; index += 1) {
    if (!isDigit(bytes[index] as number) && bytes[index] !== dot) return false
  }
  return true
}
