// Sealer: how the store keeps secrets, as whoever opens it says.
// Promises no behaviour; only names. Must not know keys.

export interface Sealer {
  seal(text: string): string
  /** What was sealed, or text that never was as it is; throws an Error for what another key sealed. */
  open(text: string): string
  /** Whether it is sealed as it would be now: with the newest key. */
  isCurrent(text: string): boolean
}
