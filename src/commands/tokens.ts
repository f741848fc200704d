// Tokens: how programs and people prove who they are. The secret is shown once; only its hash is stored.
// Promises 256 random bits behind `aw_`. Must not know how a request carries one.
import { createHash, randomBytes } from 'node:crypto'
import { allows, type LabelLimit, type Scope, scopes } from '#core/rights.ts'
import type { Token } from '#store/store.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

export { allows, type Scope, scopes }

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

export interface NewToken {
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Epoch ms; null: never. */
  readonly expiresAt: number | null
  /** Only objects with these labels; left out or null: all. */
  readonly labels?: LabelLimit | null | undefined
  /** Only reports on these components, each `page/component`; left out or null: all. */
  readonly components?: readonly string[] | null | undefined
  /** Numbers of statuses are answered as texts, for old clients of Cachet. */
  readonly stringNumbers?: boolean | undefined
}

/** Makes a token; the secret is in the answer and nowhere else. */
export async function createToken(
  parts: Pick<CommandParts, 'store' | 'clock'>,
  token: NewToken,
): Promise<{ token: Token; secret: string }> {
  const at = parts.clock.now()
  if (token.expiresAt !== null && token.expiresAt <= at) {
    throw new Refused({ kind: 'invalid', faults: [{ path: ['expiresAt'], message: 'has passed already' }] })
  }
  if (token.labels != null && token.scopes.includes('admin')) {
    const message = 'do not go with the scope admin, which sees everything; leave one of them out'
    throw new Refused({ kind: 'invalid', faults: [{ path: ['labels'], message }] })
  }
  if (token.components != null && token.scopes.some((scope) => scope !== 'report')) {
    const message = 'go with the scope report alone: of anything else they limit nothing; leave one of them out'
    throw new Refused({ kind: 'invalid', faults: [{ path: ['components'], message }] })
  }
  const secret = `aw_${randomBytes(32).toString('base64url')}`
  return { token: await parts.store.tokens.insert({ ...token, hash: hashOf(secret), at }), secret }
}

export async function revokeToken(parts: Pick<CommandParts, 'store' | 'clock'>, id: number): Promise<void> {
  const done = await parts.store.tokens.revoke(id, parts.clock.now())
  if (!done) throw new Refused({ kind: 'missing', what: 'token', key: String(id) })
}
