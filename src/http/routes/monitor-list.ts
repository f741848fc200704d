// The list of monitors: searched, filtered, sorted and counted, a page at a time.
// Promises a moment's work for thousands of monitors, and further columns for the rows of the page alone.
import { z } from 'zod'
import { type ColumnName, columnNames, type Columns, columnsOf, type listedWindows } from '../board/columns.ts'
import { type Counts, type Entry, type Filter, select, selectAndCount } from '../board/filter.ts'
import { type Order, pageOf, type Sorting, sortings } from '../board/order.ts'
import type { ApiParts } from '../parts.ts'
import { Problem } from '../problem.ts'
import { type Route, route } from '../route.ts'
import { flag, iso, isoOrNull, many, paging, pagingOf, when, whole, wordsOf } from '../shapes.ts'
import { monitorRow, showMonitor, showRow, status } from './monitor-shapes.ts'
import { kindName, labelFilters, labelsAsked, ownerName, searchText } from './objects.ts'

/** What a list of monitors is narrowed by, wherever one is asked for. */
export const monitorFilters = (parts: ApiParts) => ({
  search: searchText
    .describe('Words that must all be in the key, the name, a label (`team:shop`) or the target.')
    .optional(),
  kind: many(kindName(parts, 'monitor')).describe('Only these kinds.').optional(),
  status: many(status).describe('Only those in one of these statuses.').optional(),
  owner: many(ownerName).describe('Only what these owners have.').optional(),
  label: labelFilters,
  acknowledged: flag
    .describe('Only those in trouble: `true`: which somebody has taken on; `false`: which nobody has.')
    .optional(),
})
type Asked = z.output<z.ZodObject<ReturnType<typeof monitorFilters>>>

/** The filter that a query means, for somebody who sees what lies within a limit. */
export function filterOf({ label, ...asked }: Asked, within: Filter['within']): Filter {
  const { search, kind, status, owner, acknowledged } = asked
  return { search, kind, status, owner, acknowledged, labels: labelsAsked(label), within }
}

/** What a state is believed by now. */
export const momentOf = ({ clock, engine }: ApiParts) => ({ now: clock.now(), unstoredSince: engine.unstoredSince() })

export const sortBy = z
  .enum(sortings.flatMap((name) => [name, `-${name}` as const]))
  .describe(
    'By what: key (when left out), name, status (the worst first), since, observed (last), changed (its settings), ' +
      'latency (p95 of 24 hours) or uptime (of 30 days); with `-` before it the other way round.',
  )
  .optional()

const include = wordsOf([...columnNames, 'counts'], 'a further part of the list')
  .describe(
    'Further parts: results (the last 30), latency (24 hours), uptime (24h, 7d, 30d, 90d), silence (in force), and ' +
      'counts for filters. ' +
      'Several with commas, or given more often.',
  )
  .optional()

const strip = z.object({
  outcomes: z.string().describe('One sign for each, the oldest first: + up, ~ degraded, - down, ? unknown.'),
  latencies: z.array(z.number().nullable()).describe('Milliseconds.'),
  from: when.nullable(),
  to: when.nullable(),
})
const share = z.number().nullable()
const columns = {
  results: strip.describe('Its last results, 30 at most.').optional(),
  latency: z
    .object({ mean: z.number(), p95: z.number(), max: z.number() })
    .nullable()
    .describe('Milliseconds, over 24 hours; null: nothing was measured.')
    .optional(),
  uptime: z
    .object({ '24h': share, '7d': share, '30d': share, '90d': share })
    .describe('Shares of known time, 0 to 1; null: nothing known.')
    .optional(),
  silence: z
    .object({ id: z.int(), until: when, by: z.string(), reason: z.string().nullable() })
    .nullable()
    .describe('The silence in force that covers it longest, of those that you may see; null: there is none.')
    .optional(),
}

const count = z.record(z.string(), z.int())
export const counts = z
  .object({ status: count, kind: count, owner: count, label: z.record(z.string(), count) })
  .describe('How many there are for each value of a filter, whatever that filter is set to now.')

/** So many values of one label are counted, the most frequent ones. */
const valuesMost = 100

const item = monitorRow.extend(columns)

