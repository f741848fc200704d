// Event: the one word that comes out. Something that happened to a monitor, past tense, kept for ever.
// Promises plain data; `seq` makes it unique per monitor, so that it can never be stored twice.
import type { Held } from './hold.ts'
import type { IdentityChange } from './identity.ts'
import type { Facts } from './observation.ts'
import type { Reason } from './reason.ts'
import type { Status } from './words.ts'

export const eventTypes = [
  'monitor.up',
  'monitor.degraded',
  'monitor.down',
  'monitor.unknown',
  'monitor.paused',
  'monitor.resumed',
  'monitor.changed',
  'monitor.identity_changed',
  'monitor.acknowledged',
  'monitor.unacknowledged',
  'monitor.snoozed',
  'monitor.unsnoozed',
  'monitor.hold_ended',
] as const
export type EventType = (typeof eventTypes)[number]

/** Events beside the status: they tell of something else, and what was so stays so. */
const asides: ReadonlySet<EventType> = new Set<EventType>([
  'monitor.identity_changed',
  'monitor.acknowledged',
  'monitor.unacknowledged',
  'monitor.snoozed',
  'monitor.unsnoozed',
  'monitor.hold_ended',
])
export const movesStatus = ({ type }: Pick<Event, 'type'>): boolean => !asides.has(type)

/** What somebody did about trouble. */
export interface Deed {
  readonly by: string
  readonly note: string | null
  /** Until when it is put off, epoch ms; null where it is not. */
  readonly until: number | null
}

export interface Event {
  readonly type: EventType
  readonly monitor: number
  /** The state's version that this event made: (monitor, seq) is unique. */
  readonly seq: number
  /** When it became true, epoch milliseconds; for lateness the deadline, not the moment of noticing. */
  readonly at: number
  readonly status: Status
  readonly previous: Status
  /** How long the previous status had lasted, ms. */
  readonly lasted: number
  readonly reason: Reason | null
  readonly sentence: string | null
  /** Whether people are to be told: a fault not told yet, or the end of one that was. */
  readonly alert: boolean
  /** The outage that this begins, continues or ends: the `seq` of its first event; null outside one. */
  readonly outage: number | null
  /** When that outage began, epoch milliseconds. */
  readonly outageAt: number | null
  /** How many outages its monitor has had, that one among them; left out where there was none. */
  readonly outages?: number
  /** The worst status of that outage so far; null outside one. */
  readonly worst: 'degraded' | 'down' | null
  /** The worst of it that people were told of, where that is less. */
  readonly heard?: 'none' | 'degraded'
  /** Whether it ends a silence: known before, then without data, now heard of again. */
  readonly silence: boolean
  /** How many agreeing observations it took, and where from. */
  readonly confirmations: number
  readonly locations: readonly string[]
  readonly facts?: Facts
  /** Something else answers now: what did before, and what does now. */
  readonly identity?: IdentityChange
  /** Who acknowledged it or put it off, or took that back. */
  readonly deed?: Deed
  /** Why people are not told, though rules would tell them. */
  readonly held?: Held
}
