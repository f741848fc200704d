// Confirming: successive observations become what one location believes, and the locations' beliefs one verdict.
// Promises that worse needs `failAfter` in a row and better `recoverAfter`, each from everywhere alike. Pure.
import type { Facts, Observation } from './observation.ts'
import type { Policy } from './policy.ts'
import { agree } from './quorum.ts'
import type { Reason } from './reason.ts'
import type { LocationState, MonitorState } from './state.ts'
import type { Outcome, Status } from './words.ts'

/** What a change looks like before it is one. */
export interface Verdict {
  readonly status: Status
  readonly at: number
  readonly reason: Reason | null
  readonly sentence: string | null
  readonly confirmations: number
  readonly locations: readonly string[]
  readonly facts?: Facts
}

/** Counts successive observations and confirms what has been seen often enough. */
export function count(before: LocationState | undefined, seen: Observation, policy: Policy): LocationState {
  const { outcome } = seen
  const notUp = outcome === 'up' ? 0 : (before?.notUp ?? 0) + 1
  const downs = outcome === 'down' ? (before?.downs ?? 0) + 1 : 0
  const notDown = outcome === 'down' ? 0 : (before?.notDown ?? 0) + 1
  const ups = outcome === 'up' ? (before?.ups ?? 0) + 1 : 0
  const settled = confirm(before?.settled ?? 'unknown', { notUp, downs, notDown, ups }, policy)
  const { reason, sentence } = before !== undefined && stands(before, settled, outcome) ? before : seen
  return { settled, latest: outcome, at: seen.at, notUp, downs, notDown, ups, reason, sentence }
}

/**
 * What follows from monitors that were confirmed themselves needs no more of it, silence of theirs included; nor does
 * what somebody says who knows.
 */
export const isFinal = ({ signal }: Observation): boolean => signal === 'derived' || signal === 'set'

/** What is believed at once. */
export function final({ outcome, at, reason, sentence }: Observation): LocationState {
  return { settled: outcome, latest: outcome, at, notUp: 0, downs: 0, notDown: 0, ups: 0, reason, sentence }
}

/** A confirmed fault keeps its reason while what is seen meanwhile is well, or something else and not confirmed. */
const stands = (before: LocationState, settled: Outcome, outcome: Outcome) =>
  (settled === 'down' || settled === 'degraded') &&
  (outcome === 'up' || (settled === before.settled && outcome !== settled))

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

/** One status from all live locations, with a reason of one that agrees: of the one that spoke, if it does. */
export function judge(state: MonitorState, now: number, policy: Policy, spoke: LocationState): Omit<Verdict, 'at'> {
  const live = Object.entries(state.locations).filter(
    ([, location]) => policy.staleAfter === null || now - location.at <= policy.staleAfter,
  )
  const status = agree(
    live.map(([, location]) => location.settled),
    policy.quorum,
  )
  const agreeing = live.filter(([, location]) => location.settled === status)
  const locations = agreeing.map(([name]) => name)
  const told = agreeing.map(([, location]) => location).filter((location) => location.reason !== null)
  const voice = told.find((location) => location === spoke) ?? told[0]
  // Better than down is what was seen since the last look that found it down.
  const bad = state.status === 'down' ? Math.min(spoke.notUp, spoke.notDown) : spoke.notUp
  const confirmations = status === 'up' ? spoke.ups : status === 'down' ? spoke.downs : bad
  if (status === 'up') return { status, reason: null, sentence: null, confirmations, locations }
  if (status === 'degraded' && agreeing.length === 0) return partial(live, confirmations)
  if (status === 'unknown' && voice === undefined) return { ...tooLittle, confirmations, locations }
  return { status, reason: voice?.reason ?? null, sentence: voice?.sentence ?? null, confirmations, locations }
}

const tooLittle = {
  status: 'unknown',
  reason: 'no_data',
  sentence: 'Too little has been observed of late to tell.',
} as const

/** Some locations fail, but fewer than the quorum. Those that do not know yet count on neither side. */
function partial(live: readonly [string, LocationState][], confirmations: number): Omit<Verdict, 'at'> {
  const names = live.filter(([, location]) => location.settled === 'down').map(([name]) => name)
  const well = live.filter(([, location]) => location.settled === 'up').length
  const sentence = `It fails from ${names.join(', ')}, well from ${well} of ${well + names.length} locations.`
  return { status: 'degraded', reason: 'partial', sentence, confirmations, locations: names }
}
