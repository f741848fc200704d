// Maintenance: what is planned, from when until when, and who planned it.
// Promises that what is over stays for as long as it is kept. Decides nothing.
import type { Selectable } from 'kysely'
import { differences } from '#core/diff.ts'
import type { Maintenance } from '#core/maintenance.ts'
import type { Context } from './context.ts'
import { toJson } from './dialect.ts'
import type { Tables } from './schema.ts'
import type { Maintenances, StoredMaintenance } from './store.ts'

const fromRow = (row: Selectable<Tables['maintenances']>): StoredMaintenance => ({
  ...(JSON.parse(row.plan) as Maintenance),
  id: row.id,
  by: row.made_by,
  createdAt: row.created_at,
  revision: row.revision,
})

const shown = (plan: Maintenance | undefined) => ({ value: plan, shown: plan })

export function maintenances(context: Context): Maintenances {
  const select = () => context.db().selectFrom('maintenances').selectAll()
  const get = async (id: number) => {
    const row = await select().where('id', '=', id).executeTakeFirst()
    return row ? fromRow(row) : null
  }
  return {
    insert: async (plan, at) =>
      await context.transaction(async () => {
        const row = {
          plan: toJson(plan),
          until_at: plan.until,
          made_by: context.actor().name,
          created_at: at,
          revision: 1,
        }
        const insert = context.db().insertInto('maintenances').values(row)
        const made = fromRow(await insert.returningAll().executeTakeFirstOrThrow())
        const changes = differences(shown(undefined), shown(plan))
        await context.record({ at, action: 'created', type: 'maintenance', subject: String(made.id), changes })
        return made
      }),
    get,
    update: async (id, plan, at) =>
      await context.transaction(async () => {
        const before = await get(id)
        if (before === null) return null
        const set = { plan: toJson(plan), until_at: plan.endedAt ?? plan.until, revision: before.revision + 1 }
        await context.db().updateTable('maintenances').set(set).where('id', '=', id).execute()
        const { id: _, by: __, createdAt: ___, revision: ____, ...old } = before
        const changes = differences(shown(old), shown(plan))
        const action = plan.endedAt === null ? 'changed' : 'ended'
        await context.record({ at, action, type: 'maintenance', subject: String(id), changes })
        return await get(id)
      }),
    async since(at) {
      return (await select().where('until_at', '>', at).orderBy('id').execute()).map(fromRow)
    },
    async list(limit) {
      return (await select().orderBy('id', 'desc').limit(limit).execute()).map(fromRow)
    },
    async forget(before) {
      const gone = context.db().deleteFrom('maintenances').where('until_at', '<', before)
      return Number((await gone.executeTakeFirst()).numDeletedRows)
    },
  }
}
