// Sessions: browsers that somebody signed in with, by the hash of their cookie.
// Promises that an expired, idle or ended one is never found. Must not see a cookie itself.
import type { Selectable } from 'kysely'
import type { Session, Sessions } from './account-contract.ts'
import type { Context } from './context.ts'
import type { Tables } from './schema.ts'

const fromRow = (row: Selectable<Tables['sessions']>): Session => ({
  id: row.id,
  user: row.user_id,
  method: row.method,
  address: row.address,
  agent: row.agent,
  createdAt: row.created_at,
  confirmedAt: row.confirmed_at,
  seenAt: row.seen_at,
  expiresAt: row.expires_at,
})

export function sessions(context: Context): Sessions {
  const living = (now: number, idleSince: number) =>
    context.db().selectFrom('sessions').selectAll().where('expires_at', '>', now).where('seen_at', '>', idleSince)
  return {
    async insert({ user, hash, method, address, agent, createdAt, expiresAt }) {
      const times = { created_at: createdAt, confirmed_at: createdAt, seen_at: createdAt, expires_at: expiresAt }
      const row = { user_id: user, hash, method, address, agent, ...times }
      return fromRow(await context.db().insertInto('sessions').values(row).returningAll().executeTakeFirstOrThrow())
    },
    async byHash(hash, now, idleSince) {
      const row = await living(now, idleSince).where('hash', '=', hash).executeTakeFirst()
      return row ? fromRow(row) : null
    },
    async of(user, now, idleSince) {
      const rows = await living(now, idleSince).where('user_id', '=', user).orderBy('seen_at', 'desc').execute()
      return rows.map(fromRow)
    },
    async rotate(id, hash, at) {
      const update = context.db().updateTable('sessions').set({ hash, confirmed_at: at, seen_at: at })
      return (await update.where('id', '=', id).executeTakeFirst()).numUpdatedRows > 0n
    },
    async seen(id, at, address) {
      await context.db().updateTable('sessions').set({ seen_at: at, address }).where('id', '=', id).execute()
    },
    async remove(user, id) {
      const one = context.db().deleteFrom('sessions').where('user_id', '=', user).where('id', '=', id)
      return (await one.executeTakeFirst()).numDeletedRows > 0n
    },
    async removeAll(user, but) {
      let all = context.db().deleteFrom('sessions').where('user_id', '=', user)
      if (but !== undefined) all = all.where('id', '!=', but)
      return Number((await all.executeTakeFirst()).numDeletedRows)
    },
    async forget(now, idleSince) {
      const past = context
        .db()
        .deleteFrom('sessions')
        .where((column) => column.or([column('expires_at', '<=', now), column('seen_at', '<=', idleSince)]))
      return Number((await past.executeTakeFirst()).numDeletedRows)
    },
  }
}
