// Saved views: what the list was narrowed to and how it was sorted, under a name.
// Promises that a view is known again however its address was written.
import { signal } from '@preact/signals'
import type { View } from './board.ts'
import { at, get, patch, post, remove } from './client.ts'
import type { ListOf } from './types.ts'

export interface SavedView {
  readonly id: number
  readonly name: string
  /** As in the list's address. */
  readonly query: string
  /** Everybody sees it. */
  readonly shared: boolean
  readonly madeBy: string
}
export type Kept = Pick<SavedView, 'name' | 'query' | 'shared'>

const usualSort = 'status'

/** Those that are known here; null: nobody has asked yet. */
export const knownViews = signal<readonly SavedView[] | null>(null)

/** Asks which there are. */
export async function learnViews(asked?: AbortSignal): Promise<void> {
  knownViews.value = (await get<ListOf<SavedView>>('/saved-views', { limit: 100 }, asked)).items
}

export const saveView = (kept: Kept): Promise<SavedView> => post<SavedView>('/saved-views', kept)
export const changeView = (id: number, change: Partial<Kept>): Promise<SavedView> =>
  patch<SavedView>(at('saved-views', id), change)
export const removeView = (id: number): Promise<void> => remove(at('saved-views', id))

/** A view as it is kept: the filters, and the order where it is another than usual. */
export function queryOf({ search, status, kind, label, owner, sort }: View): string {
  const pairs: [string, string][] = [
    ...(search === '' ? [] : [['search', search] as [string, string]]),
    ...Object.entries({ status, kind, label, owner }).flatMap(([name, values]) =>
      values.map((value): [string, string] => [name, value]),
    ),
    ...(sort === usualSort ? [] : [['sort', sort] as [string, string]]),
  ]
  return new URLSearchParams(pairs).toString()
}

/** The same for the same view, whatever the order of its parts. */
export function canonical(query: string): string {
  const parts = [...new URLSearchParams(query)].filter(([name, value]) => name !== 'sort' || value !== usualSort)
  return JSON.stringify(parts.map((pair) => pair.join('=')).sort())
}
