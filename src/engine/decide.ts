// Deciding: a batch of inputs and the states they meet become changes, events and stretches of time.
// Promises to be pure: the transaction that stores the outcome may be tried again. Must not know the store.
import { account, accountOver, type Span } from '#core/account.ts'
import { advance, type Input } from '#core/advance.ts'
import { type Event, movesStatus } from '#core/event.ts'
import type { Observation } from '#core/observation.ts'
import type { Policy } from '#core/policy.ts'
import type { Silence } from '#core/hold.ts'
import { interrupt } from '#core/rhythm.ts'
import { fresh, type MonitorState } from '#core/state.ts'

/** What ingest takes in for one monitor: what advance() knows, and the book-keeping of time. */
export type Move =
  | Input
  /** Count its time up to `at`. */
  | { readonly type: 'account'; readonly at: number }
  /** Its members may be others, or otherwise, than it follows: it is looked at anew (engine/derive.ts). */
  | { readonly type: 'derive'; readonly at: number }
  /** Nobody watched in [from, to): that time is unknown. */
  | { readonly type: 'absent'; readonly from: number; readonly to: number }

export interface Item {
  readonly monitor: number
  readonly move: Move
}

/** What is known of a monitor while deciding. */
export interface Known {
  readonly policy: Policy
  readonly createdAt: number
}

export interface Decision {
  readonly changes: readonly { readonly id: number; readonly from: number; readonly state: MonitorState }[]
  readonly events: readonly Event[]
  readonly spans: readonly (Span & { readonly monitor: number })[]
  /** As their monitors took them, which is how they are kept. */
  readonly observations: readonly Observation[]
}

/** A time in which nobody watched. */
export interface Absence {
  readonly from: number
  readonly to: number
  /** Another node may have watched: only time that cannot wait to be counted is counted so. */
  readonly doubted?: boolean
}

/** One batch being decided: what is taken in sees what was taken in before it. */
export class Deciding {
  readonly #known: (monitor: number) => Known | null
  readonly #absence: Absence | null
  readonly #clockNow: number | undefined
  /** As they are stored. */
  readonly #states = new Map<number, MonitorState>()
  readonly #now = new Map<number, MonitorState>()
  readonly #events: Event[] = []
  readonly #spans: (Span & { monitor: number })[] = []
  readonly #observations: Observation[] = []

  /**
   * `absence`: what has not been counted for all monitors yet; who moves is counted first. `clockNow`: the time by the
   * clock; left out: that of each input.
   */
  constructor(
    known: (monitor: number) => Known | null,
    states: ReadonlyMap<number, MonitorState>,
    absence: Absence | null = null,
    clockNow?: number,
  ) {
    this.#clockNow = clockNow
    this.#known = known
    this.#absence = absence
    this.learn(states)
  }

  /** More states as they are stored; those that are known already stay. */
  learn(states: ReadonlyMap<number, MonitorState>): void {
    for (const [id, state] of states) if (!this.#states.has(id)) this.#states.set(id, state)
  }

  /** A monitor's state by now; null: nobody has looked at it yet, or it is gone. */
  state(monitor: number): MonitorState | null {
    return this.#now.get(monitor) ?? this.#states.get(monitor) ?? null
  }

  /** Takes one input in and gives what happened; that of a monitor that is gone (no policy) is left out. */
  take({ monitor, move }: Item): readonly Event[] {
    const about = this.#known(monitor)
    if (about === null) return []
    const known = this.state(monitor) ?? fresh(about.createdAt)
    let before = this.#absence?.doubted ? known : this.#watched(monitor, known, move)
    const by = { policy: about.policy, now: this.#clockNow }
    let step = apply(monitor, before, move, by)
    if (this.#absence?.doubted && step.events.length + step.spans.length > 0) {
      before = this.#watched(monitor, known, move)
      step = apply(monitor, before, move, by)
    }
    let { state } = step
    const first = step.events.find(movesStatus)
    if (first !== undefined) {
      const counted = accountOver(before, first.at, maintenanceOf(about.policy))
      for (const span of counted.spans) this.#spans.push({ ...span, monitor })
      state = { ...state, accountedAt: counted.state.accountedAt }
    }
    if (move.type === 'observation') this.#observations.push(step.seen ?? move.observation)
    for (const span of step.spans) this.#spans.push({ ...span, monitor })
    this.#events.push(...step.events)
    if (state !== before) this.#now.set(monitor, state)
    return step.events
  }

  /** The state after the absence that it has not heard of. */
  #watched(monitor: number, state: MonitorState, move: Move): MonitorState {
    const absence = this.#absence
    if (absence === null || state.accountedAt >= absence.to || move.type === 'absent') return state
    const step = absent(state, absence.from, absence.to)
    for (const span of step.spans) this.#spans.push({ ...span, monitor })
    if (step.state !== state) this.#now.set(monitor, step.state)
    return step.state
  }

  get decision(): Decision {
    const changes = [...this.#now].map(([id, state]) => ({ id, from: this.#states.get(id)?.version ?? 0, state }))
    return { changes, events: this.#events, spans: this.#spans, observations: this.#observations }
  }
}

interface Applied {
  readonly state: MonitorState
  readonly events: readonly Event[]
  readonly spans: readonly Span[]
  readonly seen?: Observation
}

interface By {
  readonly policy: Policy
  readonly now: number | undefined
}

function apply(monitor: number, before: MonitorState, move: Move, { policy, now }: By): Applied {
  if (move.type === 'account') return counted(before, move.at, policy)
  if (move.type === 'derive') return { state: before, events: [], spans: [] }
  if (move.type === 'absent') return absent(before, move.from, move.to)
  return { ...advance(monitor, before, move, policy, now), spans: [] }
}

function counted(before: MonitorState, at: number, policy: Policy): Applied {
  const { state, spans } = accountOver(before, at, maintenanceOf(policy))
  if (spans.length === 0) return { state: before, events: [], spans: [] }
  return { state: { ...state, version: before.version + 1 }, events: [], spans }
}

/** The windows of maintenance over a monitor, as far as they are known now. */
export const maintenanceOf = ({ silences }: Policy): readonly Silence[] =>
  silences?.filter(({ maintenance }) => maintenance !== undefined) ?? []

function absent(before: MonitorState, from: number, to: number): Applied {
  const watched = account(before, from)
  const missed = account(watched.state, to, before.paused ? 'paused' : 'unknown')
  const spans = [watched.span, missed.span].filter((span) => span !== null)
  // What came meanwhile nobody heard, so how long it was from beat to beat is not known either.
  const rhythm = interrupt(before.rhythm)
  if (spans.length === 0 && rhythm === before.rhythm) return { state: before, events: [], spans: [] }
  const heard = rhythm === undefined ? {} : { rhythm }
  return { state: { ...missed.state, ...heard, version: before.version + 1 }, events: [], spans }
}
