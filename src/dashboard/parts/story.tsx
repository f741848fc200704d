// Events as people tell them.
import type { Event, ShownStatus } from '../api/types.ts'
import { base } from '../router.ts'
import { span, statusWord } from '../words.ts'
import { Moment } from './basics.tsx'
import { Shape } from './shape.tsx'

/** What an event did, in words: `Down after 3 d up`. */
export function eventWords(event: Event): string {
  switch (event.type) {
    case 'monitor.paused':
      return 'Paused'
    case 'monitor.resumed':
      return 'Watched again'
    case 'monitor.changed':
      return 'Settings changed'
    case 'monitor.identity_changed':
      return 'Something else answers now'
    case 'monitor.up':
    case 'monitor.degraded':
    case 'monitor.down':
    case 'monitor.unknown':
      return event.lasted > 0 && event.previous !== event.status
        ? `${statusWord[event.status]} after ${span(event.lasted)} ${statusWord[event.previous].toLowerCase()}`
        : statusWord[event.status]
  }
}

export const eventStatus = (event: Event): ShownStatus => (event.type === 'monitor.paused' ? 'paused' : event.status)

interface StoryProps {
  readonly events: readonly Event[]
  /** Whether each names its monitor. */
  readonly named: boolean
}

export const Story = ({ events, named }: StoryProps) => (
  <ul class="timeline">
    {events.map((event) => (
      <li key={event.id}>
        <span class="muted small nowrap">
          <Moment at={event.at} />
        </span>
        <Shape status={eventStatus(event)} />
        <span>
          {named && (
            <>
              <a class="quiet strong" href={`${base}/monitors/${encodeURIComponent(event.monitor)}`}>
                {event.monitor}
              </a>{' '}
            </>
          )}
          <a class="quiet" href={`${base}/events/${event.id}`}>
            {eventWords(event)}
          </a>
          {event.sentence !== null && <span class="muted"> · {event.sentence}</span>}
        </span>
      </li>
    ))}
  </ul>
)
