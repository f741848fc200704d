// Which single results led to an event: the last ones of each location before it, and which of them speak for it.
// Promises the oldest first, and nothing where they are not kept any more. Pure.
import type { Event } from '#core/event.ts'
import type { Outcome, Status } from '#core/words.ts'
import type { SeenObservation } from '#store/store.ts'

export interface Seen extends SeenObservation {
  /** Whether it speaks for what the event says. */
  readonly agrees: boolean
}

const minute = 60_000
const hour = 60 * minute
/** So many of each location are shown. */
const ofLocation = 10
const most = 100

/** How far one has to look back for what confirmed an event, ms. */
export function lookBack(confirmations: number, interval: number | null): number {
  const beats = (interval ?? 10 * minute) * (confirmations + ofLocation)
  return Math.min(24 * hour, Math.max(10 * minute, beats))
}

const agreeing: Readonly<Record<Status, ReadonlySet<Outcome>>> = {
  up: new Set(['up']),
  degraded: new Set(['degraded', 'down']),
  down: new Set(['down']),
  unknown: new Set(['unknown']),
}

export function seenBefore({ at, status }: Pick<Event, 'at' | 'status'>, all: readonly SeenObservation[]): Seen[] {
  const before = all.filter((one) => one.at <= at)
  const byLocation = Map.groupBy(before, ({ location }) => location)
  return [...byLocation.values()]
    .flatMap((list) => list.slice(-ofLocation))
    .map((one) => ({ ...one, agrees: agreeing[status].has(one.outcome) }))
    .sort((one, other) => one.at - other.at)
    .slice(-most)
}
