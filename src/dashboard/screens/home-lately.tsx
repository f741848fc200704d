// What changed lately, the newest first: each monitor once, with how often it changed besides.
// Promises that one that flaps does not hide what else happened.
import type { Event, HomeView } from '../api/types.ts'
import { Moment } from '../parts/basics.tsx'
import { Shape } from '../parts/shape.tsx'
import { eventStatus, eventWords } from '../parts/story.tsx'
import { base } from '../router.ts'
import { count } from '../words.ts'

const shownMost = 12

interface Told {
  readonly event: Event
  /** Further events of the same monitor, older ones. */
  readonly besides: number
}

/** The newest event of each monitor. */
export function latest(events: readonly Event[]): Told[] {
  const byMonitor = Map.groupBy(events, ({ monitor }) => monitor)
  return [...byMonitor.values()].flatMap(([event, ...older]) => (event ? [{ event, besides: older.length }] : []))
}

export function Lately({ changes: { items, more } }: { readonly changes: HomeView['changes'] }) {
  const all = latest(items)
  return (
    <ul class="timeline">
      {all.slice(0, shownMost).map((told) => (
        <Line key={told.event.monitor} told={told} />
      ))}
      {(more || all.length > shownMost) && (
        <li>
          <span />
          <span />
          <a href={`${base}/events`}>and more before</a>
        </li>
      )}
    </ul>
  )
}

const Line = ({ told: { event, besides } }: { readonly told: Told }) => {
  const { id, at, monitor, name, sentence } = event
  const named = encodeURIComponent(monitor)
  return (
    <li>
      <span class="muted small nowrap">
        <Moment at={at} />
      </span>
      <Shape status={eventStatus(event)} />
      <span>
        <a class="quiet strong" href={`${base}/monitors/${named}`}>
          {name ?? monitor}
        </a>{' '}
        <a class="quiet" href={`${base}/events/${id}`}>
          {eventWords(event)}
        </a>
        {sentence !== null && <span class="muted"> · {sentence}</span>}
        {besides > 0 && (
          <>
            {' · '}
            <a class="muted" href={`${base}/monitors/${named}?tab=events`}>
              {count(besides, 'change')} before
            </a>
          </>
        )}
      </span>
    </li>
  )
}
