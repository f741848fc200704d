// Tokens: how programs and people prove who they are. The secret is shown once; only its hash is stored.
// Promises 256 random bits behind `aw_`. Must not know how a request carries one.
import { createHash, randomBytes } from 'node:crypto'
import type { Token } from '#store/store.ts'
import type { CommandParts } from './ports.ts'
import { Refused } from './refused.ts'

/**
 * `read`: all that is shown; `report`: signs of life; `edit`: objects and commands; `agent`: a location that checks;
 * `admin`: everything.
 */
export const scopes = ['read', 'report', 'edit', 'admin', 'agent'] as const
export type Scope = (typeof scopes)[number]

/** Whether scopes allow what needs this one: `admin` is all of them, `edit` reads too. */
export function allows(have: readonly string[], need: Scope): boolean {
  return have.includes('admin') || have.includes(need) || (need === 'read' && have.includes('edit'))
}

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex')

export interface NewToken {
  readonly name: string
  readonly scopes: readonly Scope[]
  /** Epoch ms; null: never. */
  readonly expiresAt: number | null
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
  const secret = `aw_${randomBytes(32).toString('base64url')}`
  return { token: await parts.store.tokens.insert({ ...token, hash: hashOf(secret), at }), secret }
}

export async function revokeToken(parts: Pick<CommandParts, 'store' | 'clock'>, id: number): Promise<void> {
  const done = await parts.store.tokens.revoke(id, parts.clock.now())
  if (!done) throw new Refused({ kind: 'missing', what: 'token', key: String(id) })
}
