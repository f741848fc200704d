// Expectations of one value that a service answers: as a text, as in bodies, or as a number.
// Promises settings with descriptions, and for what is wrong the predicate of a sentence. Knows no service.
import { z } from 'zod'
import { refuseContradictions, textFault, textSettings } from '../expect/text.ts'
import { quote } from '../quote.ts'

const plain = z.union([z.string().max(10_000), z.number(), z.boolean()], { error: 'expected a text or a number' })

/** The settings, to stand in a kind's own mapping; `what` is the value in their descriptions: `first value`. */
export const valueSettings = (what: string) => ({
  ...textSettings(what),
  equals: plain
    .transform(String)
    .meta({ title: 'Equals', description: `What the ${what} must be, white space around it aside.` })
    .optional(),
  min: z
    .number()
    .meta({ title: 'Least', description: `The least number that the ${what} may be.` })
    .optional(),
  max: z
    .number()
    .meta({ title: 'Most', description: `The greatest number that the ${what} may be.` })
    .optional(),
})

const shape = z.strictObject(valueSettings('value'))
export type ValueExpectation = z.output<typeof shape>

/** Refuses what contradicts itself or asks for nothing; the `superRefine` of a kind's own mapping. */
export function refuseNonsense(expect: ValueExpectation, context: z.RefinementCtx): void {
  refuseContradictions(expect, context)
  const { min, max } = expect
  if (min !== undefined && max !== undefined && min > max)
    context.addIssue({
      code: 'custom',
      message: `${min} is more than ${max}, the most; no number is both`,
      path: ['min'],
    })
}

/** The first expectation that a value does not meet, as the predicate of a sentence; null when it meets all. */
export function valueFault(value: string, expect: ValueExpectation): string | null {
  const { min, max } = expect
  const wrong = textFault(value, expect)
  if (wrong) return wrong.setting === 'equals' ? `is ${quote(value)}, ${wrong.says.replace(/^is /, '')}` : wrong.says
  if (min === undefined && max === undefined) return null
  const number = value.trim() === '' ? Number.NaN : Number(value)
  if (Number.isNaN(number)) return `is ${quote(value)}, which is no number`
  if (min !== undefined && number < min) return `is ${number}, less than ${min}`
  return max !== undefined && number > max ? `is ${number}, more than ${max}` : null
}
