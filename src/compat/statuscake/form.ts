// What clients of StatusCake send: forms in which lists, numbers and switches are spelled in several ways.
// Promises one value for all spellings, and every fault by the name of its field. Pure.

/** Values by name, `tags[]` as `tags`. */
export type Form = ReadonlyMap<string, readonly string[]>

const namesMost = 1_000

export function readForm(...texts: readonly string[]): Form {
  const form = new Map<string, string[]>()
  let count = 0
  for (const text of texts) {
    for (const [name, value] of new URLSearchParams(text)) {
      count += 1
      if (count > namesMost) return form
      const plain = name.replace(/\[\d*\]$/, '')
      form.set(plain, [...(form.get(plain) ?? []), value])
    }
  }
  return form
}

export const textOf = (form: Form, name: string): string | undefined => form.get(name)?.at(-1)

export type FieldType = 'text' | 'int' | 'bool' | 'list' | 'ints'
export type Value = string | number | boolean | readonly string[]

/** A field's value; undefined: it was not sent; null: it is none of its type. */
export function valueOf(form: Form, name: string, type: FieldType): Value | null | undefined {
  const given = form.get(name)
  if (given === undefined) return undefined
  const last = given.at(-1) ?? ''
  if (type === 'text') return last
  if (type === 'list') return listOf(given)
  if (type === 'ints') return listOf(given).every((one) => /^\d{1,6}$/.test(one)) ? listOf(given) : null
  if (type === 'bool') return /^(true|1|yes|on)$/i.test(last) ? true : /^(false|0|no|off|)$/i.test(last) ? false : null
  if (last.trim() === '') return undefined
  return /^-?\d{1,9}$/.test(last.trim()) ? Number(last) : null
}

/** `a` and `b` of `x[]=a&x[]=b`, `x=a&x=b` and `x=a,b`; nothing of `x=` and `x[]=`. */
const listOf = (given: readonly string[]): string[] =>
  given.flatMap((one) => one.split(',')).flatMap((one) => one.trim() || [])
