// Incidents: what the public is told of trouble with a component, with its updates.
// Promises updates newest first. Must not decide when an incident opens or ends.
import type { Selectable } from 'kysely'
import type { ComponentStatus } from '#core/component.ts'
import type { IncidentPhase, IncidentState, IncidentUpdate } from '#core/incident.ts'
import type { Entry, Told } from '#core/told.ts'
import type { Context } from './context.ts'
import { toJson } from './dialect.ts'
import type { Tables } from './schema.ts'
import type { Incidents, StoredIncident, StoredUpdate } from './store.ts'

type Row = Selectable<Tables['incidents']>
type UpdateRow = Selectable<Tables['incident_updates']>

const running: readonly IncidentPhase[] = ['watching', 'open', 'recovering']

const publishedPhases: readonly IncidentPhase[] = ['open', 'recovering', 'resolved']

/** Whether the public sees it. */
const isSeen = ({ told }: Row): boolean => told === null || (JSON.parse(told) as Told).visible

const fromUpdate = (row: UpdateRow): StoredUpdate => ({
  id: row.id,
  at: row.at,
  kind: row.kind as IncidentUpdate['kind'],
  status: row.status as ComponentStatus,
  ...(row.told === null ? {} : { entry: JSON.parse(row.told) as Entry }),
})
const fromRow = (row: Row, updates: readonly UpdateRow[]): StoredIncident => ({
  id: row.id,
  page: row.page,
  component: row.component,
  name: row.name,
  phase: row.phase as IncidentPhase,
  impact: row.impact as ComponentStatus,
  status: row.status as ComponentStatus,
  startedAt: row.started_at,
  phaseAt: row.phase_at,
  wakeAt: row.wake_at,
  ...(row.told === null ? {} : { told: JSON.parse(row.told) as Told }),
  updates: updates.filter((update) => update.incident_id === row.id).map(fromUpdate),
})
const toUpdateRow = (id: number, { at, kind, status, entry }: IncidentUpdate) => ({
  incident_id: id,
  at,
  kind,
  status,
  told: entry === undefined ? null : toJson(entry),
})
const toRow = (state: IncidentState) => ({
  phase: state.phase,
  impact: state.impact,
  status: state.status,
  started_at: state.startedAt,
  phase_at: state.phaseAt,
  wake_at: state.wakeAt,
})

/** What the queries have in common. */
function queries(context: Context) {
  const select = () => context.db().selectFrom('incidents').selectAll().where('deleted_at', 'is', null)
  /** Those that the engine opens and ends by itself. */
  const byThemselves = () => select().where('told', 'is', null)
  const published = (page: string) => select().where('page', '=', page).where('phase', 'in', publishedPhases)
  const add = async (id: number, updates: readonly IncidentUpdate[]) => {
    if (updates.length === 0) return
    const rows = updates.map((update) => toUpdateRow(id, update))
    await context.db().insertInto('incident_updates').values(rows).execute()
  }
  const withUpdates = async (rows: readonly Row[]) => {
    if (rows.length === 0) return []
    const ids = rows.map(({ id }) => id)
    const query = context.db().selectFrom('incident_updates').selectAll().where('incident_id', 'in', ids)
    const updates = await query.orderBy('at', 'desc').orderBy('id', 'desc').execute()
    return rows.map((row) => fromRow(row, updates))
  }
  return { select, byThemselves, published, add, withUpdates }
}

export function incidents(context: Context): Incidents {
  const { byThemselves, published, add, withUpdates } = queries(context)
  return {
    ...told(context),
    async running() {
      const query = byThemselves().where('phase', 'in', running)
      return await withUpdates(await query.orderBy('page').orderBy('component').orderBy('id').execute())
    },
    async insert(incident) {
      return await context.transaction(async () => {
        const { page, component, name, told } = incident
        const insert = context
          .db()
          .insertInto('incidents')
          .values({
            page,
            component,
            name,
            ...toRow(incident),
            told: told === undefined ? null : toJson(told),
            deleted_at: null,
          })
        const { id } = await insert.returning('id').executeTakeFirstOrThrow()
        await add(id, incident.updates)
        return id
      })
    },
    async update(id, state, updates) {
      await context.transaction(async () => {
        await context.db().updateTable('incidents').set(toRow(state)).where('id', '=', id).execute()
        await add(id, updates)
      })
    },
    async ofPage(page, since, limit) {
      const query = published(page).where((column) =>
        column.or([column('phase', '!=', 'resolved'), column('phase_at', '>=', since)]),
      )
      const rows = await query.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
      return await withUpdates(rows.filter(isSeen))
    },
    async due(now) {
      const query = byThemselves().where('wake_at', '<=', now).where('phase', 'in', running)
      return await withUpdates(await query.orderBy('wake_at').orderBy('id').execute())
    },
    async forgetDropped(before) {
      const old = context.db().deleteFrom('incidents').where('phase', '=', 'dropped').where('phase_at', '<', before)
      const { numDeletedRows } = await old.executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}

type ToldOnes = 'told' | 'all' | 'byIds' | 'tell' | 'addUpdate' | 'changeUpdate' | 'removeUpdate' | 'remove'

/** What people tell, and what is asked of both. */
function told(context: Context): Pick<Incidents, ToldOnes> {
  const { select, published, withUpdates } = queries(context)
  return {
    async told() {
      const rows = await select().where('told', 'is not', null).where('phase', 'in', running).orderBy('id').execute()
      return await withUpdates(rows)
    },
    async all(page, limit) {
      const rows = await published(page).orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
      return rows.map((row) => fromRow(row, []))
    },
    async byIds(ids) {
      if (ids.length === 0) return []
      const rows = await select().where('id', 'in', ids).where('phase', 'in', publishedPhases).execute()
      return await withUpdates(rows)
    },
    async tell(id, told, state) {
      const set = { ...toRow(state), told: toJson(told) }
      await context.db().updateTable('incidents').set(set).where('id', '=', id).execute()
    },
    async addUpdate(id, update) {
      const insert = context.db().insertInto('incident_updates').values(toUpdateRow(id, update))
      return (await insert.returning('id').executeTakeFirstOrThrow()).id
    },
    async changeUpdate(id, update) {
      const change = context.db().updateTable('incident_updates').set(toUpdateRow(id, update))
      const { numUpdatedRows } = await change
        .where('id', '=', update.id)
        .where('incident_id', '=', id)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    async removeUpdate(id, update) {
      const remove = context.db().deleteFrom('incident_updates').where('id', '=', update)
      const { numDeletedRows } = await remove.where('incident_id', '=', id).executeTakeFirst()
      return numDeletedRows > 0n
    },
    async remove(id, at) {
      await context.db().updateTable('incidents').set({ deleted_at: at }).where('id', '=', id).execute()
    },
  }
}
