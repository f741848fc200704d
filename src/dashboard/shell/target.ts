// What the commands act on: the monitor that is open, or the row that is current in the list.
import { signal } from '@preact/signals'
import type { Row } from '../api/types.ts'

export interface Target {
  readonly row: Row
  /** Shows it anew. */
  readonly again: () => void
}

/** Set by the screen that is shown; null: there is nothing to act on. */
export const target = signal<Target | null>(null)

/** The rows of the list that is shown, in order. */
export const shownRows = signal<readonly Row[]>([])

/** The row that the keys act on. */
export const current = signal<string | null>(null)

/** The key of the row so far on; at the ends it stays. */
export function moved(rows: readonly Pick<Row, 'key'>[], from: string | null, by: 1 | -1): string | null {
  if (rows.length === 0) return null
  const at = rows.findIndex(({ key }) => key === from)
  const next = at < 0 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))
  return rows[next]?.key ?? null
}
