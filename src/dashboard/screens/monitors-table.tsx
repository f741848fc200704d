// The table of monitors: state, how long, the last thirty results, latency, uptime, labels. One line a row, or two.
import type { Row } from '../api/types.ts'
import { LabelChips, Lasting } from '../parts/basics.tsx'
import { Shape } from '../parts/shape.tsx'
import { Strip } from '../parts/strip.tsx'
import { base, setQuery } from '../router.ts'
import { may } from '../session.ts'
import { density } from '../settings.ts'
import { latency, percent, statusWord } from '../words.ts'
import { current, shownRows } from '../shell/target.ts'
import { HandleButtons, QuietSign } from './handle.tsx'
import type { Hold } from './monitors-steady.ts'
import { allOf, isPicked, pick, picked, pickTo } from './picked.ts'

interface Column {
  readonly name: string
  /** What the API calls the order by it; null: none. */
  readonly sort: string | null
  /** Whether the first click gives what is most wanted first by going down. */
  readonly down?: true
  readonly look?: string
}

const columns: readonly Column[] = [
  { name: 'Name', sort: 'name' },
  { name: 'State', sort: 'status' },
  { name: 'Last 30', sort: null, look: 'desk' },
  { name: 'p95', sort: 'latency', down: true, look: 'right desk' },
  { name: 'Uptime 30 d', sort: 'uptime', look: 'right desk' },
  { name: 'Labels', sort: null, look: 'desk' },
]

interface TableProps {
  /** Null: they are under way. */
  readonly rows: readonly Row[] | null
  readonly sort: string
  readonly hold: Hold
  /** Something was done with a row. */
  readonly again: () => void
}

export function MonitorTable({ rows, sort, hold, again }: TableProps) {
  const roomy = density.value === 'roomy'
  return (
    <div class="table-wrap" onPointerMove={hold.touch} onPointerDown={hold.touch} onFocusIn={hold.touch}>
      <table class={`table cards ${roomy ? 'roomy' : ''}`}>
        <thead>
          <tr>
            {may('edit') && (
              <th class={pickLook()}>
                <PickAll rows={rows ?? []} />
              </th>
            )}
            {columns.map((column) => (
              <Heading key={column.name} column={column} sort={sort} />
            ))}
            <th class="deeds desk">
              <span class="hidden">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows === null ? <Coming /> : rows.map((row) => <Line key={row.key} row={row} roomy={roomy} again={again} />)}
        </tbody>
      </table>
    </div>
  )
}

function Heading({ column: { name, sort: by, down, look }, sort }: { readonly column: Column; readonly sort: string }) {
  if (by === null) return <th class={look}>{name}</th>
  const direction = sort === by ? 'ascending' : sort === `-${by}` ? 'descending' : 'none'
  const first = down ? `-${by}` : by
  const next = sort === first ? (down ? by : `-${by}`) : first
  return (
    <th class={look} aria-sort={direction}>
      <button type="button" onClick={() => setQuery({ sort: next, page: null })}>
        {name}
        {direction !== 'none' && <span aria-hidden="true">{direction === 'ascending' ? '↑' : '↓'}</span>}
      </button>
    </th>
  )
}

function PickAll({ rows }: { readonly rows: readonly Row[] }) {
  const all = rows.length > 0 && rows.every(({ key }) => isPicked(key))
  return (
    <input
      type="checkbox"
      aria-label="Choose all on this page"
      checked={all}
      onChange={() =>
        pick(
          rows.map(({ key }) => key),
          !all,
        )
      }
    />
  )
}

/** On a phone boxes are there once something is chosen. */
const pickLook = () => (allOf.value !== null || picked.value.size > 0 ? 'pick' : 'pick desk')

/** The row that was chosen last: with Shift all from there on are. */
let lastChosen: string | null = null

function choose(key: string, chosen: boolean, many: boolean): void {
  if (many)
    pickTo(
      shownRows.value.map((row) => row.key),
      lastChosen,
      key,
      chosen,
    )
  else pick([key], chosen)
  lastChosen = key
}

interface LineProps {
  readonly row: Row
  readonly roomy: boolean
  readonly again: () => void
}

const Line = ({ row, roomy, again }: LineProps) => (
  <tr
    id={`row-${row.key}`}
    class={isPicked(row.key) ? 'picked' : ''}
    aria-current={current.value === row.key ? 'true' : undefined}
  >
    {may('edit') && (
      <td class={pickLook()}>
        <input
          type="checkbox"
          aria-label={`Choose ${row.name}`}
          checked={isPicked(row.key)}
          onClick={(event) => choose(row.key, event.currentTarget.checked, event.shiftKey)}
        />
      </td>
    )}
    <td class="name">
      <a class="quiet" href={`${base}/monitors/${encodeURIComponent(row.key)}`} title={row.name}>
        <span class="cut two-lines">{row.name}</span>
      </a>
      {roomy && <span class="muted small cut block">{row.target ?? row.kind}</span>}
    </td>
    <td class="tight">
      <span class="state">
        <Shape status={row.status} />
        {statusWord[row.status]}
        <span class="muted">
          <Lasting since={row.since} />
        </span>
        {row.acknowledged && (
          <span class="badge" title={`Acknowledged by ${row.acknowledged.by}`}>
            {row.acknowledged.by}
          </span>
        )}
        <QuietSign row={row} />
      </span>
      {roomy && row.sentence !== null && <span class="muted small cut block sentence">{row.sentence}</span>}
    </td>
    <td class="tight desk">
      <Strip results={row.results} />
    </td>
    <td class="tight right number desk">{latency(row.latency?.p95)}</td>
    <td class="tight right number">{percent(row.uptime?.['30d'])}</td>
    <td class="labels desk">
      <LabelChips labels={row.labels} most={2} />
    </td>
    <td class="deeds desk">
      <span class="line">
        <HandleButtons row={row} done={again} />
      </span>
    </td>
  </tr>
)

const widths = [72, 58, 84, 66, 78, 50, 90, 62]
/** What stands in the place of rows that are under way; it moves nothing when they come. */
const Coming = () => {
  return widths.map((width) => (
    <tr key={width} class="skeleton">
      <td colSpan={8}>
        <i style={{ width: `${width}%` }} />
      </td>
    </tr>
  ))
}
