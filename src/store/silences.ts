// Silences: of which monitors nobody is told, from when until when, and who wanted it so.
// Promises that every change is recorded with it, and that one which is over stays as it was. Decides nothing.
import type { Selectable } from 'kysely'
import { differences } from '#core/diff.ts'
import type { Selector } from '#core/glob.ts'
import type { LabelLimit } from '#core/rights.ts'
import { isSilenceWithin, type SilenceState } from '#core/silence.ts'
import type { Context } from './context.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { toJson } from './dialect.ts'
import type { Tables } from './schema.ts'
import { Conflict, type Silences, type StoredSilence } from './store.ts'

type Row = Selectable<Tables['silences']>

const fromRow = (row: Row): StoredSilence => ({
  id: row.id,
  selector: JSON.parse(row.selector) as Selector,
  within: row.labels === null ? null : (JSON.parse(row.labels) as LabelLimit),
  from: row.from_at,
  until: row.until_at,
  reason: row.reason,
  by: row.made_by,
  createdAt: row.created_at,
  endedBy: row.ended_by,
  revision: row.revision,
})

const nothing = { value: undefined, shown: undefined }
const listName = 'silences'
/** So many are looked through at once for those within a limit. */
const lookMost = 500

/** What the record of changes shows. */
function shownOf({ selector, from, until, reason }: StoredSilence) {
  const { keys, labels } = selector
  const monitors = { ...(keys ? { keys } : {}), ...(labels ? { labels } : {}) }
  const times = { from: new Date(from).toISOString(), until: new Date(until).toISOString() }
  const value = { monitors, ...times, ...(reason === null ? {} : { reason }) }
  return { value, shown: value }
}

export function silences(context: Context): Silences {
  const select = () => context.db().selectFrom('silences').selectAll()
  const get = async (id: number) => {
    const row = await select().where('id', '=', id).executeTakeFirst()
    return row ? fromRow(row) : null
  }
  const change = async (before: StoredSilence, to: Partial<Row>, at: number, action: 'changed' | 'ended') => {
    const { id, revision } = before
    const update = context
      .db()
      .updateTable('silences')
      .set({ ...to, revision: revision + 1 })
      .where('id', '=', id)
    const row = await update.where('revision', '=', revision).returningAll().executeTakeFirst()
    if (!row) throw new Conflict(`the silence ${id} was changed meanwhile`)
    const after = fromRow(row)
    const changes = differences(shownOf(before), shownOf(after))
    await context.record({ at, action, type: 'silence', subject: String(id), changes })
    return after
  }
  return {
    insert: async ({ selector, within, from, until, reason }, at) =>
      await context.transaction(async () => {
        const what = { selector: toJson(selector), labels: within === null ? null : toJson(within), reason }
        const row = { ...what, from_at: from, until_at: until, made_by: context.actor().name, created_at: at }
        const insert = context
          .db()
          .insertInto('silences')
          .values({ ...row, revision: 1 })
        const made = fromRow(await insert.returningAll().executeTakeFirstOrThrow())
        const changes = differences(nothing, shownOf(made))
        await context.record({ at, action: 'created', type: 'silence', subject: String(made.id), changes })
        return made
      }),
    get,
    update: async (id, { from, until, reason }, at, revision) =>
      await context.transaction(async () => {
        const before = await get(id)
        if (before === null) return null
        if (revision !== undefined && revision !== before.revision)
          throw new Conflict(`the silence ${id} was changed meanwhile`)
        const to: Partial<Row> = {
          ...(from === undefined ? {} : { from_at: from }),
          ...(until === undefined ? {} : { until_at: until, ended_by: null }),
          ...(reason === undefined ? {} : { reason }),
        }
        return await change(before, to, at, 'changed')
      }),
    end: async (id, at) =>
      await context.transaction(async () => {
        const before = await get(id)
        if (before === null || before.until <= at) return before
        const to = { from_at: Math.min(before.from, at), until_at: at, ended_by: context.actor().name }
        return await change(before, to, at, 'ended')
      }),
    async current(now) {
      return (await select().where('until_at', '>', now).orderBy('id').execute()).map(fromRow)
    },
    list: (query) => list(context, query),
    async forget(before) {
      const gone = context.db().deleteFrom('silences').where('until_at', '<', before)
      return Number((await gone.executeTakeFirst()).numDeletedRows)
    },
  }
}

async function list(context: Context, { limit, cursor, now, state, within }: Parameters<Silences['list']>[0]) {
  const items: StoredSilence[] = []
  let [below] = readCursor(listName, cursor, [0]) ?? [Number.MAX_SAFE_INTEGER]
  for (;;) {
    const rows = await ofState(context, now, state)
      .where('id', '<', below)
      .orderBy('id', 'desc')
      .limit(lookMost)
      .execute()
    for (const silence of rows.map(fromRow)) {
      if (within !== undefined && !isSilenceWithin(within, silence)) continue
      const last = items.at(-1)
      if (last !== undefined && items.length === limit) return { items, next: writeCursor(listName, [last.id]) }
      items.push(silence)
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < lookMost) return { items, next: null }
    below = last.id
  }
}

function ofState({ db }: Context, now: number, state: readonly SilenceState[] | undefined) {
  const all = db().selectFrom('silences').selectAll()
  if (state === undefined || state.length === 0) return all
  return all.where((column) => {
    const being = {
      ended: column('until_at', '<=', now),
      scheduled: column.and([column('until_at', '>', now), column('from_at', '>', now)]),
      active: column.and([column('until_at', '>', now), column('from_at', '<=', now)]),
    }
    return column.or(state.map((one) => being[one]))
  })
}
