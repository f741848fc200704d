// Tokens: who may do what, by the hash of a secret.
// Promises that a revoked or expired token is never found, and that making and revoking is recorded.
// Must not see a secret itself.
import type { Selectable } from 'kysely'
import { differences } from '#core/diff.ts'
import type { LabelLimit } from '#core/rights.ts'
import type { Context } from './context.ts'
import { toJson } from './dialect.ts'
import type { Tables } from './schema.ts'
import type { Token, Tokens } from './store.ts'

const fromRow = (row: Selectable<Tables['tokens']>): Token => ({
  id: row.id,
  name: row.name,
  scopes: row.scopes === '' ? [] : row.scopes.split(' '),
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  lastUsedAt: row.last_used_at,
  labels: row.labels === null ? null : (JSON.parse(row.labels) as LabelLimit),
  madeBy: row.made_by,
})

const nothing = { value: undefined, shown: undefined }

/** What the record of changes shows of a token. */
function shownOf({ id, scopes, labels, expiresAt }: Token) {
  const plain = { id, scopes, labels: labels ?? undefined }
  const value = expiresAt === null ? plain : { ...plain, expiresAt: new Date(expiresAt).toISOString() }
  return { value, shown: value }
}

export function tokens(context: Context): Tokens {
  const living = (now: number) =>
    context
      .db()
      .selectFrom('tokens')
      .selectAll()
      .where('revoked_at', 'is', null)
      .where((column) => column.or([column('expires_at', 'is', null), column('expires_at', '>', now)]))
  return {
    insert: async ({ name, hash, scopes, at, expiresAt, labels = null }) =>
      await context.transaction(async () => {
        const limit = labels === null ? null : toJson(labels)
        const row = { name, hash, scopes: scopes.join(' '), created_at: at, expires_at: expiresAt, labels: limit }
        const insert = context
          .db()
          .insertInto('tokens')
          .values({ ...row, made_by: context.actor().name })
        const token = fromRow(await insert.returningAll().executeTakeFirstOrThrow())
        const changes = differences(nothing, shownOf(token))
        await context.record({ at, action: 'created', type: 'token', subject: name, changes })
        return token
      }),
    async byHash(hash, now) {
      const row = await living(now).where('hash', '=', hash).executeTakeFirst()
      return row ? fromRow(row) : null
    },
    async list(now) {
      return (await living(now).orderBy('id').execute()).map(fromRow)
    },
    revoke: async (id, at) =>
      await context.transaction(async () => {
        const update = context.db().updateTable('tokens').set({ revoked_at: at }).where('id', '=', id)
        const row = await update.where('revoked_at', 'is', null).returningAll().executeTakeFirst()
        if (!row) return false
        const changes = differences(shownOf(fromRow(row)), nothing)
        await context.record({ at, action: 'revoked', type: 'token', subject: row.name, changes })
        return true
      }),
    async used(id, at) {
      await context.db().updateTable('tokens').set({ last_used_at: at }).where('id', '=', id).execute()
    },
  }
}
