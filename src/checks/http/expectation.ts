// What makes an HTTP answer a good one: the settings under `expect`.
// Promises that what contradicts itself is refused with the reason. Must not know how an answer is judged.
import { z } from 'zod'
import { refuseContradictions, textSettings } from '../expect/text.ts'
import { statusSetting } from './status.ts'

export const headerName = z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, {
  error: (issue) => `“${String(issue.input)}” is not the name of a header`,
})
const text = z.string().min(1, 'an empty text is found in everything').max(10_000)

const bodyExpectation = z
  .strictObject(textSettings('body'))
  .superRefine(refuseContradictions)
  .meta({ title: 'Body', description: 'What the body must and must not be; upper and lower case differ.' })

const unit = { b: 1, kb: 1_000, mb: 1_000_000 } as const
const sizeMost = 20_000_000
const error = 'expected a size such as 64kB or 1MB'
const size = z
  .union([z.int({ error }).min(0), z.string().regex(/^\s*\d{1,9}\s*(B|kB|MB)\s*$/i, { error })], { error })
  .transform((value, context) => {
    const name = /[km]?b/i.exec(String(value))?.[0].toLowerCase() as keyof typeof unit | undefined
    const bytes = Number.parseInt(String(value), 10) * unit[name ?? 'b']
    if (bytes <= sizeMost) return bytes
    context.addIssue({ code: 'custom', message: `${value} is too much; at most 20MB of a body is read` })
    return z.NEVER
  })

export const expectation = z
  .strictObject({
    status: statusSetting,
    body: bodyExpectation.optional(),
    headers: z
      .record(headerName, text)
      .refine((headers) => Object.keys(headers).length > 0, 'expects nothing; give at least one header')
      .meta({ title: 'Headers', description: 'Headers that must be there, each with a text that its value contains.' })
      .optional(),
    max_size: size.prefault('1MB').meta({
      title: 'Body read',
      description: 'So much of the body is read and judged (B, kB or MB), decompressed as well.',
    }),
  })
  .meta({ title: 'Expectations', description: 'What makes an answer a good one.' })
