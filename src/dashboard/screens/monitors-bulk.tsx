// Which rows of the list are chosen, and changing all of them at once.
import type { View } from '../api/board.ts'
import { count } from '../words.ts'
import { picked } from './picked.ts'

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
