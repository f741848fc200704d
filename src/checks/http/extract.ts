// Extraction: what a step takes out of its answer for the steps after it.
// Promises a short text or a sentence that says what is missing, and that no value stands in that sentence.
// Must not know what it is for.
import { z } from 'zod'
import { firstMatch, regexFault } from '#platform/regex.ts'
import { jsonMost } from '../expect/json.ts'
import { lookUp, readPlace, sayName } from '../expect/place.ts'
import { Failure } from '../failure.ts'
import { quote } from '../quote.ts'
import { textOf } from './decode.ts'
import { asText } from './head.ts'
import type { Answer } from './reader.ts'

const place = z
  .string({ error: 'expected a place in JSON, such as /access_token' })
  .max(500)
  .superRefine((text, context) => {
    const steps = readPlace(text)
    if (typeof steps === 'string') context.addIssue({ code: 'custom', message: `the place ${steps}` })
  })
  .meta({ title: 'JSON', description: 'A place in the JSON of the body: /access_token, or items[0].id.' })

const header = z
  .string({ error: 'expected the name of a header' })
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, { error: 'expected the name of a header, such as X-Request-Id' })
  .meta({ title: 'Header', description: 'The header of the answer whose value is taken.' })

const regex = z
  .string({ error: 'expected a regular expression' })
  .min(1)
  .max(1_000)
  .superRefine((pattern, context) => {
    const wrong = regexFault(pattern)
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong })
  })
  .meta({ title: 'Pattern', description: 'Regular expression (RE2) found in the body: its first group, or the whole.' })

/** One value: `{ json: /token }`, `{ header: X-Token }` or `{ regex: 'name="csrf" value="([^"]+)"' }`. */
export const extractSetting = z.union(
  [z.strictObject({ json: place }), z.strictObject({ header }), z.strictObject({ regex })],
  { error: 'expected { json: place }, { header: name } or { regex: pattern }' },
)

export type Extract = z.output<typeof extractSetting>

/** A longer value is taken for a mistake. */
export const valueMost = 8_192

/** The value; throws a Failure where the answer has none. */
export function extract(answer: Answer, name: string, from: Extract): string {
  const value = 'json' in from ? byJson(answer, name, from.json) : byText(answer, name, from)
  if (value.length <= valueMost) return value
  throw new Failure('too_large', `What was to be extracted as “${name}” is longer than ${valueMost} characters.`)
}

function byText(answer: Answer, name: string, from: { header: string } | { regex: string }): string {
  if ('header' in from) {
    const value = answer.headers.get(from.header.toLowerCase())
    if (value !== undefined) return asText(value)
    throw new Failure('header', `“${name}” cannot be extracted: the header ${from.header} is missing.`)
  }
  const found = firstMatch(from.regex, textOf(answer))
  const value = found?.slice(1).find((group) => group !== null) ?? found?.[0]
  if (typeof value === 'string') return value
  throw nothing(answer, name, `the body does not match the pattern ${quote(from.regex)}`)
}

function byJson(answer: Answer, name: string, text: string): string {
  const steps = readPlace(text)
  if (typeof steps === 'string') throw new Error(steps)
  const body = textOf(answer)
  if (body.length > jsonMost)
    throw new Failure(
      'too_large',
      `“${name}” cannot be extracted: more than ${jsonMost / 1e6} MB are not read as JSON.`,
    )
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch (error) {
    throw nothing(answer, name, 'the body is not JSON', error)
  }
  const found = lookUp(json, steps, text)
  if (!found.found) throw nothing(answer, name, found.why.replace(/\.$/, ''))
  const { value } = found
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const what = value === null ? 'null' : Array.isArray(value) ? 'a list' : 'an object'
  throw nothing(answer, name, `${sayName(text)} is ${what}, and only text, a number, true or false can be taken`)
}

function nothing(answer: Answer, name: string, why: string, cause?: unknown): Failure {
  if (answer.truncated)
    return new Failure(
      'too_large',
      `“${name}” cannot be extracted: only a part of the body was read (max_size).`,
      cause,
    )
  return new Failure('body', `“${name}” cannot be extracted: ${why}.`, cause)
}
