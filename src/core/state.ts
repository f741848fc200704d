// MonitorState: all that is remembered of a monitor between two observations. JSON, stored as it is.
// Promises that replaying observations from `fresh` gives the stored one. Only advance() makes new ones.
import type { Acknowledgement, Snooze } from './hold.ts'
import { type KnownIdentity, shiftIdentity } from './identity.ts'
import type { Reason } from './reason.ts'
import { interrupt, type Rhythm } from './rhythm.ts'
import { type Run, shiftRuns } from './run.ts'
import type { Outcome, Status } from './words.ts'

/** What one location believes, and how many successive observations speak for each change. */
export interface LocationState {
  /** The confirmed outcome seen from here. */
  readonly settled: Outcome
  /** The last observed outcome, confirmed or not. */
  readonly latest: Outcome
  /** When it last observed, epoch ms. */
  readonly at: number
  /** Successive observations: not up; down; not down; up. */
  readonly notUp: number
  readonly downs: number
  readonly notDown: number
  readonly ups: number
  readonly reason: Reason | null
  readonly sentence: string | null
}

export interface Outage {
  /** Of its first event. */
  readonly seq: number
  readonly at: number
  readonly worst: 'degraded' | 'down'
  /** The worst that people were told of, where that is less: the rest was held. */
  readonly heard?: 'none' | 'degraded'
  /** Left out: nobody has taken it on. */
  readonly acknowledged?: Acknowledgement
}

/** Trouble that people are to be told of when a hold is over, if it still lasts then. */
export interface Owed {
  /** When to look again, epoch ms. */
  readonly until: number
  /** A message was held back; otherwise they knew already, and are reminded. */
  readonly held: boolean
}

export interface MonitorState {
  /** Raised by one at every change that is stored, and for each event; the store compares and sets it. */
  readonly version: number
  readonly status: Status
  readonly since: number
  readonly reason: Reason | null
  readonly sentence: string | null
  readonly paused: boolean
  readonly locations: Readonly<Record<string, LocationState>>
  /** Last observation of any kind, epoch ms. */
  readonly lastAt: number | null
  /** Last sign of life; null before the first. */
  readonly beatAt: number | null
  /** From when a sign of life is expected: creation, resumption, or since when other ones are expected. */
  readonly armedAt: number
  /** A run without a name that began and has not ended. */
  readonly startedAt: number | null
  /** Runs with names that have not ended, and those that took too long; left out where there are none. */
  readonly runs?: readonly Run[]
  /** What is learnt of the intervals between beats; left out where nothing is to be learnt. */
  readonly rhythm?: Rhythm
  /** The last status people were told of; null: nothing yet, which counts as up. */
  readonly told: 'up' | 'degraded' | 'down' | null
  readonly outage: Outage | null
  /** How many outages began so far, the running one among them; left out where there was none. */
  readonly outages?: number
  /** Left out: nobody put it off. */
  readonly snooze?: Snooze
  /** Left out: people know what there is to know. */
  readonly owed?: Owed
  /** The next moment at which time alone changes something; null: none. */
  readonly wakeAt: number | null
  /**
   * The settings that this state follows already, as the engine names them: a change that was stored but not taken
   * over, since the process was killed between, is known by it. Null: nobody has said; empty: its monitor was deleted.
   */
  readonly follows: string | null
  /** Up to when this state's time has been put into the roll-ups. */
  readonly accountedAt: number
  /** What answers; left out where that was never seen. */
  readonly identity?: KnownIdentity
}

/** The state of a monitor that nobody has looked at yet. */
export function fresh(at: number): MonitorState {
  return {
    version: 0,
    status: 'unknown',
    since: at,
    reason: 'no_data',
    sentence: 'Nothing has been observed yet.',
    paused: false,
    locations: {},
    lastAt: null,
    beatAt: null,
    armedAt: at,
    startedAt: null,
    told: null,
    outage: null,
    wakeAt: null,
    follows: null,
    accountedAt: at,
  }
}

/** The running outage as an event tells it. */
export function outageOf(outage: Outage | null) {
  const heard = outage?.heard === undefined ? {} : { heard: outage.heard }
  return { outage: outage?.seq ?? null, outageAt: outage?.at ?? null, worst: outage?.worst ?? null, ...heard }
}

/** How many outages there were, as an event tells it. */
export const outagesOf = ({ outages }: Pick<MonitorState, 'outages'>) => (outages === undefined ? {} : { outages })

/** What people are shown: paused lies over the status. */
export function shown(state: Pick<MonitorState, 'status' | 'paused'>): Status | 'paused' {
  return state.paused ? 'paused' : state.status
}

/** A change waits for confirmation: the monitor should be asked again after `retryEvery`, not after the interval. */
export function unsettled(state: MonitorState, location: string): boolean {
  const seen = state.locations[location]
  return seen !== undefined && seen.latest !== seen.settled
}

/**
 * The moments that deadlines and order are reckoned from, moved by `by` ms, but never past `now`: what was seen after
 * the clock had moved is right already. When it last changed stays as it was told.
 */
export function shift(state: MonitorState, by: number, now: number): MonitorState {
  const moved = (at: number) => Math.min(at + by, now)
  const move = (at: number | null) => (at === null ? null : moved(at))
  const locations = Object.entries(state.locations).map(([name, seen]) => [name, { ...seen, at: moved(seen.at) }])
  return {
    ...state,
    locations: Object.fromEntries(locations),
    lastAt: move(state.lastAt),
    beatAt: move(state.beatAt),
    armedAt: moved(state.armedAt),
    startedAt: move(state.startedAt),
    ...(state.runs ? { runs: shiftRuns(state.runs, moved) } : {}),
    // How long it really was is nobody's knowledge.
    ...(state.rhythm ? { rhythm: interrupt(state.rhythm) } : {}),
    ...(state.identity ? { identity: shiftIdentity(state.identity, moved) } : {}),
  }
}
