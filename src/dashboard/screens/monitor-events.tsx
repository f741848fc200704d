// What happened to one monitor, and the messages about it.
import { get } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Delivery, Event, ListOf } from '../api/types.ts'
import { Empty, Panel, Trouble, Waiting } from '../parts/basics.tsx'
import { Story } from '../parts/story.tsx'
import { base } from '../router.ts'
import { MessageTable } from './message-table.tsx'

export function MonitorEvents({ name }: { readonly name: string }) {
  const events = useLoaded(`events of ${name}`, (signal) =>
    get<ListOf<Event>>('/events', { monitor: name, limit: 100 }, signal),
  )
  if (events.problem) return <Trouble problem={events.problem} again={events.again} />
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
  const messages = useLoaded(`messages of ${name}`, (signal) =>
    get<ListOf<Delivery>>('/deliveries', { monitor: name, limit: 100 }, signal),
  )
  if (messages.problem) return <Trouble problem={messages.problem} again={messages.again} />
  if (!messages.value) return <Waiting />
  if (messages.value.items.length === 0)
    return (
      <Empty title="Nobody has been told of it yet">
        <p>
          A <a href={`${base}/rules`}>rule</a> says who is told what of which monitors. Each event says who was told and
          who not, and why.
        </p>
      </Empty>
    )
  return <MessageTable messages={messages.value.items} named={false} />
}
