// What a request gives: names and values from its query, its form or its JSON, merged, with brackets as PHP has them.
// Promises bounds on names, depth and size, and that no name becomes anything but a name. Pure.
import type { Given } from './ports.ts'

const namesMost = 1_000
const deepest = 5

type Tree = Record<string, unknown>
const tree = (): Tree => Object.create(null) as Tree
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value)

/** A query string or a form: `a=1&b[]=2&c[x]=3`. */
export function fromForm(text: string): Given {
  const found = tree()
  let count = 0
  for (const [name, value] of new URLSearchParams(text)) {
    count += 1
    if (count > namesMost) break
    put(found, stepsOf(name), value)
  }
  return settled(found) as Given
}

function stepsOf(name: string): string[] {
  const open = name.indexOf('[')
  if (open < 1) return [name]
  const inner = [...name.slice(open).matchAll(/\[([^[\]]*)\]/g)].map(([, step]) => step ?? '')
  return [name.slice(0, open), ...inner].slice(0, deepest)
}

function put(into: Tree, steps: readonly string[], value: string): void {
  let place = into
  for (const [index, step] of steps.entries()) {
    const name = step === '' ? String(Object.keys(place).length) : step
    if (index === steps.length - 1) place[name] = value
    else {
      const next = place[name]
      const made = isTree(next) ? next : tree()
      place[name] = made
      place = made
    }
  }
}

/** What counts from 0 on is a list. */
function settled(value: unknown): unknown {
  if (!isTree(value)) return value
  const names = Object.keys(value)
  if (names.length > 0 && names.every((name, index) => name === String(index)))
    return names.map((name) => settled(value[name]))
  return Object.assign(tree(), ...names.map((name) => ({ [name]: settled(value[name]) })))
}

/** The names of a JSON object; nothing where it is none. */
export function fromJson(text: string): Given {
  if (nesting(text) > 32) return {}
  try {
    const value: unknown = JSON.parse(text)
    return isTree(value) ? Object.assign(tree(), value) : {}
  } catch {
    return {}
  }
}

function nesting(text: string): number {
  let [now, most] = [0, 0]
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === 91 || code === 123) most = Math.max(most, (now += 1))
    else if (code === 93 || code === 125) now -= 1
  }
  return most
}

/** The body of a request by its type; JSON where it says so, a form otherwise. */
export function fromBody(text: string, type: string | undefined): Given {
  if (text === '') return {}
  if (/[/+]json\b/i.test(type ?? '')) return fromJson(text)
  return fromForm(text)
}

/** Later ones count over earlier ones. */
export const merged = (...all: readonly Given[]): Given => Object.assign(tree(), ...all) as Given

/** A value as text; what is no single value is none. */
export const textIn = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : ''
