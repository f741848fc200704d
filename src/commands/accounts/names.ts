// Names of people: mail addresses and what they are called, as they are stored.
// Promises one spelling of an address, whatever its case. Pure.
import { z } from 'zod'

export const email = z
  .string()
  .max(254)
  .transform((text) => text.trim().toLowerCase())
  .pipe(z.email('is not a mail address such as ann@example.com'))
  .meta({ format: 'email' })

/** A person's name, or what they call a thing: one line. */
export const label = z
  .string()
  .transform((text) => text.trim().normalize('NFC'))
  .pipe(
    z
      .string()
      .min(1, 'must not be empty')
      .max(100)
      .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029\u202a-\u202e\u2066-\u2069]*$/u, 'is not one line of plain text'),
  )

/** Sent as it is: rules for new ones are in password-rules.ts. */
export const password = z.string().min(1).max(1_000)
