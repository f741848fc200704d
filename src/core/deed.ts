// Deeds: what people do about trouble – take it on, put it off, silence it – and what follows when a hold is over.
// Promises to move no status: only who is told, and when. Pure and total; what changes nothing gives the same state.
import type { Deed, Event, EventType } from './event.ts'
import { type Held, holdOf, quietAt } from './hold.ts'
import type { Policy } from './policy.ts'
import { type MonitorState, type Outage, type Owed, outageOf, outagesOf } from './state.ts'
import type { Status } from './words.ts'
import { keep } from './wake.ts'

export type DeedInput =
  /** `outage`: only that one (its `seq`); left out: whichever is running. */
  | {
      readonly type: 'acknowledge'
      readonly at: number
      readonly by: string
      readonly note: string | null
      readonly outage?: number
    }
  | { readonly type: 'unacknowledge'; readonly at: number; readonly by: string }
  | {
      readonly type: 'snooze'
      readonly at: number
      readonly by: string
      readonly until: number
      readonly outage?: number
    }
  | { readonly type: 'unsnooze'; readonly at: number; readonly by: string }
  /** The silences over it are others than before. */
  | { readonly type: 'hush'; readonly at: number }

interface Done {
  readonly state: MonitorState
  readonly events: readonly Event[]
}

const same = (state: MonitorState): Done => ({ state, events: [] })

export function act(monitor: number, state: MonitorState, input: DeedInput, policy: Policy): Done {
  if (state.paused) return same(state)
  const about = { monitor, policy, at: Math.max(input.at, state.since), now: input.at }
  if (input.type === 'hush') return hush(about, state)
  if (input.type === 'unacknowledge') return unacknowledge(about, state, input.by)
  if (input.type === 'unsnooze') return unsnooze(about, state, input.by)
  if (input.outage !== undefined && input.outage !== state.outage?.seq) return same(state)
  return input.type === 'acknowledge' ? acknowledge(about, state, input) : snooze(about, state, input)
}

interface About {
  readonly monitor: number
  readonly policy: Policy
  /** When it became true. */
  readonly at: number
  /** By when it is judged who may be told. */
  readonly now: number
}

/** Whoever was first stays. */
function acknowledge(about: About, state: MonitorState, { by, note }: DeedInput & { type: 'acknowledge' }): Done {
  const { outage } = state
  if (outage === null || outage.acknowledged !== undefined) return same(state)
  const acknowledged = { by, at: about.at, note }
  const next = keep({ ...state, outage: { ...outage, acknowledged } }, about.policy)
  return { state: next, events: [told(about, next, 'monitor.acknowledged', { deed: { by, note, until: null } })] }
}

function unacknowledge(about: About, state: MonitorState, by: string): Done {
  const { outage } = state
  if (outage?.acknowledged === undefined) return same(state)
  const { acknowledged: _, ...rest } = outage
  return tellNow(about, { ...state, outage: rest }, 'monitor.unacknowledged', {
    deed: { by, note: null, until: null },
    due: isFault(state.status) && state.told !== state.status && state.owed === undefined,
  })
}

function snooze(about: About, state: MonitorState, { by, until }: DeedInput & { type: 'snooze' }): Done {
  const { at, policy } = about
  if (until <= about.now || state.snooze?.until === until) return same(state)
  const next = keep(settled({ ...state, snooze: { by, at, until } }, about), policy)
  return { state: next, events: [told(about, next, 'monitor.snoozed', { deed: { by, note: null, until } })] }
}

function unsnooze(about: About, state: MonitorState, by: string): Done {
  if (state.snooze === undefined) return same(state)
  const { snooze: _, ...rest } = state
  return tellNow(about, settled(rest, about), 'monitor.unsnoozed', {
    deed: { by, note: null, until: null },
    due: state.owed?.held === true && quietAt(rest, about.policy, about.now) === null,
  })
}

