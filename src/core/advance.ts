// advance(): the heart. A state, one input and a policy give the next state and what happened.
// Promises to be pure and total: no clock, no I/O, no throw; the same inputs always give the same events.
import { count, final, isFinal, judge, type Verdict } from './confirm.ts'
import { type Deadline, passedDeadline } from './deadline.ts'
import { act, type DeedInput, heardOf, lift, owing, unheardOf } from './deed.ts'
import type { Event, EventType } from './event.ts'
import { learns } from './expected.ts'
import { type Held, holdOf, quietAt } from './hold.ts'
import { meet } from './meet.ts'
import { sayTime } from './moment.ts'
import type { Observation } from './observation.ts'
import type { Policy } from './policy.ts'
import { isReport, taken } from './report.ts'
import { interrupt, learn } from './rhythm.ts'
import { began, ended, overrunning } from './run.ts'
import { type LocationState, type MonitorState, type Outage, outageOf, shift } from './state.ts'
import { keep as kept, wakeOf } from './wake.ts'
import type { Outcome, Status } from './words.ts'

export type Input =
  | DeedInput
  | { readonly type: 'observation'; readonly observation: Observation }
  /** Time passed; `listeningSince`: from when on no sign of life can have been missed. */
  | { readonly type: 'time'; readonly at: number; readonly listeningSince: number }
  | { readonly type: 'pause'; readonly at: number }
  /** What is watched, or how, is another thing now: what was known is void. */
  | { readonly type: 'anew'; readonly at: number }
  | { readonly type: 'resume'; readonly at: number }
  /** The policy is a new one: deadlines are reckoned anew. `follows`: the settings followed from now on. */
  | { readonly type: 'revise'; readonly at: number; readonly follows?: string }
  /** The wall clock was moved by so much, ms: what lies behind moves along, so that nothing is late or early for it. */
  | { readonly type: 'clock'; readonly by: number; readonly at: number }

export interface Step {
  readonly state: MonitorState
  readonly events: readonly Event[]
  /** The observation as its monitor took it, which is how it is kept; left out: as it came. */
  readonly seen?: Observation
}

const noone = { listeningSince: Number.NEGATIVE_INFINITY }

/**
 * The next state of a monitor. Unchanged input (late, paused, blind) gives the very same state object. `now`: by which
 * it is judged whether people may be told; an observation may come late, or from before the clock was set back.
 */
export function advance(
  monitor: number,
  before: MonitorState,
  input: Input,
  policy: Policy,
  now = input.type === 'observation' ? input.observation.at : input.at,
): Step {
  if (before.snooze === undefined && before.owed === undefined) return move(monitor, before, input, policy, now)
  // What holds at this time comes first: an alert is held only by what has not ended.
  const lifted = lift(monitor, before, now, policy)
  const step = move(monitor, lifted.state, input, policy, now)
  return lifted.events.length === 0 ? step : { ...step, events: [...lifted.events, ...step.events] }
}

function move(monitor: number, state: MonitorState, input: Input, policy: Policy, now: number): Step {
  if (input.type === 'observation') return hear(monitor, state, input.observation, { policy, now })
  if (input.type === 'time') return pass(monitor, state, input, policy)
  if (input.type === 'pause') return state.paused ? same(state) : forget(monitor, state, input.at, 'paused', policy)
  if (input.type === 'resume') return state.paused ? forget(monitor, state, input.at, 'resumed', policy) : same(state)
  if (input.type === 'anew') return anew(monitor, state, input.at, policy)
  if (input.type === 'clock') return keep(shift(state, input.by, input.at), policy)
  if (input.type === 'revise') return revise(state, input.follows ?? state.follows ?? null, policy)
  return act(monitor, state, input, policy)
}

interface By {
  readonly policy: Policy
  readonly now: number
}

