// Tickets: what is good once and for a while (links, second steps, challenges), by the hash of its secret.
// Promises that what goes with one is sealed, and that of many who take one at once a single one gets it. Must not see
// the secret itself.
import { type Selectable, sql } from 'kysely'
import type { Ticket, TicketKind, Tickets } from './account-contract.ts'
import type { Context } from './context.ts'
import { toJson } from './dialect.ts'
import { ticketPlace } from './places.ts'
import type { Tables } from './schema.ts'

const fromRow = ({ sealer }: Context, row: Selectable<Tables['tickets']>): Ticket => ({
  id: row.id,
  kind: row.kind as TicketKind,
  user: row.user_id,
  data: JSON.parse(sealer.open(row.data, ticketPlace(row.kind, row.hash))) as unknown,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
})

export function tickets(context: Context): Tickets {
  const read = (row: Selectable<Tables['tickets']>) => fromRow(context, row)
  const living = (kind: TicketKind, now: number) =>
    context.db().selectFrom('tickets').selectAll().where('kind', '=', kind).where('expires_at', '>', now)
  return {
    async insert({ kind, hash, user, data, createdAt, expiresAt }) {
      const times = { created_at: createdAt, expires_at: expiresAt }
      const sealed = context.sealer.seal(toJson(data ?? null), ticketPlace(kind, hash))
      const row = { kind, hash, user_id: user, data: sealed, ...times }
      return read(await context.db().insertInto('tickets').values(row).returningAll().executeTakeFirstOrThrow())
    },
    async look(kind, hash, now) {
      const row = await living(kind, now).where('hash', '=', hash).executeTakeFirst()
      return row ? read(row) : null
    },
    async take(kind, hash, now) {
      const { rows } = await sql<Selectable<Tables['tickets']>>`
        delete from tickets where hash = ${hash} and kind = ${kind} and expires_at > ${now}
        returning *`.execute(context.db())
      return rows[0] ? read(rows[0]) : null
    },
    async list(kind, now) {
      return (await living(kind, now).orderBy('id').execute()).map(read)
    },
    async remove(kind, id) {
      const one = context.db().deleteFrom('tickets').where('kind', '=', kind).where('id', '=', id)
      return (await one.executeTakeFirst()).numDeletedRows > 0n
    },
    async clear(kind, user) {
      let all = context.db().deleteFrom('tickets').where('kind', '=', kind)
      if (user !== undefined) all = all.where('user_id', '=', user)
      return Number((await all.executeTakeFirst()).numDeletedRows)
    },
    async count(kind, now) {
      const { rows } = await sql<{ count: number }>`
        select count(*) as count from tickets where kind = ${kind} and expires_at > ${now}`.execute(context.db())
      return rows[0]?.count ?? 0
    },
    async forget(now) {
      const past = context.db().deleteFrom('tickets').where('expires_at', '<=', now)
      return Number((await past.executeTakeFirst()).numDeletedRows)
    },
  }
}
