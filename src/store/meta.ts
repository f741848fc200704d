// Meta: small facts about this installation by name.
// Promises the last value set. Must not know what the names mean.
import type { Context } from './context.ts'
import type { Meta } from './store.ts'

export function meta(context: Context): Meta {
  return {
    async get(name) {
      const query = context.db().selectFrom('meta').select('value').where('name', '=', name)
      return (await query.executeTakeFirst())?.value ?? null
    },
    async set(name, value) {
      const insert = context.db().insertInto('meta').values({ name, value })
      await insert.onConflict((conflict) => conflict.column('name').doUpdateSet({ value })).execute()
    },
  }
}
