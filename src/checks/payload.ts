// Payloads: what is sent and what is looked for in bytes, as people write them: text, or hexadecimal digits.
// Promises that what is wrong says how to write it. Must not know what they mean.
import { z } from 'zod'

const hexMost = 40_000

/** `ff ff 54`, `FFFF54` or `ff:ff:54` as bytes. */
export const hexSetting = z
  .string({ error: 'expected hexadecimal digits in quotes, such as "ff ff 54"' })
  .min(1, 'must not be empty')
  .max(hexMost)
  .transform((text, context) => {
    const digits = text.replaceAll(/[\s:]+/g, '')
    if (digits !== '' && digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits)) return Buffer.from(digits, 'hex')
    const why = /^[0-9a-f]*$/i.test(digits)
      ? 'a byte has two digits, and here is half of one'
      : 'something else is in it'
    context.addIssue({ code: 'custom', message: `expected hexadecimal digits, such as "ff ff 54"; ${why}` })
    return z.NEVER
  })

/** The setting `send: "text"`, or `send: { hex: "ff ff 54" }`. */
export const payloadSetting = z
  .union(
    [
      z.string().min(1, 'an empty text says nothing').max(10_000),
      z.strictObject({
        hex: hexSetting.meta({ title: 'Hex', description: 'Bytes as hexadecimal digits: "ff ff 54".' }),
      }),
    ],
    { error: 'expected text, or { hex: "ff ff 54" }' },
  )
  .transform((given) => (typeof given === 'string' ? Buffer.from(given) : given.hex))
