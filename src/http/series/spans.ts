// The stretches of a range in which a monitor was not up, or not watched, from its events.
// Promises stretches that follow one another without overlap, the oldest first. Pure.
import { movesStatus } from '#core/event.ts'
import type { Reason } from '#core/reason.ts'
import type { ShownStatus } from '#core/words.ts'
import type { StoredEvent } from '#store/store.ts'

export interface Span {
  readonly status: Exclude<ShownStatus, 'up'>
  readonly from: number
  /** Null: it goes on past the end of the range. */
  readonly to: number | null
  readonly reason: Reason | null
  readonly sentence: string | null
  /** The event that it began with; null: that is not known here. */
  readonly event: number | null
}

/** What it is after an event. */
const after = ({ type, status }: StoredEvent): ShownStatus => (type === 'monitor.paused' ? 'paused' : status)

export interface Known {
  /** Those of the range, the oldest first. */
  readonly events: readonly StoredEvent[]
  /** The last one before the range. */
  readonly prior: StoredEvent | null
  /** How it is now, and since when: told where nothing ever happened. */
  readonly now: { readonly status: ShownStatus; readonly since: number } | null
}

export function spansOf({ events, prior, now }: Known, from: number): Span[] {
  const changes = events.filter(movesStatus)
  const spans: Span[] = []
  const add = (status: ShownStatus, since: number, to: number | null, of: StoredEvent | null) => {
    if (status === 'up' || (to !== null && to <= since)) return
    const { reason = null, sentence = null, id = null } = of ?? {}
    spans.push({ status, from: since, to, reason, sentence, event: id })
  }
  const [first] = changes
  if (prior) add(after(prior), from, first?.at ?? null, movesStatus(prior) ? prior : null)
  else if (first) add(before(first), Math.max(from, first.at - first.lasted), first.at, null)
  else if (now) add(now.status, Math.max(from, now.since), null, null)
  for (const [index, event] of changes.entries()) add(after(event), event.at, changes[index + 1]?.at ?? null, event)
  return spans
}

/** What it was before an event; a pause ends by being resumed. */
const before = ({ type, previous }: StoredEvent): ShownStatus => (type === 'monitor.resumed' ? 'paused' : previous)