export function monitorList(parts: ApiParts): Route {
  return route({
    at: 'GET /api/v2/monitors',
    scope: 'read',
    summary: 'List monitors: searched, filtered, sorted',
    query: z.strictObject({
      ...monitorFilters(parts),
      sort: sortBy,
      ...paging,
      offset: whole(0, 10_000_000).describe('Begin after so many, in place of a cursor.').optional(),
      fields: z
        .enum(['all', 'short'])
        .describe('`short` leaves out what a table does not show: policy, beats, identity, spec, problem.')
        .optional(),
      include,
    }),
    answer: z.object({
      items: z.array(item),
      next: z.string().nullable(),
      total: z.int().describe('How many there are on all pages.'),
      counts: counts.optional(),
    }),
    handle: async ({ query, who }) => {
      const { cursor, offset, fields } = query
      if (cursor !== undefined && offset !== undefined) {
        const message = 'does not go with a cursor; leave one of them out'
        throw new Problem('bad-request', `"offset" ${message}.`, { errors: [{ path: ['offset'], message }] })
      }
      const order = orderOf(query.sort ?? 'key')
      const board = await parts.board.look()
      const moment = momentOf(parts)
      const filter = filterOf(query, who?.limit ?? null)
      const wanted = new Set(query.include)
      const { found, counts } = wanted.has('counts')
        ? selectAndCount(board, filter, moment)
        : { found: select(board, filter, moment), counts: null }
      const past = await parts.past.of(() => board.byId.keys(), order.by === 'latency' || order.by === 'uptime')
      const { items, next } = pageOf(found, order, { ...pagingOf(query), offset }, (id) => past.get(id))
      wanted.delete('counts')
      const more = await columnsOf(parts.store, items, wanted as ReadonlySet<ColumnName>, moment.now)
      const rows = fields === 'short' ? items.map(showRow) : await showAll(parts, items)
      return {
        items: rows.map((one, index) => ({ ...one, ...showColumns(more[index] ?? {}) })),
        next,
        total: found.length,
        ...(counts ? { counts: showCounts(counts) } : {}),
      }
    },
  })
}

export function orderOf(sort: Sorting | `-${Sorting}`): Order {
  return sort.startsWith('-') ? { by: sort.slice(1) as Sorting, down: true } : { by: sort as Sorting, down: false }
}

/** With all that is told of one monitor; of one that was deleted just now only the row. */
async function showAll(parts: ApiParts, entries: readonly Entry[]) {
  const objects = new Map(
    (await parts.store.objects.byIds(entries.map(({ row }) => row.id))).map((one) => [one.id, one]),
  )
  return entries.map(({ row, state }) => {
    const object = objects.get(row.id)
    return object ? showMonitor(parts, object, state) : showRow({ row, state })
  })
}

function showColumns({ results, silence, ...rest }: Columns) {
  const { latency, uptime } = rest
  const share = (name: (typeof listedWindows)[number]) => uptime?.[name] ?? null
  const shares = { '24h': share('24h'), '7d': share('7d'), '30d': share('30d'), '90d': share('90d') }
  return {
    ...(results
      ? {
          results: {
            outcomes: results.outcomes,
            latencies: [...results.latencies],
            from: isoOrNull(results.from),
            to: isoOrNull(results.to),
          },
        }
      : {}),
    ...(latency === undefined ? {} : { latency }),
    ...(uptime ? { uptime: shares } : {}),
    ...(silence === undefined ? {} : { silence: silence && showSilence(silence) }),
  }
}

const showSilence = ({ id, until, by, reason }: NonNullable<Columns['silence']>) => ({
  id,
  until: iso(until),
  by,
  reason,
})

export function showCounts({ status, kind, owner, label }: Counts): z.input<typeof counts> {
  const labels = [...label].map(([name, values]) => {
    const most = [...values].sort(([, one], [, other]) => other - one).slice(0, valuesMost)
    return [name, Object.fromEntries(most)]
  })
  return {
    status: Object.fromEntries(status),
    kind: Object.fromEntries(kind),
    owner: Object.fromEntries(owner),
    label: Object.fromEntries(labels) as Record<string, Record<string, number>>,
  }
}
