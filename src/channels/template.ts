// Template: a webhook's own words. Placeholders such as {{monitor.key}} in text, or in the leaves of a structure.
// Promises no logic, only fields of a closed list, and that what is put in can break out of nothing: the encoder
// of the content type escapes it. `{{{{` is a literal `{{`. Must not know where the result is sent.
import { parse } from 'yaml'
import { escapeHtml } from '#platform/html.ts'
import { suggest } from '#core/suggest.ts'
import type { Payload } from './payload.ts'

/** All that a placeholder may name, besides `monitor.labels.` and a label's name. `payload.test.ts` compares. */
export const fields = [
  'version',
  'id',
  'event',
  'monitor.key',
  'monitor.name',
  'monitor.labels',
  'monitor.target',
  'status',
  'previous',
  'reason',
  'sentence',
  'at',
  'lasted_ms',
  'duration',
  'outage.id',
  'outage.began_at',
  'rule',
  'confirmations',
  'locations',
  'title',
  'text',
  'again',
  'acknowledge_url',
  'snooze_url',
  'url',
] as const

const labelField = 'monitor.labels.'
/** A name ends before the next braces, so that a text is looked through once. */
const token = /\{\{\{\{|\{\{((?:(?!\{\{|\}\}).)*)\}\}/gs
const alone = /^\{\{([^{}]*)\}\}$/

export type Body = string | readonly unknown[] | { readonly [name: string]: unknown }
export interface TemplateFault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/** All placeholders that name no field, with where they stand and what was meant. */
export function checkTemplate(body: unknown, path: readonly (string | number)[] = []): TemplateFault[] {
  if (typeof body === 'string') return checkText(body).map((message) => ({ path, message }))
  if (Array.isArray(body)) return body.flatMap((leaf, index) => checkTemplate(leaf, [...path, index]))
  if (typeof body !== 'object' || body === null) return []
  return Object.entries(body).flatMap(([name, leaf]) => checkTemplate(leaf, [...path, name]))
}

/** What is wrong with the placeholders of one text. */
export function checkText(text: string): string[] {
  const wrong = [...text.matchAll(token)].flatMap(([, name]) => {
    const field = name?.trim()
    return field === undefined || isField(field) ? [] : [sayUnknown(field)]
  })
  if (text.replaceAll(token, '').includes('{{')) wrong.push(`a placeholder has no end; ${literal}`)
  return wrong
}

const literal = 'write {{status}}, and {{{{ for a literal {{'
const isField = (name: string) =>
  (fields as readonly string[]).includes(name) || (name.startsWith(labelField) && name.length > labelField.length)

function sayUnknown(name: string): string {
  const short = name.length > 60 ? `${name.slice(0, 57)}...` : name
  const near = suggest(short, fields)
  const hint = near === null ? `known: ${fields.join(', ')}` : `did you mean "{{${near}}}"?`
  return `the placeholder "{{${short}}}" is not known; ${hint}`
}

/** The value of a field; null for a label the monitor has not, or an outage there is not. */
function read(values: Payload, name: string): unknown {
  if (name.startsWith(labelField)) return ownValue(values.monitor.labels, name.slice(labelField.length))
  let value: unknown = values
  for (const step of name.split('.')) value = ownValue(value, step)
  return value
}

const ownValue = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : null

/** How a value stands in text: nothing for null, lists with commas, labels as `name=value`. */
function spell(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(spell).join(', ')
  if (typeof value === 'object')
    return Object.entries(value)
      .map(([name, one]) => `${name}=${spell(one)}`)
      .join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** Fills in text; each value goes through `encode` first. */
export function fill(text: string, values: Payload, encode: (value: string) => string): string {
  return text.replaceAll(token, (_, name: string | undefined) =>
    name === undefined ? '{{' : encode(spell(read(values, name.trim()))),
  )
}

/** Fills in a structure. A leaf that is one placeholder and nothing else keeps the value's type. */
export function fillStructure(body: unknown, values: Payload): unknown {
  if (typeof body === 'string') {
    const name = alone.exec(body)?.[1]
    return name === undefined ? fill(body, values, (value) => value) : read(values, name.trim())
  }
  if (Array.isArray(body)) return body.map((leaf) => fillStructure(leaf, values))
  if (typeof body !== 'object' || body === null) return body
  return Object.fromEntries(Object.entries(body).map(([name, leaf]) => [name, fillStructure(leaf, values)]))
}

/** Shorter ones are no secrets. */
const literalLeast = 6
const words = /[^\s"'&=,;:<>{}()[\]]+(["']\s*:)?/g

/** What stands in a body beside placeholders and may be secret: leaves of a structure, words of a text. */
export function literals(body: Body): string[] {
  const found = typeof body === 'string' ? pieces(body).flatMap(wordsOf) : leaves(body).flatMap(pieces)
  return found.filter((text) => text.length >= literalLeast)
}

const pieces = (text: string) =>
  text
    .replaceAll(token, '\0')
    .split('\0')
    .map((piece) => piece.trim())

/** Names of JSON are not among them. */
const wordsOf = (text: string) =>
  [...text.matchAll(words)].flatMap(([word, isName]) => (isName === undefined ? [word] : []))

function leaves(body: unknown): string[] {
  if (typeof body === 'string' || typeof body === 'number') return [String(body)]
  return typeof body === 'object' && body !== null ? Object.values(body).flatMap(leaves) : []
}

/** For a place in a URL's path or query, or in a form. */
export const encodeUrl = (value: string) => encodeURIComponent(value.toWellFormed())

const bare = (contentType: string) => (contentType.split(';')[0] ?? '').trim().toLowerCase()
export const isJson = (contentType: string) => /^application\/(.+\+)?json$/.test(bare(contentType))
export const isYaml = (contentType: string) =>
  /^(application\/(x-)?|text\/(x-|vnd\.)?|[\w.-]+\/[\w.-]+\+)yaml$/.test(bare(contentType))
export const isForm = (contentType: string) => bare(contentType) === 'application/x-www-form-urlencoded'

const unprinted = /[\u007f-\u009f\u2028\u2029\ufeff]/g

/** A value within the double quotes of YAML. */
const inYaml = (value: string) =>
  JSON.stringify(value.toWellFormed())
    .slice(1, -1)
    .replaceAll(unprinted, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)

/** A value that breaks out of whatever is not in double quotes. */
const nasty = "a\"b\n- c: 'd' # {e: [f"
const numbers: ReadonlySet<string> = new Set(['version', 'lasted_ms', 'confirmations'])

/** Why a text is no template of YAML: values could break out of where they stand; null: they cannot. */
export function checkYaml(text: string): string | null {
  let placeholders = 0
  const filled = text.replaceAll(token, (_, name: string | undefined) => {
    if (name === undefined) return '{{'
    if (numbers.has(name.trim())) return '1'
    placeholders += 1
    return inYaml(nasty)
  })
  const kept = scalarsIn(filled)?.reduce((sum, scalar) => sum + scalar.split(nasty).length - 1, 0)
  if (kept === placeholders) return null
  return 'in YAML a placeholder stands in double quotes, as in title: "{{title}}"; or write it as a mapping'
}

/** All names and values of a YAML text that are texts; null: it is none. */
function scalarsIn(text: string): string[] | null {
  try {
    return leavesOf(parse(text))
  } catch {
    return null
  }
}

function leavesOf(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) => [...(Array.isArray(value) ? [] : [name]), ...leavesOf(inner)])
}

/** What keeps a value inside its place in a text of this type. */
function encoder(contentType: string): (value: string) => string {
  if (isJson(contentType)) return (value) => JSON.stringify(value).slice(1, -1)
  if (isYaml(contentType)) return inYaml
  if (isForm(contentType)) return encodeUrl
  if (/^text\/html$|[/+]xml$/.test(bare(contentType)))
    return (value) => escapeHtml(value.replaceAll(/[^\P{Cc}\t\n]/gu, ''))
  return (value) => value
}

/** The body as it is sent: text filled in, a structure encoded as JSON (which is YAML, too) or as a form. */
export function render(body: Body, contentType: string, values: Payload): string {
  if (typeof body === 'string') return fill(body, values, encoder(contentType))
  const filled = fillStructure(body, values)
  if (!isForm(contentType)) return JSON.stringify(filled)
  return new URLSearchParams(Object.entries(filled as object).map(([name, value]) => [name, spell(value)])).toString()
}
