// Hiding: what was sent, values that were extracted, and cookies, in what is shown of a check.
// Promises that none stands in a sentence or in evidence, neither whole nor cut off, spelled plainly, escaped or as
// bytes, in capitals or not.
// Must not know where they came from.
import type { Facts } from '#core/observation.ts'
import type { Finding } from './check.ts'

/** What stands in its place. */
const mask = '***'
/** Shorter ones are hidden only where they stand alone, or texts would be spoiled. */
const shortMost = 4
/** A line that is shorter says nothing secret by itself. */
const lineLeast = 8
/** Of what was cut off so much gives nothing away. */
const cutLeast = 4

/** The finding with all values hidden. */
export function hideAll(finding: Finding, values: readonly (string | Buffer)[]): Finding {
  const spelled = values.flatMap((value) => (typeof value === 'string' ? formsOf(value) : formsOfBytes(value)))
  const forms = [...new Set(spelled)].sort((one, other) => other.length - one.length)
  if (forms.length === 0) return finding
  const { sentence, facts } = finding
  return {
    ...finding,
    sentence: sentence === null ? null : hide(sentence, forms),
    ...(facts ? { facts: hideIn(facts, forms) as Facts } : {}),
  }
}

const ascii = (text: string) =>
  text.replaceAll(/[^\0-~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
const html: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#039;' }
const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (sign) => html[sign] as string)

/**
 * A value as it may be spelled: in JSON (of PHP and Python too), in HTML, in a URL or a form, in Base64, as UTF-8 that
 * is read byte by byte, which headers are, and with control characters gone.
 */
function formsOf(value: string): string[] {
  const encoded = encodeURIComponent(value.toWellFormed())
  const json = JSON.stringify(value).slice(1, -1)
  const bytes = Buffer.from(value)
  const spelled = [
    value,
    json,
    ascii(json),
    ascii(json).replaceAll('/', String.raw`\/`),
    json.replaceAll('/', String.raw`\/`),
    escaped(value),
    escaped(value).replaceAll('&#039;', '&#39;'),
    encoded,
    encoded.replaceAll('%20', '+'),
    ...(value.length < shortMost ? [] : asBytes(bytes)),
    bytes.toString('latin1'),
    value.replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069\ufffd]+/gu, ' ').trim(),
    value.replaceAll('\0', ''),
  ]
  return spelled.filter((form) => form.trim() !== '')
}

/** Bytes as they may be shown: Base64, and hexadecimal digits, with spaces as in our own sentences or without. */
function asBytes(bytes: Buffer): string[] {
  const hex = bytes.toString('hex')
  return [bytes.toString('base64'), bytes.toString('base64url'), hex, hex.replaceAll(/..(?!$)/g, '$& ')]
}

/** Bytes that were sent: as such, and as text where they are that. */
function formsOfBytes(bytes: Buffer): string[] {
  const text = bytes.toString('utf8')
  const words = text.includes('\u{fffd}') ? [] : [text.trim(), ...linesOf(text)].flatMap(formsOf)
  return bytes.length < lineLeast ? [] : [...asBytes(bytes), ...words]
}

/** Parts of what was sent that come back by themselves: long lines, and what follows words that ask for a secret. */
function linesOf(text: string): string[] {
  const lines = text.split(/[\r\n\0]+/).map((line) => line.trim())
  return lines.flatMap((line) => {
    const [, given = ''] = /^(?:auth\w*|pass\w*|login|identify|key|token|secret)\b[\s:=]*(.*)$/i.exec(line) ?? []
    return [...(line.length >= lineLeast ? [line] : []), ...given.split(/\s+/).filter((one) => one.length >= shortMost)]
  })
}

function hideIn(value: unknown, forms: readonly string[]): unknown {
  if (typeof value === 'string') return hide(value, forms)
  if (Array.isArray(value)) return value.map((one) => hideIn(one, forms))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, hideIn(one, forms)]))
}

const alone = (form: string) => `(?<![\\p{L}\\p{N}])${RegExp.escape(form)}(?![\\p{L}\\p{N}])`

function hide(text: string, forms: readonly string[]): string {
  let hidden = text
  // There may be thousands of forms, most of them nowhere in it: only for those that are a pattern is made.
  const lower = text.toLowerCase()
  for (const form of forms) {
    const isShort = form.length < shortMost
    if (lower.includes(form.toLowerCase()))
      hidden = hidden.replaceAll(new RegExp(isShort ? alone(form) : RegExp.escape(form), 'giu'), mask)
    if (!isShort) hidden = hideCut(hidden, form)
  }
  return hidden
}

/** The beginning of a value at the end of a text, or before the dots that stand for the rest. */
function hideCut(text: string, value: string): string {
  const begin = value.slice(0, cutLeast)
  let hidden = text
  let at = hidden.indexOf(begin)
  while (at >= 0) {
    let end = at + cutLeast
    while (end < hidden.length && hidden[end] === value[end - at]) end += 1
    const isCut = end === hidden.length || hidden[end] === '…'
    if (isCut) hidden = hidden.slice(0, at) + mask + hidden.slice(end)
    at = hidden.indexOf(begin, at + (isCut ? mask.length : 1))
  }
  return hidden
}
