// What makes an HTTP answer a good one: the settings under `expect`.
// Promises that what contradicts itself is refused with the reason. Must not know how an answer is judged.
import { z } from 'zod'
import { regexFault } from '#platform/regex.ts'
import { jsonMost, jsonSetting } from '../expect/json.ts'
import { sizeSetting } from '../expect/size.ts'
import { refuseContradictions, type TextExpectation, textSettings } from '../expect/text.ts'
import { statusSetting } from './status.ts'

export const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, {
  error: (issue) => `“${String(issue.input)}” is not the name of a header`,
})

const bodyExpectation = z
  .strictObject(textSettings('body'))
  .superRefine(refuseContradictions)
  .meta({ title: 'Body', description: 'What the body must and must not be; upper and lower case differ.' })

const headerExpectation = z
  .strictObject({
    present: z
      .boolean()
      .meta({ title: 'Present', description: 'Whether the header must be there, or must not.' })
      .optional(),
    ...textSettings('header’s value'),
  })
  .superRefine(({ present, ...expect }, context) => {
    const isCompared = Object.values(expect).some((one) => one !== undefined)
    if (present === undefined || isCompared) refuseContradictions(expect, context)
    if (present === false && isCompared)
      context.addIssue({ code: 'custom', message: 'what must not be there cannot be compared', path: ['present'] })
  })

const header = z.union([z.string().min(1, 'an empty text is found in everything').max(10_000), headerExpectation], {
  error: 'expected a text that the header contains, or compares such as { equals: text } or { present: false }',
})

const headers = z
  .record(headerName, header)
  .refine((given) => Object.keys(given).length > 0, 'expects nothing; give at least one header')
  .refine((given) => Object.keys(given).length <= 50, 'takes at most 50 headers')
  .transform((given): Readonly<Record<string, HeaderExpectation>> =>
    Object.fromEntries(
      Object.entries(given).map(([name, one]) => [name, typeof one === 'string' ? { contains: [one] } : one]),
    ),
  )
  .superRefine((given, context) => {
    const patterns = Object.values(given).flatMap(({ regex = [], not_regex: no = [] }) => [...regex, ...no])
    const wrong = patterns.length > 1 && context.issues.length === 0 ? regexFault(...patterns) : null
    if (wrong !== null) context.addIssue({ code: 'custom', message: wrong })
  })
  .meta({
    title: 'Headers',
    description: 'Headers of the answer, each with a text that its value contains, or with compares.',
  })

/** What one header must be. */
export interface HeaderExpectation extends TextExpectation {
  readonly present?: boolean | undefined
}

export const expectation = z
  .strictObject({
    status: statusSetting,
    body: bodyExpectation.optional(),
    json: jsonSetting.optional(),
    headers: headers.optional(),
    max_size: sizeSetting(20, 'a body').prefault('1MB').meta({
      title: 'Body read',
      description: 'So much of the body is read and judged (B, kB or MB), decompressed as well.',
    }),
  })
  .superRefine(({ body, json, max_size: most }, context) => {
    if (context.issues.length > 0 || !json) return
    const fault = (message: string, path: string) => context.addIssue({ code: 'custom', message, path: [path] })
    if (most > jsonMost) fault(`is too much; at most ${jsonMost / 1_000_000}MB are read as JSON`, 'max_size')
    if (body?.empty === true) fault('a body that must be empty is no JSON; leave one of them out', 'json')
  })
  .meta({ title: 'Expectations', description: 'What makes an answer a good one.' })
