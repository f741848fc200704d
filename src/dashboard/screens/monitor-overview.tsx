// How a monitor is, why in one sentence, its uptime, and its latency over any range.
import { useLoaded } from '../api/loaded.ts'
import { at, get } from '../api/client.ts'
import type { Monitor, Share } from '../api/types.ts'
import { useLive } from '../live.ts'
import { Ago, Lasting, Trouble } from '../parts/basics.tsx'
import { Shape } from '../parts/shape.tsx'
import { latency, percent, span, statusWord } from '../words.ts'
import { Handled } from './handle.tsx'
import { MonitorBeats } from './monitor-beats.tsx'
import { LastFailure } from './monitor-failure.tsx'
import { Latency } from './monitor-latency.tsx'
import { Locations } from './monitor-locations.tsx'
import { SilencedLine } from './monitor-told.tsx'

/** Whether there was another failure is asked for so often at most. */
const failureMs = 10_000
/** A moment, told only so exactly that it does not change more often than so. */
const turnOf = (at: string | null, ms: number): number => (at === null ? 0 : Math.floor(Date.parse(at) / ms))

export const Overview = ({ monitor }: { readonly monitor: Monitor }) => (
  <div class="stack wide">
    <Verdict monitor={monitor} />
    <Locations monitor={monitor} />
    <MonitorBeats monitor={monitor} />
    <Figures monitor={monitor} />
    <Latency name={monitor.key} lastAt={monitor.lastAt} />
    <LastFailure name={monitor.key} version={`${monitor.since} ${turnOf(monitor.lastAt, failureMs)}`} />
  </div>
)

/** Why, where nobody has said it: what its status means. */
function whyOf({ status, lastAt, policy }: Monitor): string {
  if (status === 'paused') return 'Nobody watches it until it is resumed.'
  if (status === 'unknown')
    return lastAt === null ? 'Nothing has been seen of it yet.' : 'Nothing has been heard lately.'
  if (status === 'up') return policy?.interval == null ? 'All that is expected has come.' : 'The last checks were well.'
  return 'It is not well.'
}

const Verdict = ({ monitor }: { readonly monitor: Monitor }) => (
  <div class={`verdict ${monitor.status}`}>
    <span class="hidden" role="status">
      {monitor.name} is {statusWord[monitor.status].toLowerCase()}
    </span>
    <Shape status={monitor.status} large />
    <div>
      <p class="strong">
        {statusWord[monitor.status]} for <Lasting since={monitor.since} />
      </p>
      <p>{monitor.problem ?? monitor.sentence ?? whyOf(monitor)}</p>
      <p class="muted small">
        {monitor.lastAt === null ? (
          'Never observed'
        ) : (
          <>
            Last observed <Ago at={monitor.lastAt} />
          </>
        )}
        {monitor.policy?.interval != null && ` · every ${monitor.policy.interval}`}
      </p>
      <Handled row={monitor} />
      <SilencedLine name={monitor.key} version={monitor.status} />
    </div>
  </div>
)

const figuresMs = 60_000
const windows = ['24h', '7d', '30d', '90d', '365d'] as const
const windowWord = { '24h': '24 h', '7d': '7 d', '30d': '30 d', '90d': '90 d', '365d': '365 d' }

function Figures({ monitor }: { readonly monitor: Monitor }) {
  const load = async (signal: AbortSignal) => {
    const { key } = monitor
    return (await get<{ windows: Readonly<Record<string, Share>> }>(at('monitors', key, 'uptime'), {}, signal)).windows
  }
  const shares = useLoaded(`uptime ${monitor.key} ${monitor.since}`, load, { keep: true })
  useLive(shares.again, figuresMs)
  if (shares.problem && !shares.value) return <Trouble problem={shares.problem} again={shares.again} />
  const day = shares.value?.['24h']
  return (
    <dl class="figures">
      {windows.map((name) => {
        const share = shares.value?.[name]
        return (
          <div key={name} title={share ? wordsOf(share) : undefined}>
            <dt>Uptime {windowWord[name]}</dt>
            <dd>{percent(share?.uptime)}</dd>
            <dd class="down-time">{share && downWords(share)}</dd>
          </div>
        )
      })}
      <div>
        <dt>p95, 24 h</dt>
        <dd>{latency(day?.latency?.p95)}</dd>
      </div>
    </dl>
  )
}

/** How long it was down in all; nothing where it was not. */
const downWords = ({ ms }: Share): string => ((ms['down'] ?? 0) > 0 ? `${span(ms['down'] ?? 0)} down` : ' ')

/** What a share of time is made of. */
const wordsOf = ({ ms }: Share): string =>
  Object.entries(ms)
    .filter(([, time]) => time > 0)
    .map(([status, time]) => `${status} ${span(time)}`)
    .join(', ')
