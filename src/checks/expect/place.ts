// Places in JSON as people write them: a JSON Pointer (RFC 6901) such as /queue/0/name, or dotted as queue[0].name.
// Promises that what cannot be a place says why, and that what is not there says how far it led.
// Must not know what is expected of the value.

/** Names and numbers of entries, from the outside in. */
export type Steps = readonly string[]

const stepsMost = 50

/** The steps of a place, or the sentence that says what is wrong with it. */
export function readPlace(text: string): Steps | string {
  const steps = text === '' || text.startsWith('/') ? readPointer(text) : readDotted(text)
  if (typeof steps === 'string' || steps.length <= stepsMost) return steps
  return `leads through ${steps.length} levels; at most ${stepsMost} are followed`
}

function readPointer(text: string): Steps | string {
  if (/~(?![01])/.test(text)) return 'in a JSON Pointer ~ is written as ~0, and / within a name as ~1'
  const [, ...steps] = text.split('/')
  return steps.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** `$` and a dot may stand first; then names and `[0]`, `["a.b"]` or `['a.b']`. */
const first = /^\$(?=[.[]|$)\.?/
const step = /\[(\d{1,9})\]|\[("(?:[^"\\]|\\.)*")\]|\['([^']*)'\]|([^.[\]"'*?\s]+)/y

function readDotted(text: string): Steps | string {
  const steps: string[] = []
  let at = first.exec(text)?.[0].length ?? 0
  while (at < text.length) {
    step.lastIndex = at
    const match = step.exec(text)
    if (!match) return complain(text, at)
    const [whole, number, quoted, plain, name] = match
    at += whole.length
    // Behind a bracket a name begins with a dot.
    if (name !== undefined && text[at - name.length - 1] === ']') return complain(text, at - name.length)
    steps.push(number ?? (quoted === undefined ? undefined : unquote(quoted)) ?? plain ?? name ?? '')
    if (text[at] === '.' && at + 1 < text.length && text[at + 1] !== '[') at += 1
  }
  return steps
}

function unquote(text: string): string | undefined {
  try {
    return String(JSON.parse(text))
  } catch {
    return undefined
  }
}

function complain(text: string, at: number): string {
  const rest = text.slice(at, at + 20)
  const isDeep = rest.startsWith('.') && text[at - 1] === '.'
  if (isDeep || /^\.?\[?[*?]|^\[-?\d*:/.test(rest))
    return `names many places at ${rest}; write one place, such as /items/0/name or items[0].name`
  if (/^\[-\d/.test(rest)) return `counts from the end at ${rest}; entries are counted from 0 at the beginning`
  return `cannot be read at “${rest}”; write it as /items/0/name or items[0].name`
}

export type Found =
  | { readonly found: true; readonly value: unknown }
  /** `why`: how far it led, a whole sentence. */
  | { readonly found: false; readonly why: string }

/** What stands at a place; `name` is the place as it was written. */
export function lookUp(json: unknown, steps: Steps, name: string): Found {
  let value = json
  for (const [index, one] of steps.entries()) {
    const next = entryOf(value, one)
    if (next === null) {
      const parent = index === 0 ? 'the body' : sayPlace(steps.slice(0, index), name)
      return { found: false, why: `${sayName(name)} is missing: ${parent} ${sayLack(value, one)}.` }
    }
    ;({ value } = next)
  }
  return { found: true, value }
}

function entryOf(value: unknown, step: string): { readonly value: unknown } | null {
  if (typeof value !== 'object' || value === null) return null
  if (Array.isArray(value) && !/^(0|[1-9]\d{0,8})$/.test(step)) return null
  return Object.hasOwn(value, step) ? { value: (value as Readonly<Record<string, unknown>>)[step] } : null
}

function sayLack(value: unknown, step: string): string {
  if (Array.isArray(value))
    return /^\d+$/.test(step)
      ? `has ${value.length === 1 ? '1 entry' : `${value.length} entries`}`
      : 'is a list, whose entries are numbers such as 0'
  if (typeof value === 'object' && value !== null) return `has no ${JSON.stringify(step.slice(0, 60))}`
  return `is ${value === null ? 'null' : `a ${typeof value === 'string' ? 'text' : typeof value}`}`
}

/** The place in sentences; the whole document has no name of its own. */
export const sayName = (name: string): string => (name === '' || name === '$' ? 'The JSON' : name)

/** The first steps of a place, written in the same way. */
function sayPlace(steps: Steps, name: string): string {
  if (name.startsWith('/')) return steps.map((one) => `/${one.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
  return steps.reduce((text, one) => {
    if (/^\d+$/.test(one)) return `${text}[${one}]`
    return /^[\w-]+$/.test(one) ? `${text}${text === '' ? '' : '.'}${one}` : `${text}[${JSON.stringify(one)}]`
  }, '')
}
