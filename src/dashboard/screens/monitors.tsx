// All monitors: a table that the server pages, searches, sorts and filters; the address holds the whole view.
import { useEffect, useRef } from 'preact/hooks'
import { filterOf, isNarrowed, listMonitors, pageSize, type View, viewOf } from '../api/board.ts'
import { applyToList, type Change } from '../api/changes.ts'
import { type Loaded, useLoaded } from '../api/loaded.ts'
import type { MonitorList, Row } from '../api/types.ts'
import { useChanges, useLive, useSeldom } from '../live.ts'
import { Empty, Head, Trouble } from '../parts/basics.tsx'
import { base, place, setQuery } from '../router.ts'
import { may } from '../session.ts'
import { current, shownRows } from '../shell/target.ts'
import { BulkBar } from './monitors-bulk.tsx'
import { Filters } from './monitors-filters.tsx'
import { Paging, Summary } from './monitors-paging.tsx'
import { type Hold, useHold, useSteady } from './monitors-steady.ts'
import { MonitorTable } from './monitors-table.tsx'
import { allOf, nameOfView, unpick } from './picked.ts'
import { ViewTabs } from './monitors-views.tsx'
import { Teach } from './teach.tsx'

/** What was asked for again while it goes on is asked for so often at most. */
const againMs = 2_000
/** Latency and uptime are not told by the stream. */
const figuresMs = 60_000

export function Monitors() {
  const view = viewOf(place.value.query)
  const key = `monitors ${JSON.stringify(view)}`
  const list = useLoaded<Shown>(key, async (signal) => ({ ...(await listMonitors(view, signal)), of: key }), {
    keep: true,
  })
  const seldom = useSeldom(list, againMs)
  useListChanges(view, key, list, seldom)
  useLive(seldom, figuresMs)
  const found = list.value
  const hold = useHold()
  const steady = useSteady(found?.items ?? none, found?.of ?? '', hold)
  useRows(steady.rows)
  const which = nameOfView(view)
  useEffect(() => {
    if (allOf.value !== null && allOf.value !== which) unpick()
  }, [which])
  const taught = useRef(false)
  taught.current ||= found?.total === 0 && !isNarrowed(view)
  // The line that turns green stays while somebody looks at it.
  if (taught.current && !isNarrowed(view) && place.value.query.size === 0) return <None />
  return (
    <div class="screen">
      <Head title="Monitors">
        {may('edit') && (
          <a class="button main" href={`${base}/monitors/new`}>
            New monitor
          </a>
        )}
      </Head>
      <ViewTabs view={view} />
      <Filters view={view} counts={found?.counts} />
      <Summary view={view} found={found} hold={hold} waits={steady.waits} />
      {list.problem && (list.problem.status > 0 || !found) && <Trouble problem={list.problem} again={list.again} />}
      {(found || !list.problem) && (
        <div class={found && found.of !== key ? 'waiting' : ''}>
          <Results
            view={view}
            rows={found && steady.rows}
            total={found?.total ?? null}
            hold={hold}
            again={list.again}
          />
        </div>
      )}
      {found && <Paging page={view.page} total={found.total} />}
      {found && may('edit') && <BulkBar view={view} total={found.total} done={list.again} />}
    </div>
  )
}

const none: readonly Row[] = []

/** A list, and the view that it is of: while another one is under way the old one is still shown. */
type Shown = MonitorList & { readonly of: string }

/** What was told before the list itself has come waits for it, so many messages at most. */
const earlyMost = 40

function useListChanges(view: View, key: string, list: Loaded<Shown>, again: () => void): void {
  const early = useRef<Change[]>([])
  const take = (change: Change) => {
    const shown = list.now()
    if (shown?.of !== key) {
      early.current = [...early.current, change].slice(-earlyMost)
      return
    }
    const { value, stale } = applyToList(shown, change)
    list.put(value)
    if (stale) again()
  }
  useEffect(() => {
    early.current = []
  }, [key])
  useEffect(() => {
    if (list.now()?.of === key) for (const change of early.current.splice(0)) take(change)
  }, [list.value?.of, key])
  const where = { ...filterOf(view), sort: view.sort, limit: pageSize, offset: (view.page - 1) * pageSize }
  useChanges({ list: true, counts: true, ...where }, { again, take })
}

/** Keys move among these rows while the list is shown. */
function useRows(rows: readonly Row[]): void {
  useEffect(() => {
    shownRows.value = rows
  }, [rows])
  useEffect(
    () => () => {
      shownRows.value = []
      current.value = null
    },
    [],
  )
}

interface ResultsProps {
  readonly view: View
  readonly rows: readonly Row[] | null
  readonly total: number | null
  readonly hold: Hold
  readonly again: () => void
}

function Results({ view, rows, total, hold, again }: ResultsProps) {
  if (total === 0) return <NoneLikeThat />
  if (rows?.length === 0)
    return (
      <Empty title="This page is beyond the end">
        <button type="button" class="button" onClick={() => setQuery({ page: null })}>
          To the first page
        </button>
      </Empty>
    )
  return <MonitorTable rows={rows} sort={view.sort} hold={hold} again={again} />
}

const NoneLikeThat = () => (
  <Empty title="No monitor is like that">
    <p>Take a filter away, or look for another word: names, keys, labels and targets are searched.</p>
    <button
      type="button"
      class="button"
      onClick={() => setQuery({ search: null, status: null, kind: null, label: null, owner: null, page: null })}
    >
      Show all monitors
    </button>
  </Empty>
)

const None = () => (
  <div class="screen">
    <Head title="Monitors">
      {may('edit') && (
        <a class="button main" href={`${base}/monitors/new`}>
          New monitor
        </a>
      )}
    </Head>
    <Teach />
  </div>
)
