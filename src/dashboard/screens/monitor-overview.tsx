// How a monitor is, why in one sentence, its uptime, and its latency over any range.
import { useLoaded } from '../api/loaded.ts'
import { at, get } from '../api/client.ts'
import { loadSeries, type RangeName, rangeNames, ranges, type Series } from '../api/series.ts'
import type { Monitor, Share } from '../api/types.ts'
import { Ago, Lasting, Moment, Panel, Trouble, Waiting } from '../parts/basics.tsx'
import { Chart } from '../parts/chart.tsx'
import { Shape, State } from '../parts/shape.tsx'
import { base, place, setQuery } from '../router.ts'
import { count, latency, percent, span, statusWord } from '../words.ts'
import { Handled } from './handle.tsx'
import { MonitorBeats } from './monitor-beats.tsx'
import { LastFailure } from './monitor-failure.tsx'

export const Overview = ({ monitor }: { readonly monitor: Monitor }) => (
  <div class="stack wide">
    <Verdict monitor={monitor} />
    <MonitorBeats monitor={monitor} />
    <Figures monitor={monitor} />
    <Latency name={monitor.key} version={monitor.lastAt ?? ''} />
    <LastFailure name={monitor.key} version={monitor.status === 'up' ? monitor.since : (monitor.lastAt ?? '')} />
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
  <div class={`verdict ${monitor.status}`} role="status">
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
    </div>
  </div>
)

const windows = ['24h', '7d', '30d', '90d', '365d'] as const
const windowWord = { '24h': '24 h', '7d': '7 d', '30d': '30 d', '90d': '90 d', '365d': '365 d' }

function Figures({ monitor }: { readonly monitor: Monitor }) {
  const shares = useLoaded(`uptime ${monitor.key} ${monitor.since}`, async (signal) => {
    const { windows } = await get<{ windows: Readonly<Record<string, Share>> }>(
      at('monitors', monitor.key, 'uptime'),
      {},
      signal,
    )
    return windows
  })
  if (shares.problem) return <Trouble problem={shares.problem} again={shares.again} />
  const day = shares.value?.['24h']
  return (
    <dl class="figures">
      {windows.map((name) => {
        const share = shares.value?.[name]
        return (
          <div key={name} title={share ? wordsOf(share) : undefined}>
            <dt>Uptime {windowWord[name]}</dt>
            <dd>{percent(share?.uptime)}</dd>
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

/** What a share of time is made of. */
const wordsOf = ({ ms }: Share): string =>
  Object.entries(ms)
    .filter(([, time]) => time > 0)
    .map(([status, time]) => `${status} ${span(time)}`)
    .join(', ')

function Latency({ name, version }: { readonly name: string; readonly version: string }) {
  const asked = place.value.query.get('range') ?? '24h'
  const range: RangeName = asked in ranges ? (asked as RangeName) : '24h'
  const live = range === '1h' || range === '6h' ? version : ''
  const load = (signal: AbortSignal) => loadSeries(name, range, signal)
  const series = useLoaded(`series ${name} ${range} ${live}`, load, { keep: true })
  const measured = series.value?.mean.some((ms) => ms !== null) ?? false
  return (
    <Panel title="Latency" aside={<Ranges chosen={range} />}>
      <div class="stack">
        {series.problem && <Trouble problem={series.problem} again={series.again} />}
        {!series.value && !series.problem && <Waiting />}
        {series.value && !measured && <p class="muted">Nothing was measured in this time.</p>}
        {series.value && measured && <Chart series={series.value} label={chartWords(series.value, ranges[range])} />}
        {series.value && <Spans series={series.value} />}
      </div>
    </Panel>
  )
}

const Ranges = ({ chosen }: { readonly chosen: RangeName }) => (
  <span class="segments" role="group" aria-label="Range">
    {rangeNames.map((one) => (
      <button
        key={one}
        type="button"
        aria-pressed={chosen === one}
        onClick={() => setQuery({ range: one === '24h' ? null : one }, { replace: true })}
      >
        {ranges[one]}
      </button>
    ))}
  </span>
)

/** The chart for those who do not see it. */
function chartWords({ mean, max, spans }: Series, range: string): string {
  const known = mean.filter((ms) => ms !== null)
  const average = known.reduce((sum, ms) => sum + ms, 0) / Math.max(1, known.length)
  const most = Math.max(...max.map((ms) => ms ?? 0))
  const figures = `${latency(average)} in the mean, ${latency(most)} at most`
  return `Latency over ${range}: ${figures}; not up ${count(spans.length, 'time')}.`
}

/** When it was not up, in words, behind a fold: what the bands of the chart say. */
const Spans = ({ series: { spans, to } }: { readonly series: Series }) =>
  spans.length === 0 ? null : (
    <details>
      <summary class="small">When it was not up ({spans.length})</summary>
      <ul class="stack small">
        {spans.toReversed().map((one) => (
          <li key={one.from}>
            {one.status === 'maintenance' ? 'Maintenance' : <State status={one.status} />}{' '}
            <span class="muted">
              <Moment at={one.from} />, for {span(Date.parse(one.to ?? to) - Date.parse(one.from))}
            </span>{' '}
            {one.event === null ? (
              one.sentence
            ) : (
              <a class="quiet" href={`${base}/events/${one.event}`}>
                {one.sentence ?? 'see the event'}
              </a>
            )}
          </li>
        ))}
      </ul>
    </details>
  )
