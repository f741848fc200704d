// Which rows of the list are chosen, and changing all of them at once.
import { signal } from '@preact/signals'
import type { View } from '../api/board.ts'
import { count } from '../words.ts'

/** Keys of the chosen monitors. */
export const picked = signal<ReadonlySet<string>>(new Set())

export function pick(keys: readonly string[], chosen: boolean): void {
  const next = new Set(picked.value)
  for (const key of keys) chosen ? next.add(key) : next.delete(key)
  picked.value = next
}

interface BulkProps {
  readonly view: View
  readonly total: number
  readonly done: () => void
}

export function BulkBar({ total }: BulkProps) {
  void total
  return (
    <div class="bulk" role="region" aria-label="Chosen monitors">
      <span class="grow">{count(picked.value.size, 'monitor')} chosen</span>
      <button type="button" class="button" onClick={() => (picked.value = new Set())}>
        None
      </button>
    </div>
  )
}
