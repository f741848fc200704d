// The latency of a monitor over any range, by phase, with the stretches in which it was not up.
// Promises that the words below tell all that the bands of the chart do, and a chart that is asked for again seldom.
import { useEffect, useRef } from 'preact/hooks'
import { useLoaded } from '../api/loaded.ts'
import { type Band, bandsOf, loadSeries, type RangeName, rangeNames, ranges, type Series } from '../api/series.ts'
import { useSeldom } from '../live.ts'
import { Moment, Panel, Trouble } from '../parts/basics.tsx'
import { Chart } from '../parts/chart.tsx'
import { Shape } from '../parts/shape.tsx'
import { base, place, setQuery } from '../router.ts'
import { count, latency, list, span, statusWord } from '../words.ts'

/** A chart is drawn anew so often at most. */
const againMs = 5_000

interface LatencyProps {
  readonly name: string
  /** When it was last observed. */
  readonly lastAt: string | null
}

export function Latency({ name, lastAt }: LatencyProps) {
  const asked = place.value.query.get('range') ?? '24h'
  const range: RangeName = asked in ranges ? (asked as RangeName) : '24h'
  const load = (signal: AbortSignal) => loadSeries(name, range, signal)
  const series = useLoaded(`series ${name} ${range}`, load)
  const seldom = useSeldom(series, Math.max(againMs, series.value?.step ?? 0))
  const drawnAt = useRef(lastAt)
  useEffect(() => {
    if (drawnAt.current !== lastAt) seldom()
    drawnAt.current = lastAt
  }, [lastAt])
  const measured = series.value?.mean.some((ms) => ms !== null) ?? false
  return (
    <Panel title="Latency" aside={<Ranges chosen={range} />}>
      <div class="stack">
        {series.problem && !series.value && <Trouble problem={series.problem} again={series.again} />}
        {!series.value && !series.problem && <ChartPlace />}
        {series.value && !measured && <p class="muted">Nothing was measured in this time.</p>}
        {series.value && measured && <Chart series={series.value} label={chartWords(series.value, ranges[range])} />}
        {series.value && <Bands series={series.value} />}
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

/** Keeps the chart's place, so that nothing moves when it comes. */
const ChartPlace = () => (
  <div class="chart coming" role="status">
    <span class="muted">Loading …</span>
  </div>
)

/** The chart for those who do not see it. */
function chartWords(series: Series, range: string): string {
  const known = series.mean.filter((ms) => ms !== null)
  const average = known.reduce((sum, ms) => sum + ms, 0) / Math.max(1, known.length)
  const most = series.max.reduce<number>((most, ms) => Math.max(most, ms ?? 0), 0)
  const bands = bandsOf(series)
  const rest = bands.length === 0 ? 'up all the time' : list(sums(bands).map(({ words }) => words))
  return `Latency over ${range}: ${latency(average)} in the mean, ${latency(most)} at most; ${rest}.`
}

interface Sum {
  readonly status: Band['status']
  readonly words: string
}

/** `down 3 times, 12 min in all`, for each status that occurred. */
function sums(bands: readonly Band[]): Sum[] {
  return bandOrder.flatMap((status) => {
    const own = bands.filter((band) => band.status === status)
    if (own.length === 0) return []
    const ms = own.reduce((sum, { from, to }) => sum + to - from, 0)
    return [{ status, words: `${bandWord[status].toLowerCase()} ${times(own.length)}, ${span(ms)}` }]
  })
}

const bandOrder = ['down', 'degraded', 'unknown', 'paused', 'maintenance'] as const
const bandWord = { ...statusWord, maintenance: 'In maintenance' } as const
const times = (number: number) => (number === 1 ? 'once' : number === 2 ? 'twice' : count(number, 'time'))
/** So many stretches are listed, the latest. */
const listedMost = 100

/** When it was not up, in words, behind a fold: what the bands of the chart say. */
function Bands({ series }: { readonly series: Series }) {
  const bands = bandsOf(series)
  if (bands.length === 0) return null
  return (
    <details class="bands">
      <summary class="small">
        {sums(bands).map(({ status, words }) => (
          <span key={status} class="nowrap">
            <Shape status={status} /> {words}
          </span>
        ))}
      </summary>
      <ul class="stack small">
        {bands
          .slice(-listedMost)
          .toReversed()
          .map((band) => (
            <BandLine key={`${band.from} ${band.status}`} band={band} />
          ))}
        {(series.cut || bands.length > listedMost) && <li class="muted">Older ones are left out.</li>}
      </ul>
    </details>
  )
}

const BandLine = ({ band: { status, from, to, sentence, event } }: { readonly band: Band }) => (
  <li>
    <Shape status={status} /> {bandWord[status]}{' '}
    <span class="muted">
      <Moment at={new Date(from).toISOString()} />, for {span(to - from)}
    </span>{' '}
    {event === null ? (
      sentence
    ) : (
      <a class="quiet" href={`${base}/events/${event}`}>
        {sentence ?? 'see the event'}
      </a>
    )}
  </li>
)
