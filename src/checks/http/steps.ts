// Steps: requests that belong together, such as logging in and fetching what only users see. Schema and meaning.
// Promises that each placeholder is known before it is used. Must not know how a step is carried out.
import { z } from 'zod'
import { type Extract, extractSetting } from './extract.ts'
import { fillBody, fillHeader, fillPlain, fillUrl, isName, placeholderFaults, type Values } from './placeholders.ts'

const stepsMost = 20
const extractsMost = 20

const extracts = z
  .record(
    z.string().refine(isName, {
      error: (issue) =>
        `“${String(issue.input)}” is not a name for a value; write small letters, digits and _, such as csrf_token`,
    }),
    extractSetting,
  )
  .refine((all) => Object.keys(all).length <= extractsMost, `at most ${extractsMost} values are extracted`)
  .default({})
  .meta({
    title: 'Extract',
    description: 'Values for later steps, which write them as {{name}}: each from json, header or regex.',
  })

const stepName = z
  .string()
  .trim()
  .min(1)
  .max(60)
  .regex(/^[^\p{Cc}]*$/u, 'has no line breaks or control characters')
  .meta({ title: 'Name', description: 'What the step does, as it stands in sentences: fetch the basket.' })

/** The parts of a step that a check without steps has as well. */
type Parts = Readonly<
  Record<'url' | 'headers' | 'expect', z.ZodType> & Record<'method' | 'body' | 'auth', z.ZodOptional<z.ZodType>>
>

/** The setting `steps: [{ name, url, method, headers, body, auth, expect, extract }]`, of a check's own parts. */
export const stepsSetting = <Given extends Parts>(parts: Given) =>
  z
    .array(z.strictObject({ name: stepName.optional(), ...parts, extract: extracts }))
    .min(1, 'give at least one step, or leave steps out')
    .max(stepsMost, `at most ${stepsMost} steps`)
    .meta({
      title: 'Steps',
      description: 'Requests one after another, in place of url, method, headers, body, auth and expect.',
    })

type Credentials =
  | { readonly basic: { readonly user: string; readonly password: string } }
  | { readonly bearer: string }

/** What of a step may hold placeholders, and what fills those of later ones. */
export interface Fillable {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | undefined
  readonly auth?: Credentials | undefined
}

/** Refuses placeholders that no step before fills; `fault` is told the place within the steps. */
export function refuseUnknown(
  steps: readonly (Fillable & { readonly extract: Readonly<Record<string, Extract>> })[],
  fault: (message: string, path: readonly (string | number)[]) => void,
): void {
  const known: string[] = []
  for (const [index, { url, headers, body = '', auth, extract }] of steps.entries()) {
    const look = (text: string, ...path: string[]) => {
      for (const message of placeholderFaults(text, known)) fault(message, [index, ...path])
    }
    look(url, 'url')
    if (URL.canParse(url) && new URL(url).host.includes('{{'))
      fault('a placeholder stands in path or query, so that no server decides where a step leads', [index, 'url'])
    look(body, 'body')
    for (const [name, value] of Object.entries(headers)) look(value, 'headers', name)
    if (auth && 'bearer' in auth) look(auth.bearer, 'auth', 'bearer')
    if (auth && 'basic' in auth)
      for (const [name, value] of Object.entries(auth.basic)) look(value, 'auth', 'basic', name)
    known.push(...Object.keys(extract))
  }
}

/** The step with its placeholders filled in; throws a Failure where a value cannot stand where it is to. */
export function fillStep<Step extends Fillable>(step: Step, values: Values): Step {
  const { url, headers, body, auth } = step
  const type = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  return {
    ...step,
    url: fillUrl(url, values),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fillHeader(value, values)])),
    ...(body === undefined ? {} : { body: fillBody(body, values, type) }),
    ...(auth === undefined ? {} : { auth: fillAuth(auth, values) }),
  }
}

function fillAuth(auth: Credentials, values: Values): Credentials {
  if ('bearer' in auth) return { bearer: fillHeader(auth.bearer, values) }
  const { user, password } = auth.basic
  return { basic: { user: fillPlain(user, values), password: fillPlain(password, values) } }
}

/** `Step 2 (fetch the basket)` */
export const sayStep = (index: number, name: string | undefined): string =>
  `Step ${index + 1}${name === undefined ? '' : ` (${name})`}`
