// Home answers three questions: what is broken now, what changed in 24 hours, is the watchman himself well.
// Promises one quiet line where all is well.
import { useEffect } from 'preact/hooks'
import { home } from '../api/board.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Counts, HomeView } from '../api/types.ts'
import { useChanges, useLive, useSeldom } from '../live.ts'
import { Empty, Failed, Head, Panel, Trouble, Waiting } from '../parts/basics.tsx'
import { Shape } from '../parts/shape.tsx'
import { base } from '../router.ts'
import { may } from '../session.ts'
import { count, list } from '../words.ts'
import { Broken } from './home-broken.tsx'
import { Lately } from './home-lately.tsx'
import { WatchmanPanel } from './home-watchman.tsx'

/** While much goes on it is asked for so often. */
const seldomMs = 2_000
/** How the watchman is is not told by the stream. */
const watchmanMs = 20_000

export function Home() {
  const view = useLoaded('home', home)
  const seldom = useSeldom(view, seldomMs)
  useChanges({ counts: true, events: true }, { again: seldom, take: seldom })
  useLive(seldom, watchmanMs)
  const number = view.value?.broken.total ?? 0
  // After each drawing, for the head of the screen writes its title then.
  useEffect(() => {
    if (number > 0) document.title = `(${number}) Home · Allswell`
  })
  if (!view.value) return view.problem ? <Failed problem={view.problem} again={view.again} /> : <Waiting />
  const { broken, changes, watchman, status } = view.value
  if (Object.keys(status).length === 0) return <Nothing />
  return (
    <div class="screen">
      <Head title="Home" />
      <p class="hidden" role="status">
        {broken.total === 0 ? 'Nothing is broken' : `${count(broken.total, 'monitor')} not well`}
      </p>
      <div class="stack wide">
        {view.problem && view.problem.status > 0 && <Trouble problem={view.problem} again={view.again} />}
        {broken.items.length === 0 && <AllWell status={status} />}
        <div class="today">
          {broken.items.length > 0 && <Broken broken={broken} status={status} again={view.again} />}
          <Changed changes={changes} />
          <WatchmanPanel watchman={watchman} />
        </div>
      </div>
    </div>
  )
}

const Changed = ({ changes }: { readonly changes: HomeView['changes'] }) => (
  <Panel
    title="What changed in 24 hours"
    aside={<a href={`${base}/events`}>All events</a>}
    flush={changes.items.length > 0}
  >
    {changes.items.length === 0 ? (
      <p class="muted">Nothing. Every monitor is as it was this time yesterday.</p>
    ) : (
      <Lately changes={changes} />
    )}
  </Panel>
)

/** The quiet line; what nobody knows is not called well. */
function AllWell({ status }: { readonly status: Counts }) {
  const [up, unknown, paused] = [status['up'] ?? 0, status['unknown'] ?? 0, status['paused'] ?? 0]
  if (up === 0)
    return (
      <div class="notice">
        <Shape status="unknown" />
        <p>
          Nothing is known yet of {count(unknown, 'monitor')}. The first checks are under way, or heartbeats have not
          come.
        </p>
      </div>
    )
  const rest = [...(unknown > 0 ? [`${unknown} unknown`] : []), ...(paused > 0 ? [`${paused} paused`] : [])]
  return (
    <p class="all-well" role="status">
      <Shape status="up" />
      <span>
        All’s well: {count(up, 'monitor')} up{rest.length > 0 && ', '}
        <a class="quiet" href={`${base}/monitors?status=unknown&status=paused`}>
          {list(rest)}
        </a>
        .
      </span>
    </p>
  )
}

const Nothing = () => (
  <div class="screen">
    <Head title="Home" />
    <Empty title="Nothing is watched yet">
      <p>Paste an address and see it checked within seconds, or have a job send heartbeats.</p>
      {may('edit') && (
        <div class="line">
          <a class="button main" href={`${base}/start`}>
            Watch something
          </a>
          <a class="button" href={`${base}/monitors/new`}>
            Choose from all kinds
          </a>
        </div>
      )}
    </Empty>
  </div>
)
