// advance(): the heart. A state, one input and a policy give the next state and what happened.
// Promises to be pure and total: no clock, no I/O, no throw; the same inputs always give the same events.
import { type Deadline, nextDeadline } from './deadline.ts'
import type { Event, EventType } from './event.ts'
import type { Facts, Observation } from './observation.ts'
import type { Policy } from './policy.ts'
import { agree } from './quorum.ts'
import type { Reason } from './reason.ts'
import type { LocationState, MonitorState } from './state.ts'
import type { Outcome, Status } from './words.ts'

export type Input =
  | { readonly type: 'observation'; readonly observation: Observation }
  /** Time passed; `listeningSince`: from when on no sign of life can have been missed. */
  | { readonly type: 'time'; readonly at: number; readonly listeningSince: number }
  | { readonly type: 'pause'; readonly at: number }
  | { readonly type: 'resume'; readonly at: number }
  /** The policy is a new one: deadlines are reckoned anew. */
  | { readonly type: 'revise'; readonly at: number }

export interface Step {
  readonly state: MonitorState
  readonly events: readonly Event[]
}

/** What a change looks like before it is one. */
interface Verdict {
  readonly status: Status
  readonly at: number
  readonly reason: Reason | null
  readonly sentence: string | null
  readonly confirmations: number
  readonly locations: readonly string[]
  readonly facts?: Facts
}

const noone = { listeningSince: Number.NEGATIVE_INFINITY }

/** The next state of a monitor. Unchanged input (late, paused, blind) gives the very same state object. */
export function advance(monitor: number, state: MonitorState, input: Input, policy: Policy): Step {
  if (input.type === 'observation') return observe(monitor, state, input.observation, policy)
  if (input.type === 'time') return pass(monitor, state, input, policy)
  if (input.type === 'pause') return state.paused ? same(state) : overlay(monitor, state, input.at, true, policy)
  if (input.type === 'resume') return state.paused ? overlay(monitor, state, input.at, false, policy) : same(state)
  const wakeAt = nextDeadline(state, policy, noone.listeningSince)?.at ?? null
  return wakeAt === state.wakeAt ? same(state) : { state: { ...state, version: state.version + 1, wakeAt }, events: [] }
}

const same = (state: MonitorState): Step => ({ state, events: [] })

function observe(monitor: number, state: MonitorState, seen: Observation, policy: Policy): Step {
  if (state.paused || seen.outcome === 'unknown')
    return seen.signal === 'start' ? start(state, seen, policy) : same(state)
  const before = state.locations[seen.location]
  if (before !== undefined && seen.at < before.at) return same(state)
  const location = count(before, seen, policy)
  const next: MonitorState = {
    ...state,
    locations: { ...state.locations, [seen.location]: location },
    lastAt: Math.max(state.lastAt ?? seen.at, seen.at),
    beatAt: seen.signal === 'beat' ? seen.at : state.beatAt,
    startedAt: seen.signal === 'check' ? state.startedAt : null,
  }
  return settle(monitor, state, next, policy, {
    ...judge(next, seen.at, policy, location),
    at: seen.at,
    ...(seen.facts ? { facts: seen.facts } : {}),
  })
}

/** A run began: nothing is known yet of how it ends, but from now on it may take too long. */
function start(state: MonitorState, seen: Observation, policy: Policy): Step {
  if (state.paused) return same(state)
  return keep({ ...state, startedAt: seen.at, lastAt: seen.at }, policy)
}

/** Counts successive observations and confirms what has been seen often enough. */
function count(before: LocationState | undefined, seen: Observation, policy: Policy): LocationState {
  const { outcome } = seen
  const notUp = outcome === 'up' ? 0 : (before?.notUp ?? 0) + 1
  const downs = outcome === 'down' ? (before?.downs ?? 0) + 1 : 0
  const notDown = outcome === 'down' ? 0 : (before?.notDown ?? 0) + 1
  const ups = outcome === 'up' ? (before?.ups ?? 0) + 1 : 0
  const settled = confirm(before?.settled ?? 'unknown', { notUp, downs, notDown, ups }, policy)
  const { at, reason, sentence } = seen
  return { settled, latest: outcome, at, notUp, downs, notDown, ups, reason, sentence }
}

type Counts = Pick<LocationState, 'notUp' | 'downs' | 'notDown' | 'ups'>

/** Worse needs `failAfter` in a row, better `recoverAfter`; the first good look at an unknown target suffices. */
function confirm(settled: Outcome, counts: Counts, policy: Policy): Outcome {
  if (settled === 'unknown') {
    if (counts.ups > 0) return 'up'
    if (counts.downs >= policy.failAfter) return 'down'
    return counts.notUp >= policy.failAfter ? 'degraded' : 'unknown'
  }
  if (counts.downs >= policy.failAfter) return 'down'
  if (settled === 'up') return counts.notUp >= policy.failAfter ? 'degraded' : 'up'
  if (counts.ups >= policy.recoverAfter) return 'up'
  return settled === 'down' && counts.notDown >= policy.recoverAfter ? 'degraded' : settled
}

/** One status from all live locations, with the reason of the one that spoke or the worst. */
function judge(state: MonitorState, now: number, policy: Policy, spoke?: LocationState): Omit<Verdict, 'at'> {
  const live = Object.entries(state.locations).filter(
    ([, location]) => policy.staleAfter === null || now - location.at <= policy.staleAfter,
  )
  const status = agree(
    live.map(([, location]) => location.settled),
    policy.quorum,
  )
  const agreeing = live.filter(([, location]) => location.settled === status)
  const bad = live.filter(([, location]) => location.settled !== 'up' && location.settled !== 'unknown')
  const voice = [spoke, ...bad.map(([, location]) => location)].find((one) => one?.sentence != null)
  const locations = (agreeing.length > 0 ? agreeing : live).map(([name]) => name)
  const confirmations = spoke ? (status === 'up' ? spoke.ups : status === 'down' ? spoke.downs : spoke.notUp) : 0
  if (status === 'up') return { status, reason: null, sentence: null, confirmations, locations }
  if (status === 'degraded' && agreeing.length === 0) return partial(bad, live.length, confirmations)
  return { status, reason: voice?.reason ?? null, sentence: voice?.sentence ?? null, confirmations, locations }
}

