// The greeting of a server: what it says first, and what people expect it to say.
// Promises a Failure that quotes it where it is not as expected. Knows no protocol.
import { z } from 'zod'
import { refuseContradictions, type TextExpectation, textFault, textSettings } from '../expect/text.ts'
import { Failure } from '../failure.ts'
import { excerpt, quote } from '../quote.ts'
import type { Session } from './session.ts'

const greetingMost = 1_000

const { empty: _, ...settings } = textSettings('greeting')

/** The setting `greeting: { contains: … }`. */
export const greetingSetting = z
  .strictObject(settings)
  .superRefine(refuseContradictions)
  .meta({ title: 'Greeting', description: 'What the server must say first.' })

/** Keeps the greeting as evidence; throws a Failure where it is not as expected. */
export function judgeGreeting(session: Session, greeting: string, expected: TextExpectation | undefined): void {
  session.facts['greeting'] = excerpt(greeting, greetingMost)
  const wrong = expected ? textFault(greeting, expected) : null
  if (wrong) throw new Failure('body', `${session.target} greets with ${quote(greeting)}, which ${wrong.says}.`)
}

/** The `refine` of a mapping of expectations: one without any is a mistake. */
export const expectsSomething = [
  (expect: object) => Object.keys(expect).length > 0,
  'expects nothing; say what must be there, or leave it out',
] as const

/** Names of what a server must offer; in any case of letters. */
export const offersSetting = (what: string, examples: readonly string[]) =>
  z
    .array(
      z
        .string()
        .regex(/^[\u0021-\u007e]+( [\u0021-\u007e]+)*$/, 'expected a name such as those that the server offers')
        .max(100)
        .transform((name) => name.toUpperCase()),
    )
    .min(1, 'expects nothing; name at least one')
    .max(50)
    .meta({ title: 'Offers', description: `What the server must offer ${what}.`, examples: [examples] })

/** Keeps the offers as evidence; throws a Failure where one is missing. */
export function judgeOffers(session: Session, offers: readonly string[], expected: readonly string[] = []): void {
  session.facts['offers'] = offers.slice(0, 50).map((offer) => excerpt(offer, 100))
  const missing = expected.find((offer) => !offers.includes(offer))
  if (missing === undefined) return
  // `AUTH PLAIN` says already that there is AUTH.
  const shown = offers.filter((offer) => !offers.some((other) => other.startsWith(`${offer} `)))
  const said = shown.length === 0 ? 'it offers nothing' : `it offers ${quote(shown.join(', '), 200)}`
  throw new Failure('body', `${session.target} does not offer ${missing}; ${said}.`)
}
