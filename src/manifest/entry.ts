// Taking an entry apart: the one key that names its kind, and the fields that all kinds share.
// Promises a fault for every key that is neither, up to a bound, with the nearest known word. Must not name any kind.
import { firstFaults, quote, sayValue, unknownWord } from './faults.ts'
import type { Fault, Read } from './model.ts'

export const failed = (...faults: readonly Fault[]): { ok: false; faults: readonly Fault[] } => ({ ok: false, faults })
export const faultsOf = (read: Read<unknown>): readonly Fault[] => (read.ok ? [] : read.faults)

export type Entry = Readonly<Record<string, unknown>>
export const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** An entry taken apart: its one kind with that kind's settings, and its common fields. */
export interface Parts<Of> {
  /** Null: none is named; there is a fault then. */
  readonly kind: Of | null
  readonly config: unknown
  readonly fields: Entry
  readonly faults: readonly Fault[]
}

/** Finds the one key that names a kind, and blames keys that are neither a kind nor a common field. */
export function takeApart<Of extends { readonly kind: string }>(
  kinds: readonly Of[],
  common: readonly string[],
  spec: unknown,
  what: string,
): Parts<Of> {
  if (!isEntry(spec)) {
    const message = `expected a mapping that names a kind of ${what}, got ${sayValue(spec)}`
    return { kind: null, config: null, fields: {}, faults: [{ path: [], message }] }
  }
  const names = kinds.map((kind) => kind.kind)
  const found = kinds.filter((kind) => Object.hasOwn(spec, kind.kind))
  const fields: Record<string, unknown> = {}
  const wrong: (() => Fault)[] = []
  for (const [name, value] of Object.entries(spec)) {
    if (common.includes(name)) fields[name] = value
    else if (!names.includes(name)) {
      const meansKind = found.length === 0 && (isEntry(value) || value === null)
      const message = () =>
        meansKind
          ? unknownWord(name, names, `the kind of ${what}`)
          : unknownWord(name, found.length > 0 ? common : [...names, ...common], 'the key')
      wrong.push(() => ({ path: [name], message: message(), at: 'key' }))
    }
  }
  const faults = firstFaults(wrong)
  const [kind, second] = found
  if (kind === undefined && faults.length === 0) {
    faults.push({ path: [], message: `names no kind of ${what}; add one of ${names.join(', ')}` })
  }
  if (kind !== undefined && second !== undefined) {
    const both = `a ${what} has one kind, but ${quote(kind.kind)} and ${quote(second.kind)} stand here`
    faults.push({ path: [second.kind], message: `${both}; make two ${what}s of it`, at: 'key' })
  }
  return { kind: kind ?? null, config: kind ? (spec[kind.kind] ?? {}) : null, fields, faults }
}
