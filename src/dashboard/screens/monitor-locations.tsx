// How a monitor looks from each place that watches it; nothing where there is one place only.
import type { Location, Monitor } from '../api/types.ts'
import { Ago, Panel } from '../parts/basics.tsx'
import { Shape } from '../parts/shape.tsx'
import { count, statusWord } from '../words.ts'

export function Locations({ monitor: { locations = [] } }: { readonly monitor: Monitor }) {
  if (locations.length < 2) return null
  const well = locations.filter(({ status }) => status === 'up').length
  return (
    <Panel
      title="From where"
      aside={
        <span class="muted small">
          up from {well} of {count(locations.length, 'location')}
        </span>
      }
      flush
    >
      <ul class="places">
        {locations.map((one) => (
          <Place key={one.name} location={one} />
        ))}
      </ul>
    </Panel>
  )
}

/** What was found last but is not confirmed yet is said beside what is. */
const Place = ({ location }: { readonly location: Location }) => {
  const { name, status, latest, at, failures, sentence } = location
  const doubted = latest !== status
  return (
    <li>
      <Shape status={status} />
      <span>
        <span class="strong">{name}</span> {statusWord[status].toLowerCase()}
        {doubted &&
          `, the last ${failures > 1 ? `${failures} looks` : 'look'} found it ${statusWord[latest].toLowerCase()}`}
        {sentence !== null && <span class="muted"> · {sentence}</span>}
      </span>
      <span class="muted small nowrap">
        <Ago at={at} />
      </span>
    </li>
  )
}
