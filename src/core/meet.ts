// Meeting: an observation that saw what answered. Another than before is an event, whatever it answered.
// Promises that a look which sees nobody changes nothing. Pure.
import type { Event } from './event.ts'
import { recognise, sayChange } from './identity.ts'
import type { Observation } from './observation.ts'
import { type MonitorState, outageOf } from './state.ts'

/** The state with what answered taken over; `change` is the event where it is another than before. */
export function meet(
  monitor: number,
  state: MonitorState,
  { identity, at: seenAt, location }: Observation,
): { state: MonitorState; change: Event | null } {
  if (identity === undefined) return { state, change: null }
  const { known, change } = recognise(state.identity, identity, seenAt)
  if (known === state.identity) return { state, change: null }
  if (change === null) return { state: { ...state, identity: known }, change: null }
  const at = Math.max(seenAt, state.since)
  const seq = state.version + 1
  const event: Event = {
    type: 'monitor.identity_changed',
    monitor,
    seq,
    at,
    status: state.status,
    previous: state.status,
    lasted: at - state.since,
    reason: null,
    sentence: sayChange(change),
    alert: false,
    ...outageOf(state.outage),
    silence: false,
    confirmations: 1,
    locations: [location],
    identity: change,
  }
  return { state: { ...state, version: seq, identity: known }, change: event }
}
