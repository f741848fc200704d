// HTML as a value: a tagged template that escapes what is put into it.
// Promises that a value can break out of neither text nor a quoted attribute (never put one into an unquoted
// attribute, a script or a style). Must not know any page.

/** Text that is HTML already. Only `html` and `raw` make it. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toString(): string {
    return this.text
  }
}

/** What may stand in `${…}`: nothing for null, undefined and booleans; arrays are joined. */
export type HtmlValue = Html | string | number | boolean | null | undefined | readonly HtmlValue[]

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Safe in text and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => escapes[sign] ?? sign)
}

/** Takes text as HTML. For constants of our own only. */
export const raw = (text: string): Html => new Html(text)

const tidied = new WeakMap<TemplateStringsArray, readonly string[]>()

/** The template's own parts, with each line break and its indentation made one line break; done once per template. */
function parts(template: TemplateStringsArray): readonly string[] {
  let tidy = tidied.get(template)
  if (tidy === undefined) {
    tidy = template.map((part) => part.replaceAll(/\n\s*/g, '\n'))
    tidied.set(template, tidy)
  }
  return tidy
}

export function html(template: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = ''
  for (const [index, part] of parts(template).entries()) {
    text += part
    if (index < values.length) text += spell(values[index])
  }
  return new Html(text)
}

function spell(value: HtmlValue): string {
  if (value instanceof Html) return value.text
  if (typeof value === 'string') return escapeHtml(value)
  if (typeof value === 'number') return String(value)
  if (value === null || value === undefined || typeof value === 'boolean') return ''
  return value.map(spell).join('')
}
