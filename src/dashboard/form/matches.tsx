// Which monitors a choice means as they are now, while it is being written.
import { post } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { ShownStatus } from '../api/types.ts'
import { Shape } from '../parts/shape.tsx'
import { base } from '../router.ts'
import { count } from '../words.ts'

interface Found {
  readonly total: number
  readonly items: readonly { readonly key: string; readonly name: string; readonly status: ShownStatus }[]
}

const namedMost = 8

export function Matches({ monitors }: { readonly monitors: unknown }) {
  const found = useLoaded(
    monitors === undefined ? null : `matches ${JSON.stringify(monitors)}`,
    (signal) => post<Found>('/monitors/select', { monitors }, { signal }),
    { keep: true },
  )
  // What is wrong with a choice is said where it is kept; here it only means nothing yet.
  if (monitors === undefined || found.problem || found.value === null) return null
  const { total, items } = found.value
  return (
    <div class="matches" role="status">
      <span class={total === 0 ? 'strong' : 'muted'}>
        {total === 0 ? 'No monitor is chosen by this now.' : `${count(total, 'monitor')} now:`}
      </span>
      {items.slice(0, namedMost).map(({ key, name, status }) => (
        <a key={key} class="quiet state cut" href={`${base}/monitors/${encodeURIComponent(key)}`} target="_blank">
          <Shape status={status} />
          {name}
        </a>
      ))}
      {total > namedMost && <span class="muted">and {(total - namedMost).toLocaleString('en')} more</span>}
    </div>
  )
}
