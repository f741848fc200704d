// Which rows of the list are chosen, to be changed together: some by their keys, or all that the list's filters find.
import { signal } from '@preact/signals'
import { filterOf, type View } from '../api/board.ts'

/** Keys of the chosen monitors. */
export const picked = signal<ReadonlySet<string>>(new Set())

/** The view of which all are chosen, also those on other pages; another view chooses only what is picked. */
export const allOf = signal<string | null>(null)

/** What tells apart which monitors a view finds. */
export const nameOfView = (view: View): string => JSON.stringify(filterOf(view))

export function pick(keys: readonly string[], chosen: boolean): void {
  const next = new Set(picked.value)
  for (const key of keys) {
    if (chosen) next.add(key)
    else next.delete(key)
  }
  picked.value = next
  allOf.value = null
}

/** All rows between two, the first included. */
export function pickTo(shown: readonly string[], from: string | null, to: string, chosen: boolean): void {
  const [begin, end] = [shown.indexOf(from ?? to), shown.indexOf(to)].sort((one, other) => one - other)
  pick(begin === undefined || begin < 0 || end === undefined ? [to] : shown.slice(begin, end + 1), chosen)
}

export function unpick(): void {
  picked.value = new Set()
  allOf.value = null
}
