// The last failure in full: what was asked, what came, when, from where.
import { at, get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Failure } from '../api/types.ts'
import { Ago, Panel } from '../parts/basics.tsx'
import { FactList } from '../parts/facts.tsx'
import { latency } from '../words.ts'

/** `version` changes when there may be another one. */
export function LastFailure({ name, version }: { readonly name: string; readonly version: string }) {
  const found = useLoaded(
    `failure ${name} ${version}`,
    (signal) => get<{ failure: Failure | null }>(at('monitors', name, 'failure'), {}, signal),
    { keep: true },
  )
  const failure = found.value?.failure
  if (!failure) return null
  return (
    <Panel title="Last failure">
      <div class="stack">
        <p>
          <Ago at={failure.at} />: {failure.sentence ?? failure.reason ?? 'it failed'}{' '}
          <span class="muted">
            (from {failure.location}
            {failure.latency !== null && `, after ${latency(failure.latency)}`})
          </span>
        </p>
        <FactList facts={failure.facts} />
      </div>
    </Panel>
  )
}
