// Tokens: who may do what, by the hash of a secret.
// Promises that a revoked or expired token is never found. Must not see a secret itself.
import type { Selectable } from 'kysely'
import type { Context } from './context.ts'
import type { Tables } from './schema.ts'
import type { Token, Tokens } from './store.ts'

const fromRow = (row: Selectable<Tables['tokens']>): Token => ({
  id: row.id,
  name: row.name,
  scopes: row.scopes === '' ? [] : row.scopes.split(' '),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
})

export function tokens(context: Context): Tokens {
  const living = (now: number) =>
    context
      .db()
      .selectFrom('tokens')
      .selectAll()
      .where('revoked_at', 'is', null)
      .where((column) => column.or([column('expires_at', 'is', null), column('expires_at', '>', now)]))
  return {
    async insert({ name, hash, scopes, at, expiresAt }) {
      const row = { name, hash, scopes: scopes.join(' '), created_at: at, expires_at: expiresAt }
      return fromRow(await context.db().insertInto('tokens').values(row).returningAll().executeTakeFirstOrThrow())
    },
    async byHash(hash, now) {
      const row = await living(now).where('hash', '=', hash).executeTakeFirst()
      return row ? fromRow(row) : null
    },
    async list(now) {
      return (await living(now).orderBy('id').execute()).map(fromRow)
    },
    async revoke(id, at) {
      const update = context.db().updateTable('tokens').set({ revoked_at: at }).where('id', '=', id)
      const { numUpdatedRows } = await update.where('revoked_at', 'is', null).executeTakeFirst()
      return numUpdatedRows > 0n
    },
    async used(id, at) {
      await context.db().updateTable('tokens').set({ last_used_at: at }).where('id', '=', id).execute()
    },
  }
}
