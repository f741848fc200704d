// Which rows of the list are chosen, to be changed together.
import { signal } from '@preact/signals'

/** Keys of the chosen monitors. */
export const picked = signal<ReadonlySet<string>>(new Set())

export function pick(keys: readonly string[], chosen: boolean): void {
  const next = new Set(picked.value)
  for (const key of keys) {
    if (chosen) next.add(key)
    else next.delete(key)
  }
  picked.value = next
}
