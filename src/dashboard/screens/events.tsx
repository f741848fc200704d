// What happened, and the messages that were sent about it: all of it, newest first, filtered by the address.
import { get, type Query } from '../api/client.ts'
import { useLoaded } from '../api/loaded.ts'
import type { Delivery, Event, ListOf } from '../api/types.ts'
import { useLive } from '../live.ts'
import { Empty, Head, Panel, Trouble, Waiting } from '../parts/basics.tsx'
import { Story } from '../parts/story.tsx'
import { base, place, setQuery } from '../router.ts'
import { MessageTable } from './message-table.tsx'

const Tabs = ({ chosen }: { readonly chosen: 'events' | 'messages' }) => (
  <nav class="tabs" aria-label="Events and messages">
    <a href={`${base}/events`} aria-current={chosen === 'events' ? 'page' : undefined}>
      What happened
    </a>
    <a href={`${base}/messages`} aria-current={chosen === 'messages' ? 'page' : undefined}>
      Messages
    </a>
  </nav>
)

const types = [
  ['', 'All events'],
  ['monitor.down', 'Down'],
  ['monitor.up', 'Up'],
  ['monitor.degraded', 'Degraded'],
  ['monitor.unknown', 'Unknown'],
  ['monitor.paused', 'Paused'],
  ['monitor.resumed', 'Watched again'],
  ['monitor.acknowledged', 'Acknowledged'],
  ['monitor.snoozed', 'Snoozed'],
  ['monitor.hold_ended', 'Told again'],
  ['monitor.identity_changed', 'Something else answers'],
] as const

const states = [
  ['', 'All messages'],
  ['pending', 'Waiting'],
  ['sending', 'Under way'],
  ['delivered', 'Delivered'],
  ['dead', 'Given up'],
] as const

interface ChoiceProps {
  readonly name: string
  readonly label: string
  readonly options: readonly (readonly [string, string])[]
}

const Choice = ({ name, label, options }: ChoiceProps) => (
  <select
    class="input"
    aria-label={label}
    value={place.value.query.get(name) ?? ''}
    onChange={(event) => setQuery({ [name]: event.currentTarget.value, cursor: null })}
  >
    {options.map(([value, word]) => (
      <option key={value} value={value}>
        {word}
      </option>
    ))}
  </select>
)

/** The monitor that the list is narrowed to, to be taken away. */
function OfMonitor() {
  const monitor = place.value.query.get('monitor')
  if (monitor === null) return null
  return (
    <button type="button" class="button" onClick={() => setQuery({ monitor: null, cursor: null })}>
      {monitor} <span aria-hidden="true">×</span>
      <span class="hidden">, show all monitors</span>
    </button>
  )
}

const asked = (names: readonly string[]): Query => ({
  ...Object.fromEntries(names.map((name) => [name, place.value.query.get(name)])),
  limit: 100,
})

const Older = ({ next }: { readonly next: string | null }) =>
  next === null ? null : (
    <div class="paging">
      <button type="button" class="button" onClick={() => setQuery({ cursor: next })}>
        Older
      </button>
    </div>
  )

export function Events() {
  const query = asked(['monitor', 'type', 'cursor'])
  const events = useLoaded(
    `events ${JSON.stringify(query)}`,
    (signal) => get<ListOf<Event>>('/events', query, signal),
    {
      keep: true,
    },
  )
  useLive(events.again)
  return (
    <div class="screen">
      <Head title="Events" />
      <Tabs chosen="events" />
      <div class="filters">
        <Choice name="type" label="Which events" options={types} />
        <OfMonitor />
      </div>
      {events.problem && <Trouble problem={events.problem} again={events.again} />}
      {!events.value && !events.problem && <Waiting />}
      {events.value?.items.length === 0 && (
        <Empty title="Nothing of that sort has happened">
          <p>An event is kept, for ever, whenever a monitor’s state changes and somebody could want to know why.</p>
        </Empty>
      )}
      {events.value && events.value.items.length > 0 && (
        <Panel flush>
          <div class="hidden">
            <h2>Events, newest first</h2>
          </div>
          <Story events={events.value.items} named />
        </Panel>
      )}
      <Older next={events.value?.next ?? null} />
    </div>
  )
}

export function Messages() {
  const query = asked(['monitor', 'channel', 'state', 'cursor'])
  const messages = useLoaded(
    `messages ${JSON.stringify(query)}`,
    (signal) => get<ListOf<Delivery>>('/deliveries', query, signal),
    { keep: true },
  )
  useLive(messages.again)
  return (
    <div class="screen">
      <Head title="Messages" />
      <Tabs chosen="messages" />
      <div class="filters">
        <Choice name="state" label="Which messages" options={states} />
        <OfMonitor />
      </div>
      {messages.problem && <Trouble problem={messages.problem} again={messages.again} />}
      {!messages.value && !messages.problem && <Waiting />}
      {messages.value?.items.length === 0 && (
        <Empty title="No such message">
          <p>
            Messages are sent by <a href={`${base}/channels`}>channels</a>, as <a href={`${base}/rules`}>rules</a> say.
          </p>
        </Empty>
      )}
      {messages.value && messages.value.items.length > 0 && <MessageTable messages={messages.value.items} named />}
      <Older next={messages.value?.next ?? null} />
    </div>
  )
}