/** A report may end a pause, and may mean something else to its monitor than it says. */
function hear(monitor: number, state: MonitorState, came: Observation, by: By): Step {
  const { policy } = by
  if (!state.paused || !policy.beat?.resumes || !isReport(came) || came.at < state.since) {
    const seen = taken(state, came, policy)
    const step = observe(monitor, state, seen, by)
    return seen === came ? step : { ...step, seen }
  }
  const resumed = forget(monitor, state, came.at, 'resumed', policy)
  const step = hear(monitor, resumed.state, came, by)
  return { ...step, events: [...resumed.events, ...step.events] }
}

function revise(state: MonitorState, follows: string | null, policy: Policy): Step {
  const wakeAt = wakeOf(state, policy)
  if (wakeAt === state.wakeAt && follows === (state.follows ?? null)) return same(state)
  return { state: { ...state, version: state.version + 1, wakeAt, follows }, events: [] }
}

const same = (state: MonitorState): Step => ({ state, events: [] })

function observe(monitor: number, known: MonitorState, seen: Observation, by: By): Step {
  const { policy } = by
  const before = Object.hasOwn(known.locations, seen.location) ? known.locations[seen.location] : undefined
  const late = before !== undefined && seen.at < before.at
  if (known.paused || late) return same(known)
  if (seen.signal === 'start') {
    const started = start(known, seen)
    if (started === null || seen.outcome === 'unknown') return started === null ? same(known) : keep(started, policy)
    return judged(monitor, started, seen, by)
  }
  if (seen.outcome === 'unknown' && !isFinal(seen)) return blind(known, seen, policy)
  return judged(monitor, known, seen, by)
}

/** A look that saw nothing moves no status. Where nothing is known anyhow it says why, which is all there is to say. */
function blind(known: MonitorState, { signal, reason, sentence }: Observation, policy: Policy): Step {
  const news = signal === 'check' && known.status === 'unknown' && sentence !== null && sentence !== known.sentence
  return news ? keep({ ...known, reason, sentence }, policy) : same(known)
}

function judged(monitor: number, known: MonitorState, seen: Observation, { policy, now }: By): Step {
  const before = Object.hasOwn(known.locations, seen.location) ? known.locations[seen.location] : undefined
  const { state, change } = meet(monitor, known, seen)
  const location = isFinal(seen) ? final(seen) : count(before, seen, policy)
  const next: MonitorState = {
    ...reported(state, seen, policy),
    locations: { ...state.locations, [seen.location]: location },
    lastAt: latest(state.lastAt, seen.at),
  }
  const step = settle(monitor, state, next, policy, {
    ...judge(next, latest(state.lastAt, seen.at), policy, location),
    at: seen.at,
    now,
    ...(seen.facts ? { facts: seen.facts } : {}),
  })
  if (change === null) return step
  const quiet = quietAt(known, policy, now)
  return { state: step.state, events: [quiet === null ? change : { ...change, held: quiet }, ...step.events] }
}

const latest = (one: number | null, other: number) => Math.max(one ?? other, other)

/** What a report that ends a run leaves behind: when it last beat, and what its rhythm teaches. */
function reported(state: MonitorState, seen: Observation, policy: Policy): MonitorState {
  if (seen.signal !== 'beat' && seen.signal !== 'fail') return state
  const next = ended(state, seen)
  if (seen.signal === 'fail') return next.rhythm ? { ...next, rhythm: interrupt(next.rhythm) } : next
  const beatAt = latest(state.beatAt, seen.at)
  if (policy.beat === null || !learns(policy.beat)) return { ...next, beatAt }
  return { ...next, beatAt, rhythm: learn(next.rhythm, beatAt) }
}

/** A run began: nothing is known yet of how it ends, but from now on it may take too long. Null: that is old news. */
function start(state: MonitorState, seen: Observation): MonitorState | null {
  const begun = began(state, seen)
  if (begun === null) return null
  const next = { ...begun, lastAt: latest(state.lastAt, seen.at) }
  if (state.status !== 'unknown' || state.reason !== 'no_data') return next
  return { ...next, sentence: `It started at ${sayTime(seen.at)} and has not said yet how it ended.` }
}

