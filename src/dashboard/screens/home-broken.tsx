// What is broken now, the oldest first, with who has taken it on.
import type { Counts, HomeView } from '../api/types.ts'
import { Lasting, Panel } from '../parts/basics.tsx'
import { Shape } from '../parts/shape.tsx'
import { base } from '../router.ts'
import { count, statusWord } from '../words.ts'
import { Handled, HandleButtons } from './handle.tsx'

const shownMost = 12

interface BrokenProps {
  readonly broken: HomeView['broken']
  /** How many monitors are in each status. */
  readonly status: Counts
  readonly again: () => void
}

export function Broken({ broken, status, again }: BrokenProps) {
  const shown = broken.items.slice(0, shownMost)
  const more = broken.total - shown.length
  const all = Object.values(status).reduce((sum, number) => sum + number, 0)
  return (
    <Panel
      title="Broken now"
      aside={
        <a class="small" href={`${base}/monitors?status=down&status=degraded&status=unknown&sort=since`}>
          {broken.total.toLocaleString('en')} of {count(all, 'monitor')}
        </a>
      }
      flush
    >
      <ul class="trouble" aria-label="What is broken, the oldest first">
        {shown.map((row) => (
          <Trouble key={row.key} row={row} again={again} />
        ))}
        {more > 0 && (
          <li>
            <span />
            <a href={`${base}/monitors?status=down&status=degraded&status=unknown&sort=since`}>
              and {count(more, 'further monitor')}
            </a>
          </li>
        )}
      </ul>
    </Panel>
  )
}

/** Trouble that began so much sooner than the state of now is told, ms. */
const soonerMs = 60_000

const Trouble = ({ row, again }: { readonly row: HomeView['broken']['items'][number]; readonly again: () => void }) => (
  <li>
    <Shape status={row.status} />
    <div>
      <p>
        <a class="quiet strong" href={`${base}/monitors/${encodeURIComponent(row.key)}`}>
          {row.name}
        </a>{' '}
        <span class="muted">
          {statusWord[row.status].toLowerCase()} for <Lasting since={row.since} />
          {Date.parse(row.since) - Date.parse(row.troubleAt) > soonerMs && (
            <>
              , not well for <Lasting since={row.troubleAt} />
            </>
          )}
        </span>
      </p>
      {row.sentence !== null && <p>{row.sentence}</p>}
      <Handled row={row} />
    </div>
    <div class="acts line">
      <HandleButtons row={row} done={again} />
    </div>
  </li>
)
