// Which rows of the list are chosen, to be changed together: some by their keys, or all that the list's filters find,
// but those that were taken out again.
import { signal } from '@preact/signals'
import { filterOf, type View } from '../api/board.ts'

/** Keys of the chosen monitors. */
export const picked = signal<ReadonlySet<string>>(new Set())

/** The view of which all are chosen, also those on other pages; another view chooses only what is picked. */
export const allOf = signal<string | null>(null)

/** What was taken out of all, by its key. */
export const spared = signal<ReadonlySet<string>>(new Set())

/** What tells apart which monitors a view finds. */
export const nameOfView = (view: View): string => JSON.stringify(filterOf(view))

export const isPicked = (key: string): boolean =>
  allOf.value === null ? picked.value.has(key) : !spared.value.has(key)

export function pick(keys: readonly string[], chosen: boolean): void {
  const all = allOf.value !== null
  const held = all ? spared : picked
  const next = new Set(held.value)
  for (const key of keys) {
    if (chosen === all) next.delete(key)
    else next.add(key)
  }
  held.value = next
}

/** All rows between two, the first included. */
export function pickTo(shown: readonly string[], from: string | null, to: string, chosen: boolean): void {
  const [begin, end] = [shown.indexOf(from ?? to), shown.indexOf(to)].sort((one, other) => one - other)
  pick(begin === undefined || begin < 0 || end === undefined ? [to] : shown.slice(begin, end + 1), chosen)
}

export function pickAll(view: View): void {
  spared.value = new Set()
  allOf.value = nameOfView(view)
}

export function unpick(): void {
  picked.value = new Set()
  spared.value = new Set()
  allOf.value = null
}
