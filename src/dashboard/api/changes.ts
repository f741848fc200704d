// What the server tells of a view while somebody looks at it, and putting it into what is shown. Pure.
// Promises that rows which are as they were stay the very same, so that only what changed is drawn again.
import type { Monitor, MonitorList, Row, Status, Strip, When } from './types.ts'

type Moving = Pick<
  Row,
  'key' | 'status' | 'since' | 'reason' | 'sentence' | 'paused' | 'outage' | 'lastAt' | 'revision'
>

export interface RowChange extends Moving {
  readonly last: {
    readonly at: When
    readonly location: string
    readonly outcome: Status
    readonly latency: number | null
  } | null
}

export interface Change {
  readonly rows?: readonly RowChange[]
  readonly gone?: readonly string[]
  readonly list?: { readonly keys: readonly string[]; readonly total: number }
  readonly counts?: MonitorList['counts']
  readonly events?: readonly unknown[]
}

const signs: Readonly<Record<Status, string>> = { up: '+', degraded: '~', down: '-', unknown: '?' }
const stripMost = 30

/** The strip with one more result at its end; the same where it has it already. */
export function longer(strip: Strip, last: NonNullable<RowChange['last']>): Strip {
  if (strip.to !== null && Date.parse(last.at) <= Date.parse(strip.to)) return strip
  return {
    outcomes: `${strip.outcomes}${signs[last.outcome]}`.slice(-stripMost),
    latencies: [...strip.latencies, last.latency].slice(-stripMost),
    from: strip.from ?? last.at,
    to: last.at,
  }
}

function changed<Of extends Row>(row: Of, { last, ...moving }: RowChange): Of {
  // What was asked for meanwhile is newer than what was told before.
  if (moving.lastAt !== null && row.lastAt !== null && Date.parse(moving.lastAt) < Date.parse(row.lastAt)) return row
  const results = row.results && last ? longer(row.results, last) : row.results
  return { ...row, ...moving, revision: row.revision, ...(results ? { results } : {}) }
}

export interface Applied<Of> {
  readonly value: Of
  /** Something is needed that was not told: ask for all again. */
  readonly stale: boolean
}

export function applyToList<Of extends MonitorList>(shown: Of, change: Change): Applied<Of> {
  const news = new Map((change.rows ?? []).map((row) => [row.key, row]))
  const gone = new Set(change.gone)
  let stale = false
  const rows = shown.items
    .filter(({ key }) => !gone.has(key))
    .map((row) => {
      const moving = news.get(row.key)
      if (!moving) return row
      stale ||= moving.revision !== row.revision
      return changed(row, moving)
    })
  const items = change.list ? arranged(rows, change.list.keys) : rows
  const value: Of = {
    ...shown,
    items: items ?? rows,
    total: change.list?.total ?? shown.total,
    ...(change.counts ? { counts: change.counts } : {}),
  }
  return { value, stale: stale || items === null }
}

/** Rows in the order of the keys; null: one of them is not known. */
function arranged(rows: readonly Row[], keys: readonly string[]): readonly Row[] | null {
  const byKey = new Map(rows.map((row) => [row.key, row]))
  const items = keys.flatMap((key) => byKey.get(key) ?? [])
  return items.length === keys.length ? items : null
}

export function applyToMonitor(shown: Monitor, change: Change): Applied<Monitor> {
  const moving = change.rows?.find(({ key }) => key === shown.key)
  const stale =
    (change.gone?.includes(shown.key) ?? false) || (moving !== undefined && moving.revision !== shown.revision)
  return { value: moving ? changed(shown, moving) : shown, stale }
}