/** Silences were made, changed or ended by people. */
function hush(about: About, state: MonitorState): Done {
  const { policy, now } = about
  if (quietAt(state, policy, now) === null && state.owed?.held)
    return tellNow(about, settled(state, about), 'monitor.hold_ended', { due: true })
  const next = settled(state, about)
  return next.owed?.until === state.owed?.until ? same(state) : { state: keep(next, policy), events: [] }
}

/** What is owed, by the holds as they are now; without any nothing is. */
const settled = (state: MonitorState, { policy, now }: About) => owing(state, policy, now, state.owed?.held ?? false)

/** Time has come to where a hold was said to end. Another one may go on; who is still in trouble is told of. */
export function lift(monitor: number, state: MonitorState, now: number, policy: Policy): Done {
  if (state.paused) return same(state)
  const { snooze, owed } = state
  const over = snooze !== undefined && snooze.until <= now
  const due = owed !== undefined && owed.until <= now
  if (!over && !due) return same(state)
  const { snooze: _, ...rest } = state
  const awake = over ? rest : state
  if (!due) return { state: keep(awake, policy), events: [] }
  const quiet = quietAt(awake, policy, now)
  if (quiet !== null) return { state: keep({ ...awake, owed: { ...owed, until: quiet.until } }, policy), events: [] }
  const about = { monitor, policy, at: Math.max(owed.until, state.since), now }
  return tellNow(about, without(awake), 'monitor.hold_ended', { due: true })
}

/**
 * The state with what people are owed after it came to its present status at `now`: nothing where it is well or no
 * snooze or silence is in force. `held`: a message is held back.
 */
export function owing(state: MonitorState, policy: Policy, now: number, held: boolean): MonitorState {
  const quiet = state.status === 'up' || (state.status === 'unknown' && !held) ? null : quietAt(state, policy, now)
  if (quiet === null) return without(state)
  return { ...state, owed: { until: quiet.until, held } satisfies Owed }
}

function without(state: MonitorState): MonitorState {
  if (state.owed === undefined) return state
  const { owed: _, ...rest } = state
  return rest
}

interface Telling {
  readonly deed?: Deed
  /** Whether people are to be told, unless it is held. */
  readonly due: boolean
}

/** An event that may tell people of trouble that lasts. */
function tellNow(about: About, state: MonitorState, type: EventType, { deed, due }: Telling): Done {
  const { policy, now } = about
  const alert = due && state.status !== 'up'
  const held = alert ? holdOf(state, policy, state.status, now) : null
  const heard = alert && held === null ? hearing(state) : state
  const next = keep(heard, policy)
  return {
    state: next,
    events: [told(about, next, type, { alert, ...(deed ? { deed } : {}), ...(held ? { held } : {}) })],
  }
}

const isFault = (status: Status) => status === 'down' || status === 'degraded'

/** The state after people were told how it is. */
function hearing(state: MonitorState): MonitorState {
  const { status, outage } = state
  if (status === 'unknown' || status === 'up') return state
  return { ...state, told: status, outage: outage && heardOf(outage, status) }
}

/** The outage after people were told of it at its present status. */
export function heardOf(outage: Outage, status: 'degraded' | 'down'): Outage {
  const { heard, ...rest } = outage
  if (heard === undefined || status === 'down' || outage.worst === 'degraded') return rest
  return { ...rest, heard: 'degraded' }
}

/** The outage after it came to this without anybody being told. */
export function unheardOf(before: Outage | null, outage: Outage): Outage {
  const heard = before === null ? 'none' : (before.heard ?? before.worst)
  return heard === 'down' || heard === outage.worst ? outage : { ...outage, heard }
}

function told(
  { monitor, at }: About,
  state: MonitorState,
  type: EventType,
  more: { readonly deed?: Deed; readonly held?: Held; readonly alert?: boolean },
): Event {
  return {
    type,
    monitor,
    seq: state.version,
    at,
    status: state.status,
    previous: state.status,
    lasted: at - state.since,
    reason: state.reason,
    sentence: state.sentence,
    alert: false,
    ...outageOf(state.outage),
    ...outagesOf(state),
    silence: false,
    confirmations: 0,
    locations: [],
    ...more,
  }
}
