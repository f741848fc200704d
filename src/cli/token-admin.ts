// What the command line needs to manage tokens; whoever owns the store hands it in.
// Promises that a token's secret is seen once, when it is made. Must not know where tokens are kept.

export interface TokenInfo {
  readonly id: number
  readonly name: string
  readonly scopes: readonly string[]
  /** Epoch ms. */
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
}

export interface TokenAdmin {
  /** Where a database was made just now, since there was none; null: it was there. */
  readonly made: string | null
  /** `expiresAt` in epoch ms; null: never. */
  create(name: string, scopes: readonly string[], expiresAt: number | null): Promise<{ id: number; secret: string }>
  list(): Promise<readonly TokenInfo[]>
  /** False: there is no such token. */
  revoke(id: number): Promise<boolean>
  close(): Promise<void>
}
