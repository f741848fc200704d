// Whether the watchman himself is well: is he on time, does he store what he sees, do his messages arrive.
import type { Watchman } from '../api/types.ts'
import { Panel } from '../parts/basics.tsx'
import { Shape } from '../parts/shape.tsx'
import { base } from '../router.ts'
import { count, latency } from '../words.ts'

export const WatchmanPanel = ({ watchman }: { readonly watchman: Watchman }) => (
  <Panel title="The watchman" aside={<a href={`${base}/settings/system`}>Details</a>}>
    <ul class="stack">
      {watchman.troubles.map((trouble) => (
        <Line key={trouble} ok={false} text={trouble} />
      ))}
      {watchmanLines(watchman).map((text) => (
        <Line key={text} ok text={text} />
      ))}
    </ul>
    {watchman.deliveries !== null && watchman.deliveries.dead > 0 && (
      <p class="small">
        <a href={`${base}/messages?state=dead`}>{count(watchman.deliveries.dead, 'message')} given up</a>
      </p>
    )}
  </Panel>
)

/** What is well about him. */
export function watchmanLines({ well, storing, lateness, deliveries }: Watchman): string[] {
  const waiting = deliveries?.waiting ?? 0
  const onTheWay = waiting - (deliveries?.failing ?? 0)
  return [
    ...(storing ? ['What is seen is stored'] : []),
    ...(well && lateness !== null ? [punctualWords(lateness)] : []),
    ...(onTheWay > 0 ? [`${count(onTheWay, 'message')} on the way`] : []),
    ...(deliveries !== null && deliveries.dead === 0 && waiting === 0 ? ['All messages were delivered'] : []),
  ]
}

/** Later than this is told as late, ms; what is more than that is a trouble, which the server says. */
const punctualMs = 1_000
const punctualWords = (lateness: number) =>
  lateness <= punctualMs
    ? `Checks are on time, ${latency(lateness)} late at worst`
    : `Checks begin ${latency(lateness)} late at worst`

const Line = ({ ok, text }: { readonly ok: boolean; readonly text: string }) => (
  <li class="line">
    <Shape status={ok ? 'up' : 'degraded'} />
    <span class="grow">
      {text}
      <span class="hidden">{ok ? ' (well)' : ' (needs a look)'}</span>
    </span>
  </li>
)
