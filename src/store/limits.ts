// Limits to labels, as conditions of both databases.
// Promises the same judgement as `isWithin` of the core. Must not know who is limited.
import { type RawBuilder, sql } from 'kysely'
import type { LabelLimit } from '#core/rights.ts'
import type { SqlDialect } from './dialect.ts'

/** Whether an object's labels lie within the limit. */
export function withinLimit(dialect: SqlDialect, limit: LabelLimit): RawBuilder<boolean> {
  const conditions = Object.entries(limit).map(([name, values]) => {
    if (values.length === 0) return sql`1 = 0`
    const among = sql.join(values.map((value) => sql`${value}`))
    return dialect.name === 'sqlite'
      ? sql`exists (select 1 from json_each(objects.labels) as l where l.key = ${name} and l.value in (${among}))`
      : sql`(objects.labels::jsonb ->> ${name}) in (${among})`
  })
  return sql<boolean>`(${sql.join(conditions, sql` and `)})`
}

/** Whether the monitor of an event or delivery, living or deleted, lies within the limit. */
export function monitorWithin(dialect: SqlDialect, limit: LabelLimit): RawBuilder<boolean> {
  return sql<boolean>`monitor_id in (
    select objects.id from objects where objects.type = 'monitor' and ${withinLimit(dialect, limit)})`
}
