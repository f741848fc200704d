// What is broken now, the oldest first, with who has taken it on.
import type { HomeView, Row } from '../api/types.ts'
import { Lasting, Panel } from '../parts/basics.tsx'
import { Shape } from '../parts/shape.tsx'
import { base } from '../router.ts'
import { count, statusWord } from '../words.ts'
import { Handled, HandleButtons } from './handle.tsx'

const shownMost = 20

export function Broken({ broken, again }: { readonly broken: HomeView['broken']; readonly again: () => void }) {
  const shown = broken.items.slice(0, shownMost)
  const more = broken.total - shown.length
  return (
    <Panel title="Broken now" aside={<span class="muted small">the oldest first</span>} flush>
      <ul class="trouble">
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

const Trouble = ({ row, again }: { readonly row: Row; readonly again: () => void }) => (
  <li>
    <Shape status={row.status} />
    <div>
      <p>
        <a class="quiet strong" href={`${base}/monitors/${encodeURIComponent(row.key)}`}>
          {row.name}
        </a>{' '}
        <span class="muted">
          {statusWord[row.status].toLowerCase()} for <Lasting since={row.since} />
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