function partial(bad: readonly [string, LocationState][], live: number, confirmations: number): Omit<Verdict, 'at'> {
  const names = bad.map(([name]) => name)
  const sentence = `It fails from ${names.join(', ')}, well from ${live - bad.length} of ${live} locations.`
  return { status: 'degraded', reason: 'partial', sentence, confirmations, locations: names }
}

function pass(monitor: number, state: MonitorState, input: Input & { type: 'time' }, policy: Policy): Step {
  const deadline = nextDeadline(state, policy, input.listeningSince)
  if (deadline === null || deadline.at > input.at) {
    const wakeAt = deadline?.at ?? null
    return wakeAt === state.wakeAt
      ? same(state)
      : { state: { ...state, version: state.version + 1, wakeAt }, events: [] }
  }
  return settle(monitor, state, expire(state, deadline, policy), policy, {
    ...deadline,
    confirmations: 1,
    locations: Object.keys(state.locations),
  })
}

/** What a passed deadline leaves behind: a confirmed fault at once, or locations that no longer count. */
function expire(state: MonitorState, deadline: Deadline, policy: Policy): MonitorState {
  if (deadline.status === 'unknown') return { ...state, locations: {} }
  const names = Object.keys(state.locations)
  const { at, reason, sentence } = deadline
  const failed: LocationState = {
    settled: 'down',
    latest: 'down',
    at: Math.max(at, ...Object.values(state.locations).map((location) => location.at)),
    notUp: policy.failAfter,
    downs: policy.failAfter,
    notDown: 0,
    ups: 0,
    reason,
    sentence,
  }
  const locations = Object.fromEntries((names.length > 0 ? names : ['local']).map((name) => [name, failed]))
  return { ...state, locations, startedAt: null }
}

/** Takes the verdict over into the state; a change of status is an event. */
function settle(monitor: number, before: MonitorState, next: MonitorState, policy: Policy, verdict: Verdict): Step {
  if (verdict.status === before.status) {
    return keep(
      {
        ...next,
        reason: verdict.reason ?? (before.status === 'unknown' ? before.reason : null),
        sentence: verdict.sentence ?? (before.status === 'unknown' ? before.sentence : null),
      },
      policy,
    )
  }
  const at = Math.max(verdict.at, before.since)
  const { status, reason, sentence } = verdict
  const told = status === 'unknown' ? before.told : status
  const alert = status !== 'unknown' && status !== (before.told ?? 'up')
  const seq = before.version + 1
  const outage = outageAfter(before, status, seq, at)
  const { state } = keep({ ...next, status, since: at, reason, sentence, told, outage }, policy)
  const spoken = before.outage ?? outage
  return {
    state,
    events: [
      {
        type: `monitor.${status}` as EventType,
        monitor,
        seq,
        at,
        status,
        previous: before.status,
        lasted: at - before.since,
        reason,
        sentence,
        alert,
        outage: spoken?.seq ?? null,
        outageAt: spoken?.at ?? null,
        worst: spoken?.worst ?? null,
        silence: before.status === 'unknown' && before.since !== before.armedAt,
        confirmations: verdict.confirmations,
        locations: verdict.locations,
        ...(verdict.facts ? { facts: verdict.facts } : {}),
      },
    ],
  }
}

/** The outage that a status leaves running: begun by the first fault, ended by up, outliving silence. */
function outageAfter(before: MonitorState, status: Status, seq: number, at: number): MonitorState['outage'] {
  if (status === 'up') return null
  if (status === 'unknown') return before.outage
  if (before.outage === null) return { seq, at, worst: status }
  return status === 'down' ? { ...before.outage, worst: 'down' } : before.outage
}

/** One version on, with its next deadline. */
function keep(next: MonitorState, policy: Policy): Step {
  const wakeAt = nextDeadline(next, policy, noone.listeningSince)?.at ?? null
  return { state: { ...next, version: next.version + 1, wakeAt }, events: [] }
}

/** Lays `paused` over a monitor or lifts it; afterwards nothing is known until somebody looks again. */
function overlay(monitor: number, before: MonitorState, at: number, paused: boolean, policy: Policy): Step {
  const seq = before.version + 1
  const when = Math.max(at, before.since)
  const { state } = keep(
    {
      ...before,
      paused,
      status: 'unknown',
      since: when,
      reason: paused ? 'paused' : 'no_data',
      sentence: paused ? 'It is paused.' : 'Nothing has been observed since it was resumed.',
      locations: {},
      beatAt: null,
      armedAt: when,
      startedAt: null,
    },
    policy,
  )
  const event: Event = {
    type: paused ? 'monitor.paused' : 'monitor.resumed',
    monitor,
    seq,
    at: when,
    status: 'unknown',
    previous: before.status,
    lasted: when - before.since,
    reason: state.reason,
    sentence: state.sentence,
    alert: false,
    outage: before.outage?.seq ?? null,
    outageAt: before.outage?.at ?? null,
    worst: before.outage?.worst ?? null,
    silence: false,
    confirmations: 0,
    locations: [],
  }
  return { state, events: [event] }
}
