// Selections as people write them: a key, a pattern, a list of them, or keys and labels; one schema for all.
// Promises that what is wrong says what would be right. Must not know what is selected, or for whom.
import { z } from 'zod'
import type { Selector } from './glob.ts'
import { quote } from './quote.ts'

/** Text of one form, and what to call it where it is not. */
export const named = (form: RegExp, what: string) =>
  z.string().regex(form, { error: (issue) => `${quote(String(issue.input))} is not ${what}` })

const glob = named(
  /^[a-zA-Z0-9._*?-]{1,128}$/,
  'a key or a pattern of keys; a pattern may have * (any characters) and ? (one)',
)
export const labelName = named(
  /^[a-zA-Z_][a-zA-Z0-9_.-]{0,62}$/,
  'a label; a label is up to 63 letters, digits, "_" "." or "-", beginning with a letter',
)

/** So many patterns choose monitors in one list. */
const patternsMost = 1_000

/** One value or a list of them, as a list. */
export const oneOrMany = <Item extends z.ZodType<string>>(item: Item) =>
  z.union([item, z.array(item).min(1).max(patternsMost)]).transform((value) => (Array.isArray(value) ? value : [value]))

/** Key globs, labels or both, as a Selector. */
export const selection = z
  .union([
    glob,
    z.array(glob).min(1).max(patternsMost),
    z.strictObject({
      keys: oneOrMany(glob).describe('A key or pattern, or a list of them; any may match.').optional(),
      labels: z
        .record(labelName, z.string().max(200))
        .refine((labels) => Object.keys(labels).length > 0, 'needs at least one label')
        .refine((labels) => Object.keys(labels).length <= 20, 'takes at most 20 labels')
        .describe('Labels that all must match; * and ? may stand in the values.')
        .optional(),
    }),
  ])
  .transform((value, context): Selector => {
    if (typeof value === 'string') return { keys: [value], labels: null }
    if (Array.isArray(value)) return { keys: value, labels: null }
    if (value.keys || value.labels) return { keys: value.keys ?? null, labels: value.labels ?? null }
    context.addIssue({ code: 'custom', message: 'says nothing; give "keys", "labels" or both' })
    return z.NEVER
  })
  .describe('Which monitors: a key, a pattern such as `shop-*`, a list of them, or `{ keys, labels }`.')
  .meta({ 'x-input': 'monitors' })
