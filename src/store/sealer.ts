// Sealer: how the store keeps secrets, as whoever opens it says.
// Promises no behaviour; only names. Must not know keys.

export interface Sealer {
  /** `place`: where it is kept; the same is needed to open it. */
  seal(text: string, place: string): string
  /** What was sealed, or text that never was as it is; throws an Error for what another key sealed. */
  open(text: string, place: string): string
  /** Whether it is sealed as it would be now: with the newest key. */
  isCurrent(text: string): boolean
}

/** Chooses the sealer when the database is open. */
export interface Sealing {
  /**
   * `known`: the id of the key with which secrets here are sealed; null: none is yet. Gives the id of the key that
   * seals from now on. Throws an Error that says which key is missing.
   */
  choose(known: string | null): { readonly id: string; readonly sealer: Sealer }
}

export const inClear: Sealer = { seal: (text) => text, open: (text) => text, isCurrent: () => true }
