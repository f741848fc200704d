// Sizes as people write them: `64kB`, `1MB`, or a number of bytes.
// Promises bytes within a bound. Must not know what is so large.
import { z } from 'zod'

const unit = { b: 1, kb: 1_000, mb: 1_000_000 } as const
const error = 'expected a size such as 64kB or 1MB'

/** A size of at most so many whole MB; `what` stands in sentences: `a body`. */
export const sizeSetting = (mostMegabytes: number, what: string) =>
  z
    .union([z.int({ error }).min(0), z.string().regex(/^\s*\d{1,9}\s*(B|kB|MB)\s*$/i, { error })], { error })
    .transform((value, context) => {
      const name = /[km]?b/i.exec(String(value))?.[0].toLowerCase() as keyof typeof unit | undefined
      const bytes = Number.parseInt(String(value), 10) * unit[name ?? 'b']
      if (bytes <= mostMegabytes * 1_000_000) return bytes
      context.addIssue({
        code: 'custom',
        message: `${value} is too much; at most ${mostMegabytes}MB of ${what} is read`,
      })
      return z.NEVER
    })
