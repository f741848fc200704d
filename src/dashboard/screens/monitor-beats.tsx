// The beats of a monitor that reports by itself: when the next one is due, the last intervals with the limit drawn
// into them, how the rule of what it learns stands, and lines by which a job reports.
import { at, get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { ListOf, Monitor, When } from '../api/types.ts'
import { present } from '../clock.ts'
import { Ago, Moment, Panel } from '../parts/basics.tsx'
import { intervalsOf, limitOf, type Seen } from '../api/intervals.ts'
import { count, span } from '../words.ts'
import { BeatLines } from './beat-lines.tsx'
import { HeartbeatLine } from './teach.tsx'

interface Beats {
  readonly lastAt: When | null
  readonly dueAt: When | null
  readonly degradedAt: When | null
  readonly downAt: When | null
  readonly runs: readonly { readonly id: string | null; readonly since: When }[]
  readonly learnt: { readonly intervals: readonly number[]; readonly words: string } | null
}

const day = 86_400_000
const shownMost = 60

export function MonitorBeats({ monitor }: { readonly monitor: Monitor }) {
  if (monitor.beats === null) return null
  if (monitor.lastAt === null)
    return (
      <Panel title="Let the job report">
        <HeartbeatLine fixed={monitor.key} />
      </Panel>
    )
  return (
    <Panel title="Beats">
      <div class="stack">
        <Due beats={monitor.beats as unknown as Beats} />
        <Intervals monitor={monitor} beats={monitor.beats as unknown as Beats} />
        <details>
          <summary>How to send one</summary>
          <div class="stack">
            <BeatLines name={monitor.key} />
          </div>
        </details>
      </div>
    </Panel>
  )
}

/** Whether a moment has come, by the server’s clock. */
const isPast = (at: When) => Date.parse(at) <= present.value

/** From when on it is not well without a beat. */
const Limit = ({ word, at }: { readonly word: string; readonly at: When | null }) =>
  at === null ? null : isPast(at) ? (
    <>
      {' '}
      As none came it counts as {word} since <Moment at={at} />.
    </>
  ) : (
    <>
      {' '}
      Without one it is {word} from <Moment at={at} />.
    </>
  )

const Due = ({ beats: { lastAt, dueAt, degradedAt, downAt, runs, learnt } }: { readonly beats: Beats }) => (
  <>
    <p>
      {lastAt === null ? (
        'No beat has come yet'
      ) : (
        <>
          The last beat came <Ago at={lastAt} />
        </>
      )}
      {dueAt !== null && (
        <>
          , the next one {isPast(dueAt) ? 'was' : 'is'} due <Ago at={dueAt} />
        </>
      )}
      .
      <Limit word="degraded" at={degradedAt} />
      <Limit word="down" at={downAt} />
    </p>
    {learnt !== null && <p>{learnt.words}</p>}
    {runs.map(({ id, since }) => (
      <p key={id ?? ''}>
        {id === null ? 'A run' : `The run “${id}”`} is under way since <Moment at={since} />.
      </p>
    ))}
  </>
)

function Intervals({ monitor, beats }: { readonly monitor: Monitor; readonly beats: Beats }) {
  const known = beats.learnt?.intervals ?? []
  // The last beats, however long ago they came; the API gives seven days at once.
  const end = Date.parse(beats.lastAt ?? monitor.createdAt) + 1
  const [from, to] = [end - 7 * day, end].map((ms) => new Date(ms).toISOString())
  const load = (signal: AbortSignal) =>
    get<ListOf<Seen>>(at('monitors', monitor.key, 'observations'), { from, to, limit: String(shownMost) }, signal)
  const asked = known.length === 0 ? `beats ${monitor.key} ${beats.lastAt ?? ''}` : null
  const seen = useLoaded(asked, load, { keep: true })
  const intervals = known.length > 0 ? known : intervalsOf(seen.value?.items ?? [])
  if (intervals.length === 0) return null
  return <Bars intervals={intervals} limit={limitOf(beats)} />
}

const [height, wide, gap] = [88, 8, 3]

/** A bar for each interval, the newest on the right, and the limit as a line across all of them. */
function Bars({ intervals, limit }: { readonly intervals: readonly number[]; readonly limit: number | null }) {
  const most = Math.max(...intervals, limit ?? 0) * 1.08
  const width = intervals.length * (wide + gap)
  const y = (ms: number) => height - (ms / most) * height
  const over = limit === null ? 0 : intervals.filter((ms) => ms > limit).length
  const words = wordsOf(intervals, limit, over)
  return (
    <figure class="intervals">
      <svg viewBox={`0 0 ${Math.max(width, 220)} ${height}`} role="img" aria-label={words} height={height}>
        <title>{words}</title>
        {intervals.map((ms, index) => (
          <rect
            key={index}
            class={limit !== null && ms > limit ? 'down' : 'up'}
            x={index * (wide + gap)}
            y={y(ms)}
            width={wide}
            height={Math.max(1, height - y(ms))}
          >
            <title>{span(ms)}</title>
          </rect>
        ))}
        {limit !== null && <path class="limit" d={`M0 ${y(limit)}H${Math.max(width, 220)}`} />}
      </svg>
      <figcaption class="muted small">{words}</figcaption>
    </figure>
  )
}

function wordsOf(intervals: readonly number[], limit: number | null, over: number): string {
  const [least, most] = [span(Math.min(...intervals)), span(Math.max(...intervals))]
  const few = `The last ${count(intervals.length, 'interval')}: ${least} to ${most}.`
  if (limit === null) return few
  const late = over === 0 ? 'none was longer' : `${over} ${over === 1 ? 'was' : 'were'} longer`
  return `${few} The line is the limit, ${span(limit)} after a beat; ${late}.`
}
