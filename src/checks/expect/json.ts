// Expectations of JSON: places in it (JSON Pointers or dotted), each compared with what is wanted there.
// Promises a sentence that names the place, what was found and what was wanted, and work bounded by the text's size.
// Must not know where the text came from.
import { z } from 'zod'
import { regexFault } from '#platform/regex.ts'
import { Failure } from '../failure.ts'
import { quote } from '../quote.ts'
import { type Compare, compareFault } from './compare.ts'
import { lookUp, readPlace, type Steps } from './place.ts'

/** So much text is read as JSON at most: characters. */
export const jsonMost = 2_000_000
const comparesMost = 100
const valueMost = 10_000

const scalar = z.union([z.string().max(valueMost), z.number(), z.boolean(), z.null()], {
  error: 'expected text, a number, true, false or null',
})
const isShort = (value: unknown) => JSON.stringify(value).length <= valueMost
const tooLong = `is longer than ${valueMost} characters as JSON`
const anyList = z.array(z.unknown()).refine(isShort, tooLong)
const anything = z.union([scalar, anyList, z.record(z.string(), z.unknown()).refine(isShort, tooLong)])
const number = z.number({ error: 'expected a number' })
const pattern = z
  .string()
  .min(1, 'an empty pattern is found in everything')
  .superRefine((given, context) => {
    const wrong = regexFault(given)
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong })
  })

const compares = {
  exists: z.boolean().meta({ title: 'Exists', description: 'Whether there must be something, null too, or not.' }),
  equals: anything.meta({ title: 'Equals', description: 'The whole value.' }),
  not_equals: anything.meta({ title: 'Differs', description: 'What the value must not be.' }),
  contains: scalar.meta({ title: 'Contains', description: 'Text within a text, or an entry of a list.' }),
  less: number.meta({ title: 'Less than', description: 'The number is less.' }),
  at_most: number.meta({ title: 'At most', description: 'The number is not more.' }),
  greater: number.meta({ title: 'Greater than', description: 'The number is greater.' }),
  at_least: number.meta({ title: 'At least', description: 'The number is not less.' }),
  one_of: z
    .array(scalar)
    .min(1)
    .max(100)
    .meta({ title: 'One of', description: 'A list of values, one of which it must be.' }),
  regex: pattern.meta({ title: 'Pattern', description: 'Regular expression (RE2) that must be found in the text.' }),
}

const settings = z.strictObject(compares).partial()
type Settings = z.output<typeof settings>

/** Refuses compares that no value can meet. */
function refuse(given: Settings, context: z.RefinementCtx): void {
  if (context.issues.length > 0) return
  const fault = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', message, path })
  const names = Object.keys(given).filter((name) => name !== 'path')
  if (names.length === 0) fault('expects nothing; give equals, exists, less or the like')
  if (given.exists === false && names.length > 1) fault('what must not be there cannot be compared', 'exists')
  const [low, high] = [given.greater ?? given.at_least, given.less ?? given.at_most]
  if (low === undefined || high === undefined) return
  const isStrict = given.greater !== undefined || given.less !== undefined
  if (low > high || (isStrict && low === high)) fault(`no number is so, with ${low} as the lower bound`, 'less')
}

const place = z.string().max(500)

function readSteps(text: string, context: z.RefinementCtx, path: (string | number)[]): Steps {
  const steps = readPlace(text)
  if (typeof steps !== 'string') return steps
  context.addIssue({ code: 'custom', message: `the place ${steps}`, path })
  return []
}

const inList = z
  .strictObject({
    path: place.meta({ title: 'Place', description: 'A JSON Pointer such as /items/0/name, or items[0].name.' }),
    ...settings.shape,
  })
  .superRefine(refuse)

const list = z
  .array(inList)
  .min(1)
  .max(comparesMost)
  .transform((given, context) =>
    given.map(({ path, ...compare }, index): Place => ({
      name: path,
      steps: readSteps(path, context, [index, 'path']),
      compare,
    })),
  )

const map = z
  .record(
    place,
    z.union([z.string().max(valueMost), z.number(), z.boolean(), z.null(), anyList, settings.superRefine(refuse)], {
      error: 'expected the value that must stand there, or compares such as { less: 100 }',
    }),
  )
  .refine((given) => Object.keys(given).length > 0, 'expects nothing; give at least one place')
  .refine((given) => Object.keys(given).length <= comparesMost, `takes at most ${comparesMost} places`)
  .transform((given, context) =>
    Object.entries(given).map(([name, compare]): Place => ({
      name,
      steps: readSteps(name, context, [name]),
      compare: isCompares(compare) ? compare : { equals: compare },
    })),
  )

const isCompares = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** One place and what is expected there. */
interface Place {
  /** As it was written. */
  readonly name: string
  readonly steps: Steps
  readonly compare: Compare
}

export type JsonExpectation = readonly Place[]

/** The setting `json: { /status: ok, "queue.length": { less: 100 } }`, or a list of these with `path`. */
export const jsonSetting = z
  .union([list, map], { error: 'expected a mapping such as { /status: ok }, or a list of { path, … }' })
  .superRefine((places, context) => {
    const patterns = places.flatMap(({ compare }) => compare.regex ?? [])
    const wrong = patterns.length > 1 && context.issues.length === 0 ? regexFault(...patterns) : null
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong })
  })
  .meta({
    title: 'JSON',
    description:
      'Places in the JSON (JSON Pointers such as /items/0/name, or items[0].name), ' +
      'each with the value that it must have, or with compares.',
  })

/** What is wrong with a text that ought to be JSON; null when nothing is. `what` begins sentences: `The body`. */
export function judgeJson(text: string, places: JsonExpectation, what: string): Failure | null {
  const read = parse(text, what)
  if (read instanceof Failure) return read
  for (const { name, steps, compare } of places) {
    const found = lookUp(read.value, steps, name)
    const says = compareFault(found, name, compare)
    if (says !== null) return new Failure('body', says)
  }
  return null
}

function parse(text: string, what: string): { readonly value: unknown } | Failure {
  if (text.trim() === '') return new Failure('body', `${what} is empty; JSON was expected.`)
  if (text.length > jsonMost)
    return new Failure('too_large', `${what} is too large to be read as JSON; ${jsonMost / 1_000_000} MB are read.`)
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    const [, line, column] = /line (\d+) column (\d+)/.exec((error as Error).message) ?? []
    const where = line === undefined ? '' : ` at line ${line}, column ${column}`
    return new Failure('body', `${what} is not JSON${where}; it begins with ${quote(text)}.`)
  }
}
