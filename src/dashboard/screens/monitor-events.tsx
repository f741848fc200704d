// What happened to one monitor, and the messages about it.
import { useEffect, useRef } from 'preact/hooks'
import { get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Delivery, Event, ListOf } from '../api/types.ts'
import { useLive, useSeldom } from '../live.ts'
import { Empty, Panel, Trouble, Waiting } from '../parts/basics.tsx'
import { Story } from '../parts/story.tsx'
import { base } from '../router.ts'
import { MessageTable } from './message-table.tsx'
import { WouldBeTold } from './monitor-told.tsx'

const againMs = 2_000

interface EventsProps {
  readonly name: string
  /** Another one: something has happened. */
  readonly version: string
}

export function MonitorEvents({ name, version }: EventsProps) {
  const load = (signal: AbortSignal) => get<ListOf<Event>>('/events', { monitor: name, limit: 100 }, signal)
  const events = useLoaded(`events of ${name}`, load)
  const seldom = useSeldom(events, againMs)
  const known = useRef(version)
  useEffect(() => {
    if (known.current !== version) seldom()
    known.current = version
  }, [version])
  if (events.problem && !events.value) return <Trouble problem={events.problem} again={events.again} />
  if (!events.value) return <Waiting />
  if (events.value.items.length === 0)
    return (
      <Empty title="Nothing has happened yet">
        <p>An event is kept whenever its state changes, for ever.</p>
      </Empty>
    )
  return (
    <div class="stack">
      <Panel flush>
        <div class="hidden">
          <h2>Events</h2>
        </div>
        <Story events={events.value.items} named={false} />
      </Panel>
      {events.value.next !== null && <a href={`${base}/events?monitor=${encodeURIComponent(name)}`}>Older events</a>}
    </div>
  )
}

export function MonitorMessages({ name }: { readonly name: string }) {
  const load = (signal: AbortSignal) => get<ListOf<Delivery>>('/deliveries', { monitor: name, limit: 100 }, signal)
  const messages = useLoaded(`messages of ${name}`, load)
  useLive(messages.again)
  if (messages.problem && !messages.value) return <Trouble problem={messages.problem} again={messages.again} />
  if (!messages.value) return <Waiting />
  if (messages.value.items.length === 0)
    return (
      <div class="stack">
        <Empty title="Nobody has been told of it yet">
          <p>
            A <a href={`${base}/rules`}>rule</a> says who is told what of which monitors. Each event says who was told
            and who not, and why.
          </p>
        </Empty>
        <WouldBeTold name={name} open />
      </div>
    )
  return (
    <div class="stack">
      <WouldBeTold name={name} open={false} />
      <MessageTable messages={messages.value.items} named={false} />
      {messages.value.next !== null && (
        <a href={`${base}/messages?monitor=${encodeURIComponent(name)}`}>Older messages</a>
      )}
    </div>
  )
}
