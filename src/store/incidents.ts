// Incidents: what the public is told of trouble with a component, with its updates.
// Promises updates newest first. Must not decide when an incident opens or ends.
import type { Selectable } from 'kysely'
import type { ComponentStatus } from '#core/component.ts'
import type { IncidentPhase, IncidentState, IncidentUpdate } from '#core/incident.ts'
import type { Context } from './context.ts'
import type { Tables } from './schema.ts'
import type { Incidents, StoredIncident } from './store.ts'

type Row = Selectable<Tables['incidents']>
type UpdateRow = Selectable<Tables['incident_updates']>

const running: readonly IncidentPhase[] = ['watching', 'open', 'recovering']

const fromUpdate = (row: UpdateRow): IncidentUpdate => ({
  at: row.at,
  kind: row.kind as IncidentUpdate['kind'],
  status: row.status as ComponentStatus,
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
  updates: updates.filter((update) => update.incident_id === row.id).map(fromUpdate),
})
const toRow = (state: IncidentState) => ({
  phase: state.phase,
  impact: state.impact,
  status: state.status,
  started_at: state.startedAt,
  phase_at: state.phaseAt,
  wake_at: state.wakeAt,
})

export function incidents(context: Context): Incidents {
  const select = () => context.db().selectFrom('incidents').selectAll()
  const add = async (id: number, updates: readonly IncidentUpdate[]) => {
    if (updates.length === 0) return
    const rows = updates.map(({ at, kind, status }) => ({ incident_id: id, at, kind, status }))
    await context.db().insertInto('incident_updates').values(rows).execute()
  }
  const withUpdates = async (rows: readonly Row[]) => {
    if (rows.length === 0) return []
    const ids = rows.map(({ id }) => id)
    const query = context.db().selectFrom('incident_updates').selectAll().where('incident_id', 'in', ids)
    const updates = await query.orderBy('at', 'desc').orderBy('id', 'desc').execute()
    return rows.map((row) => fromRow(row, updates))
  }
  return {
    async running() {
      const query = select().where('phase', 'in', running)
      return await withUpdates(await query.orderBy('page').orderBy('component').orderBy('id').execute())
    },
    async insert(incident) {
      return await context.transaction(async () => {
        const { page, component, name } = incident
        const insert = context
          .db()
          .insertInto('incidents')
          .values({ page, component, name, ...toRow(incident) })
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
      const published = select()
        .where('page', '=', page)
        .where((column) =>
          column.or([
            column('phase', 'in', ['open', 'recovering']),
            column.and([column('phase', '=', 'resolved'), column('phase_at', '>=', since)]),
          ]),
        )
      return await withUpdates(
        await published.orderBy('started_at', 'desc').orderBy('id', 'desc').limit(limit).execute(),
      )
    },
    async due(now) {
      const query = select().where('wake_at', '<=', now).where('phase', 'in', running)
      return await withUpdates(await query.orderBy('wake_at').orderBy('id').execute())
    },
    async forgetDropped(before) {
      const old = context.db().deleteFrom('incidents').where('phase', '=', 'dropped').where('phase_at', '<', before)
      const { numDeletedRows } = await old.executeTakeFirst()
      return Number(numDeletedRows)
    },
  }
}
