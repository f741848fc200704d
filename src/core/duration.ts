// Durations with units, as people write them (`1d`, `500ms`, `1h 30m`) and as people read them.
// Promises milliseconds inside; refuses a bare number, since nobody can tell its unit. Knows nothing else.
import { z } from 'zod'
import { formatDuration, parseDuration, unitMs } from './duration-text.ts'

export { formatDuration, parseDuration, sayDuration } from './duration-text.ts'

/** A duration in a schema: text with a unit in, milliseconds out, within bounds given in ms. */
export function duration(bounds: { min?: number; max?: number } = {}) {
  const min = bounds.min ?? 0
  const max = bounds.max ?? 366 * unitMs.d
  return z
    .string({ error: 'expected a duration with a unit, such as 30s, 5m or 1h30m' })
    .meta({
      title: 'duration',
      examples: ['30s', '5m', '1h30m'],
      pattern: String.raw`^(\d+(\.\d+)?\s*(ms|s|m|h|d|w)\s*)+$|^0$`,
    })
    .transform((text, context) => {
      const ms = parseDuration(text)
      if (ms === null) {
        context.addIssue({
          code: 'custom',
          message: `"${text}" is not a duration; write a number with a unit (ms, s, m, h, d, w), such as 30s or 1h30m`,
        })
        return z.NEVER
      }
      if (ms < min || ms > max) {
        context.addIssue({
          code: 'custom',
          message: `${text} is out of range; allowed is ${formatDuration(min)} to ${formatDuration(max)}`,
        })
        return z.NEVER
      }
      return ms
    })
}
