// The order of a list of monitors, and where a page of it begins.
// Promises a total order, so that no page leaves one out or shows it twice. Pure.
import type { ShownStatus } from '#core/words.ts'
import { readCursor, writeCursor } from '#store/cursor.ts'
import type { Listed } from '#store/store.ts'
import type { Entry } from './filter.ts'

export const sortings = ['key', 'name', 'status', 'since', 'observed', 'changed', 'latency', 'uptime'] as const
export type Sorting = (typeof sortings)[number]

/** What is known of a monitor's past, for sorting by it. */
export interface Figures {
  readonly latency: number | null
  readonly uptime: number | null
}
export type FiguresOf = (id: number) => Figures | undefined

type Value = string | number | null

/** What hurts most first; what nobody watches last. */
const severity: Readonly<Record<ShownStatus, number>> = { down: 0, degraded: 1, unknown: 2, up: 3, paused: 4 }

/** As people sort: web-2 before web-10, whatever the case. */
const byName = new Intl.Collator('en', { numeric: true, sensitivity: 'base' })

const valueOf: Readonly<Record<Sorting, (entry: Entry, figures: FiguresOf) => Value>> = {
  key: ({ row }) => row.key,
  name: ({ row }) => row.name,
  status: ({ status }) => severity[status],
  since: ({ state }) => state.since,
  observed: ({ state }) => state.lastAt,
  changed: ({ row }) => row.updatedAt,
  latency: ({ row }, figures) => figures(row.id)?.latency ?? null,
  uptime: ({ row }, figures) => figures(row.id)?.uptime ?? null,
}

export interface Order {
  readonly by: Sorting
  readonly down: boolean
}

interface Placed {
  readonly value: Value
  readonly key: string
}

/** What has no value stands last, in either direction; of what is alike the keys decide. */
function comparing({ by, down }: Order) {
  const sign = down ? -1 : 1
  const values = (one: Value, other: Value): number => {
    if (one === other) return 0
    if (one === null) return sign
    if (other === null) return -sign
    if (by === 'name') return byName.compare(String(one), String(other))
    return one < other ? -1 : 1
  }
  return (one: Placed, other: Placed): number =>
    sign * values(one.value, other.value) || (one.key < other.key ? -1 : one.key > other.key ? 1 : 0)
}

export interface Place {
  readonly limit: number
  readonly cursor?: string | undefined
  /** So many are left out before the page begins. */
  readonly offset?: number | undefined
}

/** A page of the entries, which are in the order of their keys. */
export function pageOf(entries: readonly Entry[], order: Order, place: Place, figures: FiguresOf): Listed<Entry> {
  const compare = comparing(order)
  const list = `monitors ${order.down ? '-' : ''}${order.by}`
  const placed = entries.map((entry) => ({ entry, value: valueOf[order.by](entry, figures), key: entry.row.key }))
  if (order.by !== 'key' || order.down) placed.sort(compare)
  const after = readCursor(list, place.cursor, ['', ''])
  const from = after === null ? (place.offset ?? 0) : firstAfter(placed, compare, after)
  const items = placed.slice(from, from + place.limit)
  const last = items.at(-1)
  const more = last !== undefined && from + place.limit < placed.length
  return {
    items: items.map(({ entry }) => entry),
    next: more ? writeCursor(list, [JSON.stringify(last.value), last.key]) : null,
  }
}

/** Where the list goes on after a place that it need not have any more. */
function firstAfter(
  placed: readonly Placed[],
  compare: (one: Placed, other: Placed) => number,
  [value, key]: readonly string[],
): number {
  const last = { value: readValue(value), key: key ?? '' }
  const index = placed.findIndex((one) => compare(one, last) > 0)
  return index < 0 ? placed.length : index
}

function readValue(text: string | undefined): Value {
  try {
    const value: unknown = JSON.parse(text ?? 'null')
    return typeof value === 'string' || typeof value === 'number' ? value : null
  } catch {
    return null
  }
}
