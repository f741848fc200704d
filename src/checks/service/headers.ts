// Headers that people give to be sent along, of WebSockets and of gRPC.
// Promises that none breaks out of its line, comes twice or is one that the check sets itself. Knows no protocol.
import { z } from 'zod'
import { headerName } from '../http/expectation.ts'

const headersMost = 50
const value = z
  .string({ error: 'expected text; put it in quotes where it is a number' })
  .max(8_000)
  .regex(/^[\t\u0020-\u007e]*$/, 'is plain text without line breaks')

/** The setting; `ours`: names that the check sets itself. */
export const headersSetting = (title: string, description: string, ours: RegExp) =>
  z
    .record(headerName, value)
    .superRefine((headers, context) => {
      const fault = (message: string, name: string) => context.addIssue({ code: 'custom', message, path: [name] })
      const names = Object.keys(headers)
      if (names.length > headersMost)
        context.addIssue({ code: 'custom', message: `takes at most ${headersMost} of them` })
      for (const name of names) {
        if (ours.test(name)) fault(`${name} is set by the check itself`, name)
        if (names.some((other) => other < name && other.toLowerCase() === name.toLowerCase()))
          fault(`${name} is given twice`, name)
      }
    })
    .prefault({})
    .meta({ title, description })

const secret = /auth|cookie|token|secret|passw|key|session|signature/i

/** The values that, by their names, let in whoever has them; of `Bearer abc` also the `abc`. */
export const secretsIn = (headers: Readonly<Record<string, string>>): string[] =>
  Object.entries(headers)
    .filter(([name]) => secret.test(name))
    .flatMap(([, value]) => [value, value.split(' ').at(-1) ?? ''])
