// The last failure in full: what was asked, what came, when, from where.
import { useLoaded } from '../api/loaded.ts'
import { get } from '../api/client.ts'
import type { Event, ExplainedEvent, ListOf } from '../api/types.ts'
import { Ago, Panel } from '../parts/basics.tsx'
import { FactList } from '../parts/facts.tsx'
import { base } from '../router.ts'
import { count, list } from '../words.ts'

async function lastFailure(key: string, signal: AbortSignal): Promise<ExplainedEvent | null> {
  const find = async (type: string) =>
    (await get<ListOf<Event>>('/events', { monitor: key, type, limit: 1 }, signal)).items[0]
  const [down, degraded] = await Promise.all([find('monitor.down'), find('monitor.degraded')])
  const last = [down, degraded]
    .filter((one) => one !== undefined)
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at))[0]
  return last === undefined ? null : await get<ExplainedEvent>(`/events/${last.id}`, {}, signal)
}

export function LastFailure({ name }: { readonly name: string }) {
  const failure = useLoaded(`failure ${name}`, (signal) => lastFailure(name, signal))
  if (!failure.value) return null
  const { id, at, sentence, reason, locations, confirmations, facts } = failure.value
  return (
    <Panel title="Last failure" aside={<a href={`${base}/events/${id}`}>Who was told, and why</a>}>
      <div class="stack">
        <p>
          <Ago at={at} />: {sentence ?? reason ?? 'it failed'}{' '}
          <span class="muted">
            (seen {count(confirmations, 'time')}
            {locations.length > 0 && ` from ${list(locations)}`})
          </span>
        </p>
        <FactList facts={facts} />
      </div>
    </Panel>
  )
}
