// Two people changed one thing at once: what either changed of what both began with, and both changes in one.
// Promises that what only one of them changed is kept, whoever it was; where both did, it is told. Knows no screen.
import { isMap } from './model.ts'

/** A setting that the other one changed. */
export interface Change {
  readonly path: string
  readonly before: unknown
  readonly theirs: unknown
  readonly mine: unknown
  /** Whether both changed it, each to something else. */
  readonly conflict: boolean
}

type Map = Readonly<Record<string, unknown>>

/** What the other one changed, each setting as deep as it can be named; not what both made the same. */
export function theirChanges(before: unknown, theirs: unknown, mine: unknown, path = ''): Change[] {
  if (same(theirs, before) || same(theirs, mine)) return []
  if (!isMap(before) || !isMap(theirs) || !isMap(mine))
    return [{ path, before, theirs, mine, conflict: !same(mine, before) }]
  return namesOf(before, theirs, mine).flatMap((name) =>
    theirChanges(own(before, name), own(theirs, name), own(mine, name), path === '' ? name : `${path}.${name}`),
  )
}

/** Both changes in one; where both changed the same setting mine stays. */
export function merged(before: unknown, theirs: unknown, mine: unknown): unknown {
  if (same(mine, before)) return theirs
  if (same(theirs, before)) return mine
  if (!isMap(before) || !isMap(theirs) || !isMap(mine)) return mine
  const values = namesOf(mine, theirs).map(
    (name) => [name, merged(own(before, name), own(theirs, name), own(mine, name))] as const,
  )
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

const own = (map: Map, name: string): unknown => (Object.hasOwn(map, name) ? map[name] : undefined)

const namesOf = (...maps: readonly Map[]): string[] => [...new Set(maps.flatMap((map) => Object.keys(map)))]

/** Whether they say the same, in whatever order. */
function same(one: unknown, other: unknown): boolean {
  if (isMap(one) && isMap(other)) return namesOf(one, other).every((name) => same(own(one, name), own(other, name)))
  if (Array.isArray(one) && Array.isArray(other))
    return one.length === other.length && one.every((item, at) => same(item, other[at]))
  return one === other
}
