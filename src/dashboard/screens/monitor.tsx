// One monitor: how it is and why in one sentence, how it was, who was told, how it is configured.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { at, get, post, Problem } from '../api/client.ts'
import { applyToMonitor } from '../api/changes.ts'
import { type Loaded, useLoaded } from '../api/loaded.ts'
import type { Finding, Monitor } from '../api/types.ts'
import { lost, useChanges, useSeldom } from '../live.ts'
import { Badge, Empty, Failed, Head, LabelChips, Trouble, Waiting } from '../parts/basics.tsx'
import { Button } from '../parts/button.tsx'
import { FactList } from '../parts/facts.tsx'
import { Shape } from '../parts/shape.tsx'
import { toast } from '../parts/toast.tsx'
import type { Params } from '../routes.ts'
import { changedQuery } from '../query.ts'
import { base, place } from '../router.ts'
import { may } from '../session.ts'
import { target } from '../shell/target.ts'
import { isFileOwned, ownerWord } from '../words.ts'
import { findingWords } from './deeds.ts'
import { HandleButtons } from './handle.tsx'
import { Changes } from './monitor-changes.tsx'
import { Configuration } from './monitor-config.tsx'
import { MonitorEvents, MonitorMessages } from './monitor-events.tsx'
import { Overview } from './monitor-overview.tsx'

const tabs = {
  overview: 'Overview',
  events: 'Events',
  messages: 'Messages',
  configuration: 'Configuration',
  changes: 'Changes',
} as const
type Tab = keyof typeof tabs

const againMs = 1_000

export function MonitorScreen({ params: { key = '' } }: { readonly params: Params }) {
  const monitor = useLoaded(`monitor ${key}`, (signal) => get<Monitor>(at('monitors', key), {}, signal))
  const seldom = useSeldom(monitor, againMs)
  useChanges(
    { key },
    {
      again: seldom,
      take: (change) => {
        const shown = monitor.now()
        if (shown === null) return
        const { value, stale } = applyToMonitor(shown, change)
        if (value !== shown) monitor.put(value)
        if (stale) seldom()
      },
    },
  )
  const ran = useSignal<Finding | null>(null)
  const row = monitor.value
  useEffect(() => {
    target.value = row && { row, again: monitor.again }
    return () => {
      target.value = null
    }
  }, [row])
  // It was deleted while somebody looked at it.
  if (!monitor.value || monitor.problem?.status === 404) return <NotYet monitor={monitor} name={key} />
  const asked = place.value.query.get('tab') ?? 'overview'
  const tab: Tab = asked in tabs ? (asked as Tab) : 'overview'
  const { name, kind, labels, owner, target: watched } = monitor.value
  return (
    <div class="screen">
      <p class="crumb">
        <a class="quiet" href={`${base}/monitors`}>
          Monitors
        </a>{' '}
        / {key}
      </p>
      <Head title={name} before={<Shape status={monitor.value.status} large />}>
        <Actions monitor={monitor} tell={(finding) => (ran.value = finding)} />
      </Head>
      <p class="line muted">
        <Badge>{kind}</Badge>
        {watched !== null && <span class="cut">{watched}</span>}
        {isFileOwned(owner) && <Badge title="It is changed in this file">from {ownerWord(owner)}</Badge>}
        <LabelChips labels={labels} most={8} />
      </p>
      <Tabs chosen={tab} />
      {monitor.problem && lost.value === null && <Trouble problem={monitor.problem} again={monitor.again} />}
      {ran.value && <Ran ran={ran.value} close={() => (ran.value = null)} />}
      {tab === 'overview' && <Overview monitor={monitor.value} />}
      {tab === 'events' && <MonitorEvents name={key} version={`${monitor.value.since} ${monitor.value.revision}`} />}
      {tab === 'messages' && <MonitorMessages name={key} />}
      {tab === 'configuration' && <Configuration monitor={monitor.value} />}
      {tab === 'changes' && <Changes key={monitor.value.revision} type="monitor" name={key} />}
    </div>
  )
}

function NotYet({ monitor, name }: { readonly monitor: Loaded<Monitor>; readonly name: string }) {
  const { problem, again } = monitor
  if (!problem) return <Waiting />
  if (problem.status !== 404) return <Failed problem={problem} again={again} />
  return (
    <div class="screen narrow">
      <Head title="There is no such monitor" />
      <Empty title={name}>
        <p>{problem.message}</p>
        <p>If it was deleted, its past is kept:</p>
        <a class="button" href={`${base}/events?monitor=${encodeURIComponent(name)}`}>
          Its events
        </a>
      </Empty>
    </div>
  )
}

const Tabs = ({ chosen }: { readonly chosen: Tab }) => (
  <nav class="tabs" aria-label="Parts of this monitor">
    {(Object.keys(tabs) as Tab[]).map((tab) => (
      <a
        key={tab}
        href={`${base}${place.value.path}${changedQuery(place.value.query, { tab: tab === 'overview' ? null : tab })}`}
        aria-current={tab === chosen ? 'page' : undefined}
      >
        {tabs[tab]}
      </a>
    ))}
  </nav>
)

interface RanProps {
  readonly ran: Finding
  readonly close: () => void
}

/** What a check that somebody asked for has found, at once and in full. */
const Ran = ({ ran, close }: RanProps) => (
  <div class={`ran ${ran.outcome}`} role="status">
    <Shape status={ran.outcome} />
    <div class="grow stack">
      <p>
        <span class="strong">Checked just now:</span> {findingWords(ran)}
      </p>
      {ran.facts && Object.keys(ran.facts).length > 0 && (
        <details>
          <summary class="small">All that was seen</summary>
          <FactList facts={ran.facts} />
        </details>
      )}
    </div>
    <button type="button" class="button plain icon" onClick={close} aria-label="Close">
      ×
    </button>
  </div>
)

interface ActionsProps {
  readonly monitor: Loaded<Monitor>
  readonly tell: (found: Finding) => void
}

function Actions({ monitor, tell }: ActionsProps) {
  const { value } = monitor
  if (!value) return null
  const { key, paused, policy } = value
  const run = async () => {
    const ran = await post<{ found: Finding; monitor: Monitor }>(at('monitors', key, 'run'), undefined, {
      timeout: 90_000,
    })
    monitor.put(ran.monitor)
    tell(ran.found)
  }
  const pause = async () => {
    monitor.put(await post<Monitor>(at('monitors', key, paused ? 'resume' : 'pause')))
  }
  const refused = (error: unknown) => toast(error instanceof Problem ? error.message : String(error), 'bad')
  return (
    <>
      <HandleButtons row={value} done={monitor.again} />
      {may('respond') && policy?.interval != null && (
        <Button act={run} failed={refused}>
          Run now
        </Button>
      )}
      {may('edit') && <Button act={pause}>{paused ? 'Resume' : 'Pause'}</Button>}
      {may('edit') && (
        <a class="button main" href={`${base}/monitors/${encodeURIComponent(key)}/edit`}>
          Edit
        </a>
      )}
    </>
  )
}
