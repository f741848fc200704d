// Saved views, as the store's contract has them: a name for what the list of monitors was narrowed to.
// Promises no behaviour; only names.
import type { LabelLimit } from '#core/rights.ts'

export interface SavedView {
  readonly id: number
  /** Whose it is; null: everybody's. */
  readonly user: number | null
  readonly name: string
  /** As it stands in the list's address: `status=down&label=team%3Ashop`. */
  readonly query: string
  /** For people; it stays when they are gone. */
  readonly madeBy: string
  readonly createdAt: number
  readonly updatedAt: number
}

export interface SavedViews {
  /** Conflict when the same one, or everybody, has one of this name. `within`: for those alone with this limit. */
  insert(
    view: Pick<SavedView, 'user' | 'name' | 'query'> & { readonly within?: LabelLimit | null },
    at: number,
  ): Promise<SavedView>
  /** Those of a person, and everybody's, by name; null: everybody's alone. `within`: those that this limit sees. */
  list(user: number | null, within?: LabelLimit | null): Promise<SavedView[]>
  get(id: number, within?: LabelLimit | null): Promise<SavedView | null>
  /** Null: there is none. Conflict as above. */
  update(
    id: number,
    change: Partial<Pick<SavedView, 'user' | 'name' | 'query'>> & { readonly within?: LabelLimit | null },
    at: number,
  ): Promise<SavedView | null>
  /** False: there is none. */
  remove(id: number, at: number): Promise<boolean>
}
