// Placeholders: `{{name}}` in a step stands for what an earlier step took out of its answer; `{{{{` is a plain `{{`.
// Promises that a value cannot break out of its place: in a URL, a header, JSON or a form it is only ever a value.
// Must not know where values come from.
import { suggest } from '#core/suggest.ts'
import { Failure } from '../failure.ts'

/** By name; what an earlier step took. */
export type Values = ReadonlyMap<string, string>

/** A name ends before the next braces, so that a text is looked through once. */
const token = /\{\{\{\{|\{\{((?:(?!\{\{|\}\}).)*)\}\}/gs
const form = /^[a-z][a-z0-9_]{0,39}$/

export const isName = (name: string): boolean => form.test(name)

/** What is wrong with the placeholders of a text, where these names are known. */
export function placeholderFaults(text: string, known: readonly string[]): string[] {
  const faults = [...text.matchAll(token)].flatMap(([, given]) => {
    const name = given?.trim()
    return name === undefined || known.includes(name) ? [] : [sayUnknown(name, known)]
  })
  if (text.replaceAll(token, '').includes('{{')) faults.push('a placeholder has no end; write {{{{ for a plain {{')
  return faults
}

function sayUnknown(name: string, known: readonly string[]): string {
  const short = name.length > 40 ? `${name.slice(0, 37)}...` : name
  const near = suggest(short, [...known])
  const hint =
    near !== null
      ? `did you mean {{${near}}}?`
      : known.length > 0
        ? `known here: ${known.join(', ')}`
        : 'no step before this one extracts anything'
  return `{{${short}}} is not extracted by a step before this one; ${hint} ({{{{ is a plain {{)`
}

function fill(text: string, values: Values, encode: (value: string, name: string) => string): string {
  return text.replaceAll(token, (_, given: string | undefined) => {
    if (given === undefined) return '{{'
    const name = given.trim()
    return encode(values.get(name) ?? '', name)
  })
}

/** Where nothing is special. */
export const fillPlain = (text: string, values: Values): string => fill(text, values, (value) => value)

/** A URL: a value fills one place in path or query, and cannot lead elsewhere. */
export const fillUrl = (text: string, values: Values): string =>
  fill(text, values, (value, name) => {
    if (/^\.{1,2}$/.test(value))
      throw new Failure('body', `The value of “${name}” is only dots and cannot stand in a URL.`)
    return encodeURIComponent(value.toWellFormed())
  })

/** The value of a header: one line. Throws a Failure where a value has more. */
export const fillHeader = (text: string, values: Values): string =>
  fill(text, values, (value, name) => {
    if (/^[\t\u0020-\u007e\u0080-\uffff]*$/.test(value)) return value
    throw new Failure('body', `The value of “${name}” has line breaks or control characters, which no header can hold.`)
  })

/** A body: by its content type a value is escaped for JSON or a form; else it stands as it is. */
export function fillBody(text: string, values: Values, contentType: string | undefined): string {
  const type = (contentType?.split(';')[0] ?? '').trim().toLowerCase()
  const looksLikeJson = type === '' && /^\s*(\{(?!\{)|\[)/.test(text)
  if (looksLikeJson || /^application\/(.+\+)?json$/.test(type)) return fillJson(text, values)
  if (type === 'application/x-www-form-urlencoded')
    return fill(text, values, (value) => encodeURIComponent(value.toWellFormed()))
  return fillPlain(text, values)
}

/** Within quotation marks a value is text, without them it must be a number, true or false. */
function fillJson(text: string, values: Values): string {
  let quoted = false
  return text
    .split(/("(?:[^"\\]|\\.)*")/s)
    .map((part, index) => {
      quoted = index % 2 === 1
      return fill(part, values, (value, name) => {
        if (quoted) return JSON.stringify(value).slice(1, -1)
        if (/^(-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?|true|false)$/i.test(value)) return value
        throw new Failure(
          'body',
          `The value of “${name}” stands in JSON without quotation marks, and is no number, true or false.`,
        )
      })
    })
    .join('')
}
