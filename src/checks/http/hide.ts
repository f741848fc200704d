// Hiding: values that were extracted, and cookies, in what is shown of a check.
// Promises that none stands in a sentence or in evidence, neither whole nor cut off, spelled plainly or escaped.
// Must not know where they came from.
import type { Facts } from '#core/observation.ts'
import type { Finding } from '../check.ts'

/** What stands in its place. */
const mask = '***'
/** Shorter ones are hidden only where they stand alone, or texts would be spoiled. */
const shortMost = 4
/** Of what was cut off so much gives nothing away. */
const cutLeast = 4

/** The finding with all values hidden. */
export function hideAll(finding: Finding, values: readonly string[]): Finding {
  const forms = [...new Set(values.flatMap(formsOf))].sort((one, other) => other.length - one.length)
  if (forms.length === 0) return finding
  const { sentence, facts } = finding
  return {
    ...finding,
    sentence: sentence === null ? null : hide(sentence, forms),
    ...(facts ? { facts: hideIn(facts, forms) as Facts } : {}),
  }
}

/** A value as it may be spelled: in JSON, in a URL or a form, and with control characters gone. */
function formsOf(value: string): string[] {
  const encoded = encodeURIComponent(value.toWellFormed())
  const spelled = [
    value,
    JSON.stringify(value).slice(1, -1),
    encoded,
    encoded.replaceAll('%20', '+'),
    value.replaceAll(/[\p{Cc}\u2028-\u202e\u2066-\u2069\ufffd]+/gu, ' ').trim(),
    value.replaceAll('\0', ''),
  ]
  return spelled.filter((form) => form.trim() !== '')
}

function hideIn(value: unknown, forms: readonly string[]): unknown {
  if (typeof value === 'string') return hide(value, forms)
  if (Array.isArray(value)) return value.map((one) => hideIn(one, forms))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, hideIn(one, forms)]))
}

const alone = (form: string) => new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(form)}(?![\\p{L}\\p{N}])`, 'gu')

function hide(text: string, forms: readonly string[]): string {
  let hidden = text
  for (const form of forms)
    hidden =
      form.length < shortMost ? hidden.replaceAll(alone(form), mask) : hideCut(hidden.replaceAll(form, mask), form)
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