function pass(monitor: number, state: MonitorState, input: Input & { type: 'time' }, policy: Policy): Step {
  const deadline = passedDeadline(state, policy, input.listeningSince, input.at)
  if (deadline === null) {
    const wakeAt = wakeOf(state, policy, input.listeningSince)
    return wakeAt === state.wakeAt
      ? same(state)
      : { state: { ...state, version: state.version + 1, wakeAt }, events: [] }
  }
  return settle(monitor, state, expire(state, deadline, policy), policy, {
    ...deadline,
    now: input.at,
    sentence: deadline.sentence(),
    confirmations: 1,
    locations: Object.keys(state.locations),
  })
}

/**
 * What a passed deadline leaves behind: confirmed at once what it says, or locations that no longer count.
 * A location's last look keeps its time, so that a beat sent before the deadline and heard after it still counts.
 */
function expire(state: MonitorState, deadline: Deadline, policy: Policy): MonitorState {
  if (deadline.status === 'unknown') return { ...state, locations: {} }
  const next = deadline.reason === 'overrun' ? overrunning(state, deadline.at - (policy.beat?.maxRun ?? 0)) : state
  return { ...next, locations: believing(state, deadline.status, deadline.reason, deadline.sentence(), policy) }
}

/** All locations as if each had seen this often enough. */
function believing(
  state: MonitorState,
  outcome: Outcome,
  reason: LocationState['reason'],
  sentence: string | null,
  { failAfter }: Policy,
): MonitorState['locations'] {
  const believed = (at: number): LocationState => ({
    settled: outcome,
    latest: outcome,
    at,
    notUp: outcome === 'up' ? 0 : failAfter,
    downs: outcome === 'down' ? failAfter : 0,
    notDown: outcome === 'down' ? 0 : 1,
    ups: outcome === 'up' ? 1 : 0,
    reason,
    sentence,
  })
  const seen = Object.entries(state.locations).map(([name, { at }]) => [name, believed(at)] as const)
  return seen.length > 0 ? Object.fromEntries(seen) : { local: believed(state.armedAt) }
}

/** With the moment by which it is judged whether people may be told. */
type Settling = Verdict & { readonly now: number }

/** Takes the verdict over into the state; a change of status is an event. */
function settle(monitor: number, before: MonitorState, next: MonitorState, policy: Policy, verdict: Settling): Step {
  if (verdict.status === before.status) {
    return keep({ ...next, reason: verdict.reason, sentence: verdict.sentence }, policy)
  }
  const at = Math.max(verdict.at, before.since)
  const { status, reason, sentence } = verdict
  const held = holdOf(before, policy, status, verdict.now)
  const alert = status !== 'unknown' && status !== (before.told ?? 'up')
  const told = toldAfter(before, status, held)
  const seq = before.version + 1
  const outage = outageAfter(before, status, { seq, at, held: alert && held !== null })
  const isNew = outage !== null && before.outage === null
  const outages = (before.outages ?? 0) + (isNew ? 1 : 0)
  const numbered = outages > 0 ? { outages } : {}
  const changed = { ...next, status, since: at, reason, sentence, told, outage, ...numbered }
  const { state } = keep(owedAfter(before, changed, policy, { alert, now: verdict.now }), policy)
  const spoken = outage ?? before.outage
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
        ...outageOf(spoken),
        ...numbered,
        // One that was held, told to nobody, is ended for nobody.
        silence: before.status === 'unknown' && before.since !== before.armedAt && !before.owed?.held,
        confirmations: verdict.confirmations,
        locations: verdict.locations,
        ...(verdict.facts ? { facts: verdict.facts } : {}),
        ...(held ? { held } : {}),
      },
    ],
  }
}

/** The last status that people were told of. Whoever knows of the outage that was taken on need hear no more of it. */
function toldAfter({ told }: MonitorState, status: Status, held: Held | null): MonitorState['told'] {
  if (status === 'unknown') return told
  if (held === null) return status
  return held.kind === 'acknowledged' && told !== null && told !== 'up' ? status : told
}

/** What people are owed for a status that they may not be told of now. */
function owedAfter(
  before: MonitorState,
  state: MonitorState,
  policy: Policy,
  { alert, now }: { readonly alert: boolean; readonly now: number },
): MonitorState {
  if (before.owed === undefined && quietAt(state, policy, now) === null) return state
  return owing(state, policy, now, alert || state.status === 'unknown' || before.owed?.held === true)
}

