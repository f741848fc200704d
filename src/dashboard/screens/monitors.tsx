// All monitors: a table that the server pages, searches, sorts and filters; the address holds the whole view.
import { useEffect } from 'preact/hooks'
import { filterOf, isNarrowed, listMonitors, pageSize, type View, viewOf } from '../api/board.ts'
import { applyToList } from '../api/changes.ts'
import { useLoaded } from '../api/loaded.ts'
import type { MonitorList, Row } from '../api/types.ts'
import { useChanges } from '../live.ts'
import { Empty, Head, Trouble } from '../parts/basics.tsx'
import { base, place, setQuery } from '../router.ts'
import { may } from '../session.ts'
import { current, shownRows } from '../shell/target.ts'
import { BulkBar } from './monitors-bulk.tsx'
import { Filters } from './monitors-filters.tsx'
import { Paging } from './monitors-paging.tsx'
import { MonitorTable } from './monitors-table.tsx'
import { picked } from './picked.ts'
import { Teach } from './teach.tsx'

export function Monitors() {
  const view = viewOf(place.value.query)
  const key = `monitors ${JSON.stringify(view)}`
  const list = useLoaded(key, (signal) => listMonitors(view, signal), { keep: true })
  const where = { ...filterOf(view), sort: view.sort, limit: pageSize, offset: (view.page - 1) * pageSize }
  useChanges(
    { list: true, counts: true, ...where },
    {
      again: list.again,
      take: (change) => {
        const shown = list.now()
        if (shown === null) return
        const { value, stale } = applyToList(shown, change)
        list.put(value)
        if (stale) list.again()
      },
    },
  )
  const found = list.value
  useRows(found?.items ?? none)
  if (found?.total === 0 && !isNarrowed(view)) return <None />
  return (
    <div class="screen">
      <Head title="Monitors">
        {may('edit') && (
          <a class="button main" href={`${base}/monitors/new`}>
            New monitor
          </a>
        )}
      </Head>
      <Filters view={view} counts={found?.counts} />
      {list.problem && <Trouble problem={list.problem} again={list.again} />}
      <Results view={view} found={found} />
      {found && <Paging page={view.page} total={found.total} />}
      {found && picked.value.size > 0 && <BulkBar view={view} total={found.total} done={list.again} />}
    </div>
  )
}

const none: readonly Row[] = []

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

function Results({ view, found }: { readonly view: View; readonly found: MonitorList | null }) {
  if (found?.total === 0)
    return (
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
  return <MonitorTable rows={found?.items ?? null} sort={view.sort} />
}

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
