// Expectations of a text, for every kind that reads one: contains, not_contains, equals, regex, not_regex, empty.
// A kind spreads `textSettings` into its mapping, refines it by `refuseContradictions`, and asks `textFault` later.
// Promises the predicate of a sentence for what is wrong, in time that no pattern and no text can stretch.
// Must not know where the text came from.
import { z } from 'zod'
import { openSearch, regexFault } from '#platform/regex.ts'
import { quote } from '../quote.ts'

const text = z.string().min(1, 'an empty text is found in everything').max(10_000)
const pattern = z
  .string()
  .min(1, 'an empty pattern is found in everything')
  .max(10_000)
  .superRefine((given, context) => {
    const wrong = regexFault(given) ?? (matchesAll(given) ? 'is found in every text, so it says nothing' : null)
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong })
  })

function matchesAll(given: string): boolean {
  const { find } = openSearch([given])
  return ['', '\u0001\u0002', 'a b'].every((sample) => find(sample).found[0])
}

/** One or a list of them, as a list. */
const oneOrMany = (item: z.ZodString, most: number) =>
  z.union([item, z.array(item).min(1).max(most)]).transform((value) => (Array.isArray(value) ? value : [value]))

/** The settings, to stand in a kind's own mapping; `what` is the text in their descriptions: `body`. */
export const textSettings = (what: string) => ({
  contains: oneOrMany(text, 100)
    .meta({ title: 'Contains', description: `Text, or a list of texts that must all be in the ${what}.` })
    .optional(),
  not_contains: oneOrMany(text, 100)
    .meta({ title: 'Does not contain', description: `Text, or a list of texts none of which may be in the ${what}.` })
    .optional(),
  equals: z
    .string()
    .max(100_000)
    .meta({ title: 'Equals', description: `The whole ${what}, white space around it aside.` })
    .optional(),
  regex: oneOrMany(pattern, 20)
    .meta({
      title: 'Pattern',
      description: `Regular expression (RE2), or a list of them that must all be found in the ${what}.`,
    })
    .optional(),
  not_regex: oneOrMany(pattern, 20)
    .meta({
      title: 'No pattern',
      description: `Regular expression (RE2), or a list of them none of which may be found in the ${what}.`,
    })
    .optional(),
  empty: z
    .boolean()
    .meta({
      title: 'Empty',
      description: `Whether there must be nothing in the ${what}, white space aside, or something.`,
    })
    .optional(),
})

export interface TextExpectation {
  readonly contains?: readonly string[] | undefined
  readonly not_contains?: readonly string[] | undefined
  readonly equals?: string | undefined
  readonly regex?: readonly string[] | undefined
  readonly not_regex?: readonly string[] | undefined
  readonly empty?: boolean | undefined
}

/** Refuses what contradicts itself, or asks for nothing; the `superRefine` of a kind's own mapping. */
export function refuseContradictions(expect: TextExpectation, context: z.RefinementCtx): void {
  // What is wrong by itself is told first, and has not the type that it seems to have.
  if (context.issues.length > 0) return
  const { contains = [], not_contains: without = [], equals, regex = [], not_regex: no = [], empty } = expect
  const fault = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', message, path })
  if (Object.values(expect).every((one) => one === undefined))
    fault('expects nothing; give contains, equals, regex or empty')
  const both = contains.find((one) => without.includes(one))
  if (both !== undefined) fault(`“${both}” cannot be both there and not there`, 'not_contains')
  const twice = regex.find((one) => no.includes(one))
  if (twice !== undefined) fault(`“${twice}” cannot be both found and not found`, 'not_regex')
  if (equals !== undefined) {
    const missing = contains.find((one) => !equals.includes(one))
    if (missing !== undefined) fault(`“${missing}” is not in the text that equals asks for`, 'contains')
    const barred = without.find((one) => equals.trim().includes(one))
    if (barred !== undefined) fault(`“${barred}” is in the text that equals asks for`, 'not_contains')
  }
  const filled = contains.length > 0 ? 'contains' : (equals ?? '').trim() === '' ? null : 'equals'
  if (empty === true && filled !== null) fault('expects something, and empty: true expects nothing', filled)
  if (empty === false && equals?.trim() === '') fault('expects nothing, and empty: false expects something', 'equals')
  const wrong = regex.length + no.length > 1 ? regexFault(...regex, ...no) : null
  if (wrong !== null) fault(wrong, regex.length > 0 ? 'regex' : 'not_regex')
}

export interface TextFault {
  /** The setting that is not met. */
  readonly setting: keyof TextExpectation
  /** The predicate of a sentence: `does not contain “OK”`, `is not “pong”`, `is not empty`. */
  readonly says: string
  /** More text to come might mend it. */
  readonly isHopeful: boolean
  /** It is for want of the rest of the text that it is not well, or not known to be. */
  readonly isUnread: boolean
  /** So many characters could be searched for a pattern of that size; null where the text was searched to its end. */
  readonly searched: number | null
}

/** Whether a text that is well now might not be when more of it comes. */
export const needsEnd = ({ not_contains: without, not_regex: no, equals, empty }: TextExpectation): boolean =>
  without !== undefined || no !== undefined || equals !== undefined || empty === true

/**
 * The first expectation that a text does not meet; null when it meets all. `isCut`: more of it came than is given, so
 * that what is not found here may still be there.
 */
export function textFault(text: string, expect: TextExpectation, isCut = false): TextFault | null {
  const { contains, not_contains: without, equals, empty } = expect
  const forbidden = without?.find((part) => text.includes(part))
  if (forbidden !== undefined) return broken('not_contains', `contains ${quote(forbidden)}`)
  const missing = contains?.find((part) => !text.includes(part))
  if (missing !== undefined) return unmet('contains', `does not contain ${quote(missing)}`, isCut)
  const isBare = empty !== undefined && text.trim() === ''
  if (empty === true && !isBare) return broken('empty', 'is not empty')
  if (empty === false && isBare) return unmet('empty', 'is empty', isCut)
  if (equals !== undefined && text.trim() !== equals.trim()) return unmet('equals', `is not ${quote(equals)}`, isCut)
  const wrong = patternFault(text, expect, isCut)
  if (wrong !== null || !isCut || !needsEnd(expect)) return wrong
  return unmet(without ? 'not_contains' : equals === undefined ? 'empty' : 'equals', 'is not known to its end', true)
}

function patternFault(text: string, { regex = [], not_regex: no = [] }: TextExpectation, isCut: boolean) {
  if (regex.length + no.length === 0) return null
  const search = openSearch([...regex, ...no]).find(text, isCut)
  const { found } = search
  const forbidden = no.find((_, index) => found[regex.length + index])
  if (forbidden !== undefined) return broken('not_regex', `matches ${sayPattern(forbidden)}`)
  const searched = search.searched < text.length ? search.searched : null
  const isUnread = isCut || searched !== null
  const missing = regex.find((_, index) => !found[index])
  if (missing !== undefined) return unmet('regex', `does not match ${sayPattern(missing)}`, isUnread, searched)
  return isUnread && no.length > 0 ? unmet('not_regex', 'is not known to its end', true, searched) : null
}

const sayPattern = (pattern: string) => `the pattern ${quote(pattern)}`

const unmet = (
  setting: TextFault['setting'],
  says: string,
  isUnread: boolean,
  searched: number | null = null,
): TextFault => ({ setting, says, isHopeful: true, isUnread, searched })

const broken = (setting: TextFault['setting'], says: string): TextFault => ({
  ...unmet(setting, says, false),
  isHopeful: false,
})
