// Failures: the last check of each monitor that was not well, with its evidence.
// Promises one of a monitor, bounded, and never an older one in the place of a newer. Must not know what failed.
import type { Facts, Observation } from '#core/observation.ts'
import type { Context } from './context.ts'
import { type BulkType, insertRows, toJson } from './dialect.ts'
import type { Failures } from './store.ts'

const columns: Record<string, BulkType> = { monitor_id: 'int', at: 'int', data: 'text' }
const newer = `on conflict (monitor_id) do update set at = excluded.at, data = excluded.data
  where excluded.at >= failures.at`

/** Of evidence so many characters are kept. */
const factsMost = 16_000

export function failures(context: Context): Failures {
  return {
    async put(list) {
      if (list.length === 0) return
      const rows = list.map((one) => [one.monitor, Math.round(one.at), toJson(bounded(one))])
      await insertRows(context, 'failures', columns, rows, newer)
    },
    async get(monitor) {
      const query = context.db().selectFrom('failures').select('data').where('monitor_id', '=', monitor)
      const row = await query.executeTakeFirst()
      return row ? (JSON.parse(row.data) as Observation) : null
    },
  }
}

/** Without the largest pieces of evidence where all would be too much. */
function bounded(one: Observation): Observation {
  if (one.facts === undefined) return one
  let facts: Facts = one.facts
  while (JSON.stringify(facts).length > factsMost) {
    const [largest] = Object.entries(facts).sort(([, a], [, b]) => sizeOf(b) - sizeOf(a))
    if (largest === undefined) break
    const { [largest[0]]: _dropped, ...rest } = facts
    facts = rest
  }
  return { ...one, facts }
}

const sizeOf = (value: unknown) => JSON.stringify(value)?.length ?? 0
