// Which part of the list is shown, and the way to the rest.
import { isNarrowed, pageSize, type View } from '../api/board.ts'
import type { MonitorList } from '../api/types.ts'
import { setQuery } from '../router.ts'
import { may } from '../session.ts'
import { density } from '../settings.ts'
import { count } from '../words.ts'
import { Choices } from './monitors-filters.tsx'
import type { Hold } from './monitors-steady.ts'
import { pickAll } from './picked.ts'
import { KeepView } from './monitors-views.tsx'

interface SummaryProps {
  readonly view: View
  /** Null: nothing is known yet. */
  readonly found: Pick<MonitorList, 'total' | 'counts'> | null
  readonly hold: Hold
  /** Another order waits until nobody reads the rows. */
  readonly waits: boolean
}

/** What narrows the list further, how many there are, and how they are shown. */
export const Summary = ({ view, found, hold, waits }: SummaryProps) => (
  <div class="summary">
    <Choices view={view} counts={found?.counts} />
    <SortChoice sort={view.sort} />
    <span class="grow" />
    {waits && (
      <button type="button" class="link-button small" onClick={hold.release}>
        The order has changed: show it
      </button>
    )}
    <p class="muted small" role="status">
      {found && partWords(view.page, found.total)}
    </p>
    <KeepView view={view} />
    {may('edit') && found !== null && found.total > 0 && <ChooseAll view={view} />}
    <Density />
  </div>
)

/** Where rows have no boxes until something is chosen: on a phone. */
const ChooseAll = ({ view }: { readonly view: View }) => (
  <button type="button" class="button phone" onClick={() => pickAll(view)}>
    {isNarrowed(view) ? 'Choose all that match' : 'Choose all'}
  </button>
)

/** `1–100 of 1,234 monitors`. */
function partWords(page: number, total: number): string {
  const all = count(total, 'monitor')
  if (total <= pageSize && page === 1) return all
  const from = (page - 1) * pageSize + 1
  return from > total
    ? all
    : `${from.toLocaleString('en')}–${Math.min(total, page * pageSize).toLocaleString('en')} of ${all}`
}

const orders = [
  ['status', 'Worst'],
  ['name', 'Name'],
  ['since', 'Longest so'],
  ['-since', 'Changed last'],
  ['-latency', 'Slowest'],
  ['uptime', 'Least uptime'],
] as const

/** Where the table has no headings to click on: on a phone. */
const SortChoice = ({ sort }: { readonly sort: string }) => (
  <select
    class="input phone"
    aria-label="Order"
    value={sort}
    onChange={(event) => setQuery({ sort: event.currentTarget.value, page: null })}
  >
    {orders.map(([value, words]) => (
      <option key={value} value={value}>
        {words}
      </option>
    ))}
  </select>
)

const Density = () => (
  <span class="segments desk" role="group" aria-label="Height of rows">
    {(['dense', 'roomy'] as const).map((one) => (
      <button key={one} type="button" aria-pressed={density.value === one} onClick={() => (density.value = one)}>
        {one === 'dense' ? 'Dense' : 'Roomy'}
      </button>
    ))}
  </span>
)

export function Paging({ page, total }: { readonly page: number; readonly total: number }) {
  const pages = Math.max(1, Math.ceil(total / pageSize))
  const to = (next: number) => {
    setQuery({ page: next === 1 ? null : String(next) })
    window.scrollTo(0, 0)
  }
  if (pages === 1) return null
  return (
    <nav class="paging" aria-label="Pages of the list">
      <button type="button" class="button" disabled={page <= 1} onClick={() => to(Math.min(pages, page - 1))}>
        Previous
      </button>
      <span class="small number">
        Page {page.toLocaleString('en')} of {pages.toLocaleString('en')}
      </span>
      <button type="button" class="button" disabled={page >= pages} onClick={() => to(page + 1)}>
        Next
      </button>
    </nav>
  )
}
