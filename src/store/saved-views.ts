// Saved views: names for what the list of monitors was narrowed to, of one person or for everybody.
// Promises that every change is recorded, and that what somebody within a limit shares stays within it.
import type { Selectable } from 'kysely'
import { differences } from '#core/diff.ts'
import type { LabelLimit } from '#core/rights.ts'
import type { Context } from './context.ts'
import type { SavedView, SavedViews } from './saved-view-contract.ts'
import type { Tables } from './schema.ts'

const everybody = 0

const fromRow = (row: Selectable<Tables['saved_views']>): SavedView => ({
  id: row.id,
  user: row.user_id === everybody ? null : row.user_id,
  name: row.name,
  query: row.query,
  madeBy: row.made_by,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

/** One text for one limit; empty: none. */
function textOf(limit: LabelLimit | null | undefined): string {
  if (limit == null) return ''
  const parts = Object.entries(limit).map(([name, values]) => [name, values.toSorted()] as const)
  return JSON.stringify(parts.sort(([one], [other]) => (one < other ? -1 : 1)))
}

const shownOf = ({ name, query, user }: SavedView) => {
  const value = { name, query, shared: user === null }
  return { value, shown: value }
}
const nothing = { value: undefined, shown: undefined }

export function savedViews(context: Context): SavedViews {
  const record = async (action: string, before: SavedView | null, after: SavedView | null, at: number) => {
    const changes = differences(before ? shownOf(before) : nothing, after ? shownOf(after) : nothing)
    await context.record({ at, action, type: 'saved_view', subject: (after ?? before)?.name ?? '', changes })
  }
  const one = async (id: number) =>
    await context.db().selectFrom('saved_views').selectAll().where('id', '=', id).executeTakeFirst()
  return {
    insert: async ({ user, name, query, within }, at) =>
      await context.transaction(async () => {
        const about = { user_id: user ?? everybody, within: user === null ? textOf(within) : '', name, query }
        const row = { ...about, made_by: context.actor().name, created_at: at, updated_at: at }
        const insert = context.db().insertInto('saved_views').values(row)
        const view = fromRow(await insert.returningAll().executeTakeFirstOrThrow())
        await record('created', null, view, at)
        return view
      }),
    async list(user, within) {
      let select = context.db().selectFrom('saved_views').selectAll()
      select = select.where('user_id', 'in', user === null ? [everybody] : [everybody, user])
      const rows = await select.orderBy('name').orderBy('id').execute()
      return rows.filter((row) => sees(row, within)).map(fromRow)
    },
    async get(id, within) {
      const row = await one(id)
      return row && sees(row, within) ? fromRow(row) : null
    },
    update: async (id, { user, name, query, within }, at) =>
      await context.transaction(async () => {
        const before = await one(id)
        if (before === undefined) return null
        const owner =
          user === undefined ? {} : { user_id: user ?? everybody, within: user === null ? textOf(within) : '' }
        const change = { ...owner, ...(name === undefined ? {} : { name }), ...(query === undefined ? {} : { query }) }
        const update = context
          .db()
          .updateTable('saved_views')
          .set({ ...change, updated_at: at })
        const view = fromRow(await update.where('id', '=', id).returningAll().executeTakeFirstOrThrow())
        await record('changed', fromRow(before), view, at)
        return view
      }),
    remove: async (id, at) =>
      await context.transaction(async () => {
        const row = await context.db().deleteFrom('saved_views').where('id', '=', id).returningAll().executeTakeFirst()
        if (row === undefined) return false
        await record('deleted', fromRow(row), null, at)
        return true
      }),
  }
}

/** Whoever has no limit sees all of everybody's; somebody with one those that were shared within the same. */
const sees = (row: { user_id: number; within: string }, within: LabelLimit | null | undefined): boolean =>
  within == null || row.user_id !== everybody || row.within === textOf(within)
