// Events as people tell them.
import type { Event, EventType, ShownStatus } from '../api/types.ts'
import { base } from '../router.ts'
import { span, statusWord } from '../words.ts'
import { Moment } from './basics.tsx'
import { Shape } from './shape.tsx'

const typeWords: Partial<Record<EventType, string>> = {
  'monitor.paused': 'Paused',
  'monitor.resumed': 'Watched again',
  'monitor.changed': 'Settings changed',
  'monitor.identity_changed': 'Something else answers now',
  'monitor.acknowledged': 'Acknowledged',
  'monitor.unacknowledged': 'Acknowledgement taken back',
  'monitor.snoozed': 'Snoozed',
  'monitor.unsnoozed': 'Snooze ended',
  'monitor.hold_ended': 'Told again: what kept it quiet is over',
}

/** What an event did, in words: `Down after 3 d up`. */
export function eventWords(event: Event): string {
  const named = typeWords[event.type]
  if (named !== undefined) return named
  const word = statusWord[event.status]
  // Before the first observation nothing was known, which is no news; less than a second is none either.
  if (event.lasted < 1_000 || event.previous === event.status) return word
  return `${word} after ${span(event.lasted)} ${statusWord[event.previous].toLowerCase()}`
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
                {event.name ?? event.monitor}
              </a>{' '}
            </>
          )}
          <a class="quiet" href={`${base}/events/${event.id}`}>
            {eventWords(event)}
          </a>
          <span class="muted">
            {event.deed && ` by ${event.deed.by}`}
            {event.deed?.note && `: ${event.deed.note}`}
            {event.sentence !== null && ` · ${event.sentence}`}
            {event.held && ` · Nobody was told: ${event.held.words}`}
          </span>
        </span>
      </li>
    ))}
  </ul>
)
