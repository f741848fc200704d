// Leases: one holder at a time, until a moment. Who dies loses it by time passing.
// Promises that of two takers at most one succeeds. Must not know what is leased.
import { sql } from 'kysely'
import type { Context } from './context.ts'
import type { Leases } from './store.ts'

export function leases(context: Context): Leases {
  return {
    async take(name, holder, now, until) {
      const { rows } = await sql`
        insert into leases (name, holder, until) values (${name}, ${holder}, ${until})
        on conflict (name) do update set holder = excluded.holder, until = excluded.until
        where leases.holder = excluded.holder or leases.until <= ${now}
        returning name`.execute(context.db())
      return rows.length > 0
    },
    async release(name, holder) {
      await context.db().deleteFrom('leases').where('name', '=', name).where('holder', '=', holder).execute()
    },
    async held(prefix, now) {
      const query = context.db().selectFrom('leases').select(['name', 'holder', 'until']).where('until', '>', now)
      const rows = await query.execute()
      return rows.filter(({ name }) => name.startsWith(prefix)).map(({ holder, until }) => ({ holder, until }))
    },
    async forget(before) {
      const { numDeletedRows } = await context.db().deleteFrom('leases').where('until', '<', before).executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}