interface Coming {
  readonly seq: number
  readonly at: number
  /** Whether people ought to be told of it, and are not. */
  readonly held: boolean
}

/** The outage that a status leaves running: begun by the first fault, ended by up, outliving silence. */
function outageAfter({ outage }: MonitorState, status: Status, { seq, at, held }: Coming): Outage | null {
  if (status === 'up') return null
  if (status === 'unknown') return outage
  const worst = outage?.worst === 'down' ? 'down' : status
  const running = outage === null ? { seq, at, worst } : outage.worst === worst ? outage : worsened(outage)
  return held ? unheardOf(outage, running) : heardOf(running, status)
}

/** Nobody has taken it on as bad as it is now. */
function worsened({ acknowledged: _, ...outage }: Outage): Outage {
  return { ...outage, worst: 'down' }
}

/** One version on, with its next deadline. */
function keep(next: MonitorState, policy: Policy): Step {
  return { state: kept(next, policy), events: [] }
}

/** A monitor that nobody looked at yet just begins to wait anew. */
function anew(monitor: number, state: MonitorState, at: number, policy: Policy): Step {
  if (state.paused) return same(state)
  if (policy.beat !== null && state.beatAt !== null && state.follows !== gone)
    return expectAnew(monitor, state, at, policy)
  if (state.lastAt !== null) return forget(monitor, state, at, 'changed', policy)
  return state.status === 'unknown' ? keep({ ...state, since: at, armedAt: at }, policy) : same(state)
}

/** Followed by the state of a monitor that was deleted. */
const gone = ''

/** Other beats are expected of what beats: what it said still holds, and what was late may be so no longer. */
function expectAnew(monitor: number, before: MonitorState, at: number, policy: Policy): Step {
  const state = { ...before, armedAt: at }
  if (state.reason !== 'late') return keep(state, policy)
  const well = { ...state, status: 'up', reason: null } as const
  const deadline = passedDeadline(well, policy, noone.listeningSince, at)
  const verdict = deadline ? { ...deadline, sentence: deadline.sentence() } : { ...inTime, at }
  const { status, reason, sentence } = verdict
  const next = { ...state, locations: believing(state, status, reason, sentence, policy) }
  const locations = Object.keys(next.locations)
  return settle(monitor, before, next, policy, { ...verdict, now: at, confirmations: 1, locations })
}

const inTime = { status: 'up', reason: null, sentence: null } as const

const voided = {
  paused: 'It is paused.',
  resumed: 'Nothing has been observed since it was resumed.',
  changed: 'Nothing has been observed since its settings were changed.',
} as const

/** Pausing, resuming and another target make void what was known; nothing is known until somebody looks again. */
function forget(monitor: number, before: MonitorState, at: number, why: keyof typeof voided, policy: Policy): Step {
  const paused = why === 'paused'
  const seq = before.version + 1
  const when = Math.max(at, before.since)
  const { identity, rhythm, runs: _, ...rest } = before
  const { state } = keep(
    {
      ...rest,
      // Of another target another one answers; a pause does not make it another.
      ...(identity && why !== 'changed' ? { identity } : {}),
      ...(rhythm && why !== 'changed' ? { rhythm: interrupt(rhythm) } : {}),
      paused,
      status: 'unknown',
      since: when,
      reason: paused ? 'paused' : 'no_data',
      sentence: voided[why],
      locations: {},
      beatAt: null,
      armedAt: when,
      startedAt: null,
    },
    policy,
  )
  const event: Event = {
    type: `monitor.${why}`,
    monitor,
    seq,
    at: when,
    status: 'unknown',
    previous: before.status,
    lasted: when - before.since,
    reason: state.reason,
    sentence: state.sentence,
    alert: false,
    ...outageOf(before.outage),
    silence: false,
    confirmations: 0,
    locations: [],
  }
  return { state, events: why === 'changed' && before.status === 'unknown' ? [] : [event] }
}
