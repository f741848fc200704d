// Deciding: a batch of inputs and the states they meet become changes, events and stretches of time.
// Promises to be pure: the transaction that stores the outcome may be tried again. Must not know the store.
import { account, type Span } from '#core/account.ts'
import { advance, type Input } from '#core/advance.ts'
import type { Event } from '#core/event.ts'
import type { Policy } from '#core/policy.ts'
import { fresh, type MonitorState } from '#core/state.ts'

/** What ingest takes in for one monitor: what advance() knows, and the book-keeping of time. */
export type Move =
  | Input
  /** Count its time up to `at`. */
  | { readonly type: 'account'; readonly at: number }
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
}

/** Inputs in their order; monitors that are gone (no policy) are left out. */
export function decide(
  items: readonly Item[],
  states: ReadonlyMap<number, MonitorState>,
  known: (monitor: number) => Known | null,
): Decision {
  const now = new Map<number, MonitorState>()
  const events: Event[] = []
  const spans: (Span & { monitor: number })[] = []
  for (const { monitor, move } of items) {
    const about = known(monitor)
    if (about === null) continue
    const before = now.get(monitor) ?? states.get(monitor) ?? fresh(about.createdAt)
    const step = apply(monitor, before, move, about.policy)
    let { state } = step
    const first = step.events[0]
    if (first !== undefined) {
      const counted = account(before, first.at)
      if (counted.span) spans.push({ ...counted.span, monitor })
      state = { ...state, accountedAt: counted.state.accountedAt }
    }
    for (const span of step.spans) spans.push({ ...span, monitor })
    events.push(...step.events)
    if (state !== before) now.set(monitor, state)
  }
  const changes = [...now].map(([id, state]) => ({ id, from: states.get(id)?.version ?? 0, state }))
  return { changes, events, spans }
}

interface Applied {
  readonly state: MonitorState
  readonly events: readonly Event[]
  readonly spans: readonly Span[]
}

function apply(monitor: number, before: MonitorState, move: Move, policy: Policy): Applied {
  if (move.type === 'account') return counted(before, move.at)
  if (move.type === 'absent') return absent(before, move.from, move.to)
  return { ...advance(monitor, before, move, policy), spans: [] }
}

function counted(before: MonitorState, at: number): Applied {
  const { state, span } = account(before, at)
  if (span === null) return { state: before, events: [], spans: [] }
  return { state: { ...state, version: before.version + 1 }, events: [], spans: [span] }
}

function absent(before: MonitorState, from: number, to: number): Applied {
  const watched = account(before, from)
  const missed = account(watched.state, to, before.paused ? 'paused' : 'unknown')
  const spans = [watched.span, missed.span].filter((span) => span !== null)
  if (spans.length === 0) return { state: before, events: [], spans: [] }
  return { state: { ...missed.state, version: before.version + 1 }, events: [], spans }
}
