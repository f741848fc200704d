// Holds: why nobody is told of trouble for a while, though the rules would tell: somebody took it on, put it off, or
// silenced it. Promises one judgement for whatever is told. Pure; must not know rules or channels.
import { sayTime } from './moment.ts'
import type { Policy } from './policy.ts'
import type { MonitorState } from './state.ts'
import type { Status } from './words.ts'

/** Somebody takes the running outage on: nobody is told of it again until it is over. It ends when that gets worse. */
export interface Acknowledgement {
  readonly by: string
  readonly at: number
  readonly note: string | null
}

/** Nobody is told of anything that is wrong with the monitor until then, epoch ms. */
export interface Snooze {
  readonly by: string
  readonly at: number
  readonly until: number
}

/** A silence as it lies over one monitor, epoch ms, `until` not included. */
export interface Silence {
  readonly id: number
  readonly from: number
  readonly until: number
  readonly by: string
  readonly reason: string | null
  /** The title of the maintenance that it belongs to; left out: it is a silence by itself. */
  readonly maintenance?: string
}

/** What held a message back. */
export type Held =
  | { readonly kind: 'acknowledged'; readonly by: string; readonly at: number; readonly note: string | null }
  | { readonly kind: 'snoozed'; readonly by: string; readonly until: number }
  | {
      readonly kind: 'silenced'
      readonly by: string
      readonly until: number
      readonly silence: number
      readonly reason: string | null
      readonly maintenance?: string
    }

export type Quiet = Exclude<Held, { kind: 'acknowledged' }>

/** The snooze or silence in force that lasts longest; null: there is none. */
export function quietAt({ snooze }: MonitorState, { silences }: Policy, now: number): Quiet | null {
  let longest: Quiet | null = null
  if (snooze && snooze.until > now) longest = { kind: 'snoozed', by: snooze.by, until: snooze.until }
  for (const { id, from, until, by, reason, maintenance } of silences ?? []) {
    if (from > now || until <= Math.max(now, longest?.until ?? 0)) continue
    const belongs = maintenance === undefined ? {} : { maintenance }
    longest = { kind: 'silenced', by, until, silence: id, reason, ...belongs }
  }
  return longest
}

/** The acknowledgement of the running outage, if it stands for trouble of this status. */
export function takenOn({ outage }: Pick<MonitorState, 'outage'>, status: Status): Held | null {
  const taken = outage?.acknowledged
  if (!taken || status === 'up' || (status === 'down' && outage.worst === 'degraded')) return null
  return { kind: 'acknowledged', by: taken.by, at: taken.at, note: taken.note }
}

/** Why nobody is told that it is in trouble of this status now; null: nothing stands against it. */
export const holdOf = (state: MonitorState, policy: Policy, status: Status, now: number): Held | null =>
  status === 'up' ? null : (takenOn(state, status) ?? quietAt(state, policy, now))

/** `snoozed by ada until 14:05 UTC`, for people who ask why they were not told. */
export function sayHeld(held: Held): string {
  if (held.kind === 'acknowledged') return `acknowledged by ${held.by} at ${sayTime(held.at)}`
  if (held.kind === 'snoozed') return `snoozed by ${held.by} until ${sayTime(held.until)}`
  if (held.maintenance !== undefined)
    return `maintenance “${held.maintenance}” of ${held.by} until ${sayTime(held.until)}`
  const why = held.reason === null ? '' : ` (${held.reason})`
  return `silence ${held.silence} of ${held.by}${why} until ${sayTime(held.until)}`
}
