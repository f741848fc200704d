// Metrics: numbers that programs push, and their points.
// Promises points newest first, each found under its own metric alone. Must not know how they are drawn.
import type { Selectable } from 'kysely'
import type { Context } from './context.ts'
import { toJson } from './dialect.ts'
import type { Tables } from './schema.ts'
import type { MetricPoint, Metrics, MetricSpec, StoredMetric } from './store.ts'

const fromRow = (row: Selectable<Tables['metrics']>): StoredMetric => ({
  id: row.id,
  page: row.page,
  spec: JSON.parse(row.spec) as MetricSpec,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
const fromPoint = (row: Selectable<Tables['metric_points']>): MetricPoint => ({
  id: row.id,
  at: row.at,
  value: row.value,
  count: row.count,
  updatedAt: row.updated_at,
})
const toPoint = ({ at, value, count, updatedAt }: Omit<MetricPoint, 'id'>) => ({
  at,
  value,
  count,
  updated_at: updatedAt,
})

export function metrics(context: Context): Metrics {
  const points = (metric: number) =>
    context.db().selectFrom('metric_points').selectAll().where('metric_id', '=', metric)
  return {
    async insert(page, spec, at) {
      const row = { page, spec: toJson(spec), created_at: at, updated_at: at }
      const insert = context.db().insertInto('metrics').values(row)
      return (await insert.returning('id').executeTakeFirstOrThrow()).id
    },
    async update(id, spec, at) {
      const set = { spec: toJson(spec), updated_at: at }
      await context.db().updateTable('metrics').set(set).where('id', '=', id).execute()
    },
    async remove(id) {
      await context.transaction(async () => {
        await context.db().deleteFrom('metric_points').where('metric_id', '=', id).execute()
        await context.db().deleteFrom('metrics').where('id', '=', id).execute()
      })
    },
    async ofPage(page) {
      const query = context.db().selectFrom('metrics').selectAll().where('page', '=', page)
      return (await query.orderBy('id').execute()).map(fromRow)
    },
    async points(metric, limit) {
      const rows = await points(metric).orderBy('at', 'desc').orderBy('id', 'desc').limit(limit).execute()
      return rows.map(fromPoint)
    },
    async lately(metric, value, since) {
      let query = points(metric).where('at', '>=', since)
      if (value !== null) query = query.where('value', '=', value)
      const row = await query.orderBy('at', 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst()
      return row ? fromPoint(row) : null
    },
    async addPoint(metric, point) {
      const insert = context
        .db()
        .insertInto('metric_points')
        .values({ metric_id: metric, ...toPoint(point) })
      return (await insert.returning('id').executeTakeFirstOrThrow()).id
    },
    async changePoint(metric, point) {
      const change = context.db().updateTable('metric_points').set(toPoint(point)).where('id', '=', point.id)
      return (await change.where('metric_id', '=', metric).executeTakeFirst()).numUpdatedRows > 0n
    },
    async removePoint(metric, id) {
      const remove = context.db().deleteFrom('metric_points').where('id', '=', id).where('metric_id', '=', metric)
      return (await remove.executeTakeFirst()).numDeletedRows > 0n
    },
    async forget(before) {
      const old = context.db().deleteFrom('metric_points').where('at', '<', before)
      return Number((await old.executeTakeFirst()).numDeletedRows)
    },
  }
}
