// What the command line needs to manage tokens; whoever owns the store hands it in.
// Promises that a token's secret is seen once, when it is made. Must not know where tokens are kept.
import type { LabelLimit } from '#core/rights.ts'

export interface TokenInfo {
  readonly id: number
  readonly name: string
  readonly scopes: readonly string[]
  /** Epoch ms. */
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly lastUsedAt: number | null
  /** Null: not limited. */
  readonly labels: LabelLimit | null
  /** Only reports on these, each `page/component`; null: not limited. */
  readonly components: readonly string[] | null
}

export interface TokenAdmin {
  /** Where a database was made just now, since there was none; null: it was there. */
  readonly made: string | null
  create(
    name: string,
    scopes: readonly string[],
    limits: Pick<TokenInfo, 'expiresAt' | 'labels' | 'components'>,
  ): Promise<{ id: number; secret: string }>
  /** A link with which an owner account is made, once and soon. */
  owner(): Promise<string>
  list(): Promise<readonly TokenInfo[]>
  /** False: there is no such token. */
  revoke(id: number): Promise<boolean>
  close(): Promise<void>
}
